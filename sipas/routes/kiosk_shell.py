"""The files of the kiosk's app and their hashes, for the service worker that keeps them on a terminal."""

import base64
import hashlib
from pathlib import Path

import msgspec
from litestar import Response, get

from sipas.resources import folder

FOLDER = folder("kiosk")
WORKER = "worker.js"  # the browser fetches it on its own

# The terminal's page loads and talks to nothing but this service.
KIOSK_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
}


class Shell(msgspec.Struct, frozen=True):
    """version: of all files together. files: each with its hash as a browser checks it."""

    version: str
    files: dict[str, str]


def shell_of(folder: Path) -> Shell:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {path.relative_to(folder).as_posix(): integrity(path.read_bytes()) for path in paths}
    version = hashlib.sha256(msgspec.json.encode(files)).hexdigest()[:12]
    return Shell(version, {path: hash_ for path, hash_ in files.items() if path != WORKER})


def integrity(content: bytes) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(content).digest()).decode('ascii')}"


@get("/kiosk/shell.js", sync_to_thread=True)
def get_shell() -> Response[bytes]:
    """A script, so that a change of any file makes another service worker."""
    body = b"self.SHELL = " + msgspec.json.encode(shell_of(FOLDER)) + b";"
    return Response(body, media_type="text/javascript", headers=KIOSK_HEADERS)
