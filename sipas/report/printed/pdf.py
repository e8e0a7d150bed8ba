"""Reports as PDF: Typst lays out a template that reads the document as JSON and the charts as SVG."""

import importlib.util
import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sipas.charts.picture import picture
from sipas.errors import SipasError
from sipas.messages import text
from sipas.report.printed.document import Block, Document, ReportFigure
from sipas.report.printed.emblem import emblem_kind

_TEMPLATE = Path(__file__).with_name("report.typ")


class ReportError(SipasError):
    """The machine cannot lay out a report."""


def pdf(document: Document) -> bytes:
    """Return a tagged PDF. The same document gives the same bytes."""
    import typst  # 80 MB of compiled code that no start of the service needs

    with tempfile.TemporaryDirectory(prefix="sipas-report-") as name:
        folder = Path(name)
        (folder / "report.typ").write_bytes(_TEMPLATE.read_bytes())
        emblem = _write_emblem(folder, document.emblem)
        content = {**_plain(document), "emblem": emblem}
        content["blocks"] = [_block(folder, number, block) for number, block in enumerate(document.blocks)]
        (folder / "report.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        try:
            made = typst.compile(
                folder / "report.typ",
                root=folder,
                font_paths=[_chart_fonts()],
                ignore_system_fonts=True,
                pdf_standards=["ua-1"],
            )
        except typst.TypstError as error:
            raise ReportError(f"the report cannot be laid out: {error}") from error
    return bytes(made)


def _plain(document: Document) -> dict[str, Any]:
    language = document.language
    return {
        **{name: getattr(document, name) for name in ("language", "title", "subtitle", "warning")},
        "cover": document.cover,
        "has_cover": document.has_cover,
        "contents": text(language, "report.contents"),
    }


def _block(folder: Path, number: int, block: Block) -> dict[str, Any]:
    kind = type(block).__name__
    if not isinstance(block, ReportFigure):
        return {"kind": kind, **asdict(block)}
    file = f"figure-{number}.svg"
    (folder / file).write_bytes(picture(block.chart, "svg"))
    return {"kind": kind, "caption": block.caption, "alternative": block.alternative, "file": file}


def _write_emblem(folder: Path, emblem: bytes | None) -> str | None:
    if emblem is None:
        return None
    name = f"emblem.{emblem_kind(emblem).suffix}"
    (folder / name).write_bytes(emblem)
    return name


def _chart_fonts() -> Path:
    """Return the folder of the fonts that come with matplotlib, in which charts are measured."""
    found = importlib.util.find_spec("matplotlib")
    if found is None or found.origin is None:
        raise ReportError("matplotlib is not installed, so no chart can be drawn")
    return Path(found.origin).parent / "mpl-data/fonts/ttf"
