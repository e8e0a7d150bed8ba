"""Codebooks as files: HTML for people, DDI-Codebook XML for archives."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader

from sipas.messages import Language, texts
from sipas.report.export.codebook import Codebook
from sipas.report.export.ddi_xml import ddi_codebook

_TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
CodebookWriter = Callable[[Codebook, Language], bytes]


def html_codebook(codebook: Codebook, language: Language) -> bytes:
    """Return a page in one language, with the questions in every language."""

    def words(given: Mapping[str, str]) -> str:
        return given.get(language) or next(iter(given.values()), "")

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    page = environment.get_template("codebook.html")
    return page.render(book=codebook, language=language, t=texts(language), words=words).encode()


CODEBOOK_FORMATS: Final[dict[str, CodebookWriter]] = {
    "html": html_codebook,
    "xml": lambda codebook, _: ddi_codebook(codebook),
}
CODEBOOK_MEDIA_TYPES: Final = {"html": "text/html", "xml": "application/xml"}
