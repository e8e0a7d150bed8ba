"""Which processes belong to a clone or a user, and how they are ended."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

PATIENCE = 20  # seconds in which what has been told to end must have ended


def list_processes() -> Iterator[Path]:
    return Path("/proc").glob("[0-9]*")


def list_processes_of(uid: int) -> list[int]:
    found = []
    for process in list_processes():
        with suppress(OSError):  # it has ended, or is not ours to see
            if process.stat().st_uid == uid:
                found.append(int(process.name))
    return found


def list_processes_below(folder: Path) -> list[int]:
    """Those that work, lie or were pointed there. Zombies do none of it."""
    found = []
    for process in list_processes():
        with suppress(OSError):
            places = (str((process / "cwd").readlink()), str((process / "exe").readlink()))
            words = os.fsdecode((process / "cmdline").read_bytes())
            if any(str(folder) in trace for trace in (*places, words)):
                found.append(int(process.name))
    return found


def wait_until(happened: Callable[[], bool], patience: float = PATIENCE) -> bool:
    deadline = time.monotonic() + patience
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def end_all(list_them: Callable[[], list[int]]) -> None:
    """Interrupts them, and kills those who take no notice."""
    for sign in (signal.SIGINT, signal.SIGKILL):
        for pid in list_them():
            with suppress(ProcessLookupError):
                os.kill(pid, sign)
        if wait_until(lambda: not list_them()):
            return
