"""QR codes: to print, or on the screen to scan with a phone."""

import io
from pathlib import Path

import click
import segno


def draw_qr(url: str, file: Path) -> None:
    """Write an SVG that tolerates 15 % damage; `-` draws on stderr."""
    code = segno.make(url, error="m", micro=False)
    if str(file) == "-":
        text = io.StringIO()
        code.terminal(text, compact=True)
        click.echo(text.getvalue(), err=True)
    else:
        code.save(str(file), kind="svg", scale=8, border=4, light="white")
