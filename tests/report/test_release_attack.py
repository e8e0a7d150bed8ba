"""A reader of every published field, who works hidden cells out of weighted shares."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from sipas.demo.city import CITY_FOLDER
from sipas.report.release import releasing
from sipas.report.release.release import Release, ReleasedRow
from sipas.report.release.releasing import build_release, release_request
from sipas.report.request import EstimateRequest
from sipas.report.sources.files import Files, file_source
from sipas.stats.arrays import IntArray
from sipas.stats.disclosure import RESPONDENTS_FEWEST, Counts, Protection, protect
from sipas.stats.notes import NOT_WEIGHTED, PLAIN_SHARE

UNITS, CHANNELS = ("A", "B", "C", "D", "E"), ("online", "post", "counter")
STRATA = ("unit", "service_channel")
TABLES = ((), ("unit",), ("service_channel",), STRATA)
POPULATION = np.array([[310, 90, 700], [150, 420, 260], [530, 170, 610], [240, 380, 130], [90, 650, 440]])
N = np.array([[3, 21, 32], [14, 22, 30], [31, 26, 40], [27, 33, 20], [24, 28, 35]])
SATISFIED = np.array([[2, 14, 20], [9, 15, 22], [25, 17, 31], [19, 20, 13], [15, 23, 24]])


@dataclass(frozen=True)
class World:
    """How many answered, and how many of them satisfied, by unit and service channel."""

    n: IntArray
    satisfied: IntArray


TRUE = World(N, SATISFIED)
Publish = Callable[[World], Release]


@pytest.fixture
def publish(tmp_path: Path) -> Publish:
    frame, responses = tmp_path / "frame.csv", tmp_path / "responses.csv"
    cells = [
        (i, j, f"{unit},{channel}") for i, unit in enumerate(UNITS) for j, channel in enumerate(CHANNELS)
    ]
    frame.write_text(
        "\n".join(["unit,service_channel,count", *(f"{name},{POPULATION[i, j]}" for i, j, name in cells)])
    )

    def published(world: World) -> Release:
        rows = [
            f"{name},{5 if k < world.satisfied[i, j] else 1}"
            for i, j, name in cells
            for k in range(world.n[i, j])
        ]
        responses.write_text("\n".join(["unit,service_channel,overall", *rows]))
        files = Files(responses, CITY_FOLDER / "instrument.toml", STRATA, frame, "count")
        request = release_request(EstimateRequest(), TABLES)
        return build_release(request, file_source(files, request))

    return published


def shown(release: Release) -> list[ReleasedRow]:
    return [row for row in release.rows if row.n is not None]


def alike(hidden: IntArray) -> Iterator[World]:
    """Worlds of the same margins and shown cells, where a rectangle of four cells is hidden."""
    (i, k), (j, m) = (np.unique(places) for places in np.nonzero(hidden))
    turn = np.zeros_like(N)
    turn[[i, k], [j, m]], turn[[i, k], [m, j]] = 1, -1
    for more in range(-N.max(), N.max()):
        for better in range(-N.max(), N.max()):
            world = World(N + more * turn, SATISFIED + better * turn)
            if (world.satisfied >= 0).all() and (world.satisfied <= world.n).all():
                yield world


def test_all_published_fields_together_leave_a_hidden_cell_open(
    publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = publish(TRUE)
    names = [[{"unit": unit, "service_channel": channel} for channel in CHANNELS] for unit in UNITS]
    told = [row.by for row in shown(release)]
    hidden = np.array([[int(name not in told) for name in row] for row in names])
    assert (hidden[0, 0], hidden.sum()) == (1, 4)

    found = hidden_as_in(publish, monkeypatch)
    monkeypatch.setattr(releasing, "protect", lambda *_: found)
    worlds = list(alike(hidden))
    possible = [world for world in sample(worlds) if shown(publish(world)) == shown(release)]
    satisfied = [int(world.satisfied[0, 0]) for world in possible]
    respondents = [int(world.n[0, 0]) for world in possible]
    assert max(satisfied) - min(satisfied) >= RESPONDENTS_FEWEST
    assert max(respondents) - min(respondents) >= RESPONDENTS_FEWEST


def sample(worlds: list[World]) -> list[World]:
    """The ends of what the counts leave open, and the truth."""
    by_satisfied = sorted(worlds, key=lambda world: int(world.satisfied[0, 0]))
    by_respondents = sorted(worlds, key=lambda world: int(world.n[0, 0]))
    return [TRUE, by_satisfied[0], by_satisfied[-1], by_respondents[0], by_respondents[-1]]


def hidden_as_in(publish: Publish, monkeypatch: pytest.MonkeyPatch) -> Protection:
    """Return the cells that the true release hides, as its readers see."""
    kept: list[Protection] = []

    def watched(membership: sparse.csr_array, counts: Counts, earlier: list[Counts]) -> Protection:
        kept.append(protect(membership, counts, earlier))
        return kept[-1]

    with monkeypatch.context() as watching:
        watching.setattr(releasing, "protect", watched)
        publish(TRUE)
    return kept[0]


def test_shares_are_unweighted_where_strata_are_hidden_and_weighted_where_none_is(publish: Publish) -> None:
    (whole,) = [row for row in publish(TRUE).rows if not row.by]
    assert (whole.estimate, whole.notes) == (round(SATISFIED.sum() / N.sum(), 3), [PLAIN_SHARE])
    more = World(N + 20, SATISFIED + 12)
    rows = publish(more).rows
    (whole,) = [row for row in rows if not row.by]
    weighted = (POPULATION * more.satisfied / more.n).sum() / POPULATION.sum()
    assert (whole.estimate, whole.notes) == (round(weighted, 3), [])
    assert not any(note in (PLAIN_SHARE, NOT_WEIGHTED) for row in rows for note in row.notes)
