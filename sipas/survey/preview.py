"""A preview of a questionnaire: a catalogue of one unit and one round, a terminal, and no storage.

Answers go through the checks of intake and are dropped.
"""

import hmac
from collections.abc import Sequence
from datetime import UTC, datetime

from sipas.messages import text
from sipas.queries.catalogue import Round, Unit
from sipas.queries.kiosks import Kiosk, KioskSettings
from sipas.survey.catalogue import Catalogue
from sipas.survey.instruments.forms import Form
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.intake.group_commit import NotTaken, SubmissionResult, check_raw, results_as_if_stored
from sipas.survey.intake.raw_submissions import read_loosely
from sipas.survey.kiosks.terminals import KIOSK_CHANNEL, Credential, published_place, published_questions
from sipas.survey.tokens import new_code, new_token, normal_code

_CODE = "preview"  # of the unit and the round
_OPENED_AT = datetime(2000, 1, 1, tzinfo=UTC)
_FOREIGN_TEXT = (
    "these answers were not given in this preview, which stores nothing; the terminal keeps them for its own"
    " server"
)


class Preview:
    """A questionnaire to look at. form: the one that is shown alone; None: all, each on its channels.

    code: enrols terminals, any number of them.
    """

    def __init__(self, instrument: Instrument, form: Form | None = None) -> None:
        unit = Unit(1, _CODE, text("vi", "preview.unit"), "office", None, None, None)
        self.instrument, self.unit = instrument, unit
        self.round = Round(1, _CODE, 1, ("unit",), None, None, _OPENED_AT, None)
        self.catalogue = Catalogue(1, {1: unit}, {}, {1: instrument}, {_CODE: self.round})
        self.forms = (form,) if form else instrument.all_forms()
        self.kiosk_form = form or instrument.form_for(KIOSK_CHANNEL)
        self.kiosk, self.code = Kiosk(1, unit.id), new_code()
        self._tokens: set[str] = set()

    @property
    def fits_kiosk(self) -> bool:
        return self.instrument.fits_terminals(self.kiosk_form)

    def enrol(self, code: str, token: str | None) -> Credential | None:
        """Return a token for the code; None for another code. token: made by the device."""
        if not hmac.compare_digest(normal_code(code), self.code):
            return None
        token = token or new_token()
        self._tokens.add(token)
        return Credential(token, self.kiosk.id, self.unit.code)

    def is_enrolled(self, token: str | None) -> bool:
        return token in self._tokens

    def kiosk_config(self) -> dict[str, object]:
        """Return a terminal's configuration, marked as a preview."""
        config = published_place(
            self.kiosk, self.unit, self.round if self.fits_kiosk else None, KioskSettings()
        )
        config |= {"preview": True, "note": None}
        if not self.fits_kiosk:
            return config | {"languages": self.instrument.languages}
        return config | published_questions(self.instrument, self.kiosk_form) | {"procedures": []}

    async def submit(self, raws: Sequence[bytes], kiosk: Kiosk) -> list[SubmissionResult]:
        """Check submissions and drop them. NotTaken: some are another server's."""
        if any(_unit_of(raw) not in (None, self.unit.code) for raw in raws):
            raise NotTaken(_FOREIGN_TEXT)
        return results_as_if_stored([check_raw(raw, self.catalogue, kiosk) for raw in raws])


def _unit_of(raw: bytes) -> str | None:
    match read_loosely(raw):
        case {"unit": str(unit)}:
            return unit
    return None
