"""make check-clone: what is committed is cloned into an empty folder and tried there as on a fresh machine.

As root and as another user (without root: as oneself alone), with each Python found of 3.11 to 3.13, with
nothing in the environment but PATH and an empty HOME. CHECKS=install,demo leaves the tests out; USERS=me or
USERS=another tries one of the two; PYTHON=python3.13 that one alone; $PYTHONS names further folders.
"""

import argparse
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.clone.people import Person, other_user
from tests.clone.pythons import VERSIONS, Python, ask, find_pythons, within_reach
from tests.clone.steps import STEPS, Failed, Trial
from tests.clone.traces import end_all, list_processes_below

REPOSITORY = Path(__file__).parents[2]
FAILED = "FAILED"
Row = tuple[str, ...]  # of the table: who, which Python, what came of each check


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("check-clone was ended"))
    options = read_options()
    checks = [check for check in STEPS if check in options.checks]
    pythons = choose_pythons(options.python)
    if subprocess.check_output(["git", "status", "--porcelain"], cwd=REPOSITORY):
        tell("what is not committed is not in the clones")
    with scratch() as folder, people(folder, options.users) as tried:
        rows = [
            try_out(person, version, found, checks, folder)
            for person in tried
            for version, found in pythons.items()
        ]
    if os.geteuid() != 0:
        rows.append(("another user", "", "not tried: only root can make one"))
    print_table([("user", "Python", *checks), *rows])
    cells = [cell for row in rows for cell in row[2:]]
    return int(FAILED in cells or not any(cell.endswith(" s") for cell in cells))


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.clone", description=__doc__)
    parser.add_argument("--checks", type=words, default=",".join(STEPS), help="install,demo,wheel,tests")
    parser.add_argument("--users", type=words, default="me,another", help="me,another")
    parser.add_argument("--python", help="this one alone")
    return parser.parse_args()


def words(text: str) -> list[str]:
    return text.replace(",", " ").split()


def choose_pythons(named: str | None) -> dict[str, list[Python]]:
    if named is None:
        return {version: find_pythons(version) for version in VERSIONS}
    found = ask(shutil.which(named) or named)
    if found is None:
        sys.exit(f"{named} does not start, or cannot make virtual environments")
    return {found.version: [found]}


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that others may pass through; no process of it outlives it."""
    with tempfile.TemporaryDirectory(prefix="sipas-clone-", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        folder.chmod(0o711)
        try:
            yield folder
        finally:
            end_all(lambda: list_processes_below(folder))


@contextmanager
def people(folder: Path, users: list[str]) -> Iterator[list[Person]]:
    with ExitStack() as stack:
        found = []
        if "me" in users:
            found.append(Person(pwd.getpwuid(os.geteuid()).pw_name, folder / "bản sao của tôi"))
        if "another" in users and os.geteuid() == 0:
            found.append(stack.enter_context(other_user(folder / "bản sao của người khác")))
        for person in found:
            person.move_in()
        yield found


def try_out(person: Person, version: str, found: list[Python], checks: list[str], folder: Path) -> Row:
    if not found:
        return person.name, version, "not found"
    python = within_reach(person, found, folder / "lent")
    if python is None:
        return person.name, version, f"not reachable: {found[0].program}"
    clone = person.folder / "sipas"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", REPOSITORY, clone], check=True)
    person.owns(clone)
    try:
        trial = Trial(person, python.program, clone, folder / "log")
        return person.name, python.release, *carry_out(trial, python, checks)
    finally:
        end_all(lambda: list_processes_below(clone))
        shutil.rmtree(clone)


def carry_out(trial: Trial, python: Python, checks: list[str]) -> Iterator[str]:
    """How long each check took; after one that failed, the others are not worth a try."""
    for check in checks:
        start = time.monotonic()
        try:
            STEPS[check](trial)
        except (Failed, OSError, subprocess.TimeoutExpired) as why:
            tell(trial.last_lines(), f"{trial.person.name}, Python {python.release}: {check} failed: {why}")
            yield FAILED
            return
        yield f"{time.monotonic() - start:.0f} s"
        tell(f"{trial.person.name}, Python {python.release}: {check} passed")


def print_table(rows: list[Row]) -> None:
    for who, python, *cells in rows:
        print(f"{who:<14}{python:<16}", *(f"{cell:<8}" for cell in cells))


def tell(*lines: str) -> None:
    print(*lines, sep="\n", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
