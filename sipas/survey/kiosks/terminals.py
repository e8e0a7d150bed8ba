"""Terminals: enrolment codes, tokens, and the published configuration."""

from datetime import datetime, timedelta

import msgspec

from sipas.errors import InputError, NotFound
from sipas.postgres.pool import Connection
from sipas.queries import kiosks
from sipas.queries.catalogue import Procedure, Round, Unit, list_offered_procedures
from sipas.queries.kiosks import Kiosk, KioskSettings
from sipas.survey.catalogue import Catalogue, is_open, local_day
from sipas.survey.kiosks.questionnaire import published_questions as published_questions
from sipas.survey.tokens import hash_token, new_code, new_token, normal_code
from sipas.vietnamese import sort_key

_CODE_VALID_FOR = timedelta(days=7)
KIOSK_CHANNEL, _SERVICE_CHANNEL = "kiosk", "counter"


class Enrolment(msgspec.Struct, frozen=True):
    """The operator's hand-out: the code works once, at the URL or typed in."""

    code: str
    kiosk: int
    unit: str
    url: str


class Credential(msgspec.Struct, frozen=True):
    token: str
    kiosk: int
    unit: str


async def enrol_kiosk(
    conn: Connection, catalogue: Catalogue, unit_code: str, now: datetime, public_url: str
) -> Enrolment:
    unit = catalogue.unit_at(unit_code, local_day(now))
    if unit is None:
        raise NotFound(f"there is no unit {unit_code!r} today; `sipas import units` brings units in")
    return await _new_kiosk(conn, unit, public_url)


async def replace_kiosk(
    conn: Connection, catalogue: Catalogue, number: int, now: datetime, public_url: str
) -> Enrolment:
    """Create a terminal in the same unit. The old one stays in use until the new one has enrolled."""
    old = await get_kiosk(conn, number)
    unit = catalogue.units[old.unit_id]
    if catalogue.unit_at(unit.code, local_day(now)) != unit:
        raise InputError(
            f"unit {unit.code} {unit.name}, where kiosk {number} stands, is no more; enrol a terminal for "
            f"its successor (`sipas kiosk enrol --unit …`), then `sipas kiosk retire {number}`"
        )
    return await _new_kiosk(conn, unit, public_url, replaces=number)


async def _new_kiosk(
    conn: Connection, unit: Unit, public_url: str, *, replaces: int | None = None
) -> Enrolment:
    code = new_code()
    kiosk_id = await kiosks.insert_kiosk(conn, unit.id, hash_token(code), _CODE_VALID_FOR, replaces)
    return Enrolment(code, kiosk_id, unit.code, f"{public_url}/kiosk/#{code}")


async def get_kiosk(conn: Connection, number: int) -> Kiosk:
    kiosk = await kiosks.find_kiosk_by_number(conn, number)
    if kiosk is None:
        raise NotFound(f"there is no kiosk {number}; `sipas kiosk list` shows all")
    return kiosk


async def exchange_code(
    conn: Connection, catalogue: Catalogue, code: str, counted_before: int = 0, token: str | None = None
) -> Credential | None:
    """Return the token for a code, once; None if the code is used, expired or unknown.

    counted_before: the device's last sequence number; a device enrolled again continues from it. token: made
    by the device, which gets it again if the first answer was lost.
    """
    token = token or new_token()
    hashes = hash_token(normal_code(code)), hash_token(token)
    kiosk = await kiosks.take_code(conn, *hashes, counted_before) or await kiosks.find_kiosk(conn, hashes[1])
    if kiosk is None or kiosk.retired_at is not None:
        return None
    return Credential(token, kiosk.id, catalogue.units[kiosk.unit_id].code)


async def kiosk_config(
    conn: Connection, catalogue: Catalogue, kiosk: Kiosk, now: datetime
) -> dict[str, object]:
    """Return all that a terminal needs to ask the round's questions."""
    unit, round_ = catalogue.units[kiosk.unit_id], askable_round(catalogue, now)
    settings = await kiosks.get_settings_for(conn, kiosk)
    config = published_place(kiosk, unit, round_, settings)
    if round_ is None:
        return config | {"languages": ["vi", "en"], "note": None}
    instrument = catalogue.instrument_of(round_)
    asks = settings.procedure and "procedure" in round_.strata
    return (
        config
        | published_questions(instrument, instrument.form_for(KIOSK_CHANNEL))
        | {
            "procedures": await offered_procedures(conn, catalogue, round_, kiosk.unit_id) if asks else [],
            "note": await _published_note(conn, settings, round_, kiosk.unit_id, now),
        }
    )


def published_place(
    kiosk: Kiosk, unit: Unit, round_: Round | None, settings: KioskSettings
) -> dict[str, object]:
    """Return the part of the configuration that does not depend on the questionnaire."""
    return {
        "kiosk": kiosk.id,
        "unit": {"code": unit.code, "name": unit.name},
        "round": round_.code if round_ else None,
        "closes_at": round_.closes_at if round_ else None,
        "channel": KIOSK_CHANNEL,
        "service_channel": _SERVICE_CHANNEL,
        **_published_settings(settings),
    }


def askable_round(catalogue: Catalogue, now: datetime) -> Round | None:
    """Return the round that opened last, of those whose form terminals ask."""
    opened = [round_ for round_ in catalogue.rounds.values() if is_open(round_, now)]
    for round_ in sorted(opened, key=lambda one: (one.opens_at, one.id), reverse=True):
        instrument = catalogue.instrument_of(round_)
        if instrument.fits_terminals(instrument.form_for(KIOSK_CHANNEL)):
            return round_
    return None


def _published_settings(settings: KioskSettings) -> dict[str, object]:
    return {
        "timeouts": {
            "idle": settings.idle,
            "warning": min(settings.warning, settings.idle),
            "thanks": settings.thanks,
        },
        "scan": settings.scan,
        "comment": settings.comment,
        "speech": settings.speech,
        "pin": settings.pin,
    }


async def _published_note(
    conn: Connection, settings: KioskSettings, round_: Round, unit_id: int, now: datetime
) -> dict[str, object] | None:
    """Return the office's note and this month's number of answers; None without a note."""
    if not settings.note:
        return None
    month = local_day(now).replace(day=1)
    answered = await kiosks.count_answered(conn, round_.id, unit_id, month)
    return {"answered": two_figures(answered), "changed": settings.note}


def two_figures(number: int) -> int:
    """Round down to two figures, so that the configuration does not change with every answer."""
    zeros = max(0, len(str(number)) - 2)
    return int(number // 10**zeros * 10**zeros)


async def offered_procedures(
    conn: Connection, catalogue: Catalogue, round_: Round, unit_id: int
) -> list[dict[str, object]]:
    """Return the procedures to choose from, by field."""
    ids = await list_offered_procedures(conn, round_.id, unit_id, _SERVICE_CHANNEL)
    offered = sorted((catalogue.procedures[i] for i in ids), key=lambda p: sort_key(p.name))
    return [
        _published_field(field, [p for p in offered if p.field == field])
        for field in sorted({p.field for p in offered}, key=sort_key)
    ]


def _published_field(field: str, procedures: list[Procedure]) -> dict[str, object]:
    """Return a field with its procedures; English names only if the catalogue has them."""
    english = next((p.field_en for p in procedures if p.field_en), None)
    named: list[dict[str, str]] = [
        {"code": p.code, "name": p.name} | ({"name_en": p.name_en} if p.name_en else {}) for p in procedures
    ]
    published: dict[str, object] = {"field": field, "procedures": named}
    return published | ({"field_en": english} if english else {})
