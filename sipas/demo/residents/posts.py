"""Residents' answers as browsers send them and as an interviewer's tablet submits them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sipas.demo.loading import RESIDENTS_ROUND
from sipas.demo.posting import KioskBatch, LinkAnswer, PosterAnswer
from sipas.demo.posts import BATCH, language_of
from sipas.demo.residents.model import ANSWER_CHANNELS, SMS, TABLET, WEB
from sipas.demo.residents.people import Residents
from sipas.demo.residents.places import Places
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.sheets import Sheet
from sipas.survey.links.survey_fields import fields_of
from sipas.survey.links.survey_flow import SurveyFlow
from sipas.survey.links.survey_page import PAGE
from sipas.survey.tokens import draw_seed

_INTERVIEW = timedelta(minutes=18)


class ResidentPosts:
    """Answers of residents of some places to the forms of an instrument."""

    def __init__(self, residents: Residents, places: Places, instrument: Instrument) -> None:
        self.residents, self.places, self.instrument = residents, places, instrument
        self.sheets = [Sheet(instrument, instrument.form_for(channel)) for channel in ANSWER_CHANNELS]

    def links_wanted(self) -> dict[str, int]:
        """Return the number of answered links of each commune."""
        communes = [self._unit(resident) for resident in self.residents.over(SMS)]
        return {unit: communes.count(unit) for unit in dict.fromkeys(communes)}

    def link_answers(self, tokens: Mapping[str, list[str]], secret: bytes) -> Iterator[LinkAnswer]:
        """tokens: by commune. A token decides which sections its form draws."""
        left = {unit: iter(mine) for unit, mine in tokens.items()}
        for resident in self.residents.over(SMS):
            token = next(left[self._unit(resident)])
            fields = self._fields(resident, SMS, draw_seed(token, secret))
            yield LinkAnswer(token, language_of(resident), fields)

    def poster_answers(self, codes: Mapping[str, str]) -> Iterator[PosterAnswer]:
        """codes: of each commune's poster."""
        for resident in self.residents.over(WEB):
            fields = self._fields(resident, WEB, b"")
            yield PosterAnswer(codes[self._unit(resident)], language_of(resident), fields)

    def _fields(self, resident: int, channel: int, seed: bytes) -> dict[str, str]:
        """Return the fields of the last page, which sends those of all earlier pages with its own."""
        flow = SurveyFlow(self.sheets[channel], seed)
        asked = [item.id for page in flow.pages for part in page for item in part.items]
        answers = self.residents.answers[resident]
        known = {item: answers[item] for item in asked if item in answers}
        return {**fields_of(known), PAGE: str(len(flow.pages) - 1)}

    def tablet_batches(self, token: str, moments: Sequence[datetime]) -> Iterator[KioskBatch]:
        """token: of the interviewers' tablets. moments: of the interviews."""
        interviews = [
            self._interview(resident, moment)
            for resident, moment in zip(self.residents.over(TABLET), moments, strict=True)
        ]
        for start in range(0, len(interviews), BATCH):
            yield KioskBatch(token, interviews[start : start + BATCH], "/api/interviews/answers")

    def _interview(self, resident: int, moment: datetime) -> dict[str, Any]:
        form = self.sheets[TABLET].form
        asked = [item.id for step in form.steps for item in self.instrument.asked_by(step)]
        answers = self.residents.answers[resident]
        return {
            "id": str(uuid4()),
            "instrument": self.instrument.name,
            "form": form.id,
            "channel": ANSWER_CHANNELS[TABLET],
            "unit": self._unit(resident),
            "started_at": (moment - _INTERVIEW).isoformat(),
            "submitted_at": moment.isoformat(),
            "language": "vi",
            "complete": True,
            "answers": {item: answers.get(item) for item in asked},
            "round": RESIDENTS_ROUND,
            "questionnaire": self.residents.addresses[resident].questionnaire,
            "adults": int(self.residents.adults[resident]),
        }

    def _unit(self, resident: int) -> str:
        return self.places.communes[int(self.residents.commune[resident])].code
