import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sipas.cli import families, main
from sipas.cli.families import FAMILIES, CommandFamily
from tests.cli.conftest import Sipas

COMMANDS = {
    "serve",
    "migrate",
    "demo",
    "import",
    "instrument",
    "transactions",
    "round",
    "estimate",
    "codebook",
    "report",
    "comments",
    "export",
    "compare",
    "ranks",
    "targets",
    "small-areas",
    "plan",
    "release",
    "chart",
    "kiosk",
    "link",
    "paper",
    "households",
    "poster",
    "key",
    "user",
    "secret",
    "check",
    "rebuild",
}


def test_help_names_every_family(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    listed = capsys.readouterr().out.partition("Commands:")[2]
    assert set(re.findall(r"^  (\S+)", listed, re.MULTILINE)) == COMMANDS


@pytest.mark.parametrize("family", sorted(COMMANDS))
def test_every_family_has_its_own_help(family: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([family, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: sipas {family} [OPTIONS]")


@pytest.mark.parametrize(
    "arguments",
    [[], ["nonsense"], ["round", "open"], ["round", "open", "--id"], ["import", "units", "no-such-file.csv"]],
)
def test_misuse_exits_with_2_and_says_so_on_stderr(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.lower().startswith(("usage: sipas", "error: "))


def test_a_value_that_cannot_be_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["estimate", "--responses", "no-such-file.csv"]) == 2
    assert capsys.readouterr().err == (
        "error: Invalid value for '--responses': File 'no-such-file.csv' does not exist.\n"
    )


def test_a_library_that_is_missing_stops_its_own_command_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(FAMILIES, "chart", CommandFamily("a_library_that_is_missing:chart", ""))
    assert main(["--help"]) == 0
    capsys.readouterr()
    assert main(["chart", "league", "-o", "league.svg"]) == 1
    assert capsys.readouterr().err == (
        "error: chart cannot start: No module named 'a_library_that_is_missing'; "
        "`make install` installs what it needs\n"
    )


def test_a_database_that_cannot_be_had_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SIPAS_DATABASE_URL", "postgresql://sipas@127.0.0.1:1/sipas")
    monkeypatch.setenv("SIPAS_SECRET", "a secret that only the tests know")
    assert main(["round", "list"]) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith("error: cannot connect to the database: ")
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize("port", ["99999", "-1", "1,127.0.0.1:70000"])
def test_a_port_out_of_range_is_one_line(
    port: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SIPAS_DATABASE_URL", f"postgresql://sipas:hidden@127.0.0.1:{port}/sipas")
    monkeypatch.setenv("SIPAS_SECRET", "a secret that only the tests know")
    assert main(["round", "list"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: SIPAS_DATABASE_URL: the port is out of range (1–65535)")
    assert (error.count("\n"), "hidden" in error) == (1, False)


def test_rows_left_out_never_overwrite_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given, earlier = tmp_path / "given.csv", tmp_path / "earlier.csv"
    given.write_text("mine")
    earlier.write_text("left out before")
    other_spelling = tmp_path / "." / ".." / tmp_path.name / "given.csv"
    for existing in (given, other_spelling, earlier):
        arguments = ["import", "transactions", str(given), "--skip-bad", str(existing)]
        assert main(arguments) == 2
        assert f"{existing} exists and would be overwritten; name a new file" in capsys.readouterr().err
    assert (given.read_text(), earlier.read_text()) == ("mine", "left out before")


def test_a_full_disk_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "var/pgdata")

    monkeypatch.setattr(families, "main", fail)
    assert main([]) == 1
    assert capsys.readouterr().err == "error: var/pgdata: No space left on device\n"


def test_ctrl_c_is_quiet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(families, "main", interrupt)
    assert main([]) == 130
    assert capsys.readouterr() == ("", "")


def test_migrate_says_what_it_applied_and_repeats_safely(
    empty_dsn: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SIPAS_DATABASE_URL", empty_dsn)
    monkeypatch.setenv("SIPAS_SECRET", "a secret that only the tests know")
    assert main(["migrate"]) == 0
    assert main(["migrate"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith('{"applied": [1')
    assert second == '{"applied": []}'


def test_a_closed_pipe_gives_no_traceback(city: Sipas) -> None:
    """`sipas … | head -0`, with the results' reader gone before they are written."""
    script = Path(sys.executable).with_name("sipas")
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [script, "round", "list"], stdout=writing, stderr=subprocess.PIPE, env=os.environ, check=False
    )
    os.close(writing)
    assert done.stderr == b""
    assert done.returncode == 1
