"""One embedded server: finding, starting, waiting and stopping. embedded.py decides who may do so."""

import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from stat import S_ISDIR
from typing import IO, NamedTuple

from sipas.errors import DatabaseError
from sipas.postgres.lock import lock
from sipas.postgres.owner import Owner, wheel_version

_START_TIMEOUT_SECONDS = 60  # seconds for a server that neither gets ready nor says that it is starting
_PORT = "5432"  # names the socket; nothing listens on the network
SUPERUSER = "postgres"  # the service never connects as this role
_INITDB = (
    f"--username={SUPERUSER}",
    "--auth=trust",  # the socket's directory admits no other user
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--data-checksums",
)
# One statement a line: single-user mode reads them so. Tests and restores create databases, so the role may.
_OWN_ROLE = """\
create role sipas login createdb
alter database postgres owner to sipas
"""
# Does what Server.stop does, in case all users have been killed. pg_ctl stop would wait for ever
# if no process reaps a killed server.
_LAST_OUT = """
while [ -e "$0" ] && ! flock --shared --nonblock "$0" true; do
    pid=$(head -n 1 "$1/postmaster.pid")
    [ "/proc/$pid/cwd" -ef "$1" ] && kill -INT "$pid"
    sleep 0.1
done
rmdir "$2"
"""


class PidFile(NamedTuple):
    """Fields of postmaster.pid: the process and its state."""

    pid: str
    state: str

    def belongs_to_process_in(self, directory: Path) -> bool:
        try:
            return Path(f"/proc/{self.pid}/cwd").samefile(directory)
        except (FileNotFoundError, ProcessLookupError):  # it has ended, or is ending
            return False


