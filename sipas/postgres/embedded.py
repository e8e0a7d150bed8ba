"""The embedded Postgres: the first who needs it starts it, others share it, the last one out stops it.

Three lock files in the data directory say who is there. The kernel drops a lock when its last holder is gone,
however that went, so that no crash leaves one behind.
postgres.starting  held by whoever looks whether there is something to start
postgres.users     shared by everyone who uses the server; who gets it alone may stop the server
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

LOG = logging.getLogger(__name__)
FAILURES = RepeatedLog(LOG)
EVERY = 0.5  # seconds between two looks whether the server lives


@contextmanager
def kept_running(data_dir: Path) -> Iterator[str]:
    """As `running`, and started again whenever it dies: a service cannot wait for somebody to notice."""
    with running(data_dir) as dsn:
        server, ended = Server(data_dir.resolve(), find_owner(data_dir.resolve())), threading.Event()
        keeper = threading.Thread(target=keep, args=(server, ended), name="keeper of the embedded Postgres")
        keeper.start()
        try:
            yield dsn
        finally:
            ended.set()
            keeper.join()


def keep(server: Server, ended: threading.Event) -> None:
    while not ended.wait(EVERY):
        try:
            if server.alive():
                continue
            LOG.warning("the embedded Postgres is gone; it is started again")
            with lock(server.data_dir / "postgres.starting", fcntl.LOCK_EX):
                server.ensure()
        except (DatabaseError, OSError) as error:
            FAILURES.warning("start", f"the embedded Postgres cannot be started again, trying on: {error}")


@contextmanager
def running(data_dir: Path) -> Iterator[str]:
    """The DSN of the server whose data lies below data_dir."""
    try:
        users, server, dsn = enter(data_dir.resolve())
    except OSError as error:
        raise DatabaseError(f"the embedded Postgres below {data_dir} cannot start: {error}") from error
    try:
        yield dsn
    finally:
        leave(users, server)


def enter(data_dir: Path) -> tuple[IO[str], Server, str]:
    if (data_dir / "PG_VERSION").exists():
        raise DatabaseError(
            f"{data_dir} is itself a data directory of Postgres; set SIPAS_DATA_DIR to another"
        )
    data_dir.mkdir(parents=True, exist_ok=True)
    with lock(data_dir / "postgres.starting", fcntl.LOCK_EX):
        # Waits while somebody is stopping the server.
        users = lock(data_dir / "postgres.users", fcntl.LOCK_SH)
        try:
            server = Server(data_dir, find_owner(data_dir))
            server.ensure()
            return users, server, server.dsn()
        except BaseException:
            users.close()
            raise


def leave(users: IO[str], server: Server) -> None:
    with users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # Had at once where others go on using the server; where somebody is stopping it, had afterwards.
            fcntl.flock(users, fcntl.LOCK_SH)
        else:
            server.stop()
