"""The embedded Postgres: the first user starts it, others share it, and the last one stops it.

Three lock files in the data directory show the users. The kernel releases a lock when its last holder has
ended, so no crash leaves one behind.
postgres.starting  held while checking whether to start the server
postgres.users     shared by all users; a process that gets it exclusively may stop the server
postgres.alive     inherited by the processes of the server itself
"""

import fcntl
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sipas.errors import DatabaseError
from sipas.postgres.lock import lock
from sipas.postgres.owner import find_owner
from sipas.postgres.server import Server
from sipas.repeated_log import RepeatedLog

_LOG = logging.getLogger(__name__)
_FAILURES = RepeatedLog(_LOG)
_WATCH_EVERY_SECONDS = 0.5  # between two checks that the server runs


@contextmanager
def kept_running(data_dir: Path) -> Iterator[str]:
    """Like `running`, but restart the server whenever it ends: a service must recover by itself."""
    with running(data_dir) as dsn:
        server, ended = Server(data_dir.resolve(), find_owner(data_dir.resolve())), threading.Event()
        keeper = threading.Thread(target=_keep, args=(server, ended), name="keeper of the embedded Postgres")
        keeper.start()
        try:
            yield dsn
        finally:
            ended.set()
            keeper.join()


def _keep(server: Server, ended: threading.Event) -> None:
    while not ended.wait(_WATCH_EVERY_SECONDS):
        try:
            if server.alive():
                continue
            _LOG.warning("the embedded Postgres is gone; it is started again")
            with lock(server.data_dir / "postgres.starting", fcntl.LOCK_EX):
                server.ensure()
        except (DatabaseError, OSError) as error:
            _FAILURES.warning("start", f"the embedded Postgres cannot be started again, trying on: {error}")


@contextmanager
def running(data_dir: Path) -> Iterator[str]:
    """Yield the DSN of the server whose data is below data_dir."""
    try:
        users, server, dsn = _enter(data_dir.resolve())
    except OSError as error:
        raise DatabaseError(f"the embedded Postgres below {data_dir} cannot start: {error}") from error
    try:
        yield dsn
    finally:
        _leave(users, server)


def _enter(data_dir: Path) -> tuple[IO[str], Server, str]:
    if (data_dir / "PG_VERSION").exists():
        raise DatabaseError(
            f"{data_dir} is itself a data directory of Postgres; set SIPAS_DATA_DIR to another"
        )
    data_dir.mkdir(parents=True, exist_ok=True)
    with lock(data_dir / "postgres.starting", fcntl.LOCK_EX):
        # Waits while another process is stopping the server.
        users = lock(data_dir / "postgres.users", fcntl.LOCK_SH)
        try:
            server = Server(data_dir, find_owner(data_dir))
            server.ensure()
            return users, server, server.dsn()
        except BaseException:
            users.close()
            raise


def _leave(users: IO[str], server: Server) -> None:
    with users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # Immediate if others use the server; otherwise after a process that is stopping it.
            fcntl.flock(users, fcntl.LOCK_SH)
        else:
            server.stop()
