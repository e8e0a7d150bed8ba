"""The demonstration as a person runs it: filled once, refused, shown, stopped. On a database of its own."""

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from sipas.cli import main
from sipas.demo.residents.filling import residents_for
from tests.faults.service import free_port
from tests.scratch import scratch

RESPONSES = 300
COMMAND = [sys.executable, "-c", "import sys; from sipas.cli import main; sys.exit(main())", "demo"]
PATIENCE = 180  # seconds
PORT = free_port()
HERE = f"http://127.0.0.1:{PORT}"


@dataclass(frozen=True)
class Filled:
    """A data directory after `sipas demo --once`, and what that printed and wrote."""

    environment: dict[str, str]
    printed: str
    told: str
    out: Path

    def rows(self, name: str) -> list[dict[str, str]]:
        return list(csv.DictReader((self.out / name).read_text(encoding="utf-8").splitlines()))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    out = tmp_path_factory.mktemp("figures") / "out"
    with scratch() as directory:
        environment = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
        environment["SIPAS_DATA_DIR"] = str(directory)
        arguments = ["--once", "--responses", str(RESPONSES), "--seed", "2", "--out", str(out)]
        done = subprocess.run(
            [*COMMAND, *arguments], env=environment, capture_output=True, text=True, timeout=PATIENCE
        )
        assert done.returncode == 0, done.stderr
        yield Filled(environment, done.stdout, done.stderr, out)


def test_the_last_line_counts_what_was_acknowledged_and_all_of_it_is_stored(filled: Filled) -> None:
    outcome = json.loads(filled.printed.splitlines()[-1])
    assert list(outcome) == ["acknowledged", "stored", "units", "covered"]
    assert outcome["acknowledged"] == outcome["stored"] == RESPONSES
    judged = [row["covered"] for row in filled.rows("truth.csv") if row["covered"]]
    assert outcome["units"] == len(judged) > 20
    assert outcome["covered"] == judged.count("true") >= 0.9 * len(judged)


def test_stderr_shows_the_progress_and_no_link(filled: Filled) -> None:
    assert f"{RESPONSES}/{RESPONSES}" in filled.told
    assert "/s/" not in filled.told
    assert "Traceback" not in filled.told


def test_indices_are_by_unit_by_procedure_and_by_channel(filled: Filled) -> None:
    rows = filled.rows("indices.csv")
    assert list(rows[0])[:4] == ["unit", "procedure", "channel", "measure"]
    assert {row["measure"] for row in rows} == {"overall:overall"}
    assert sum(row["unit"] != "" for row in rows) == 154
    assert sum(row["procedure"] != "" for row in rows) > 20
    assert [row["channel"] for row in rows if row["channel"]] == ["kiosk", "sms"]
    assert sum(int(row["n"]) for row in rows if row["channel"]) > 0.9 * RESPONSES


def test_the_json_holds_the_same_rows(filled: Filled) -> None:
    table = json.loads((filled.out / "indices.json").read_text(encoding="utf-8"))
    assert table["target"] == 0.85
    assert table["weights"]["method"] == "post-stratify"
    assert len(table["rows"]) == len(filled.rows("indices.csv"))


def test_the_truth_stands_beside_every_unit_of_the_city(filled: Filled) -> None:
    truths = filled.rows("truth.csv")
    assert len(truths) == 154
    assert sum(int(row["transactions"]) for row in truths) == 600_000
    # How many of it named no procedure and were left out depends on the seed.
    assert 0.9 * RESPONSES < sum(int(row["n"]) for row in truths) <= RESPONSES
    estimates = {row["unit"]: row["estimate"] for row in filled.rows("indices.csv") if row["unit"]}
    for row in truths:
        assert (row["estimate"] == "") == (estimates[row["unit"]] == "")
        assert (row["given"] == "") == (row["n"] == "0")


def test_the_league_is_drawn(filled: Filled) -> None:
    assert "</svg>" in (filled.out / "league.svg").read_text(encoding="utf-8")


