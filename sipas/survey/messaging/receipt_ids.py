"""Message ids of providers, which may be written differently in the response and in the receipt."""

from sipas.survey.intake.submission import printable


def receipt_id(given: str) -> str:
    """Return the same id for ids that differ in case, leading zeros or blanks around them."""
    return printable(given.strip().casefold().lstrip("0") or "0")
