"""What axe-core, the accessibility checker, has against a page."""

from pathlib import Path
from typing import Any

from playwright.async_api import Page

SOURCE = Path(__file__).resolve().parents[1] / "kiosk" / "node_modules" / "axe-core" / "axe.min.js"


async def violations(page: Page) -> list[str]:
    """One line each: the rule, and where it is broken."""
    if not await page.evaluate("'axe' in globalThis"):
        await page.evaluate(SOURCE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = await page.evaluate("axe.run().then((result) => result.violations)")
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]
    ]
