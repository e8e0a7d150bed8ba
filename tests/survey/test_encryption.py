from pathlib import Path

import pytest

from sipas.errors import InputError
from sipas.survey.contacts.message_payload import Letter, open_letter, seal_letter
from sipas.survey.encryption import Sealer, SealError, read_sealer
from tests.serving import SECRET, settings_for

OLD, NEW = b"the key of last year", b"the key of this year"
LETTER = Letter("+84912345678", "abcdefghijk", "vi")


def test_what_is_sealed_is_read_again_and_shows_nothing_of_it() -> None:
    sealed = seal_letter(LETTER, Sealer([OLD]))
    assert open_letter(sealed, Sealer([NEW, OLD])) == LETTER
    assert b"912345678" not in sealed
    assert sealed != seal_letter(LETTER, Sealer([OLD]))


def test_another_key_or_a_changed_byte_is_said_so() -> None:
    sealed = seal_letter(LETTER, Sealer([OLD]))
    with pytest.raises(SealError, match="add the earlier key below"):
        open_letter(sealed, Sealer([NEW]))
    for place in range(4, len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(SealError, match="changed since"):
            open_letter(bytes(changed), Sealer([OLD]))


def test_a_key_file_seals_with_its_first_line_and_still_reads_what_the_secret_sealed(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_bytes(b"# newest first\n" + NEW + b"\n\n" + OLD + b"\n")
    settings = settings_for("unused").__class__(None, tmp_path, SECRET, "http://test", phone_keys=file)
    sealer = read_sealer(settings)
    assert open_letter(seal_letter(LETTER, sealer), Sealer([NEW])) == LETTER
    assert open_letter(seal_letter(LETTER, Sealer([SECRET])), sealer) == LETTER
    file.write_bytes(b"too short")
    with pytest.raises(InputError, match="fewer than 16 characters"):
        read_sealer(settings)
