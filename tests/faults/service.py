"""The service as it is run, in processes of its own, for tests that kill them."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

import httpx

from sipas.postgres.owner import find_owner
from sipas.postgres.server import Server
from tests.serving import client_of
from tests.waiting import until

SIPAS = Path(sys.executable).with_name("sipas")
WORKER = "multiprocessing.spawn"


class Service:
    """`sipas serve` on a data directory. Everything here is done from outside, as an operator would."""

    def __init__(
        self, data_dir: Path, *, workers: int = 2, environment: Mapping[str, str] | None = None
    ) -> None:
        self.data_dir, self.workers_wanted = data_dir.resolve(), workers
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("SIPAS_")}
        self.environment = {**inherited, "SIPAS_DATA_DIR": str(self.data_dir), **(environment or {})}
        self.log = self.data_dir / "service.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        assert not self.runs(), "it is running already"
        command: list[str | Path] = [
            SIPAS,
            "serve",
            "--port",
            str(self.port),
            "--workers",
            str(self.workers_wanted),
        ]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)

    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> int:
        """As Ctrl-C and systemd do."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=120)

    def kill(self) -> None:
        """The process that was started; its workers are not told."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """Whatever state it is in: stopped if it can be, killed if not."""
        if self.runs():
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                self.kill()

    def sipas(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Another command on the same data, beside the service."""
        return subprocess.run([SIPAS, *arguments], env=self.environment, capture_output=True, text=True)

    def worker_pids(self) -> list[int]:
        """In the order of their start, without those that have ended."""
        if not self.runs():
            return []
        assert self.process is not None
        return [pid for pid in children(self.process.pid) if WORKER in command_of(pid)]

    def listeners(self) -> int:
        """How many sockets listen on the service's port."""
        connections = Path("/proc/net/tcp").read_text(encoding="utf-8").splitlines()[1:]
        states = [line.split()[1:4:2] for line in connections]
        return sum(address.endswith(f":{self.port:04X}") and state == "0A" for address, state in states)

    def postmaster(self) -> int | None:
        """The process of the embedded Postgres, where one runs."""
        pid_file = self.server.find_pid_file()
        if pid_file is None or not pid_file.belongs_to_process_in(self.server.owner.cluster):
            return None
        return int(pid_file.pid)

    @cached_property
    def server(self) -> Server:
        return Server(self.data_dir, find_owner(self.data_dir))

    @property
    def dsn(self) -> str:
        """To look in without counting as a user of the server, which would keep it running."""
        return self.server.dsn()

    async def ready(self) -> bool:
        try:
            async with client_of(self.address) as client:
                return (await client.get(f"{self.address}/readyz")).status_code == 200
        except httpx.TransportError:
            return False

    async def until_ready(self) -> None:
        await until(self.ready, "it is ready", say=self.last_words)

    def last_words(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-30_000:] if self.log.exists() else ""


def free_port() -> int:
    """Below the range that outgoing connections take theirs from: one of those could take it meanwhile.

    Processes that run tests side by side begin far from each other.
    """
    for port in range(20_000 + os.getpid() * 97 % 10_000, 32_000):
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
    raise AssertionError("no port is free")


def children(parent: int) -> Iterator[int]:
    for entry in sorted(Path("/proc").glob("[0-9]*"), key=lambda entry: int(entry.name)):
        try:
            after_name = (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
        except OSError:
            continue
        state, its_parent = after_name.split()[:2]
        if int(its_parent) == parent and state != "Z":
            yield int(entry.name)


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
