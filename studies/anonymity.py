"""The cost of k-anonymity of the mix, measured on the demonstration: python -m studies.anonymity.

Prints the tables of docs/explanation/privacy.md. Each setting sees the same citizens, on days of two months.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from sipas.demo.citizens import Citizens, draw_citizens
from sipas.demo.city import CITY_FOLDER, read_city
from sipas.demo.frame import SERVICE_CHANNELS, draw_frame
from sipas.demo.model import ANSWER_CHANNELS, COUNTER, KIOSK, SMS, draw_model
from sipas.queries.catalogue import ANONYMITY_DEFAULT, COARSENING_DEFAULT
from sipas.stats import (
    Cells,
    Column,
    Estimates,
    Frame,
    WalkUp,
    WeightedCells,
    build_cells,
    choose_measures,
    estimate_each,
    post_stratify,
)
from sipas.survey.instruments.reading import read_instrument
from sipas.survey.links.coarsening import Attributes, Level, TimeKept, coarsen, levels, next_day

FIRST, DAYS = date(2026, 10, 1), 61
PROCEDURE_FIRST = ("field", "service_channel", "week", "month", "unit", "round")
ROUND_FIRST = ("week", "month", "round", "field", "service_channel", "unit")
STRATA = ("unit", "service_channel", "field", "procedure")
BY: tuple[tuple[str, ...], ...] = ((), ("unit",), ("field",), ("procedure",), ("month",))

CITY = read_city()
FRAME = draw_frame(CITY)
INSTRUMENT = read_instrument((CITY_FOLDER / "instrument.toml").read_bytes())
MODEL = draw_model(FRAME, INSTRUMENT)

Labels = dict[str, list[str | None]]
Key = tuple[str | None, ...]


@dataclass(frozen=True)
class Setting:
    """every: None where answers are stored as they are."""

    name: str
    every: TimeKept | None
    k: int = ANONYMITY_DEFAULT
    steps: tuple[str, ...] = COARSENING_DEFAULT


SETTINGS = (
    Setting("as given", None),
    Setting("mixed every day", "day"),
    Setting("every week", "week"),
    Setting("**every month**", "month"),
    Setting("at the end of the round", "round"),
    Setting("every month, procedure first", "month", steps=PROCEDURE_FIRST),
    Setting("every month, round before field", "month", steps=ROUND_FIRST),
    Setting("every month, k = 3", "month", 3),
    Setting("every month, k = 10", "month", 10),
)


@dataclass(frozen=True)
class Kept:
    """The stored part of the link answers. shared: for each, how many of its mix have the same attributes."""

    level: Mapping[int, Level]
    shared: Sequence[int]


def details(citizens: Citizens, days: NDArray[np.int64]) -> list[Attributes]:
    return [
        Attributes(
            int(FRAME.procedure[stratum]) if placed else None,
            CITY.procedures[FRAME.procedure[stratum]].field if placed else None,
            SERVICE_CHANNELS[FRAME.service_channel[stratum]],
            FIRST + timedelta(days=int(day)),
        )
        for stratum, placed, day in zip(citizens.stratum, citizens.placed, days, strict=True)
    ]


def mix(citizens: Citizens, given: Sequence[Attributes], setting: Setting) -> Kept:
    """As sipas/survey/links/mixing.py does, a unit after the other."""
    by_unit: defaultdict[int, list[int]] = defaultdict(list)
    for citizen in np.flatnonzero(citizens.channel == SMS).tolist():
        by_unit[FRAME.unit[citizens.stratum[citizen]]].append(citizen)
    level: dict[int, Level] = {}
    shared: list[int] = []
    for waiting in by_unit.values():
        for batch in batches(waiting, given, setting):
            found = found_of(batch, given, setting)
            level |= found
            stored = [(found[citizen], given[citizen].at(found[citizen])) for citizen in batch]
            sizes = Counter(stored)
            shared += [sizes[one] for one in stored]
    return Kept(level, shared)


def found_of(batch: Sequence[int], given: Sequence[Attributes], setting: Setting) -> dict[int, Level]:
    if setting.every is None:
        return dict.fromkeys(batch, Level("day", "procedure"))
    found = coarsen([given[citizen] for citizen in batch], setting.k, levels(setting.steps))
    return {batch[place]: level for place, level in found.items()}


def batches(unit: Sequence[int], given: Sequence[Attributes], setting: Setting) -> Iterator[list[int]]:
    """Yield the answers that a unit's mixes store, one mix after another; the last when the round closes."""
    left = list(unit)
    every = setting.every or "round"
    for end in sorted({next_day(given[citizen].day, every) for citizen in unit}):
        due = [citizen for citizen in left if next_day(given[citizen].day, every) <= end]
        if len(due) >= setting.k:
            yield due
            left = [citizen for citizen in left if next_day(given[citizen].day, every) > end]
    if left:
        yield left


def stored_labels(citizens: Citizens, given: Sequence[Attributes], kept: Kept) -> Labels:
    """The columns of every answer, of link answers as they are stored."""
    as_given = Level("day", "procedure")
    at = [kept.level.get(citizen, as_given) for citizen in range(len(given))]
    left = [one.at(level) for one, level in zip(given, at, strict=True)]
    return {
        "unit": [CITY.units[unit].code for unit in FRAME.unit[citizens.stratum]],
        "procedure": [
            None if p is None else CITY.procedures[p].code for p in (one.procedure_id for one in left)
        ],
        "field": [one.field for one in left],
        "service_channel": [one.service_channel for one in left],
        "month": [None if one.day == date.min else f"{one.day:%Y-%m}" for one in left],
        "channel": [ANSWER_CHANNELS[channel] for channel in citizens.channel],
        "form": [INSTRUMENT.form_for(ANSWER_CHANNELS[channel]).id for channel in citizens.channel],
    }


