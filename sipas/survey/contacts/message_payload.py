"""What a message is made of, and all that leads to a person: it is stored sealed."""

import msgspec

from sipas.survey.encryption import Sealer


class Letter(msgspec.Struct, frozen=True):
    """phone: E.164. token: of the link."""

    phone: str
    token: str
    language: str


def seal_letter(letter: Letter, sealer: Sealer) -> bytes:
    return sealer.seal(msgspec.json.encode(letter))


def open_letter(payload: bytes, sealer: Sealer) -> Letter:
    return msgspec.json.decode(sealer.unseal(payload), type=Letter)
