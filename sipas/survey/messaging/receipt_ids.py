"""A message's id as a provider writes it: in its answer, and perhaps otherwise in the receipt."""

from sipas.survey.intake.submission import printable


def receipt_id(given: str) -> str:
    """The same for ids that differ in case, leading zeros or blanks around them."""
    return printable(given.strip().casefold().lstrip("0") or "0")
