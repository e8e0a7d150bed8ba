"""Contact details of citizens, encrypted from arrival until the invitation is decided."""

import msgspec

from sipas.messages import LANGUAGES
from sipas.survey.encryption import FieldCipher

_PHONE_MAX_CHARACTERS = 40  # longer texts are stored cut and are no phone number


class ContactDetails(msgspec.Struct, frozen=True):
    """phone: as sent; it is checked when the invitation is decided."""

    phone: str
    language: str


_ENCODER, _DECODER = msgspec.json.Encoder(), msgspec.json.Decoder(ContactDetails)


def encrypt_contact(phone: str, language: str | None, cipher: FieldCipher) -> bytes:
    """Encrypt phone and language. A missing or unsupported language becomes the first supported one."""
    spoken = language if language in LANGUAGES else LANGUAGES[0]
    return cipher.encrypt(_ENCODER.encode(ContactDetails(phone[:_PHONE_MAX_CHARACTERS], spoken)))


def decrypt_contact(encrypted: bytes, cipher: FieldCipher) -> ContactDetails:
    return _DECODER.decode(cipher.decrypt(encrypted))
