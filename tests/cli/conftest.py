"""The command line in the test's own process, on the test's own database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sipas.cli import main

CITY = Path(__file__).parents[2] / "sipas" / "demo" / "city"


@dataclass(frozen=True)
class Outcome:
    exit_code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.out)


Sipas = Callable[..., Outcome]


def changed(usual: Sequence[object], options: Sequence[object]) -> list[object]:
    """The usual options and values, those replaced that `options` give too."""
    pairs = zip(usual[::2], usual[1::2], strict=True)
    kept = [part for name, value in pairs if name not in options for part in (name, value)]
    return [*kept, *options]


@pytest.fixture
def sipas(dsn: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Sipas:
    monkeypatch.setenv("SIPAS_DATABASE_URL", dsn)
    monkeypatch.setenv("SIPAS_SECRET", "a secret that only the tests know")
    monkeypatch.setenv("SIPAS_PUBLIC_URL", "https://sipas.test")

    def run(*arguments: object) -> Outcome:
        exit_code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Outcome(exit_code, captured.out, captured.err)

    return run


@pytest.fixture
def city(sipas: Sipas) -> Sipas:
    """On a database that holds the demonstration city's catalogue and an open round `autumn`."""
    for kind in ("units", "procedures"):
        assert sipas("import", kind, CITY / f"{kind}.csv").exit_code == 0
    assert sipas("import", "instrument", CITY / "instrument.toml").exit_code == 0
    strata = "unit,procedure,service_channel"
    opened = sipas(
        *("round", "open", "--id", "autumn", "--instrument", "sipas-22@1", "--strata", strata),
        *("--from", "2025-09-01", "--target", "0.85"),
    )
    assert opened.exit_code == 0
    return sipas
