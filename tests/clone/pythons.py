"""Finds the Pythons of a machine: in the folders of $PYTHONS, of $PATH, and among those that pyenv made."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.clone.people import Person

VERSIONS = ("3.11", "3.12", "3.13")
ASK = """
import ensurepip, ssl, sys, venv
print("{}.{}".format(*sys.version_info), sys.version.split()[0], sys.base_prefix, sys.executable, sep="\\n")
"""


@dataclass(frozen=True)
class Python:
    version: str  # 3.13
    release: str  # 3.13.0
    prefix: Path
    program: Path


def find_pythons(version: str) -> list[Python]:
    folders = [folder for name in ("PYTHONS", "PATH") for folder in os.environ.get(name, "").split(":")]
    folders += map(str, sorted(Path.home().glob(".pyenv/versions/*/bin"), reverse=True))
    candidates = [f"{folder}/python{version}" for folder in dict.fromkeys(folders) if folder]
    return list(dict.fromkeys(found for name in candidates if (found := ask(name))))


def ask(name: str) -> Python | None:
    """What it says of itself; none where it is missing, or cannot make virtual environments."""
    try:
        asked = subprocess.run([name, "-c", ASK], capture_output=True, text=True)
    except OSError:
        return None
    if asked.returncode != 0:
        return None
    version, release, prefix, program = asked.stdout.splitlines()
    return Python(version, release, Path(prefix), Path(program))


def within_reach(person: Person, pythons: list[Python], lent: Path) -> Python | None:
    """The first that this person can run; where all lie in a private home, a copy of the first."""
    for python in pythons:
        if person.can_run(python.program):
            return python
    copy = lend(pythons[0], lent / pythons[0].release)
    return copy if person.can_run(copy.program) else None


def lend(python: Python, copy: Path) -> Python:
    """Enough of it for virtual environments; it looks for its own library beside itself."""
    name = f"python{python.version}"
    spared = shutil.ignore_patterns("__pycache__", "site-packages", "test")
    shutil.copytree(python.prefix / "lib" / name, copy / "lib" / name, ignore=spared, dirs_exist_ok=True)
    (copy / "bin").mkdir(exist_ok=True)
    for library in (python.prefix / "lib").glob("libpython*.so*"):
        shutil.copy2(library, copy / "lib")
    program, library_path = copy / "bin" / name, os.fsencode(python.prefix / "lib")
    shown = (python.prefix / "bin" / name).read_bytes()
    beside = b"$ORIGIN/../lib".ljust(len(library_path), b"\0")
    program.write_bytes(shown.replace(library_path + b"\0", beside + b"\0"))
    program.chmod(0o755)
    subprocess.run(["chmod", "-R", "go+rX", copy], check=True)
    return Python(python.version, f"{python.release}, a copy", copy, program)
