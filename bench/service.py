"""`sipas serve` in processes of its own, as an installation runs it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx

from bench.resident import resident_memory

SERVE = (str(Path(sys.executable).with_name("sipas")), "serve")
PATIENCE = 60  # seconds until it must be ready


class Service(NamedTuple):
    """pid: of the process that starts the workers."""

    pid: int
    port: int

    def memory(self) -> float:
        """Resident memory of the largest worker in MB."""
        return max(resident_memory(worker) for worker in children(self.pid))


def children(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").iterdir()
    return [int(pid) for task in tasks for pid in (task / "children").read_text(encoding="ascii").split()]


@contextmanager
def serving(data_dir: Path, command: Sequence[str] = SERVE, *, workers: int = 1) -> Iterator[Service]:
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SIPAS_")}
    process = subprocess.Popen(
        [*command, "--port", str(port), "--workers", str(workers)],
        env={**environment, "SIPAS_DATA_DIR": str(data_dir)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_ready(port)
        yield Service(process.pid, port)
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise TimeoutError(f"the service is not ready after {PATIENCE} s")