@dataclass(frozen=True)
class Server:
    data_dir: Path
    owner: Owner

    def dsn(self) -> str:
        return f"postgresql://sipas@/postgres?host={self.sockets}&port={_PORT}"

    def ensure(self) -> None:
        """Return when the server accepts connections: running, starting, or started now."""
        started, log_start, deadline = False, self.log_size(), time.monotonic() + _START_TIMEOUT_SECONDS
        while True:
            alive, pid_file = self.alive(), self.find_pid_file()
            if alive and pid_file and pid_file.state == "ready" and self.accepts_connections():
                return
            if not alive:
                if started:
                    raise DatabaseError(f"the embedded Postgres ended at once: {self.last_words(log_start)}")
                self.start()
                started = True
            elif time.monotonic() > deadline and (pid_file is None or pid_file.state != "starting"):
                raise DatabaseError(
                    f"a Postgres holds {self.data_dir} but cannot be reached: it hangs, or runs in another "
                    f"container; stop it, or see {self.log()}"
                )
            time.sleep(0.01)

    def alive(self) -> bool:
        try:
            lock(self.data_dir / "postgres.alive", fcntl.LOCK_SH | fcntl.LOCK_NB).close()
        except BlockingIOError:
            return True
        except FileNotFoundError:  # the data directory was deleted
            return False
        return False

    def accepts_connections(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(f"{self.sockets}/.s.PGSQL.{_PORT}") == 0

    def start(self) -> None:
        self.check_cluster()
        self.forget_dead_server()
        self.make_sockets()
        # Before the server: if we are killed between the two, the server must still be stopped.
        places = (self.data_dir / "postgres.alive", self.owner.cluster, self.sockets)
        _detach(
            ["flock", self.data_dir / "postgres.users", "sh", "-c", _LAST_OUT, *places], subprocess.DEVNULL
        )
        settings = (f"--unix_socket_directories={self.sockets}", "--listen_addresses=", f"--port={_PORT}")
        with lock(self.data_dir / "postgres.alive", fcntl.LOCK_EX) as alive, self.open_log() as log:
            if not self.owner.cluster.exists() or not any(self.owner.cluster.iterdir()):
                self.init_cluster(alive)
            postgres: list[str | Path] = [
                *self.owner.words,
                self.owner.binaries / "postgres",
                "-D",
                self.owner.cluster,
            ]
            _detach([*postgres, *settings], log, alive)

    @property
    def sockets(self) -> Path:
        """Return a directory below /tmp, whatever TMPDIR is: a socket's path has at most 107 bytes."""
        name = sha256(os.fsencode(self.data_dir)).hexdigest()[:16]
        return Path("/tmp") / f"sipas-{self.owner.uid}-{name}"

    def make_sockets(self) -> None:
        if not os.path.lexists(self.sockets):
            self.sockets.mkdir(mode=0o700)
            os.chown(self.sockets, self.owner.uid, self.owner.gid)
        found = self.sockets.lstat()
        if not S_ISDIR(found.st_mode) or found.st_uid != self.owner.uid or found.st_mode & 0o077:
            raise DatabaseError(
                f"{self.sockets} is not ours alone, as a directory for our socket must be; remove it"
            )
        for left_behind in self.sockets.iterdir():
            left_behind.unlink()

    def check_cluster(self) -> None:
        """Refuse a directory that is not a cluster of ours, without changing it."""
        cluster, ours = self.owner.cluster, wheel_version().split(".")[0]
        try:
            theirs = (cluster / "PG_VERSION").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            if cluster.exists() and any(cluster.iterdir()):
                raise DatabaseError(
                    f"{cluster} is not empty and holds no Postgres; move it away, or set SIPAS_DATA_DIR to "
                    "another directory"
                ) from None
            return
        if theirs != ours:
            raise DatabaseError(
                f"{cluster} was made by Postgres {theirs}, and this is Postgres {ours}; dump it with the "
                "former and restore it into a new one, or set SIPAS_DATA_DIR to another directory"
            )

    def forget_dead_server(self) -> None:
        """Remove the postmaster.pid of a dead server: another process may have its number now."""
        pid_file = self.find_pid_file()
        if pid_file and pid_file.belongs_to_process_in(self.owner.cluster):
            raise DatabaseError(
                f"a Postgres that sipas did not start (process {pid_file.pid}) runs on {self.owner.cluster}; "
                "stop it first"
            )
        (self.owner.cluster / "postmaster.pid").unlink(missing_ok=True)

    def find_pid_file(self) -> PidFile | None:
        try:
            lines = (self.owner.cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return None
        lines += [""] * 8  # it is written a line at a time
        return PidFile(lines[0], lines[7].strip())

    def init_cluster(self, alive: IO[str]) -> None:
        """Create the cluster elsewhere and rename it, so that an interrupted one is never used.

        initdb inherits the lock: it continues if we are killed, and the next start must wait for it.
        """
        fresh = self.owner.cluster.with_name("postgres.unfinished")
        shutil.rmtree(fresh, ignore_errors=True)  # no server has run on it
        fresh.mkdir(mode=0o700)
        os.chown(fresh, self.owner.uid, self.owner.gid)
        self.run_for_cluster(fresh, alive, "initdb", "-D", fresh, *_INITDB)
        self.run_for_cluster(
            fresh,
            alive,
            "postgres",
            "--single",
            "-D",
            fresh,
            "-c",
            "exit_on_error=on",
            "postgres",
            stdin=_OWN_ROLE,
        )
        fresh.rename(self.owner.cluster)

    def run_for_cluster(
        self, fresh: Path, alive: IO[str], program: str, *arguments: str | Path, stdin: str = ""
    ) -> None:
        """Run a program on the unfinished cluster; remove the cluster if the program fails."""
        made = subprocess.run(
            [*self.owner.words, self.owner.binaries / program, *arguments],
            cwd="/",
            input=stdin,
            capture_output=True,
            text=True,
            pass_fds=[alive.fileno()],
        )
        if made.returncode != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            raise DatabaseError(f"no database could be made in {self.data_dir}: {_complaint(made.stderr)}")

    def stop(self) -> None:
        """End all sessions; return when the last process of the server has ended."""
        while self.alive():
            pid_file = self.find_pid_file()
            if pid_file and pid_file.belongs_to_process_in(self.owner.cluster):
                with suppress(ProcessLookupError):
                    os.kill(int(pid_file.pid), signal.SIGINT)
            time.sleep(0.01)
        with suppress(OSError):  # an empty directory does no harm
            self.sockets.rmdir()

    def log(self) -> Path:
        return self.data_dir / "postgres.log"

    def open_log(self) -> IO[str]:
        """Create the log so that only its owner can read it: it contains failing statements."""
        self.log().touch(mode=0o600)
        self.log().chmod(0o600)
        return self.log().open("a")

    def log_size(self) -> int:
        return self.log().stat().st_size if self.log().exists() else 0

    def last_words(self, since: int) -> str:
        with self.log().open("rb") as log:
            log.seek(since)
            return _complaint(log.read().decode(errors="replace"))


def _detach(command: list[str | Path], output: IO[str] | int, *inherited: IO[str]) -> None:
    """Run the command in its own session, independent of Ctrl-C and of our end."""
    subprocess.run(
        ["setsid", "--fork", *command],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        pass_fds=[handle.fileno() for handle in inherited],
        check=True,
    )


def _complaint(output: str) -> str:
    """Return the reason that a program of Postgres gave, in one line."""
    _, *reason = re.split(r"(?=(?:FATAL|PANIC|error):)", output, maxsplit=1)
    said = re.findall(r"(?:FATAL|PANIC|DETAIL|HINT|error):\s+(.+)", "".join(reason))
    return "; ".join(said[:3]) or (output.strip().splitlines() or ["it gave no reason"])[-1]