def frame() -> Frame:
    columns = {
        "unit": [CITY.units[unit].code for unit in FRAME.unit],
        "procedure": [CITY.procedures[one].code for one in FRAME.procedure],
        "field": [CITY.procedures[one].field for one in FRAME.procedure],
        "service_channel": [SERVICE_CHANNELS[one] for one in FRAME.service_channel],
    }
    return Frame({name: Column.of(column) for name, column in columns.items()}, FRAME.transactions)


def estimated(citizens: Citizens, labels: Labels) -> list[Estimates]:
    """The overall index by each of BY, in the weights of a round."""
    columns = {name: Column.of(column) for name, column in labels.items()}
    cells: Cells = build_cells(INSTRUMENT.scoring(), citizens.answers, columns)
    weighting = post_stratify(
        cells, frame(), STRATA, walk_up=WalkUp(cells.columns["channel"].equals("kiosk"))
    )
    measures = choose_measures(INSTRUMENT.scoring(), INSTRUMENT.index("overall"), "overall")
    return [estimate_each(WeightedCells(cells, weighting), measures, by)[0] for by in BY]


def truths() -> list[dict[Key, float]]:
    """Return the true index of each domain, with half of the counters' answers from kiosks."""
    said, known = MODEL.given(), frame().columns
    at_counter = FRAME.service_channel == COUNTER
    chance = np.where(at_counter, said[:, [KIOSK, SMS]].mean(axis=1), said[:, SMS])
    found: list[dict[Key, float]] = []
    for by in BY:
        labels = [known[name].labels() for name in by if name != "month"]
        keys = list(zip(*labels, strict=True)) if labels else [()] * len(chance)
        sums: defaultdict[Key, NDArray[np.float64]] = defaultdict(lambda: np.zeros(2))
        for key, count, one in zip(keys, FRAME.transactions, chance, strict=True):
            sums[key] += (count * one, count)
        found.append({key: float(total / count) for key, (total, count) in sums.items()})
    return found


def domains(found: Estimates, truth: Mapping[Key, float]) -> dict[Key, NDArray[np.float64]]:
    """Estimate, width and truth of each domain that is known and has an interval."""
    rows: dict[Key, NDArray[np.float64]] = {}
    for place in range(len(found)):
        key: Key = tuple(found.key(place).values())
        values = found.estimate[place], found.high[place] - found.low[place]
        if None not in key and np.isfinite(values).all():
            rows[key] = np.array([*values, truth.get(key, truth.get((), np.nan))])
    return rows


Domains = list[dict[Key, NDArray[np.float64]]]


def study(responses: int, seed: int) -> dict[Setting, tuple[Kept, Domains]]:
    citizens = draw_citizens(MODEL, INSTRUMENT, responses, seed)
    given = details(citizens, np.random.default_rng((seed, 2)).integers(0, DAYS, responses))
    expected, found = truths(), {}
    for setting in SETTINGS:
        kept = mix(citizens, given, setting)
        tables = estimated(citizens, stored_labels(citizens, given, kept))
        found[setting] = kept, [domains(*pair) for pair in zip(tables, expected, strict=True)]
    return found


def kept_row(setting: Setting, kept: Sequence[Kept]) -> str:
    """Shares of link answers: alone, with fewer than k, and that keep procedure, field, channel and month."""
    at = [level for one in kept for level in one.level.values()]
    shared = [n for one in kept for n in one.shared]
    places = ("procedure", "field", "service_channel")
    shares = [np.mean([n == 1 for n in shared]), np.mean([n < setting.k for n in shared])]
    shares += [np.mean([level.place in places[: last + 1] for level in at]) for last in range(len(places))]
    shares += [np.mean([level.time != "round" for level in at])]
    return f"| {setting.name} | " + " | ".join(f"{100 * share:.1f}" for share in shares) + " |"


def cost_row(setting: Setting, found: Sequence[Domains], before: Sequence[Domains]) -> str:
    """By each of BY: domains, mean error, RMSE in percentage points; width against before."""
    cells = []
    for place in range(len(BY)):
        rows = [row for one in found for row in one[place].values()]
        error = 100 * np.array([row[0] - row[2] for row in rows])
        pairs = [(one[place][key], was[place][key]) for one, was in zip(found, before, strict=True)
                 for key in one[place].keys() & was[place].keys()]  # fmt: skip
        width = np.mean([now[1] for now, _ in pairs]) / np.mean([was[1] for _, was in pairs])
        cells.append(f"{error.mean():+.1f}, {np.sqrt((error**2).mean()):.1f}, {width:.2f}")
    return f"| {setting.name} | " + " | ".join(cells) + " |"


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m studies.anonymity", description="What k-anonymity costs.")
    asked.add_argument("--responses", type=int, default=20_000)
    asked.add_argument("--rounds", type=int, default=5, help="of other citizens each")
    wanted = asked.parse_args()
    found = [study(wanted.responses, seed) for seed in range(1, wanted.rounds + 1)]
    print("| link answers, % | alone | fewer than k | procedure | field | channel | month |")
    print("|---|---|---|---|---|---|---|")
    for setting in SETTINGS:
        print(kept_row(setting, [one[setting][0] for one in found]))
    print("\n| error, RMSE (points); width | whole | by unit | by field | by procedure | by month |")
    print("|---|---|---|---|---|---|")
    before = [one[SETTINGS[0]][1] for one in found]
    for setting in SETTINGS:
        print(cost_row(setting, [one[setting][1] for one in found], before))


if __name__ == "__main__":
    main()
