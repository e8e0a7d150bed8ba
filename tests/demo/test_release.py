"""The demonstration's public release, and the one that follows when as many again have answered."""

import msgspec
import numpy as np
import pytest

from sipas.demo.citizens import Citizens, draw_citizens
from sipas.demo.city import read_city
from sipas.demo.frame import draw_frame
from sipas.demo.model import Model, draw_model
from sipas.report.formats import to_json
from sipas.report.release import releasing
from sipas.report.release.release import Release, published_counts
from sipas.report.release.releasing import build_release, release_request
from sipas.report.request import EstimateRequest
from sipas.stats.disclosure import Audit, Counts, Protection, Tabulation, audit, sensitive, tabulate
from tests.demo.offline import INSTRUMENT, source_of

TABLES = ((), ("unit_type",), ("unit",), ("channel",), ("unit", "channel"), ("field",))
REQUEST = release_request(EstimateRequest(), TABLES)
NO_AUDIT = Audit(np.zeros((2, 1, 1)), np.zeros((2, 1, 1)), np.zeros(2))
USUAL, TWICE = 20_000, 40_000


@pytest.fixture(scope="module")
def model() -> Model:
    return draw_model(draw_frame(read_city()), INSTRUMENT)


@pytest.fixture(scope="module")
def citizens(model: Model) -> Citizens:
    return draw_citizens(model, INSTRUMENT, TWICE, seed=1)


@pytest.fixture(scope="module")
def releases(model: Model, citizens: Citizens) -> tuple[Release, Release]:
    """As they come back from their files."""
    first = build_release(REQUEST, source_of(model, citizens, USUAL))
    first = msgspec.json.decode(to_json(first), type=Release)
    second = build_release(REQUEST, source_of(model, citizens, TWICE), first)
    return first, msgspec.json.decode(to_json(second), type=Release)


def public(model: Model, citizens: Citizens, release: Release) -> tuple[Tabulation, list[Counts]]:
    """Return the published cells of a release, and all cells that there can be."""
    source = source_of(model, citizens, TWICE)
    assert source.frame is not None
    tabulation = tabulate(TABLES, source.cells.columns, len(source.cells), source.frame.columns)
    return tabulation, [published_counts(cells, tabulation.keys, 1.0) for cells in release.published()]


def given_away(tabulation: Tabulation, told: list[Counts]) -> int:
    """Cells that the tables tell too much of, by themselves or together."""
    return int(audit(tabulation.membership, told).narrow.sum() + sum(sensitive(one).sum() for one in told))


def test_the_audit_passes_across_two_successive_releases(
    model: Model, citizens: Citizens, releases: tuple[Release, Release]
) -> None:
    tabulation, told = public(model, citizens, releases[1])
    assert len(told) == 2
    assert all(np.isnan(one.n).any() for one in told)
    assert given_away(tabulation, told) == 0


@pytest.mark.parametrize("hides", ["nothing", "small cells alone"])
def test_the_audit_fails_when_protection_is_switched_off(
    model: Model, citizens: Citizens, monkeypatch: pytest.MonkeyPatch, hides: str
) -> None:
    def off(_: object, counts: Counts, __: object) -> Protection:
        primary = sensitive(counts) & (hides == "small cells alone")
        return Protection(primary, np.zeros_like(primary), NO_AUDIT)

    monkeypatch.setattr(releasing, "protect", off)
    release = build_release(REQUEST, source_of(model, citizens, TWICE))
    assert given_away(*public(model, citizens, release)) > 0


def test_a_figure_that_changes_has_five_respondents_more(releases: tuple[Release, Release]) -> None:
    first, second = releases
    for before, now in zip(first.rows, second.rows, strict=True):
        assert before.by == now.by
        if before.n is not None and now.n != before.n:
            assert now.n is not None
            assert now.n >= before.n + 5
        if now.release == 1:
            assert (now.n, now.estimate) == (before.n, before.estimate)


def test_most_of_what_people_ask_for_is_shown(releases: tuple[Release, Release]) -> None:
    for release in releases:
        units = [row for row in release.rows if list(row.by) == ["unit"]]
        broad = [row for row in release.rows if set(row.by) <= {"unit_type", "channel"} and len(row.by) < 2]
        assert len(units) == 154
        assert sum(row.estimate is not None for row in units) >= 0.85 * len(units)
        assert all(row.estimate is not None for row in broad)
        assert sum(row.estimate is not None for row in release.rows) >= 0.85 * len(release.rows)
