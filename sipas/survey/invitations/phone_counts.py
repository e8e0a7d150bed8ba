"""Counts of usable and unusable phone numbers on arrival, before invitations go out."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final, Literal, get_args

from sipas.survey.contacts.phones import Fault, PhoneError, parse_phone

PhoneOutcome = Literal["usable", "none", "malformed", "rounded", "several", "foreign", "landline"]
_EXAMPLE_ROWS: Final = 5


def phone_outcome(phone: str | None) -> PhoneOutcome:
    if not phone:
        return "none"
    try:
        parse_phone(phone)
    except PhoneError as error:
        return error.fault
    return "usable"


class PhoneCounts:
    """rows: the first rows with each fault."""

    def __init__(self) -> None:
        self.counts: Counter[PhoneOutcome] = Counter()
        self.rows: defaultdict[Fault, list[int]] = defaultdict(list)

    def add(self, rows: Sequence[int], phones: Sequence[str | None]) -> None:
        outcomes = list(map(phone_outcome, phones))
        self.counts.update(outcomes)
        for row, outcome in zip(rows, outcomes, strict=True):
            if outcome == "usable" or outcome == "none":
                continue
            if len(self.rows[outcome]) < _EXAMPLE_ROWS:
                self.rows[outcome].append(row)

    def as_dict(self) -> dict[PhoneOutcome, int]:
        """Return the counts that are not zero."""
        order: tuple[PhoneOutcome, ...] = get_args(PhoneOutcome)
        return {outcome: self.counts[outcome] for outcome in order if self.counts[outcome]}
