"""Terminals: a code to enrol with, the token it is traded for, and what a terminal shows."""

from datetime import datetime, timedelta

import msgspec

from sipas.errors import NotFound
from sipas.postgres.pool import Connection
from sipas.queries import kiosks
from sipas.queries.catalogue import Round, list_offered_procedures
from sipas.queries.kiosks import Kiosk
from sipas.survey.catalogue import Catalogue, local_day
from sipas.survey.instrument import Form, Instrument
from sipas.survey.tokens import hash_token, new_code, new_token, normal_code
from sipas.vietnamese import sort_key

CODE_LASTS = timedelta(days=7)
CHANNEL, SERVICE_CHANNEL = "kiosk", "counter"


class Enrolment(msgspec.Struct, frozen=True):
    """What an operator is given: the code works once, at the URL or typed in."""

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
    code = new_code()
    kiosk_id = await kiosks.insert_kiosk(conn, unit.id, hash_token(code), CODE_LASTS)
    return Enrolment(code, kiosk_id, unit.code, f"{public_url}/kiosk/#{code}")


async def trade_code(conn: Connection, catalogue: Catalogue, code: str) -> Credential | None:
    """The token for a code, once; None for a code that was used, has expired or never was."""
    token = new_token()
    kiosk = await kiosks.trade_code(conn, hash_token(normal_code(code)), hash_token(token))
    if kiosk is None:
        return None
    return Credential(token, kiosk.id, catalogue.units[kiosk.unit_id].code)


async def kiosk_config(
    conn: Connection, catalogue: Catalogue, kiosk: Kiosk, now: datetime
) -> dict[str, object]:
    """All that a terminal needs to ask its round's questions."""
    unit = catalogue.units[kiosk.unit_id]
    round_ = catalogue.open_round(now)
    config: dict[str, object] = {
        "kiosk": kiosk.id,
        "unit": {"code": unit.code, "name": unit.name},
        "round": round_.code if round_ else None,
        "channel": CHANNEL,
        "service_channel": SERVICE_CHANNEL,
        "timeouts": {"reset": 30, "thanks": 5},
    }
    if round_ is None:
        return config | {"languages": ["vi", "en"]}
    instrument = catalogue.instrument_of(round_)
    return config | {
        "languages": instrument.languages,
        "instrument": published(instrument),
        "form": published_form(instrument, instrument.form_for(CHANNEL)),
        "procedures": await offered_procedures(conn, catalogue, round_, kiosk.unit_id),
    }


def published(instrument: Instrument) -> dict[str, object]:
    return {
        "id": instrument.id,
        "version": instrument.version,
        "name": instrument.name,
        "title": instrument.title,
        "scale": instrument.scale,
        "items": list(instrument.items()),
    }


def published_form(instrument: Instrument, form: Form) -> dict[str, object]:
    """The form with each step's items spelled out; a step without `draw` asks all of them."""
    steps = [
        {"items": [item.id for item in asked], "draw": step.draw or len(asked)}
        for step in form.steps
        for asked in (instrument.asked_by(step),)
    ]
    return {"id": form.id, "steps": steps}


async def offered_procedures(
    conn: Connection, catalogue: Catalogue, round_: Round, unit_id: int
) -> list[dict[str, object]]:
    """By field, for the citizen to choose from; none where the round does not weigh by procedure."""
    if "procedure" not in round_.strata:
        return []
    ids = await list_offered_procedures(conn, round_.id, unit_id, SERVICE_CHANNEL)
    offered = sorted((catalogue.procedures[i] for i in ids), key=lambda p: sort_key(p.name))
    return [
        {
            "field": field,
            "procedures": [{"code": p.code, "name": p.name} for p in offered if p.field == field],
        }
        for field in sorted({p.field for p in offered}, key=sort_key)
    ]
