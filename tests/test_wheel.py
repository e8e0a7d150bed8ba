"""The wheel in an environment of its own: command, service and library work without the repository."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scratch import scratch

REPOSITORY = Path(__file__).parents[1]
REFERENCE = REPOSITORY / "tests" / "reference" / "sipas"
LIMIT = 180  # seconds for one command
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")


def run(*command: str | Path, folder: Path) -> str:
    """Run a command outside the repository, with nothing of its environment, and return what it prints."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "SIPAS_DATA_DIR": str(folder / "var")}
    process = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=LIMIT, check=False
    )
    assert process.returncode == 0, process.stderr
    return process.stdout


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with scratch() as folder:
        yield folder


@pytest.fixture(scope="module")
def programs(folder: Path) -> Path:
    """The programs of a new environment with the wheel; only its dependencies come from outside."""
    environment = folder / "environment"
    venv.create(environment, symlinks=True)
    build = ("--no-deps", "--no-build-isolation", "--wheel-dir", folder)
    subprocess.run([*PIP, "wheel", *build, REPOSITORY], check=True, timeout=LIMIT)
    (wheel,) = folder.glob("*.whl")
    python = ("--python", environment / "bin" / "python")
    subprocess.run([*PIP, *python, "install", "--no-deps", "--no-index", wheel], check=True, timeout=LIMIT)
    (site,) = environment.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return environment / "bin"


def test_the_library_loads_numpy_and_scipy_alone(programs: Path, folder: Path) -> None:
    script = (
        "import sys, sipas.stats; print(sipas.__file__);"
        "print(*sorted({name.split('.')[0] for name in sys.modules} - sys.stdlib_module_names))"
    )
    place, loaded = run(programs / "python", "-c", script, folder=folder).splitlines()
    assert Path(place).is_relative_to(programs.parent)
    loaded_packages = {name for name in loaded.split() if not name.startswith("_")}
    assert loaded_packages - {"cython_runtime"} == {"numpy", "scipy", "sipas"}


def test_files_are_estimated(programs: Path, folder: Path) -> None:
    files = (
        "--responses",
        REFERENCE / "responses.csv",
        "--instrument",
        REFERENCE / "instrument.toml",
    )
    table = json.loads(run(programs / "sipas", "estimate", *files, "--format", "json", folder=folder))
    assert table["rows"][0]["n"] == 3835


def test_the_browser_apps_and_the_statements_are_in_the_wheel(programs: Path, folder: Path) -> None:
    names = ("kiosk", "interviews", "sql")
    script = f"from sipas.resources import folder; print(*map(folder, {names}))"
    packaged_folders = [Path(path) for path in run(programs / "python", "-c", script, folder=folder).split()]
    assert packaged_folders[0].is_relative_to(programs.parent)
    for packaged, folder_name in zip(packaged_folders, names, strict=True):
        assert list_files(packaged) == list_files(REPOSITORY / folder_name)


def list_files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_the_demonstration_runs_once(programs: Path, folder: Path) -> None:
    command = ("demo", "--once", "--responses", "50", "--port", "0")
    outcome = json.loads(run(programs / "sipas", *command, folder=folder).splitlines()[-1])
    assert outcome["stored"] == outcome["acknowledged"] == 50
    assert {"indices.csv", "indices.json", "truth.csv", "league.svg"} <= {
        p.name for p in (folder / "out").iterdir()
    }
