"""Directories that last as long as a test, in memory where there is enough of it."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sipas.postgres.lock import lock

MEMORY = Path("/dev/shm")
NAME = "sipas-tests-"


@contextmanager
def scratch() -> Iterator[Path]:
    """Not below pytest's own directory: the user as whom Postgres may run for root must reach it."""
    with tempfile.TemporaryDirectory(prefix=NAME, dir=roomy_memory(), ignore_cleanup_errors=True) as name:
        directory = Path(name)
        directory.chmod(0o711)
        yield directory


def roomy_memory() -> Path | None:
    """Memory, if there is enough: a database is made in 0.02 s there and in 0.2 s on a disk. None: a disk."""
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < 2**31:
        return None
    for left_behind in MEMORY.glob(f"{NAME}*"):
        remove_unless_used(left_behind)
    return MEMORY


def remove_unless_used(directory: Path) -> None:
    """Frees the memory of a session of tests that was killed."""
    with suppress(OSError):
        users = directory / "postgres.users"
        if time.time() - users.stat().st_mtime > 60:
            with lock(users, fcntl.LOCK_EX | fcntl.LOCK_NB):
                shutil.rmtree(directory)
