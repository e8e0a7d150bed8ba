"""The emblem of an office, as an image of a kind that all formats can show."""

from typing import NamedTuple

from sipas.errors import InputError


class EmblemKind(NamedTuple):
    suffix: str
    media_type: str


_KINDS = {
    b"\x89PNG": EmblemKind("png", "image/png"),
    b"\xff\xd8\xff": EmblemKind("jpg", "image/jpeg"),
    b"<svg": EmblemKind("svg", "image/svg+xml"),
    b"<?xml": EmblemKind("svg", "image/svg+xml"),
}


def emblem_kind(image: bytes) -> EmblemKind:
    for start, kind in _KINDS.items():
        if image.lstrip().startswith(start):
            return kind
    raise InputError("--emblem: the image is neither PNG nor JPEG nor SVG; save it as one of these")
