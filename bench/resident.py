"""Resident memory of a process, as Linux reports it."""

import re
from pathlib import Path


def resident_memory(process: int, *, peak: bool = False) -> float:
    """Resident memory in MB: at present, or the most there has been since the process began."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    found = re.search(rf"{'VmHWM' if peak else 'VmRSS'}:\s+(\d+) kB", status)
    assert found is not None, "Linux says it of every process that runs"
    return int(found[1]) / 1024
