"""Steps tried in a clone: install, run the demonstration, install the wheel elsewhere, run the tests."""

import os
import re
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

from tests.clone.people import Person
from tests.clone.traces import list_processes_below, wait_until

LIMIT = 3600  # seconds for any step, on a slow and busy machine
READY = re.compile(r"^ready\ndashboard (\S+)\nkiosk (\S+)\nsurvey (\S+)\n", re.MULTILINE)


class Failed(Exception):
    pass


@dataclass(frozen=True)
class Trial:
    """One clone, of one person, with one Python. What is printed there goes to `log`."""

    person: Person
    python: Path
    clone: Path
    log: Path

    @contextmanager
    def making(self, target: str) -> Iterator[subprocess.Popen[str]]:
        with self.log.open("w", encoding="utf-8") as log:
            process = self.person.start(["make", target, f"PYTHON={self.python}"], self.clone, log)
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def make(self, target: str) -> None:
        with self.making(target) as process:
            if code := process.wait(LIMIT):
                raise Failed(f"make {target} ended with {code}")
        self.refuse_leftovers()

    def run(self, *command: str | Path) -> None:
        """Run a command in the person's home, so that nothing is found by way of the clone."""
        with self.log.open("a", encoding="utf-8") as log:
            code = self.person.start(list(command), self.person.home, log).wait(LIMIT)
        if code:
            raise Failed(f"{' '.join(map(str, command))} ended with {code}")

    def last_lines(self) -> str:
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-40:])

    def refuse_leftovers(self) -> None:
        if not wait_until(lambda: not list_processes_below(self.clone)):
            raise Failed(f"processes are left: {list_processes_below(self.clone)}")


def install(trial: Trial) -> None:
    trial.make("install")
    if not trial.person.can_run(trial.clone / ".venv" / "bin" / "sipas"):
        raise Failed(".venv/bin/sipas does not start")


def demo(trial: Trial) -> None:
    """Every address that it prints answers; Ctrl-C leaves nothing of it."""
    with trial.making("demo") as process:
        addresses = printed_addresses(trial, process)
        for address in addresses:
            with build_opener(ProxyHandler({})).open(address, timeout=60) as answer:
                if answer.status != 200:
                    raise Failed(f"{address} answers {answer.status}")
        sockets = sockets_of(trial.clone)
        os.killpg(process.pid, signal.SIGINT)
        process.wait(60)
    trial.refuse_leftovers()
    if any(map(listens, addresses)):
        raise Failed("a port is still open")
    if sockets.exists():
        raise Failed(f"{sockets} is still there")


def wheel(trial: Trial) -> None:
    """Build the wheel, install it with its dependencies into an empty environment, and use it there."""
    environment, built = trial.person.home / "environment", trial.person.home / "built"
    programs = environment / "bin"
    trial.run(trial.python, "-m", "venv", "--clear", environment)
    trial.run(programs / "python", "-m", "pip", "wheel", "--no-deps", "--wheel-dir", built, trial.clone)
    trial.run(programs / "python", "-m", "pip", "install", *sorted(built.glob("*.whl")))
    trial.run(programs / "python", "-c", "import sipas.stats")
    reference = trial.clone / "tests" / "reference" / "sipas"
    files = ("--responses", reference / "responses.csv", "--instrument", reference / "instrument.toml")
    trial.run(programs / "sipas", "estimate", *files)
    trial.run(programs / "sipas", "demo", "--once", "--responses", "50", "--port", "0")


def tests(trial: Trial) -> None:
    trial.make("test")


STEPS: dict[str, Callable[[Trial], None]] = {
    "install": install,
    "demo": demo,
    "wheel": wheel,
    "tests": tests,
}


def printed_addresses(trial: Trial, process: subprocess.Popen[str]) -> tuple[str, ...]:
    def find() -> re.Match[str] | None:
        return READY.search(trial.log.read_text(encoding="utf-8", errors="replace"))

    wait_until(lambda: find() is not None or process.poll() is not None, LIMIT)
    found = find()
    if found is None or process.poll() is not None:
        raise Failed("make demo ended by itself, or never said that it is ready")
    return found.groups()


def sockets_of(clone: Path) -> Path:
    """The fifth line of postmaster.pid names the directory of the server's socket."""
    return Path((clone / "var" / "postgres" / "postmaster.pid").read_text(encoding="utf-8").splitlines()[4])


def listens(address: str) -> bool:
    with socket.socket() as probe:
        found = urlsplit(address)
        return probe.connect_ex((found.hostname, found.port)) == 0
