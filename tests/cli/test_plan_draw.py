"""`sipas plan draw`: the draw that anyone can repeat."""

import csv
import io
from hashlib import blake2b
from pathlib import Path

import pytest

from tests.cli.conftest import Sipas

LIST = [f"{i},{'A' if i % 3 else 'B'},{'counter' if i % 2 else 'online'},+84{i}" for i in range(300)]


@pytest.fixture
def drawable(sipas: Sipas, tmp_path: Path) -> tuple[object, ...]:
    """A plan of 20 for a list of 300 transactions, with phone numbers."""
    (tmp_path / "list.csv").write_text("\n".join(["transaction_id,unit,channel,phone", *LIST]))
    (tmp_path / "f.csv").write_text(
        "unit,channel,n\nA,counter,100\nA,online,100\nB,counter,50\nB,online,50\n"
    )
    frame = ("--frame", tmp_path / "f.csv", "--frame-count", "n", "--strata", "unit,channel")
    assert sipas("plan", *frame, "--total", 20, "-o", tmp_path / "plan.csv").exit_code == 0
    return ("draw", "--plan", tmp_path / "plan.csv", "--transactions", tmp_path / "list.csv")


def test_the_draw_is_what_anybody_computes_from_list_and_seed(
    sipas: Sipas, drawable: tuple[object, ...]
) -> None:
    outcome = sipas("plan", *drawable, "--seed", "Hà Nội 2026", "--format", "csv")
    found = list(csv.DictReader(io.StringIO(outcome.out)))
    assert [*found[0]] == ["transaction_id", "unit", "channel", "p_invited"]
    key = blake2b("Hà Nội 2026".encode()).digest()
    for unit, channel, n, of in (("A", "counter", 7, 100), ("B", "online", 3, 50)):
        mine = [line.split(",")[0] for line in LIST if line.split(",")[1:3] == [unit, channel]]
        ranked = sorted(mine, key=lambda i: blake2b(i.encode(), key=key, digest_size=16).digest())
        drawn = [row for row in found if (row["unit"], row["channel"]) == (unit, channel)]
        assert [row["transaction_id"] for row in drawn] == ranked[:n]
        assert {float(row["p_invited"]) for row in drawn} == {n / of}


def test_the_order_of_the_list_changes_nothing(
    sipas: Sipas, drawable: tuple[object, ...], tmp_path: Path
) -> None:
    first = sipas("plan", *drawable, "--seed", 7)
    (tmp_path / "list.csv").write_text("\n".join(["transaction_id,unit,channel,phone", *LIST[::-1]]))
    assert sipas("plan", *drawable, "--seed", 7) == first
    assert sipas("plan", *drawable, "--seed", 8) != first


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (["1,A,counter,"], "list.csv, row 302, column transaction_id: 1 stands in row 3 too; keep one"),
        (["300,C,counter,"], "has transactions in strata that the plan lacks, so plan anew: unit=C"),
        (["300,,counter,"], "list.csv, row 302, column unit: is empty"),
    ],
)
def test_a_list_that_does_not_fit_the_plan_is_refused(
    sipas: Sipas, drawable: tuple[object, ...], tmp_path: Path, changed: list[str], message: str
) -> None:
    (tmp_path / "list.csv").write_text("\n".join(["transaction_id,unit,channel,phone", *LIST, *changed]))
    outcome = sipas("plan", *drawable, "--seed", 7)
    assert (outcome.exit_code, outcome.out) == (2, "")
    assert message in outcome.err


def test_a_list_shorter_than_the_plan_says_where(
    sipas: Sipas, drawable: tuple[object, ...], tmp_path: Path
) -> None:
    (tmp_path / "list.csv").write_text(
        "\n".join(["transaction_id,unit,channel", "1,A,counter", "2,B,online"])
    )
    outcome = sipas("plan", *drawable, "--seed", 7)
    assert outcome.exit_code == 2
    assert "unit=A, channel=counter (7 of 1), unit=A, channel=online (7 of 0)" in outcome.err


def test_options_before_draw_are_not_lost_in_silence(sipas: Sipas, drawable: tuple[object, ...]) -> None:
    outcome = sipas("plan", "--margin", "0.1", *drawable, "--seed", 1)
    assert outcome.exit_code == 2
    assert "put the options after `sipas plan draw`" in outcome.err


def test_a_plan_file_must_hold_strata(sipas: Sipas, drawable: tuple[object, ...], tmp_path: Path) -> None:
    (tmp_path / "plan.csv").write_text("unit,channel,part,invitations\n,,whole,20\n")
    outcome = sipas("plan", *drawable, "--seed", 1)
    assert outcome.exit_code == 2
    assert "has no row of a stratum; write it by `sipas plan -o plan.csv`" in outcome.err
