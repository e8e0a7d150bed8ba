"""Columns of response files that name a person or hold free text. They are not stored as attributes."""

from collections.abc import Collection, Sequence
from typing import Final

import numpy as np

from sipas.imports.transaction_words import word_key
from sipas.tables import AnswerTable
from sipas.tables.answers import Coded
from sipas.tables.cells import parse_number

# Beginnings, middles or ends of names, and whole names, as `word_key` returns them.
_PARTS: Final = (
    "hoten", "hovaten", "tennguoi", "tencongdan", "tenkhachhang", "tenchuhoso", "nguoitraloi",
    "ngaysinh", "ngaythangnamsinh", "diachi", "email", "thudientu", "dienthoai", "sodidong", "cccd", "cmnd",
    "cancuoc", "chungminh", "sodinhdanh", "hochieu", "masothue", "bienso", "mahoso", "sohoso",
    "ghichu", "ykienkhac", "ykienthem", "ykiendonggop", "fullname", "firstname", "lastname", "middlename",
    "surname", "respondentname", "recipient", "dateofbirth", "birthdate", "birthday", "address", "phone",
    "telephone", "passport", "comments", "remarks", "locationlatitude", "locationlongitude",
)  # fmt: skip
_NAMES: Final = frozenset(
    (
        "ten", "name", "dob", "mobile", "tel", "cell", "sdt", "dt", "didong", "mail", "note",
        "notes", "remark", "hoso", "zalo", "facebook", "ip", "signature", "chuky", "feedback",
        "gopy", "nhanxet", "ykien", "lydo", "kiennghi", "dexuat", "latitude", "longitude", "gps",
    )
)  # fmt: skip
_FREE_TEXT_MIN_ANSWERS = 10
_FREE_TEXT_DISTINCT_SHARE = 0.8


def find_personal(table: AnswerTable, names: Sequence[str], declared: Collection[str]) -> list[str]:
    """Return the columns that name a person, and columns of free text.

    declared: attributes of the instrument and of the round's strata, which an administrator decided to store.
    """
    return [
        name
        for name in names
        if name not in declared and (names_person(name) or _is_free_text(table.columns[name]))
    ]


def names_person(column: str) -> bool:
    """Whether the column's name says that its cells name a person or are remarks."""
    key = word_key(column)
    return key in _NAMES or any(part in key for part in _PARTS)


def _is_free_text(column: Coded) -> bool:
    """Whether nearly every cell differs and cells are not numbers."""
    answers = int(np.count_nonzero(column.codes >= 0))
    if answers < _FREE_TEXT_MIN_ANSWERS or len(column.levels) < _FREE_TEXT_DISTINCT_SHARE * answers:
        return False
    return not all(map(_is_number, column.levels))


def _is_number(text: str) -> bool:
    try:
        parse_number(text)
    except ValueError:
        return False
    return True
