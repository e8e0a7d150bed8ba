"""Directories that last as long as a test, in memory where there is enough of it."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MEMORY = Path("/dev/shm")
NAME = "sipas-tests-"


@contextmanager
def scratch() -> Iterator[Path]:
    """Not below pytest's own directory: the user as whom Postgres may run for root must reach it."""
    with tempfile.TemporaryDirectory(prefix=NAME, dir=roomy_memory(), ignore_cleanup_errors=True) as name:
        directory = Path(name)
        with held(directory, fcntl.LOCK_SH):
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
    """Frees the memory of tests that were killed. Mode 711: it has been held before."""
    with suppress(OSError):
        if directory.stat().st_mode & 0o777 == 0o711:
            with held(directory, fcntl.LOCK_EX | fcntl.LOCK_NB):
                shutil.rmtree(directory)


@contextmanager
def held(directory: Path, kind: int) -> Iterator[None]:
    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, kind)
        yield
    finally:
        os.close(handle)
