"""The options of `sipas plan`, which are also the parameters of the chart `plan`."""

from collections.abc import Callable, Iterable

import msgspec

from sipas.errors import InputError
from sipas.report.request import Field, Parser, once, one_of, parse_level, read_fields, text
from sipas.stats.planning import AllocationMethod, Conditions

_USUAL_MARGIN = 0.05


class PlanRequest(msgspec.Struct, frozen=True, kw_only=True):
    """by: what each reaches the margin; None is the first of the strata. Either margin or total is None."""

    round: str | None = None
    by: tuple[str, ...] | None = None
    margin: float | None = None
    total: int | None = None
    share: float = 0.5
    level: float = 0.95
    deff: float = 1.0
    response_rate: float = 1.0
    allocation: AllocationMethod = "proportional"
    minimum: int = 2

    @property
    def conditions(self) -> Conditions:
        return Conditions(self.level, self.deff, self.response_rate, self.allocation, self.minimum)


def read_plan_request(options: Iterable[tuple[str, str]]) -> PlanRequest:
    """From pairs of name and value as they stand on a command line or in an address."""
    request = PlanRequest(**read_fields(options, PLAN_OPTIONS))
    if request.margin is not None and request.total is not None:
        raise InputError("margin: a total has been given too; give one, and the plan says what the other is")
    if request.margin is None and request.total is None:
        return msgspec.structs.replace(request, margin=_USUAL_MARGIN)
    return request


def _parse_by(name: str, values: list[str]) -> Field:
    if len(values) > 1:
        raise InputError(f"{name}: given {len(values)} times; give it once")
    columns = tuple(part.strip() for part in values[0].split(",")) if values[0].strip() else ()
    if not all(columns) or len(set(columns)) < len(columns):
        raise InputError(f"{name}: {values[0]!r} is no list of different columns, such as unit,channel")
    return "by", columns


def number(allowed: Callable[[float], bool], rule: str) -> Parser:
    def parse(name: str, value: str) -> float:
        try:
            found = float(value)
        except ValueError:
            found = float("nan")
        if not allowed(found):
            raise InputError(f"{name}: {value!r} must be {rule}")
        return found

    return once(parse)


def whole(least: int) -> Parser:
    def parse(name: str, value: str) -> int:
        if not (value.isascii() and value.isdigit() and int(value) >= least):
            raise InputError(f"{name}: {value!r} must be a whole number, {least} or more")
        return int(value)

    return once(parse)


PLAN_OPTIONS: dict[str, Parser] = {
    "round": once(text),
    "by": _parse_by,
    "margin": number(lambda value: 0 < value < 1, "above 0 and below 1, such as 0.03"),
    "total": whole(1),
    "share": number(lambda value: 0 < value < 1, "above 0 and below 1, such as 0.8"),
    "level": once(parse_level),
    "deff": number(lambda value: 0 < value < 1000, "above 0, such as 1.5"),
    "response-rate": number(lambda value: 0 < value <= 1, "above 0 and at most 1, such as 0.3"),
    "allocation": one_of(AllocationMethod),
    "minimum": whole(0),
}
