"""Reports as DOCX, for offices that go on writing in them."""

import io
import zipfile
from typing import TYPE_CHECKING, Any

from sipas.charts.picture import picture
from sipas.errors import InputError
from sipas.report.printed.document import Block, Bullets, Document, Heading, Paragraph, ReportTable
from sipas.report.printed.emblem import emblem_kind

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

_FONT = "Times New Roman"  # that of Vietnamese administrative documents
_TEXT_PT, _TABLE_PT, _NOTE_PT = 12, 10, 9
_TEXT_WIDTH_MM, _MARGIN_MM = 170, 20
_INDENT_MM = 4  # for each level of a tree
_NO_TIME = (1980, 1, 1, 0, 0, 0)  # the first that a ZIP file can hold


def docx(document: Document) -> bytes:
    """Return a document of Word and LibreOffice. The same document gives the same bytes."""
    import docx as python_docx  # no start of the service needs it

    word = python_docx.Document()
    _set_page(word, document)
    _write_cover(word, document)
    for block in document.blocks:
        _write(word, block)
    out = io.BytesIO()
    word.save(out)
    return _without_times(out)


def _set_page(word: "WordDocument", document: Document) -> None:
    from docx.shared import Mm, Pt

    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(_MARGIN_MM)
    section.footer.paragraphs[0].text = document.subtitle
    for name in ("Normal", "Title", "Subtitle", "Heading 1", "Heading 2", "Caption"):
        _set_font(word.styles[name])
    word.styles["Normal"].font.size = Pt(_TEXT_PT)
    properties = word.core_properties
    properties.title, properties.subject = document.title, document.subtitle
    properties.author, properties.comments, properties.language = "", "", document.language


def _set_font(style: Any) -> None:
    """Set the font for all scripts: Word has one for each."""
    from docx.oxml.ns import qn

    style.font.name = _FONT
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(script), _FONT)
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(theme), None)


def _write_cover(word: "WordDocument", document: Document) -> None:
    from docx.image.exceptions import (
        InvalidImageStreamError,
        UnexpectedEndOfFileError,
        UnrecognizedImageError,
    )
    from docx.shared import Mm

    if document.emblem is not None and emblem_kind(document.emblem).suffix != "svg":
        try:
            word.add_picture(io.BytesIO(document.emblem), height=Mm(25))
        except (InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError) as error:
            raise InputError("--emblem: the image is damaged; save it again as PNG or JPEG") from error
    word.add_paragraph(document.title, style="Title")
    word.add_paragraph(document.subtitle, style="Subtitle")
    for name, value in document.cover:
        line = word.add_paragraph(f"{name}: ")
        line.add_run(value).bold = True
    if document.warning:
        word.add_paragraph().add_run(document.warning).italic = True


def _write(word: "WordDocument", block: Block) -> None:
    from docx.shared import Mm

    match block:
        case Heading():
            heading = word.add_heading(block.words, block.level)
            heading.paragraph_format.page_break_before = block.starts_page
        case Paragraph():
            word.add_paragraph(block.words)
        case Bullets():
            for point in block.points:
                word.add_paragraph(point, style="List Bullet")
        case ReportTable():
            _write_table(word, block)
        case _:
            _write_caption(word, block.caption)
            shape = word.add_picture(io.BytesIO(picture(block.chart, "png")), width=Mm(_TEXT_WIDTH_MM))
            shape._inline.docPr.set("descr", block.alternative)


def _write_caption(word: "WordDocument", words: str) -> None:
    word.add_paragraph(words, style="Caption").paragraph_format.keep_with_next = True


def _write_table(word: "WordDocument", block: ReportTable) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.shared import Mm, Pt

    _write_caption(word, block.caption)
    table = word.add_table(rows=1 + len(block.rows), cols=len(block.columns), style="Table Grid")
    table.autofit = False
    shares = sum(column.share for column in block.columns)
    widths = [Mm(round(_TEXT_WIDTH_MM * column.share / shares)) for column in block.columns]
    for held, width in zip(table.columns, widths, strict=True):
        held.width = width
    heads = tuple(column.head for column in block.columns)
    lines = [(heads, 0, False), *((row.cells, row.level, row.is_weak) for row in block.rows)]
    for number, (row, (cells, level, is_weak)) in enumerate(zip(table.rows, lines, strict=True)):
        for place, (cell, words, column) in enumerate(zip(row.cells, cells, block.columns, strict=True)):
            cell.width = widths[place]
            line = cell.paragraphs[0]
            run = line.add_run(words)
            run.font.size, run.bold, run.italic = Pt(_TABLE_PT), number == 0, is_weak
            if column.is_number:
                line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            elif place == 0:
                line.paragraph_format.left_indent = Mm(_INDENT_MM * level)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for note in block.notes:
        word.add_paragraph().add_run(note).font.size = Pt(_NOTE_PT)


def _without_times(written: io.BytesIO) -> bytes:
    """Return the same ZIP file without the time at which it was written."""
    out = io.BytesIO()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
        for entry in source.infolist():
            info = zipfile.ZipInfo(entry.filename, _NO_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            copy.writestr(info, source.read(entry))
    return out.getvalue()
