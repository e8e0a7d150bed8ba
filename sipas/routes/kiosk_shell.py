"""Files of the browser apps and their hashes, for the service workers that store them on a disk."""

import base64
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
from litestar import Response, get

from sipas.resources import folder

KIOSK_FOLDER, INTERVIEWS_FOLDER = folder("kiosk"), folder("interviews")
_KIOSK = "kiosk"  # whose modules the app imports as ../kiosk/MODULE.js
_WORKER = "worker.js"  # the browser fetches it by itself
_INTERVIEWS_CACHE = "sipas-interviews-"
_IMPORTED = re.compile(r"""(?:from|import|importScripts\() ?"(\.[\w./]+\.js)\"""")

# An app's page may load from and send to this service only.
KIOSK_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
}


class _Shell(msgspec.Struct, frozen=True, omit_defaults=True):
    """version: of all files together. files: each with its integrity hash. cache: the start of its name."""

    version: str
    files: dict[str, str]
    cache: str | None = None


def shell_of(folder: Path) -> _Shell:
    return _shell(_own_files(folder))


def interviews_shell(folder: Path, kiosk: Path) -> _Shell:
    """Return the files of the interviewer's app, with the modules of the kiosk that it imports."""
    shared = {f"../kiosk/{path.name}": path for path in sorted(_shared(folder, kiosk))}
    return _shell(_own_files(folder) | shared, _INTERVIEWS_CACHE)


def _own_files(folder: Path) -> dict[str, Path]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path for path in paths}


def _shell(paths: dict[str, Path], cache: str | None = None) -> _Shell:
    files = {name: _integrity(path.read_bytes()) for name, path in paths.items()}
    version = hashlib.sha256(msgspec.json.encode(files)).hexdigest()[:12]
    return _Shell(version, {name: hash_ for name, hash_ in files.items() if name != _WORKER}, cache)


def _shared(folder: Path, kiosk: Path) -> set[Path]:
    """Return the kiosk's modules that the app imports, directly or not."""
    found: set[Path] = set()
    left = [path for module in folder.rglob("*.js") for path in _imports(module)]
    while left:
        module = left.pop()
        if module.parent.name == _KIOSK and module not in found:
            found.add(module)
            left += [Path(_KIOSK) / path.name for path in _imports(kiosk / module.name)]
    return {kiosk / path.name for path in found}


def _imports(module: Path) -> Iterator[Path]:
    for address in _IMPORTED.findall(module.read_text(encoding="utf-8")):
        yield Path(address)


def _integrity(content: bytes) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(content).digest()).decode('ascii')}"


@get("/kiosk/shell.js", sync_to_thread=True)
def get_shell() -> Response[bytes]:
    """Return a script, so that a change of any file creates a new service worker."""
    return _script(shell_of(KIOSK_FOLDER))


@get("/interviews/shell.js", sync_to_thread=True)
def get_interviews_shell() -> Response[bytes]:
    return _script(interviews_shell(INTERVIEWS_FOLDER, KIOSK_FOLDER))


def _script(shell: _Shell) -> Response[bytes]:
    body = b"self.SHELL = " + msgspec.json.encode(shell) + b";"
    return Response(body, media_type="text/javascript", headers=KIOSK_HEADERS)
