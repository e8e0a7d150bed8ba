"""Reports as HTML: one file, with its charts inside."""

import base64
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, Template

from sipas.charts.picture import picture
from sipas.messages import texts
from sipas.report.printed.document import Block, Document, ReportFigure
from sipas.report.printed.emblem import emblem_kind


@cache
def _template() -> Template:
    folder = FileSystemLoader(Path(__file__).parent)
    return Environment(loader=folder, autoescape=True, trim_blocks=True, lstrip_blocks=True).get_template(
        "report.html"
    )


def html(document: Document) -> bytes:
    """Return a page that needs no other file. The same document gives the same bytes."""
    blocks = [(type(block).__name__, block, _chart(block)) for block in document.blocks]
    page = _template().render(
        document=document, blocks=blocks, emblem=_emblem(document), t=texts(document.language)
    )
    return page.encode()


def _chart(block: Block) -> str:
    return _data_uri("image/svg+xml", picture(block.chart, "svg")) if isinstance(block, ReportFigure) else ""


def _emblem(document: Document) -> str | None:
    if document.emblem is None:
        return None
    return _data_uri(emblem_kind(document.emblem).media_type, document.emblem)


def _data_uri(media_type: str, image: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(image).decode()}"
