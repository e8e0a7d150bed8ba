from pathlib import Path

import pytest

from sipas.errors import InputError
from sipas.survey.contacts.message_payload import MessagePayload, decrypt_payload, encrypt_payload
from sipas.survey.encryption import DecryptionError, FieldCipher, read_cipher
from tests.serving import SECRET, settings_for

OLD, NEW = b"the key of last year", b"the key of this year"
LETTER = MessagePayload("+84912345678", "abcdefghijk", "vi")


def test_what_is_sealed_is_read_again_and_shows_nothing_of_it() -> None:
    encrypted = encrypt_payload(LETTER, FieldCipher([OLD]))
    assert decrypt_payload(encrypted, FieldCipher([NEW, OLD])) == LETTER
    assert b"912345678" not in encrypted
    assert encrypted != encrypt_payload(LETTER, FieldCipher([OLD]))


def test_another_key_or_a_changed_byte_is_said_so() -> None:
    encrypted = encrypt_payload(LETTER, FieldCipher([OLD]))
    with pytest.raises(DecryptionError, match="add the earlier key below"):
        decrypt_payload(encrypted, FieldCipher([NEW]))
    for place in range(4, len(encrypted)):
        changed = bytearray(encrypted)
        changed[place] ^= 1
        with pytest.raises(DecryptionError, match="cannot be decrypted"):
            decrypt_payload(bytes(changed), FieldCipher([OLD]))


def test_a_key_file_seals_with_its_first_line_and_still_reads_what_the_secret_sealed(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_bytes(b"# newest first\n" + NEW + b"\n\n" + OLD + b"\n")
    settings = settings_for("unused").__class__(None, tmp_path, SECRET, "http://test", phone_keys=file)
    cipher = read_cipher(settings)
    assert decrypt_payload(encrypt_payload(LETTER, cipher), FieldCipher([NEW])) == LETTER
    assert decrypt_payload(encrypt_payload(LETTER, FieldCipher([SECRET])), cipher) == LETTER
    file.write_bytes(b"too short")
    with pytest.raises(InputError, match="fewer than 16 characters"):
        read_cipher(settings)
