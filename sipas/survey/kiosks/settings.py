"""Terminal settings in one TOML file: for all terminals, for those of a unit, and for single ones."""

import hashlib
import re
import secrets
import tomllib
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType

from sipas.errors import InputError, NotFound
from sipas.postgres.pool import Connection
from sipas.queries import kiosks
from sipas.queries.kiosks import Pin, SetFor
from sipas.survey.catalogue import Catalogue, local_day

_PIN_HASH_ROUNDS = 100_000  # 0.1 s on a terminal: all 4-digit PINs take 20 minutes, 8-digit PINs months
_WHOLE_NUMBER = re.compile("[1-9][0-9]{0,8}")

_Seconds = Annotated[int, msgspec.Meta(ge=1, le=600)]
_Language = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}\Z")]
_Note = Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f]+\Z", max_length=300)]  # one line


class _Given(msgspec.Struct, frozen=True):
    """KioskSettings as written in the file; missing values are not set there."""

    idle: _Seconds | UnsetType = UNSET
    warning: _Seconds | UnsetType = UNSET
    thanks: _Seconds | UnsetType = UNSET
    procedure: bool | UnsetType = UNSET
    scan: bool | UnsetType = UNSET
    comment: bool | UnsetType = UNSET
    speech: bool | UnsetType = UNSET
    pin: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4,8}\Z")] | UnsetType = UNSET
    note: dict[_Language, _Note] | UnsetType = UNSET


_SECONDS, _SWITCH = "a whole number of seconds from 1 to 600, without quotes", "true or false, without quotes"
_EXPECTED = {
    "idle": _SECONDS,
    "warning": _SECONDS,
    "thanks": _SECONDS,
    "procedure": _SWITCH,
    "scan": _SWITCH,
    "comment": _SWITCH,
    "speech": _SWITCH,
    "pin": 'four to eight digits in quotes, as in pin = "482913"',
    "note": 'one line of 1 to 300 characters for each language, as in note = { vi = "…", en = "…" }',
}


async def configure_kiosks(
    conn: Connection, catalogue: Catalogue, source: bytes, file: str, now: datetime
) -> None:
    """Replace all settings of terminals by those of the file, whole or not at all."""
    whole = _read_table(source, file)
    units, terminals = _table_of(whole, "units", file), _table_of(whole, "kiosks", file)
    parts: list[tuple[int | None, int | None, dict[str, Any]]] = []
    if whole:
        parts.append((None, None, _read_part(whole, file)))
    for code, given in units.items():
        unit = catalogue.unit_at(code, local_day(now))
        if unit is None:
            raise NotFound(f"{file}, units.{code}: there is no unit {code!r} today")
        parts.append((unit.id, None, _read_part(given, f"{file}, units.{code}")))
    for number, given in terminals.items():
        parts.append((None, await _known(conn, number, file), _read_part(given, f"{file}, kiosks.{number}")))
    async with conn.transaction():
        await kiosks.delete_settings(conn)
        await kiosks.insert_settings(conn, parts)


def _read_table(source: bytes, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(unicodedata.normalize("NFC", source.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: byte {error.start + 1} is not UTF-8; save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{file} is no TOML: {error}") from None


def _table_of(whole: dict[str, Any], name: str, file: str) -> dict[str, Any]:
    """Remove a table such as [units.00070] or [kiosks.12] from the rest."""
    found = whole.pop(name, {})
    if not isinstance(found, dict):
        raise InputError(f"{file}: {name} is a table of tables; write [{name}.…]")
    return found


def _read_part(given: object, place: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise InputError(
            f"{place} is no table: write [{place.rpartition(' ')[2]}], and the settings below it"
        )
    part: dict[str, Any] = given
    for name, value in part.items():
        _check_setting(name, value, place)
    return part | ({"pin": _hash_pin(part["pin"])} if "pin" in part else {})


def _check_setting(name: str, value: object, place: str) -> None:
    if name not in _EXPECTED:
        raise InputError(f"{place}: there is no setting {name!r}; there are {', '.join(_EXPECTED)}")
    try:
        msgspec.convert({name: value}, _Given)
    except msgspec.ValidationError:
        raise InputError(f"{place}: {name} must be {_EXPECTED[name]}") from None


def _hash_pin(pin: str) -> Pin:
    salt = secrets.token_bytes(16)
    return Pin(
        salt.hex(),
        _PIN_HASH_ROUNDS,
        hashlib.pbkdf2_hmac("sha256", pin.encode(), salt, _PIN_HASH_ROUNDS).hex(),
    )


async def _known(conn: Connection, number: str, file: str) -> int:
    kiosk = await kiosks.find_kiosk_by_number(conn, int(number)) if _WHOLE_NUMBER.fullmatch(number) else None
    if kiosk is None:
        raise NotFound(f"{file}, kiosks.{number}: there is no kiosk {number}; `sipas kiosk list` shows all")
    return kiosk.id


def without_pin(part: SetFor) -> SetFor:
    """Return the settings to show: whether a PIN is set, without its hash."""
    hidden = {"pin": "set"} if "pin" in part.settings else {}
    return SetFor(part.unit, part.kiosk, part.settings | hidden)


def list_changes(before: Iterable[SetFor], after: Iterable[SetFor]) -> list[str]:
    """List the settings added and removed, a line each in plain words."""
    old, new = _settings_by_place(before), _settings_by_place(after)
    set_now = [
        f"{place}: {name} = {_shown(name, value)}"
        for (place, name), value in new.items()
        if old.get((place, name)) != value
    ]
    gone = [f"{place}: {name} is not set any more" for place, name in old.keys() - new.keys()]
    return [*set_now, *sorted(gone)]


def _settings_by_place(parts: Iterable[SetFor]) -> dict[tuple[str, str], object]:
    return {(_place_of(part), name): value for part in parts for name, value in part.settings.items()}


def _place_of(part: SetFor) -> str:
    if part.kiosk is not None:
        return f"kiosk {part.kiosk}"
    return "all terminals" if part.unit is None else f"unit {part.unit}"


def _shown(name: str, value: object) -> str:
    return "(not shown)" if name == "pin" else msgspec.json.encode(value).decode()
