"""Columns of responses whose texts are few and known: programs that keep numbers number them."""

from dataclasses import dataclass

from sipas.survey.columns import CHANNELS, FLAG, SERVICE_CHANNELS
from sipas.survey.instruments.instrument import Instrument

_NO_YES = ("false", "true")


@dataclass(frozen=True)
class CodedColumn:
    """codes: in the order of their numbers. first: the number of the first."""

    codes: tuple[str, ...]
    first: int = 1


def coded_columns(instrument: Instrument) -> dict[str, CodedColumn]:
    """Return the columns by name. A published instrument never changes, so numbers are stable."""
    return {
        "service_channel": CodedColumn(SERVICE_CHANNELS),
        "channel": CodedColumn(CHANNELS),
        "form": CodedColumn(tuple(form.id for form in instrument.all_forms())),
        "language": CodedColumn((*instrument.languages, "und")),
        "complete": CodedColumn(_NO_YES, 0),
        FLAG: CodedColumn(_NO_YES, 0),
        "date_kept": CodedColumn(("day", "week", "month", "round")),
        **{one.id: CodedColumn(one.values) for one in instrument.all_attributes},
    }
