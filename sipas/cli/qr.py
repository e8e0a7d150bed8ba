"""QR codes: to print, or on the screen for a phone beside it."""

import io
from pathlib import Path

import click
import segno


def draw(url: str, file: Path) -> None:
    """An SVG, of which 15 % may be torn; `-`: on the screen, where results do not go."""
    code = segno.make(url, error="m", micro=False)
    if str(file) == "-":
        text = io.StringIO()
        code.terminal(text, compact=True)
        click.echo(text.getvalue(), err=True)
    else:
        code.save(str(file), kind="svg", scale=8, border=4, light="white")
