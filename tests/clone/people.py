"""As whom a clone is tried: whoever runs the check, and, where that is root, a user made for the purpose."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.clone.traces import end_all, list_processes_of

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SHARED = (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"))  # where any user may leave things


@dataclass(frozen=True)
class Person:
    """Owns `folder`, where everything happens, with a HOME that is empty. No uid: whoever runs the check."""

    name: str
    folder: Path
    uid: int | None = None
    gid: int | None = None

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def start(self, command: list[str | Path], cwd: Path, output: IO[str] | int) -> subprocess.Popen[str]:
        """In a session of its own, as from a terminal of its own, with an empty environment."""
        return subprocess.Popen(
            command,
            cwd=cwd,
            env={"HOME": str(self.home), "PATH": PATH},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
        )

    def can_run(self, program: Path) -> bool:
        try:
            return self.start([program, "--help"], Path("/"), subprocess.DEVNULL).wait() == 0
        except OSError:
            return False

    def owns(self, *paths: Path) -> None:
        if self.uid is not None:
            subprocess.run(["chown", "-R", f"{self.uid}:{self.gid}", *paths], check=True)

    def move_in(self) -> None:
        self.home.mkdir(parents=True)
        self.owns(self.folder)


@contextmanager
def other_user(folder: Path) -> Iterator[Person]:
    """A system user of whom nothing remains."""
    name = f"sipas-clone-{os.getpid()}"
    options = ("--system", "--user-group", "--no-create-home", f"--home-dir={folder / 'home'}")
    subprocess.run(["useradd", *options, name], env={"PATH": PATH}, check=True)
    try:
        entry = pwd.getpwnam(name)
        yield Person("another user", folder, entry.pw_uid, entry.pw_gid)
    finally:
        end_all(lambda: list_processes_of(entry.pw_uid))
        remove_what_is_left(entry.pw_uid)
        subprocess.run(["userdel", name], env={"PATH": PATH}, check=True)


def remove_what_is_left(uid: int) -> None:
    for path in (path for shared in SHARED for path in shared.iterdir()):
        if path.lstat().st_uid != uid:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
