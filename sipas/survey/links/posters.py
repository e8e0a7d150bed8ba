"""The survey behind a QR code on a unit's wall: whoever walks up may answer, each form once."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta

import msgspec

from sipas.errors import NotFound
from sipas.postgres.pool import Connection
from sipas.queries import posters
from sipas.queries.pending import insert_pending
from sipas.survey.catalogue import Catalogue, local_day
from sipas.survey.encryption import Sealer
from sipas.survey.instruments.instrument import Sheet
from sipas.survey.intake.submission import NOT_ANSWERED, Answer
from sipas.survey.links.one_time_links import coded_answers
from sipas.survey.links.waiting import WaitingAnswer, seal_answer
from sipas.survey.rate_limit import RateLimit, network_of
from sipas.survey.tokens import new_poster_code

CHANNEL, SERVICE_CHANNEL = "web", "counter"
NETWORK_ANSWERS, NETWORK_EVERY_S = 200, 18.0  # of one network to one poster: more than an office serves
SEED, MAC = 12, 16  # bytes
LASTS = timedelta(days=1)  # after its day for which a form may stay open


def poster_limit() -> RateLimit:
    """One limit for each network: a program in one place does not shut out the others."""
    return RateLimit(NETWORK_ANSWERS, NETWORK_EVERY_S)


def limit_key(code: str, source: str, secret: bytes) -> bytes:
    """Of a network that answers a poster."""
    return hmac.digest(secret, f"poster:{code}:{network_of(source)}".encode(), "sha256")


class NewPoster(msgspec.Struct, frozen=True):
    code: str
    unit: str
    url: str


class Place(msgspec.Struct, frozen=True):
    """Where a citizen answers, and about what."""

    round_id: int
    unit_id: int
    procedure_id: int | None


async def create_poster(
    conn: Connection, catalogue: Catalogue, unit_code: str, now: datetime, public_url: str
) -> NewPoster:
    unit = catalogue.unit_at(unit_code, local_day(now))
    if unit is None:
        raise NotFound(f"there is no unit {unit_code!r} today; `sipas import units` brings units in")
    code = new_poster_code()
    await posters.insert_poster(conn, code, unit.id)
    return NewPoster(code, unit.code, f"{public_url}/q/{code}")


class Form(msgspec.Struct, frozen=True):
    """One that was shown: seed draws its items, and makes it differ from every other."""

    seed: bytes
    day: date

    def sign(self, code: str, secret: bytes) -> str:
        content = self.seed + self.day.toordinal().to_bytes(4)
        return base64.urlsafe_b64encode(content + mac(content, code, secret)).decode()

    @property
    def hash(self) -> bytes:
        return hashlib.sha256(self.seed).digest()


def new_form(now: datetime) -> Form:
    return Form(secrets.token_bytes(SEED), local_day(now))


def read_signed(signed: str, code: str, secret: bytes, now: datetime) -> Form | None:
    """None where it is none of this poster's, or too old."""
    try:
        sent = base64.b64decode(signed, altchars=b"-_", validate=True)
    except ValueError:
        return None
    content, given = sent[:-MAC], sent[-MAC:]
    if not hmac.compare_digest(given, mac(content, code, secret)):
        return None
    form = Form(content[:SEED], date.fromordinal(int.from_bytes(content[SEED:])))
    return form if form.day + LASTS >= local_day(now) else None


def mac(content: bytes, code: str, secret: bytes) -> bytes:
    return hmac.digest(secret, b"form:" + code.encode() + b":" + content, "sha256")[:MAC]


async def answer_poster(
    conn: Connection,
    sealer: Sealer,
    sheet: Sheet,
    form: Form,
    place: Place,
    answers: Mapping[str, Answer],
    language: str,
    now: datetime,
) -> bool:
    """Keeps the answer to be mixed; False where the form was sent before."""
    coded = coded_answers(answers, sheet)
    answer = WaitingAnswer(
        unit_id=place.unit_id,
        procedure_id=place.procedure_id,
        service_channel=SERVICE_CHANNEL,
        channel=CHANNEL,
        day=local_day(now),
        complete=NOT_ANSWERED not in coded,
        form=sheet.form.id,
        language=language,
        answers=coded,
    )
    async with conn.transaction():
        if not await posters.use_form(conn, form.hash, form.day + LASTS):
            return False
        await insert_pending(conn, [seal_answer(sealer, place.round_id, answer)])
    return True
