"""The payload of a message: everything in it that identifies a person. It is stored encrypted."""

import msgspec

from sipas.survey.encryption import FieldCipher


class MessagePayload(msgspec.Struct, frozen=True):
    """phone: in E.164. token: of the link."""

    phone: str
    token: str
    language: str


def encrypt_payload(payload: MessagePayload, cipher: FieldCipher) -> bytes:
    return cipher.encrypt(msgspec.json.encode(payload))


def decrypt_payload(payload: bytes, cipher: FieldCipher) -> MessagePayload:
    return msgspec.json.decode(cipher.decrypt(payload), type=MessagePayload)
