"""`sipas plan households` and `sipas plan weights`: from lists of villages to weighted answers."""

import csv
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import Outcome, Sipas

HEADER = "district,commune,village,households"
VILLAGES = [
    f"D{d},C{d}{c},V{d}{c}{v},{20 + 7 * ((3 * d + 5 * c + 2 * v) % 9)}"
    for d in (1, 2)
    for c in (1, 2, 3)
    for v in (1, 2, 3, 4)
]
USUAL = ("--psu", 6, "--households", 5, "--seed", "Hà Nội 2026", "--strata", "district")
Rows = list[dict[str, str]]


@pytest.fixture
def frame(tmp_path: Path) -> Path:
    return write(tmp_path / "frame.csv", [HEADER, *VILLAGES])


def write(path: Path, lines: Sequence[str]) -> Path:
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_two_stages_give_the_probabilities_of_their_sizes(sipas: Sipas, frame: Path, tmp_path: Path) -> None:
    outcome = sipas("plan", "households", "--frame", frame, *USUAL, "-o", tmp_path / "s", "--format", "json")
    assert outcome.exit_code == 0, outcome.err
    size = {row["village"]: (row["district"], int(row["households"])) for row in read(frame)}
    total = Counter[str]()
    for district, count in size.values():
        total[district] += count
    drawn = read(tmp_path / "s" / "villages.csv")
    psus = Counter(row["district"] for row in drawn)
    assert sum(psus.values()) == 6
    for row in drawn:
        district, count = size[row["village"]]
        assert float(row["p_village"]) == pytest.approx(psus[district] * count / total[district], rel=1e-12)
        assert (row["variance_stratum"], row["psu"]) == (district, row["village"])
    households = read(tmp_path / "s" / "households.csv")
    assert len({row["questionnaire"] for row in households}) == len(households) == 30
    for row in households:
        product = float(row["p_village"]) * float(row["p_household"])
        assert float(row["household_weight"]) == pytest.approx(1 / product, rel=1e-12)
        assert 1 <= int(row["household"]) <= size[row["village"]][1]
    assert [row["households_drawn"] for row in outcome.json] == [5 * psus["D1"], 5 * psus["D2"]]


def test_the_same_seed_draws_the_same_and_another_seed_does_not(
    sipas: Sipas, frame: Path, tmp_path: Path
) -> None:
    for folder, seed in (("a", "x"), ("b", "x"), ("c", "y")):
        options = ("--frame", frame, *USUAL[:4], "--seed", seed, "--person", "kish", "-o", tmp_path / folder)
        assert sipas("plan", "households", *options).exit_code == 0
    first, again, other = (
        [(tmp_path / folder / file).read_bytes() for file in ("villages.csv", "households.csv", "lists.html")]
        for folder in "abc"
    )
    assert first == again
    assert first[0] != other[0]
    assert json.loads((tmp_path / "a" / "design.json").read_text("utf-8"))["seed"] == "x"


def test_three_stages_draw_communes_then_villages_then_households(
    sipas: Sipas, frame: Path, tmp_path: Path
) -> None:
    options = ("--frame", frame, "--commune", "commune", "--villages", 2, "--psu", 4, *USUAL[2:])
    assert sipas("plan", "households", *options, "-o", tmp_path / "s").exit_code == 0
    drawn = read(tmp_path / "s" / "villages.csv")
    assert set(Counter(row["commune"] for row in drawn).values()) == {2}
    sizes = {row["village"]: row for row in read(frame)}

    def households(**of: str) -> int:
        return sum(
            int(row["households"]) for row in sizes.values() if all(row[k] == v for k, v in of.items())
        )

    for row in drawn:
        commune = households(commune=row["commune"])
        p_commune = 2 * commune / households(district=row["district"])
        p_village = 2 * int(row["size"]) / commune
        assert float(row["p_commune"]) == pytest.approx(p_commune, rel=1e-12)
        assert float(row["p_village"]) == pytest.approx(p_village, rel=1e-12)
        assert row["psu"] == row["commune"]


