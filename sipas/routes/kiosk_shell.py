"""Files of the kiosk app and their hashes, for the service worker that stores them on a terminal."""

import base64
import hashlib
from pathlib import Path

import msgspec
from litestar import Response, get

from sipas.resources import folder

KIOSK_FOLDER = folder("kiosk")
_WORKER = "worker.js"  # the browser fetches it by itself

# The terminal's page may load from and send to this service only.
KIOSK_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
}


class _Shell(msgspec.Struct, frozen=True):
    """version: of all files together. files: each with its integrity hash."""

    version: str
    files: dict[str, str]


def shell_of(folder: Path) -> _Shell:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {path.relative_to(folder).as_posix(): _integrity(path.read_bytes()) for path in paths}
    version = hashlib.sha256(msgspec.json.encode(files)).hexdigest()[:12]
    return _Shell(version, {path: hash_ for path, hash_ in files.items() if path != _WORKER})


def _integrity(content: bytes) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(content).digest()).decode('ascii')}"


@get("/kiosk/shell.js", sync_to_thread=True)
def get_shell() -> Response[bytes]:
    """Return a script, so that a change of any file creates a new service worker."""
    body = b"self.SHELL = " + msgspec.json.encode(shell_of(KIOSK_FOLDER)) + b";"
    return Response(body, media_type="text/javascript", headers=KIOSK_HEADERS)
