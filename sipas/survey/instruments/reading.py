"""Instruments from TOML."""

import msgspec

from sipas.errors import InputError
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.items import nested
from sipas.survey.instruments.problems import problems


def decode_instrument(source: str | bytes) -> Instrument:
    """Decode a published instrument. Later rules for publishing do not apply to it."""
    decoded = msgspec.toml.decode(source, type=Instrument)
    if any(section.parent for section in decoded.sections):
        return msgspec.structs.replace(decoded, sections=nested(decoded.sections))
    return decoded


def read_instrument(source: str | bytes, file: str = "instrument") -> Instrument:
    """Read an instrument from TOML. InputError says what is wrong and where."""
    try:
        instrument = decode_instrument(source)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{file}: {error}") from error
    refuse_problems(instrument, file)
    return instrument


def refuse_problems(instrument: Instrument, file: str) -> None:
    """Refuse an instrument that cannot be published. The error names all problems."""
    found = list(dict.fromkeys(problems(instrument)))
    if found:
        raise InputError(f"{file}: {'; '.join(found)}")