def test_a_village_as_large_as_the_interval_is_a_stratum_of_its_own(
    sipas: Sipas, frame: Path, tmp_path: Path
) -> None:
    write(frame, [HEADER, "D1,C11,V0,2000", *VILLAGES])
    outcome = sipas("plan", "households", "--frame", frame, *USUAL, "-o", tmp_path / "s")
    assert "note: drawn with certainty" in outcome.err
    large = [row for row in read(tmp_path / "s" / "households.csv") if row["village"] == "V0"]
    assert {row["variance_stratum"] for row in large} == {"D1|V0"}
    assert len({row["psu"] for row in large}) == 5
    assert {float(row["household_weight"]) for row in large} == {400.0}


def test_lists_of_households_are_drawn_from_and_shown(sipas: Sipas, tmp_path: Path) -> None:
    """From workbooks. The list counts more households than the frame, and its address is only printed."""
    frame, lists = tmp_path / "frame.xlsx", tmp_path / "lists.xlsx"
    for path, rows in (
        (frame, [("village", "households"), ("V1", 6), ("V2", 8)]),
        (
            lists,
            [
                ("village", "household", "address"),
                *((f"V{v}", f"h{h}", f"<số {h}>") for v in (1, 2, 3) for h in range(10)),
            ],
        ),
    ):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)
    options = ("--frame", frame, "--lists", lists, "--show", "address", "--psu", 2, "--households", 4)
    assert sipas("plan", "households", *options, "--seed", 1, "-o", tmp_path / "s").exit_code == 0
    households = read(tmp_path / "s" / "households.csv")
    assert {row["p_household"] for row in households} == {"0.4"}
    assert "address" not in households[0]
    page = (tmp_path / "s" / "lists.html").read_text("utf-8")
    number = households[0]["household"].removeprefix("h")
    assert f"<td>&lt;số {number}&gt;</td>" in page
    assert "Danh sách hộ gia đình cần khảo sát" in page
    assert page.count("<section>") == 2


def test_answers_get_the_weight_of_one_adult_and_the_clusters_of_the_draw(
    sipas: Sipas, frame: Path, tmp_path: Path
) -> None:
    options = ("--frame", frame, *USUAL, "--person", "kish", "-o", tmp_path / "s")
    assert sipas("plan", "households", *options).exit_code == 0
    households = read(tmp_path / "s" / "households.csv")
    answered = [row for place, row in enumerate(households) if place != 3]
    lines = [f"{row['questionnaire'].lstrip('0')},{1 + i % 4},5" for i, row in enumerate(answered)]
    responses = write(tmp_path / "r.csv", ["questionnaire,adults,q1", *lines])
    found = weigh(sipas, tmp_path, responses)
    for i, (row, household) in enumerate(zip(found, answered, strict=True)):
        weight = float(household["household_weight"]) * (1 + i % 4)
        assert float(row["weight"]) == pytest.approx(weight, rel=1e-12)
        assert [row[name] for name in ("village", "psu", "household")] == [
            household[name] for name in ("village", "psu", "household")
        ]
    adjusted = weigh(sipas, tmp_path, responses, "--nonresponse", "village", "--adults-most", 2)
    for i, (row, household) in enumerate(zip(adjusted, answered, strict=True)):
        factor = 5 / 4 if household["village"] == households[3]["village"] else 1
        weight = float(household["household_weight"]) * min(1 + i % 4, 2) * factor
        assert float(row["weight"]) == pytest.approx(weight, rel=1e-12)


def weigh(sipas: Sipas, folder: Path, responses: Path, *options: object) -> Rows:
    outcome = weights(sipas, folder, responses, *options)
    assert outcome.exit_code == 0, outcome.err
    return read(folder / "w.csv")


def weights(sipas: Sipas, folder: Path, responses: Path, *options: object) -> Outcome:
    files = ("--sample", folder / "s", "--responses", responses, "-o", folder / "w.csv")
    return sipas("plan", "weights", *files, *options)