def test_residents_answer_a_second_round_over_three_channels(filled: Filled) -> None:
    residents = residents_for(RESPONSES)
    assert f"residents answer [{'#' * 40}] {residents}/{residents}" in filled.told
    assert f"round demo-2026: {residents} answers acknowledged, {residents} stored" in filled.told
    indicators = filled.rows("indicators.csv")
    assert [row["measure"] for row in indicators][:3] == [
        "overall:tree",
        "factor:policy",
        "factor:accountability",
    ]
    assert len(indicators) == 51
    assert int(indicators[0]["n"]) == residents


def test_the_interviewer_s_account_ends_with_the_interviews(filled: Filled) -> None:
    listed = subprocess.run(
        [*COMMAND[:-1], "user", "list"],
        env=filled.environment, capture_output=True, check=True, timeout=PATIENCE,
    )  # fmt: skip
    assert json.loads(listed.stdout) == []


def test_a_round_that_holds_answers_is_not_filled_again(filled: Filled, tmp_path: Path) -> None:
    again = subprocess.run(
        [*COMMAND, "--once", "--out", str(tmp_path / "again")],
        env=filled.environment, capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    assert again.returncode == 2
    assert again.stdout == ""
    assert again.stderr.splitlines()[-1].startswith(f"error: round demo already holds {RESPONSES} answers")
    assert not (tmp_path / "again").exists()


def test_no_terminal_of_the_synthetic_city_is_missed(filled: Filled) -> None:
    listed = subprocess.run(
        [*COMMAND[:-1], "kiosk", "list"],
        env=filled.environment, capture_output=True, check=True, timeout=PATIENCE,
    )  # fmt: skip
    terminals = json.loads(listed.stdout)
    assert len(terminals) == 154
    assert {(one["state"], *one["problems"]) for one in terminals} == {("retired",)}


@pytest.fixture
def shown(filled: Filled, request: pytest.FixtureRequest) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [*COMMAND, "--port", str(PORT)],
        env=filled.environment | request.param, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    yield process
    process.kill()
    process.communicate()


def addresses(process: "subprocess.Popen[str]") -> dict[str, str]:
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return dict(process.stdout.readline().split() for _ in range(3))


@pytest.mark.parametrize(
    ("shown", "public", "read", "stop"),
    [
        ({}, HERE, (200, 200, 6), signal.SIGINT),
        ({"SIPAS_PUBLIC_URL": "https://demo.test/"}, "https://demo.test", (303, 401, 0), signal.SIGTERM),
    ],
    indirect=["shown"],
    ids=["here", "elsewhere"],
)
def test_what_is_there_is_shown_until_it_is_stopped(
    filled: Filled,
    shown: "subprocess.Popen[str]",
    public: str,
    read: tuple[int, int, int],
    stop: signal.Signals,
) -> None:
    """Where a web server lets others in, results need an account."""
    address = addresses(shown)
    assert list(address) == ["dashboard", "kiosk", "survey"]
    assert address["dashboard"] == f"{public}/"
    kiosk, _, code = address["kiosk"].partition("#")
    assert kiosk == f"{public}/kiosk/"
    survey = address["survey"].removeprefix(public)
    with httpx.Client(base_url=HERE, trust_env=False, timeout=60) as client:
        assert client.get(survey).status_code == 200
        assert client.get("/kiosk/").status_code == 200
        enrolled = client.post("/api/kiosk/enrol", json={"code": code})
        assert enrolled.json()["unit"] == "00070"
        dashboard = client.get("/")
        residents = client.get("/", params={"round": "demo-2026", "lang": "en"})
        assert ("51 indicators in the order of the form" in residents.text) == (read[0] == 200)
        # The real survey beside the synthetic one.
        real = client.get("/api/indices", params={"round": "kc-2021q3", "by": "unit"})
        assert (dashboard.status_code, real.status_code, len(real.json().get("rows", []))) == read
    shown.send_signal(stop)
    _, told = shown.communicate(timeout=PATIENCE)
    assert shown.returncode == 0
    assert f"already holds {RESPONSES} answers" in told
    assert "Traceback" not in told
    assert not list(Path(filled.environment["SIPAS_DATA_DIR"]).rglob("postmaster.pid"))


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--out", "x"], "--out needs --once"),
        (["--responses", "0"], "--responses"),
        (["--port", "99999"], "--port"),
    ],
)
def test_misuse_is_told_before_anything_is_started(
    arguments: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", *arguments]) == 2
    assert problem in capsys.readouterr().err
