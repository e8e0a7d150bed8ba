"""Locks between processes."""

import fcntl
from pathlib import Path
from typing import IO


def lock(file: Path, kind: int) -> IO[str]:
    """The file, opened and locked (LOCK_SH or LOCK_EX, and LOCK_NB not to wait); closing it lets go."""
    handle = file.open("a")
    try:
        fcntl.flock(handle, kind)
    except BaseException:
        handle.close()
        raise
    return handle