def test_village_and_household_name_an_answer_without_a_questionnaire(
    sipas: Sipas, frame: Path, tmp_path: Path
) -> None:
    assert sipas("plan", "households", "--frame", frame, *USUAL, "-o", tmp_path / "s").exit_code == 0
    households = read(tmp_path / "s" / "households.csv")[:4]
    lines = [f"{row['village']},{row['household']},2" for row in households]
    responses = write(tmp_path / "r.csv", ["village,household,adults", *lines])
    for row, household in zip(weigh(sipas, tmp_path, responses), households, strict=True):
        assert float(row["weight"]) == pytest.approx(2 * float(household["household_weight"]), rel=1e-12)
        assert (row["psu"], row["household"]) == (household["psu"], household["household"])
    unknown = write(tmp_path / "r.csv", ["village,household,adults", "V111,9999,2"])
    assert "row 2, column household: V111, 9999 is no household" in weights(sipas, tmp_path, unknown).err
    nameless = write(tmp_path / "r.csv", ["place,adults", "V111,2"])
    assert "column questionnaire: is missing; name the column by --questionnaire" in (
        weights(sipas, tmp_path, nameless).err
    )


def test_the_village_alone_gives_the_weights_that_questionnaires_give(
    sipas: Sipas, frame: Path, tmp_path: Path
) -> None:
    assert sipas("plan", "households", "--frame", frame, *USUAL, "-o", tmp_path / "s").exit_code == 0
    households = read(tmp_path / "s" / "households.csv")[:8]
    named = [f"{row['questionnaire']},{row['village']},{i % 3 + 1}" for i, row in enumerate(households)]
    header = "questionnaire,village,adults"
    theirs = weigh(sipas, tmp_path, write(tmp_path / "r.csv", [header, *named]), "--nonresponse", "village")
    alone = [f"{row['village']},{i % 3 + 1}" for i, row in enumerate(households)]
    responses = write(tmp_path / "r.csv", ["village,adults", *alone])
    found = weigh(sipas, tmp_path, responses, "--nonresponse", "village")
    names = ("village", "adults", "district", "variance_stratum", "psu", "weight")
    assert [[row[name] for name in names] for row in found] == [
        [row[name] for name in names] for row in theirs
    ]
    many = write(tmp_path / "r.csv", ["village,adults", *alone[:1] * 6])
    assert "has 6 responses of" in weights(sipas, tmp_path, many).err


def test_the_village_alone_does_not_weigh_households_that_are_clusters(sipas: Sipas, tmp_path: Path) -> None:
    frame = write(tmp_path / "frame.csv", ["village,households", "big,900", "a,20", "b,20", "c,20"])
    options = ("--psu", 2, "--households", 5, "--seed", "x", "-o", tmp_path / "s")
    assert sipas("plan", "households", "--frame", frame, *options).exit_code == 0
    outcome = weights(sipas, tmp_path, write(tmp_path / "r.csv", ["village,adults", "big,2"]))
    assert outcome.exit_code == 2
    assert "column psu: is not that of row 2, and both are big; give the responses a column" in outcome.err


def test_where_all_adults_answer_a_questionnaire_has_several_rows(
    sipas: Sipas, frame: Path, tmp_path: Path
) -> None:
    options = ("--frame", frame, *USUAL, "--person", "all", "-o", tmp_path / "s")
    assert sipas("plan", "households", *options).exit_code == 0
    responses = write(tmp_path / "r.csv", ["questionnaire,q1", "01,5", "01,4", "30,2"])
    found = weigh(sipas, tmp_path, responses, "--nonresponse", "village")
    household = read(tmp_path / "s" / "households.csv")[0]
    assert {float(row["weight"]) for row in found[:2]} == {5 * float(household["household_weight"])}


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (["31,2,5"], "r.csv, row 2, column questionnaire: 31 is no questionnaire of the sample"),
        (["01,2,5", "1,2,5"], "r.csv, row 3, column questionnaire: 1 is in row 2 too"),
        (["01,0,5"], "r.csv, row 2, column adults: is 0, and one of them answered"),
        (["01,,5"], "r.csv, row 2, column adults: is empty"),
        (["01,2 people,5"], "r.csv, row 2, column adults: '2 people' is no whole number"),
    ],
)
def test_answers_that_do_not_fit_the_sample_are_named(
    sipas: Sipas, frame: Path, tmp_path: Path, lines: list[str], problem: str
) -> None:
    assert sipas("plan", "households", "--frame", frame, *USUAL, "-o", tmp_path / "s").exit_code == 0
    outcome = weights(sipas, tmp_path, write(tmp_path / "r.csv", ["questionnaire,adults,q1", *lines]))
    assert outcome.exit_code == 2
    assert problem in outcome.err


