"""Settings of sipas in an XLSForm beyond the format: column and sheet `sipas`, which other tools ignore.

The sheet holds JSON in column `value` by the name in column `key`. The column holds JSON for its row.
"""

import msgspec

from sipas.survey.instruments.forms import Form
from sipas.survey.instruments.indices import WrittenIndex
from sipas.survey.instruments.items import Attribute, OptionOrder, Text

EXTRAS = "sipas"


class RowExtras(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """yes_no: the choice is an item of kind yes-no. group: what a group is, if no section."""

    yes_no: bool = False
    not_applicable: bool | None = None
    order: OptionOrder = "as-written"
    about_person: bool = False
    group: str = "section"
    intro: Text | None = None
    title: Text | None = None


class ScaleExtras(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """list: the choices of the scale. scale: its name; empty for the main scale."""

    list: str
    satisfied: int
    display: str = "numbers"
    scale: str = ""


class SheetExtras(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The sheet `sipas`: keys that are missing are as in an XLSForm of another tool."""

    languages: tuple[str, ...] = ()
    title: Text | None = None
    note: Text | None = None
    scales: tuple[ScaleExtras, ...] = ()
    indices: tuple[WrittenIndex, ...] = ()
    forms: tuple[Form, ...] = ()
    attributes: tuple[Attribute, ...] = ()
