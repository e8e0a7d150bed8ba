"""Checks of texts in code fields: names and numbers of persons must not be stored or shown."""

import re
from typing import Final

from sipas.survey.contacts.phones import is_phone

_CODE: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._:/+-]{0,62}[A-Za-z0-9])?", re.ASCII)
_PERSON_NUMBER: Final = re.compile(r"[0-9]{9}|[0-9]{12}", re.ASCII)  # of an identity card
_MOMENT: Final = re.compile(r"[0-9][0-9TZ:+./ -]{3,39}", re.ASCII)
_MOMENTS: Final = {"completed_at", "changed_at"}


def is_code(text: str) -> bool:
    """Whether the text has no blanks and is no phone number or identity card number."""
    return bool(_CODE.fullmatch(text)) and not _PERSON_NUMBER.fullmatch(text) and not is_phone(text)


def may_be_kept(field: str, text: str) -> bool:
    """Whether the text may be stored. Ids may be long numbers, but must be one word with a digit in it."""
    if field == "transaction_id":
        return bool(_CODE.fullmatch(text)) and any(letter.isdecimal() for letter in text)
    if field in _MOMENTS:
        return bool(_MOMENT.fullmatch(text)) and not is_phone(text)
    return is_code(text)


def shown_code(text: str) -> str:
    """Return the code in quotes, or a description of a text that is not a code."""
    if is_code(text):
        return repr(text)
    return f"a text of {len(text)} characters that is no code (it is not kept; are the columns shifted?)"