def test_answers_of_another_village_than_the_questionnaire_s_are_named(
    sipas: Sipas, frame: Path, tmp_path: Path
) -> None:
    assert sipas("plan", "households", "--frame", frame, *USUAL, "-o", tmp_path / "s").exit_code == 0
    village = read(tmp_path / "s" / "households.csv")[0]["village"]
    outcome = weights(
        sipas, tmp_path, write(tmp_path / "r.csv", ["questionnaire,adults,village", "01,2,V999"])
    )
    assert outcome.exit_code == 2
    assert (
        f"row 2, column village: V999 is not the village of questionnaire 01, which is {village}"
        in outcome.err
    )
    assert sipas("plan", "weights", "--sample", tmp_path, "--responses", frame).exit_code == 2


@pytest.mark.parametrize(
    ("lines", "options", "problem"),
    [
        (["D1,C1,V1,90", "D1,C1,V1,90"], (), "row 3, column village: V1 is listed in row 2 too"),
        (["D1,C1,V1,0"], (), "row 2, column households: is 0"),
        (["D1,C1,V1,many"], (), "row 2, column households: 'many' is no whole number"),
        (["D1,C1,,90"], (), "row 2, column village: is empty"),
        (["D1,C1,V1,4", "D1,C1,V2,90"], (), "row 2, column households: V1 has 4 households, and 5 are to be"),
        (["D1,C1,V1,90", "D1,C1,V2,90"], (), "psu: 6 villages are to be drawn, and the frame has 2"),
        (VILLAGES, ("--psu", 3), "psu: 3 villages are too few for 2 strata with 2 in each; draw 4 or more"),
        (VILLAGES, ("--strata", "province"), "frame.csv, row 1, column province: is missing"),
        (VILLAGES, ("--villages", 2), "--villages needs --commune COLUMN"),
        (VILLAGES, ("--seed", " "), "--seed is empty"),
        (VILLAGES, ("--show", "address"), "--show needs --lists FILE"),
        (
            VILLAGES,
            ("--commune", "commune", "--villages", 5),
            "has communes with fewer villages than --villages 5",
        ),
        ([*VILLAGES, "D2,C11,V9,90"], ("--commune", "commune"), "C11 is in stratum D2, and in row 2 in D1"),
    ],
)
def test_frames_and_options_that_give_no_sample_are_refused(
    sipas: Sipas, frame: Path, tmp_path: Path, lines: list[str], options: Sequence[object], problem: str
) -> None:
    write(frame, [HEADER, *lines])
    usual = [
        part
        for name, value in zip(USUAL[::2], USUAL[1::2], strict=True)
        if name not in options
        for part in (name, value)
    ]
    outcome = sipas("plan", "households", "--frame", frame, *usual, *options, "-o", tmp_path / "s")
    assert outcome.exit_code == 2
    assert problem in outcome.err
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (["V1,1", "V1,2"], "lists.csv: has no households of drawn villages: V2; add their lists"),
        (["V1,1", "V1,1"], "lists.csv, row 3, column household: 1 is listed in row 2 too"),
        (["V1,1", "V2,1", "V2,2"], "lists.csv: V1 has 1 households, and 2 are to be drawn"),
    ],
)
def test_lists_that_do_not_fit_the_draw_are_named(
    sipas: Sipas, tmp_path: Path, lines: list[str], problem: str
) -> None:
    frame = write(tmp_path / "frame.csv", ["village,households", "V1,10", "V2,10"])
    lists = write(tmp_path / "lists.csv", ["village,household", *lines])
    options = ("--frame", frame, "--lists", lists, "--psu", 2, "--households", 2, "--seed", 1)
    outcome = sipas("plan", "households", *options, "-o", tmp_path / "s")
    assert outcome.exit_code == 2
    assert problem in outcome.err


def test_a_folder_with_an_earlier_draw_is_kept(sipas: Sipas, frame: Path, tmp_path: Path) -> None:
    options = ("--frame", frame, *USUAL, "-o", tmp_path / "s")
    assert sipas("plan", "households", *options).exit_code == 0
    before = (tmp_path / "s" / "households.csv").read_bytes()
    outcome = sipas("plan", "households", *options)
    assert outcome.exit_code == 2
    assert "holds villages.csv, households.csv, design.json, lists.html of an earlier draw" in outcome.err
    assert (tmp_path / "s" / "households.csv").read_bytes() == before
