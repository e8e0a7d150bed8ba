"""Files of the questionnaire of 2026: trees, other scales, options, yes/no items, answers as domains."""

import csv
from pathlib import Path

import pytest

from sipas.errors import InputError, NotFound
from sipas.report.figures.kinds import choose_kind
from sipas.report.indices.distribution import distribution_table
from sipas.report.indices.index_table import IndexTable
from sipas.report.indices.indices import index_table
from sipas.report.names import Names
from sipas.report.request import read_request
from sipas.report.sources.files import Files, file_source
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.reading import read_instrument
from tests.report.forms_2026 import INSTRUMENT, draw_rows, write_rows

PEOPLE = 300


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return read_instrument(INSTRUMENT.read_bytes())


@pytest.fixture(scope="module")
def rows(instrument: Instrument) -> list[dict[str, str]]:
    return draw_rows(instrument, PEOPLE)


@pytest.fixture(scope="module")
def responses(rows: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rows(tmp_path_factory.mktemp("files") / "responses.csv", rows)


def _table(responses: Path, **options: str) -> IndexTable:
    request = read_request(options.items())
    return index_table(request, file_source(Files(responses, INSTRUMENT), request))


def test_all_lists_the_51_indicators_in_the_order_of_the_form(responses: Path) -> None:
    table = _table(responses, measure="all", index="tree")
    assert len(table.rows) == 51
    assert [row.measure for row in table.rows][:4] == [
        "overall:tree",
        "factor:policy",
        "factor:accountability",
        "item:accountability1",
    ]
    assert all(row.estimate is not None for row in table.rows)


def test_names_of_all_measures_exist_in_both_languages(responses: Path, instrument: Instrument) -> None:
    measures = [
        row.measure
        for asked in ("all", "item:q5", "item:q2", "item:q8_1", "item:q1_1")
        for row in _table(responses, measure=asked).rows
    ]
    for names in (Names("vi"), Names("en")):
        assert all(names.measure(measure, instrument) for measure in measures)


def test_options_of_a_choice_have_shares_that_sum_to_one(
    responses: Path, rows: list[dict[str, str]], instrument: Instrument
) -> None:
    found = _table(responses, measure="item:q5").rows
    assert [row.measure for row in found] == ["item:q5.never", "item:q5.sometimes", "item:q5.often"]
    option = instrument.items_by_id["q5"].options[0]
    chosen = sum(row["q5"] in (option.code, option.text["vi"]) for row in rows)
    assert found[0].estimate == pytest.approx(chosen / PEOPLE)
    assert sum(row.estimate or 0 for row in found) == pytest.approx(1)


def test_yes_no_items_and_options_of_several_choices_are_shares(
    responses: Path, rows: list[dict[str, str]]
) -> None:
    for column in ("q8_1", "q2.press"):
        (found,) = _table(responses, measure=f"item:{column}").rows
        yes = sum(row[column] in ("1", "yes", "có") for row in rows)
        assert found.estimate == pytest.approx(yes / PEOPLE)


def test_ratings_on_another_scale_count_by_that_scale(responses: Path, instrument: Instrument) -> None:
    share = _table(responses, measure="item:q1_1").rows[0]
    mean = _table(responses, measure="item:q1_1", statistic="mean").rows[0]
    assert share.measure == mean.measure == "item:q1_1"
    assert 1 < (mean.estimate or 0) < 4
    assert mean.rescaled == pytest.approx(100 * ((mean.estimate or 0) - 1) / 3)
    request = read_request({"measure": "item:q1_1"}.items())
    spread = distribution_table(request, file_source(Files(responses, INSTRUMENT), request))
    assert spread.points == [1, 2, 3, 4]
    assert sum(spread.rows[0].shares or []) == pytest.approx(1)


@pytest.mark.parametrize("kind", ["distribution", "heatmap", "league"])
@pytest.mark.parametrize("measure", ["item:q1_1", "item:q8_1", "factor:policy"])
def test_charts_draw_items_of_any_scale_and_nodes(
    kind: str, measure: str, responses: Path, instrument: Instrument
) -> None:
    request = read_request({"measure": measure, "by": "sex"}.items())
    source = file_source(Files(responses, INSTRUMENT), request)
    assert choose_kind(kind).show(request, [source], Names("vi")).chart


def test_answers_are_domains(responses: Path, rows: list[dict[str, str]]) -> None:
    found = _table(responses, measure="overall", by="q8_3,q5").rows
    assert {tuple(row.by.values()) for row in found} == {
        (use, met) for use in ("no", "yes") for met in ("never", "sometimes", "often")
    }
    assert sum(row.n for row in found) == PEOPLE
    users = _table(responses, measure="overall", where="q8_3=yes").rows[0]
    assert users.n == sum(row["q8_3"] in ("1", "yes", "có") for row in rows)


def test_a_question_with_several_answers_is_no_domain(responses: Path) -> None:
    with pytest.raises(InputError, match=r"q2 takes several answers; .* such as q2\.loudspeaker"):
        _table(responses, by="q2")
    by_option = _table(responses, by="q2.press").rows
    assert [row.by["q2.press"] for row in by_option] == ["no", "yes"]


def test_a_code_that_is_no_option_is_named(
    responses: Path, rows: list[dict[str, str]], tmp_path: Path
) -> None:
    path = tmp_path / "wrong.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerow({**rows[0], "q5": "always"})
    with pytest.raises(InputError, match=r"q5.*never, sometimes, often"):
        _table(path, measure="item:q5")


def test_an_unknown_item_lists_every_question_that_can_be_estimated(responses: Path) -> None:
    with pytest.raises(NotFound, match="no item 'q99' to estimate") as refused:
        _table(responses, measure="item:q99")
    listed = str(refused.value).partition("it has ")[2].split(", ")
    assert {"q4", "q8_3", "accountability1"} <= set(listed)
    assert "comment_open" not in listed


def test_all_options_are_estimated_at_once_and_each_as_alone(responses: Path) -> None:
    together = {row.measure: row for row in _table(responses, measure="options").rows}
    alone = _table(responses, measure="item:q8_3").rows
    assert len(together) >= 20
    assert [together[row.measure] for row in alone] == [*alone]
