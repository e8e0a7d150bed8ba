"""Public releases of small files."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from sipas.demo.city import CITY_FOLDER
from sipas.errors import InputError
from sipas.report.formats import to_json
from sipas.report.note_words import note_text
from sipas.report.release.release import Release, ReleasedRow, read_release
from sipas.report.release.release_formats import release_csv, release_text
from sipas.report.release.releasing import build_release, release_request
from sipas.report.request import EstimateRequest
from sipas.report.sources.files import Files, file_source
from sipas.stats.notes import HIDDEN, KEPT

TABLES = ((), ("unit",), ("channel",), ("unit", "channel"))
FIRST = [("A", "sms", 3, 2), ("A", "paper", 40, 30), ("B", "sms", 30, 20), ("B", "paper", 50, 40)]
SECOND = [("A", "sms", 12, 9), ("A", "paper", 50, 37), ("B", "sms", 42, 30), ("B", "paper", 52, 41)]


def released(
    directory: Path, counts: Sequence[tuple[str, str, int, int]], before: Release | None = None
) -> Release:
    """counts: unit, channel, respondents, satisfied."""
    responses = directory / "responses.csv"
    rows = [f"{unit},{channel},{5 if i < good else 1}" for unit, channel, n, good in counts for i in range(n)]
    responses.write_text("\n".join(["unit,channel,overall", *rows]), encoding="utf-8")
    request = release_request(EstimateRequest(), TABLES)
    return build_release(
        request, file_source(Files(responses, CITY_FOLDER / "instrument.toml", ("unit",)), request), before
    )


def row(release: Release, **by: str) -> ReleasedRow:
    return next(row for row in release.rows if row.by == by)


def test_what_is_hidden_has_no_figure_and_says_why(tmp_path: Path) -> None:
    release = released(tmp_path, FIRST)
    small, other = row(release, unit="A", channel="sms"), row(release, unit="B", channel="paper")
    assert small == ReleasedRow({"unit": "A", "channel": "sms"}, notes=[HIDDEN])
    assert other == ReleasedRow({"unit": "B", "channel": "paper"}, notes=[HIDDEN])


def test_what_is_shown_is_the_estimate_with_few_digits(tmp_path: Path) -> None:
    whole = row(released(tmp_path, FIRST))
    assert (whole.n, whole.satisfied, whole.estimate, whole.release) == (123, 92, 0.748, 1)
    assert whole.low is not None
    assert whole.high is not None
    assert whole.low < 0.748 < whole.high
    assert len(str(whole.low)) <= 5


def test_nothing_beside_the_rows_tells_how_many_answered(tmp_path: Path) -> None:
    few = [(unit, channel, n // 2, good // 2) for unit, channel, n, good in SECOND]
    one, other = released(tmp_path, SECOND), released(tmp_path, few)
    for name in Release.__struct_fields__:
        if name != "rows":
            assert getattr(one, name) == getattr(other, name)


def test_the_next_release_renews_what_it_may_and_keeps_the_rest(tmp_path: Path) -> None:
    first = released(tmp_path, FIRST)
    second = released(tmp_path, SECOND, first)
    assert (second.number, len(second.earlier), len(second.earlier[0])) == (2, 1, len(first.rows))
    renewed = row(second, unit="A")
    assert (row(first, unit="A").n, renewed.n, renewed.release) == (43, 62, 2)
    third = released(tmp_path, SECOND, second)
    assert [cell.n for cell in third.earlier[1]] == [
        one.n if one.release == 2 else None for one in second.rows
    ]
    assert [(one.by, one.n) for one in third.rows] == [(one.by, one.n) for one in second.rows]


def test_two_more_respondents_leave_a_figure_as_it_was(tmp_path: Path) -> None:
    many = [(unit, channel, n + 40, good + 30) for unit, channel, n, good in FIRST]
    more = [(*many[0][:2], many[0][2] + 2, many[0][3] + 2), *many[1:]]
    first = released(tmp_path, many)
    second = released(tmp_path, more, first)
    assert all(one.release == 1 for one in first.rows)
    kept = row(second, unit="A", channel="sms")
    assert (kept.n, kept.release, kept.notes) == (43, 1, [KEPT(release=1)])
    assert row(second).n == 283


def test_several_answers_a_respondent_are_released_too(sipas_files: Files) -> None:
    request = release_request(
        EstimateRequest(index="pooled"), ((), ("unit",), ("channel",), ("unit", "channel"))
    )
    release = build_release(request, file_source(sipas_files, request))
    whole = row(release)
    assert release.measure == "overall:pooled"
    assert whole.n is not None
    assert whole.answers is not None
    assert whole.answers > 2 * whole.n
    assert len(release.rows) == 1 + 10 + 3 + 30


def test_a_release_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    release = released(tmp_path, FIRST)
    file = tmp_path / "release.json"
    file.write_bytes(to_json(release))
    assert read_release(file) == release
    file.write_text('{"number": 1}')
    with pytest.raises(InputError, match=r"release.json: is no release in JSON"):
        read_release(file)


def test_a_terminal_shows_dashes_and_csv_nothing(tmp_path: Path) -> None:
    release = released(tmp_path, FIRST)
    text = release_text(release).splitlines()
    assert text[1].split() == ["(all)", "74.8", "%", *text[1].split()[3:]]
    assert sum(note_text(HIDDEN, "en") in line and "–" in line for line in text) == 4
    lines = release_csv(release).decode().splitlines()
    assert lines[0] == "unit,channel,n,answers,satisfied,estimate,low,high,reliable,release,notes"
    assert "A,sms,,,,,,,,,hidden;unweighted" in lines


def test_a_release_follows_one_of_its_own_series_alone(tmp_path: Path) -> None:
    first = released(tmp_path, FIRST)
    others = {
        "source": "autumn",
        "measure": "overall:pooled",
        "tables": [[], ["unit"]],
    }
    for name, value in others.items():
        other = Release(**{**{f: getattr(first, f) for f in Release.__struct_fields__}, name: value})
        with pytest.raises(InputError, match="earlier: that release is of another"):
            released(tmp_path, SECOND, other)
    with pytest.raises(InputError, match="channel=paper, unit=C, which the round no longer has"):
        released(tmp_path, SECOND, released(tmp_path, [*FIRST, ("C", "paper", 40, 30)]))
