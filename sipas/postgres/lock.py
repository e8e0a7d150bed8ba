"""Locks between processes."""

import fcntl
from pathlib import Path
from typing import IO


def lock(file: Path, kind: int) -> IO[str]:
    """Return the file, opened and locked (LOCK_SH or LOCK_EX, and LOCK_NB not to wait); closing it
    unlocks.
    """
    handle = file.open("a")
    try:
        fcntl.flock(handle, kind)
    except BaseException:
        handle.close()
        raise
    return handle
