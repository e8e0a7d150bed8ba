"""XLSX out: sheets written row after row, in memory that does not grow with their length.

Cells of text are stored as text, so no spreadsheet takes them for formulas; those that begin like one are
marked as typed text, so that they stay text when they are edited or saved as CSV.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

from sipas.tables.cells import is_formula

SHEET_ROWS_MOST = 1_048_576
_COMPRESSION_LEVEL = 1
_CELL_CHARACTERS_MOST = 32_767
_DAY_ZERO = date(1899, 12, 30)
_PLAIN, _DAY, _HEAD, _TYPED = range(4)  # places in the styles
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="4"><xf xfId="0"/><xf xfId="0" numFmtId="164" applyNumberFormat="1"/>'
    '<xf xfId="0" fontId="1" applyFont="1"/>'
    '<xf xfId="0" numFmtId="49" quotePrefix="1" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)

Value = str | int | float | bool | date | None


def cell_xml(value: Value, style: int = _PLAIN) -> str:
    """Return a cell. Its place follows from the cells before it."""
    match value:
        case None | "":
            return "<c/>"
        case bool():
            return f'<c t="b"><v>{int(value)}</v></c>'
        case int() | float():
            return f"<c><v>{value!r}</v></c>"
        case date():
            return f'<c s="{_DAY}"><v>{(value - _DAY_ZERO).days}</v></c>'
        case str():
            style = _TYPED if is_formula(value) else style
            marked = f' s="{style}"' if style else ""
            text = escape(_NOT_XML.sub("", value)[:_CELL_CHARACTERS_MOST])
            return f'<c{marked} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def row_xml(cells: Iterable[Value]) -> str:
    return f"<row>{''.join(map(cell_xml, cells))}</row>"


class SheetWriter:
    """The sheets of one workbook, each written to its end before the next.

    A workbook that fails in the middle is abandoned: closing it would write to a file that may be gone.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self.titles: list[str] = []

    def __enter__(self) -> "SheetWriter":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._close()
        else:
            self.archive.fp = None

    @contextmanager
    def sheet(self, title: str, header: Sequence[str]) -> Iterator["OpenSheet"]:
        self.titles.append(title)
        with self.archive.open(
            _entry(f"xl/worksheets/sheet{len(self.titles)}.xml"), "w", force_zip64=True
        ) as part:
            part.write(f'{_XML}<worksheet xmlns="{_MAIN}">{_FROZEN}<sheetData>'.encode())
            part.write(f"<row>{''.join(cell_xml(name, _HEAD) for name in header)}</row>".encode())
            yield OpenSheet(part)  # type: ignore[arg-type]
            part.write(b"</sheetData></worksheet>")

    def _close(self) -> None:
        numbers = range(1, len(self.titles) + 1)
        sheets = "".join(
            f'<sheet name={quoteattr(title)} sheetId="{n}" r:id="rId{n}"/>'
            for n, title in zip(numbers, self.titles, strict=True)
        )
        self._part(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{sheets}</sheets></workbook>',
        )
        targets = [*(("worksheet", f"worksheets/sheet{n}.xml") for n in numbers), ("styles", "styles.xml")]
        self._part("xl/_rels/workbook.xml.rels", _relations(targets))
        self._part("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
        parts = [("workbook.xml", "sheet.main"), *((path, kind) for kind, path in targets)]
        types = "".join(
            f'<Override PartName="/xl/{path}" ContentType="{_TYPE}.{kind}+xml"/>' for path, kind in parts
        )
        self._part(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
            f'ContentType="application/xml"/>{types}</Types>',
        )
        self.archive.writestr(_entry("xl/styles.xml"), _STYLES)
        self.archive.close()

    def _part(self, name: str, content: str) -> None:
        self.archive.writestr(_entry(name), _XML + content)


_FROZEN = (
    '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft"'
    ' state="frozen"/></sheetView></sheetViews>'
)


class OpenSheet:
    """A sheet that rows are added to."""

    def __init__(self, part: BinaryIO) -> None:
        self.part = part

    def add(self, rows: bytes) -> None:
        """Add rows as `row_xml` makes them."""
        self.part.write(rows)


def _entry(name: str) -> zipfile.ZipInfo:
    """Return an entry with a fixed time, so that the same content makes the same file."""
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry._compresslevel = _COMPRESSION_LEVEL  # type: ignore[attr-defined]  # the archive's is for names alone
    return entry


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/{kind}" Target="{path}"/>'
        for n, (kind, path) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'
