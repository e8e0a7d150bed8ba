"""The options of `sipas estimate`, which are also the parameters of /api/indices."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any, Literal, get_args

import msgspec

from sipas.errors import InputError
from sipas.report.margins import parse_margins
from sipas.report.period import Period, parse_period
from sipas.report.second_opinion import SecondOpinion, parse_second_opinion
from sipas.stats import Margins, Options
from sipas.stats.options import DEFAULT_OPTIONS, EffectiveN, IntervalKind, Lonely, Statistic
from sipas.stats.weights.poststratify import Collapse
from sipas.stats.weights.strata import OutOfDate
from sipas.survey.columns import FLAG

Weights = Literal["post-stratify", "rake", "linear", "raking", "logit", "none"]
Channels = Literal["invited", "walk-up", "all"]
Flagged = Literal["include", "exclude"]
Limits = tuple[float, float]

_ESTIMATION = tuple(field.name for field in fields(Options))  # options of estimates, beside the others


class EstimateRequest(msgspec.Struct, frozen=True, kw_only=True):
    """by: one table each, () is the whole. where: values of one column are alternatives, columns add up.

    options: how estimates are made. index and weights None: the source's first, and post-stratified where
    there is a frame. out_of_date: where a stratum has more responses than the frame has transactions;
    None: `review` for rounds, `fail` for files. margins: without them, weights are brought to those of
    the frame. bounds: of the ratio between weights after and before. trim: the least and the most that a
    response stands for. second_opinion: of tables of indices alone. weight_column: of base weights, such
    as 1/P of a drawn sample.
    """

    round: str | None = None
    by: tuple[tuple[str, ...], ...] = ((),)
    where: tuple[tuple[str, str], ...] = ()
    period: Period | None = None
    measure: str = "overall"
    index: str | None = None
    options: Options = DEFAULT_OPTIONS
    weights: Weights | None = None
    collapse: Collapse = "auto"
    channels: Channels = "all"
    flagged: Flagged = "include"
    out_of_date: OutOfDate | None = None
    margins: Margins | None = None
    bounds: Limits | None = None
    trim: Limits | None = None
    second_opinion: SecondOpinion | None = None
    weight_column: str | None = None

    def columns(self) -> set[str]:
        """The columns that it names."""
        margins = self.margins.columns() if self.margins else ()
        weight = () if self.weight_column is None else (self.weight_column,)
        flag = {FLAG} if self.flagged == "exclude" else set()
        named = {name for names in self.by for name in names} | {name for name, _ in self.where}
        return named | {*margins, *weight} | flag


def read_request(
    options: Iterable[tuple[str, str]], parsers: Mapping[str, "Parser"] | None = None
) -> EstimateRequest:
    """From pairs of name and value as they stand on a command line or in an address."""
    given = read_fields(options, parsers or OPTIONS)
    chosen = {name: given.pop(name) for name in _ESTIMATION if name in given}
    ci = chosen.get("ci")
    if chosen.get("statistic") == "mean" and ci not in (None, "wald"):
        raise InputError(f"ci: {ci!r} is for shares; a mean has wald intervals only")
    return EstimateRequest(options=Options(**chosen), **given)


Field = tuple[str, object]
Parser = Callable[[str, list[str]], Field]


def read_fields(options: Iterable[tuple[str, str]], parsers: Mapping[str, Parser]) -> dict[str, Any]:
    """The fields of a request from pairs of name and value."""
    given: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in options:
        given[name.replace("_", "-")].append(value)
    refuse_unknown(given, parsers)
    return dict(parsers[name](name, values) for name, values in given.items())


def without(name: str, options: Sequence[tuple[str, str]]) -> tuple[str | None, list[tuple[str, str]]]:
    """The value of an option that only one question has, and the other options."""
    given = [value for key, value in options if key == name]
    if len(given) > 1:
        raise InputError(f"{name}: given {len(given)} times; give it once")
    return next(iter(given), None), [(key, value) for key, value in options if key != name]


def refuse_unknown(given: Iterable[str], known: Iterable[str]) -> None:
    unknown = sorted({name.replace("_", "-") for name in given} - set(known))
    if unknown:
        raise InputError(f"{unknown[0]}: there is no such parameter; there are {', '.join(known)}")


def once(parse: Callable[[str, str], object], field: str | None = None) -> Parser:
    """An option that may be given one time."""

    def parser(name: str, values: list[str]) -> Field:
        if len(values) > 1:
            raise InputError(f"{name}: given {len(values)} times; give it once")
        return field or name.replace("-", "_"), parse(name, values[0].strip())

    return parser


def one_of(allowed: Any) -> Parser:
    """allowed: a Literal."""
    values: tuple[str, ...] = get_args(allowed)

    def parse(name: str, value: str) -> str:
        if value not in values:
            raise InputError(f"{name}: {value!r} is not available; available: {', '.join(values)}")
        return value

    return once(parse)


def text(name: str, value: str) -> str:
    if not value:
        raise InputError(f"{name}: is empty; give a value or leave it out")
    return value


def _parse_measure(name: str, value: str) -> str:
    kind, colon, identity = value.partition(":")
    if value in ("overall", "factors", "items", "options", "all") or (
        kind in ("factor", "item") and colon and identity
    ):
        return value
    raise InputError(
        f"{name}: {value!r} is not one of overall, factors, items, options, all, factor:ID, item:ID"
    )


def parse_level(name: str, value: str) -> float:
    try:
        level = float(value)
    except ValueError:
        level = 0.0
    if not 0 < level < 1:
        raise InputError(
            f"{name}: {value!r} is not a confidence level; give one between 0 and 1, such as 0.95"
        )
    return level


def _parse_limits(name: str, value: str) -> Limits:
    """Either may be left out: ",60" is anything up to 60."""
    low, comma, high = (part.strip() for part in value.partition(","))
    try:
        limits = float(low or "-inf"), float(high or "inf")
    except ValueError:
        limits = math.nan, math.nan
    if not comma or not limits[0] < limits[1]:
        raise InputError(f"{name}: {value!r} is not L,U with L below U, such as 0.5,2")
    return limits


def _parse_trim(name: str, value: str) -> Limits:
    """In transactions that a response stands for."""
    low, high = _parse_limits(name, value)
    if value.strip() == "," or "inf" in value.lower() or -math.inf < low < 0:
        raise InputError(
            f"{name}: {value!r} is not L,U in transactions, each 0 or more; leave one out for no limit, as"
            " in 1, or ,60"
        )
    return low, high


def _parse_no_fpc(name: str, value: str) -> bool:
    if value.lower() not in ("", "1", "true", "0", "false"):
        raise InputError(f"{name}: {value!r} is neither true nor false")
    return value.lower() in ("0", "false")


def _parse_by(name: str, values: list[str]) -> Field:
    tables = [tuple(part.strip() for part in value.split(",")) if value.strip() else () for value in values]
    for value, table in zip(values, tables, strict=True):
        if not all(table) or len(set(table)) < len(table):
            raise InputError(f"{name}: {value!r} is no list of different columns, such as unit,channel")
    return "by", tuple(dict.fromkeys(tables))


def _parse_where(name: str, values: list[str]) -> Field:
    conditions = []
    for value in values:
        column, equals, level = (part.strip() for part in value.partition("="))
        if not (column and equals and level):
            raise InputError(f"{name}: {value!r} is not COLUMN=VALUE, such as channel=kiosk")
        conditions.append((column, level))
    return "where", tuple(conditions)


OPTIONS: dict[str, Parser] = {
    "round": once(text),
    "by": _parse_by,
    "where": _parse_where,
    "period": once(lambda _, value: parse_period(value)),
    "measure": once(_parse_measure),
    "index": once(text),
    "statistic": one_of(Statistic),
    "weights": one_of(Weights),
    "weight-column": once(text),
    "ci": one_of(IntervalKind),
    "effective-n": one_of(EffectiveN),
    "level": once(parse_level),
    "lonely": one_of(Lonely),
    "collapse": one_of(Collapse),
    "no-fpc": once(_parse_no_fpc, "fpc"),
    "channels": one_of(Channels),
    "flagged": one_of(Flagged),
    "out-of-date": one_of(OutOfDate),
    "margins": once(parse_margins),
    "bounds": once(_parse_limits),
    "trim": once(_parse_trim),
}
INDEX_OPTIONS: dict[str, Parser] = {**OPTIONS, "second-opinion": once(parse_second_opinion)}
