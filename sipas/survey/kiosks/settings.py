"""What the office sets for its terminals, in one TOML file: for all, for those of a unit, for one."""

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

ROUNDS = 100_000  # a tenth of a second on a terminal: all PINs of 4 digits in 20 minutes, of 8 in months
NUMBER = re.compile("[1-9][0-9]{0,8}")

Seconds = Annotated[int, msgspec.Meta(ge=1, le=600)]
Language = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}\Z")]
Note = Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f]+\Z", max_length=300)]  # one line


class Given(msgspec.Struct, frozen=True):
    """KioskSettings as a person writes them; what is left out is not set here."""

    idle: Seconds | UnsetType = UNSET
    warning: Seconds | UnsetType = UNSET
    thanks: Seconds | UnsetType = UNSET
    procedure: bool | UnsetType = UNSET
    scan: bool | UnsetType = UNSET
    comment: bool | UnsetType = UNSET
    speech: bool | UnsetType = UNSET
    pin: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4,8}\Z")] | UnsetType = UNSET
    note: dict[Language, Note] | UnsetType = UNSET


SECONDS, SWITCH = "a whole number of seconds from 1 to 600, without quotes", "true or false, without quotes"
EXPECTED = {
    "idle": SECONDS,
    "warning": SECONDS,
    "thanks": SECONDS,
    "procedure": SWITCH,
    "scan": SWITCH,
    "comment": SWITCH,
    "speech": SWITCH,
    "pin": 'four to eight digits in quotes, as in pin = "482913"',
    "note": 'one line of 1 to 300 characters for each language, as in note = { vi = "…", en = "…" }',
}


async def configure(conn: Connection, catalogue: Catalogue, source: bytes, file: str, now: datetime) -> None:
    """Leaves the terminals with these settings and no others; all or nothing."""
    whole = read_table(source, file)
    units, terminals = table_of(whole, "units", file), table_of(whole, "kiosks", file)
    parts: list[tuple[int | None, int | None, dict[str, Any]]] = []
    if whole:
        parts.append((None, None, read_part(whole, file)))
    for code, given in units.items():
        unit = catalogue.unit_at(code, local_day(now))
        if unit is None:
            raise NotFound(f"{file}, units.{code}: there is no unit {code!r} today")
        parts.append((unit.id, None, read_part(given, f"{file}, units.{code}")))
    for number, given in terminals.items():
        parts.append((None, await known(conn, number, file), read_part(given, f"{file}, kiosks.{number}")))
    async with conn.transaction():
        await kiosks.delete_settings(conn)
        await kiosks.insert_settings(conn, parts)


def read_table(source: bytes, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(unicodedata.normalize("NFC", source.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: byte {error.start + 1} is not UTF-8; save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{file} is no TOML: {error}") from None


def table_of(whole: dict[str, Any], name: str, file: str) -> dict[str, Any]:
    """Takes [units.00070] or [kiosks.12] out of the rest."""
    found = whole.pop(name, {})
    if not isinstance(found, dict):
        raise InputError(f"{file}: {name} is a table of tables; write [{name}.…]")
    return found


def read_part(given: object, place: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise InputError(
            f"{place} is no table: write [{place.rpartition(' ')[2]}], and the settings below it"
        )
    part: dict[str, Any] = given
    for name, value in part.items():
        check_setting(name, value, place)
    return part | ({"pin": hash_pin(part["pin"])} if "pin" in part else {})


def check_setting(name: str, value: object, place: str) -> None:
    if name not in EXPECTED:
        raise InputError(f"{place}: there is no setting {name!r}; there are {', '.join(EXPECTED)}")
    try:
        msgspec.convert({name: value}, Given)
    except msgspec.ValidationError:
        raise InputError(f"{place}: {name} must be {EXPECTED[name]}") from None


def hash_pin(pin: str) -> Pin:
    salt = secrets.token_bytes(16)
    return Pin(salt.hex(), ROUNDS, hashlib.pbkdf2_hmac("sha256", pin.encode(), salt, ROUNDS).hex())


async def known(conn: Connection, number: str, file: str) -> int:
    kiosk = await kiosks.find_kiosk_by_number(conn, int(number)) if NUMBER.fullmatch(number) else None
    if kiosk is None:
        raise NotFound(f"{file}, kiosks.{number}: there is no kiosk {number}; `sipas kiosk list` shows all")
    return kiosk.id


def without_pin(part: SetFor) -> SetFor:
    """To be shown: that a PIN is set, and no more of it."""
    hidden = {"pin": "set"} if "pin" in part.settings else {}
    return SetFor(part.unit, part.kiosk, part.settings | hidden)


def list_changes(before: Iterable[SetFor], after: Iterable[SetFor]) -> list[str]:
    """What is set now and was not, or no more, a line each in plain words."""
    old, new = settings_by_place(before), settings_by_place(after)
    set_now = [
        f"{place}: {name} = {shown(name, value)}"
        for (place, name), value in new.items()
        if old.get((place, name)) != value
    ]
    gone = [f"{place}: {name} is not set any more" for place, name in old.keys() - new.keys()]
    return [*set_now, *sorted(gone)]


def settings_by_place(parts: Iterable[SetFor]) -> dict[tuple[str, str], object]:
    return {(place_of(part), name): value for part in parts for name, value in part.settings.items()}


def place_of(part: SetFor) -> str:
    if part.kiosk is not None:
        return f"kiosk {part.kiosk}"
    return "all terminals" if part.unit is None else f"unit {part.unit}"


def shown(name: str, value: object) -> str:
    return "(not shown)" if name == "pin" else msgspec.json.encode(value).decode()
