"""The machine on which a figure was measured."""

import os
import platform
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

INTRODUCTION = """# Performance

`make bench` wrote this page on {day}. Compare ratios, not seconds: each peer or limit was measured within the
same minutes as the figure beside it.

| machine | |
| --- | --- |
| processor | {processor}, {cores} cores |
| memory | {memory:.0f} GB |
| system | {system} |
| Python | {python}, {build} |
"""


def introduction() -> str:
    return INTRODUCTION.format(
        day=datetime.now(UTC).date().isoformat(),
        processor=find(r"model name\s*: (.+)", "/proc/cpuinfo") or platform.machine(),
        cores=len(os.sched_getaffinity(0)),
        memory=int(find(r"MemTotal:\s+(\d+) kB", "/proc/meminfo") or 0) / 1024**2,
        system=find(r'PRETTY_NAME="(.+)"', "/etc/os-release") or platform.system(),
        python=platform.python_version(),
        build="as the system ships it" if is_the_systems() else "built apart from the system's",
    )


def is_the_systems() -> bool:
    """Debian's is built with profile-guided optimisation; one that was built apart may be a third slower."""
    return sys.base_prefix == "/usr"


def find(pattern: str, file: str) -> str | None:
    path = Path(file)
    found = re.search(pattern, path.read_text(encoding="utf-8")) if path.exists() else None
    return found[1].strip() if found else None
