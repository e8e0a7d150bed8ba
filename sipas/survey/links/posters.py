"""Surveys behind QR codes on posters: anyone may answer, each form once."""

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
from sipas.survey.encryption import FieldCipher
from sipas.survey.instruments.sheets import Sheet
from sipas.survey.intake.answer_coding import AnswerValue, is_complete
from sipas.survey.links.one_time_links import coded_answers
from sipas.survey.links.option_order import order_attributes
from sipas.survey.links.waiting import WaitingAnswer, encrypt_answer
from sipas.survey.rate_limit import RateLimit, network_of
from sipas.survey.tokens import new_poster_code

POSTER_CHANNEL, _SERVICE_CHANNEL = "web", "counter"
NETWORK_ANSWERS, _NETWORK_EVERY_S = 200, 18.0  # of one network to one poster: more than an office serves
_SEED, _MAC = 12, 16  # bytes
_FORM_OPEN_FOR = timedelta(days=1)  # after the day on which the form was shown


def poster_limit() -> RateLimit:
    """Return the limit for each network: a program in one place does not lock out others."""
    return RateLimit(NETWORK_ANSWERS, _NETWORK_EVERY_S)


def limit_key(code: str, source: str, secret: bytes) -> bytes:
    """Return the key of a network that answers a poster."""
    return hmac.digest(secret, f"poster:{code}:{network_of(source)}".encode(), "sha256")


class NewPoster(msgspec.Struct, frozen=True):
    code: str
    unit: str
    url: str


class PosterPlace(msgspec.Struct, frozen=True):
    """The unit, procedure and service channel of a poster's answer."""

    round_id: int
    unit_id: int
    procedure_id: int | None


async def create_poster(
    conn: Connection,
    catalogue: Catalogue,
    unit_code: str,
    now: datetime,
    public_url: str,
    round_code: str | None = None,
) -> NewPoster:
    """round_code: None for the open round that kiosks ask, whichever it is when the poster is read."""
    round_ = catalogue.get_round(round_code) if round_code else None
    unit = catalogue.unit_at(unit_code, local_day(now))
    if unit is None:
        raise NotFound(f"there is no unit {unit_code!r} today; `sipas import units` brings units in")
    code = new_poster_code()
    await posters.insert_poster(conn, code, unit.id, round_.id if round_ else None)
    return NewPoster(code, unit.code, f"{public_url}/q/{code}")


class PosterForm(msgspec.Struct, frozen=True):
    """A form that was shown. Its seed draws the items and makes the form unique."""

    seed: bytes
    day: date

    def sign(self, code: str, secret: bytes) -> str:
        content = self.seed + self.day.toordinal().to_bytes(4)
        return base64.urlsafe_b64encode(content + _mac(content, code, secret)).decode()

    @property
    def hash(self) -> bytes:
        return hashlib.sha256(self.seed).digest()


def new_form(now: datetime) -> PosterForm:
    return PosterForm(secrets.token_bytes(_SEED), local_day(now))


def read_signed(signed: str, code: str, secret: bytes, now: datetime) -> PosterForm | None:
    """Return the form; None if it belongs to another poster or is too old."""
    try:
        sent = base64.b64decode(signed, altchars=b"-_", validate=True)
    except ValueError:
        return None
    content, given = sent[:-_MAC], sent[-_MAC:]
    if not hmac.compare_digest(given, _mac(content, code, secret)):
        return None
    form = PosterForm(content[:_SEED], date.fromordinal(int.from_bytes(content[_SEED:])))
    return form if form.day + _FORM_OPEN_FOR >= local_day(now) else None


def _mac(content: bytes, code: str, secret: bytes) -> bytes:
    return hmac.digest(secret, b"form:" + code.encode() + b":" + content, "sha256")[:_MAC]


async def answer_poster(
    conn: Connection,
    cipher: FieldCipher,
    sheet: Sheet,
    form: PosterForm,
    place: PosterPlace,
    answers: Mapping[str, AnswerValue],
    language: str,
    now: datetime,
) -> bool:
    """Keep the answer for the mix; False if the form was sent before."""
    coded = coded_answers(answers, sheet)
    answer = WaitingAnswer(
        unit_id=place.unit_id,
        procedure_id=place.procedure_id,
        service_channel=_SERVICE_CHANNEL,
        channel=POSTER_CHANNEL,
        day=local_day(now),
        complete=is_complete(coded, sheet),
        form=sheet.form.id,
        language=language,
        answers=coded.answers,
        texts=coded.texts,
        attributes=coded.attributes | order_attributes(sheet.instrument, form.seed),
    )
    async with conn.transaction():
        if not await posters.use_form(conn, form.hash, form.day + _FORM_OPEN_FOR):
            return False
        await insert_pending(conn, [encrypt_answer(cipher, place.round_id, answer)])
    return True
