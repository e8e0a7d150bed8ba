"""How a citizen is reached, sealed from the moment it comes in until it is decided whether to ask."""

import msgspec

from sipas.messages import LANGUAGES
from sipas.survey.encryption import Sealer

LONGEST = 40  # characters; no number is as long, and what is longer stays one that is none


class Reach(msgspec.Struct, frozen=True):
    """phone: as it was told; whether it is one is looked at when somebody is asked."""

    phone: str
    language: str


ENCODER, DECODER = msgspec.json.Encoder(), msgspec.json.Decoder(Reach)


def seal_reach(phone: str, language: str | None, sealer: Sealer) -> bytes:
    """Who wrote no language, or one that no message is written in, gets the first."""
    spoken = language if language in LANGUAGES else LANGUAGES[0]
    return sealer.seal(ENCODER.encode(Reach(phone[:LONGEST], spoken)))


def open_reach(sealed: bytes, sealer: Sealer) -> Reach:
    return DECODER.decode(sealer.unseal(sealed))
