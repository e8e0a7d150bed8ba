"""Citizens' answers as a terminal submits them and as a browser sends them."""

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Any

import numpy as np

from sipas.demo.citizens import Citizens
from sipas.demo.frame import IntArray, Strata
from sipas.demo.model import ANSWER_CHANNELS, KIOSK, SMS
from sipas.demo.posting import KioskBatch, LinkAnswer
from sipas.survey.catalogue import LOCAL
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.intake.answer_coding import NOT_ANSWERED, NOT_APPLICABLE, NOT_ASKED, AnswerValue
from sipas.survey.intake.submission import new_id

BATCH = 40  # submissions a terminal sends at a time
OPENS, CLOSES = time(7, 30), time(17, 0)
_CITIZENS_PER_ENGLISH_SPEAKER = 50
_WORDS: dict[int, AnswerValue] = {NOT_ANSWERED: None, NOT_APPLICABLE: "NA"}


class Crowd:
    """Citizens of a city, asked with an instrument."""

    def __init__(self, citizens: Citizens, strata: Strata, instrument: Instrument) -> None:
        self.citizens, self.strata, self.instrument = citizens, strata, instrument
        self.items = [item.id for item in instrument.items()]
        self.form = instrument.form_for(ANSWER_CHANNELS[KIOSK]).id

    def kiosk_batches(self, tokens: Mapping[str, str], visits: "Visits") -> Iterator[KioskBatch]:
        """tokens: of each unit's terminal, by the unit's code."""
        for u, unit in enumerate(self.strata.city.units):
            citizens = self.at_kiosks(u)
            submissions = [
                self.submission(citizen, moment, sequence)
                for sequence, (citizen, moment) in enumerate(
                    zip(citizens, visits.draw(len(citizens)), strict=True), 1
                )
            ]
            for start in range(0, len(submissions), BATCH):
                yield KioskBatch(tokens[unit.code], submissions[start : start + BATCH])

    def at_kiosks(self, unit: int) -> list[int]:
        here = self.strata.unit[self.citizens.stratum] == unit
        return np.flatnonzero(here & (self.citizens.channel == KIOSK)).tolist()

    def submission(self, citizen: int, moment: datetime, sequence: int) -> dict[str, Any]:
        unit, procedure, service_channel = self.strata.key(int(self.citizens.stratum[citizen]))
        return {
            "id": str(new_id(moment)),
            "instrument": self.instrument.name,
            "form": self.form,
            "channel": ANSWER_CHANNELS[KIOSK],
            "unit": unit,
            "procedure": procedure if self.citizens.placed[citizen] else None,
            "service_channel": service_channel,
            "started_at": (moment - timedelta(seconds=30 + citizen % 40)).isoformat(),
            "submitted_at": moment.isoformat(),
            "language": language_of(citizen),
            "complete": bool(self.citizens.complete[citizen]),
            "sequence": sequence,
            "answers": {item: _WORDS.get(a, a) for item, a in self.answers(citizen) if a != NOT_ASKED},
        }

    def answers(self, citizen: int) -> Iterator[tuple[str, int]]:
        return zip(self.items, self.citizens.answers[citizen].tolist(), strict=True)

    def links_wanted(self) -> dict[int, int]:
        """Return the number of answered links of each stratum."""
        stratum, count = np.unique(self.citizens.stratum[self.behind_links()], return_counts=True)
        return dict(zip(stratum.tolist(), count.tolist(), strict=True))

    def link_answers(self, tokens: Mapping[int, list[str]]) -> Iterator[LinkAnswer]:
        """tokens: by stratum. A browser sends nothing for a question that was left alone."""
        left = {stratum: iter(mine) for stratum, mine in tokens.items()}
        for citizen in self.behind_links().tolist():
            said = ((item, _WORDS.get(answer, answer)) for item, answer in self.answers(citizen))
            form = {item: str(answer) for item, answer in said if answer is not None}
            yield LinkAnswer(next(left[int(self.citizens.stratum[citizen])]), language_of(citizen), form)

    def behind_links(self) -> IntArray:
        return np.flatnonzero(self.citizens.channel == SMS)


def language_of(citizen: int) -> str:
    return "vi" if citizen % _CITIZENS_PER_ENGLISH_SPEAKER else "en"


class Visits:
    """When citizens stood at kiosks: office hours of the working days between a round's opening and now."""

    def __init__(self, opens_at: datetime, now: datetime, seed: int) -> None:
        first, today = opens_at.astimezone(LOCAL).date(), now.astimezone(LOCAL).date()
        days = [first + timedelta(days=n) for n in range(1, (today - first).days)]
        self.mornings = [datetime.combine(day, OPENS, LOCAL) for day in days if day.weekday() < 5]
        self.now = now
        self.random = np.random.default_rng((seed, 1))

    def draw(self, count: int) -> list[datetime]:
        """Return the moments in order. A round that opens now has no past: all citizens come now."""
        if not self.mornings:
            return [self.now] * count
        open_for = timedelta(hours=CLOSES.hour - OPENS.hour, minutes=CLOSES.minute - OPENS.minute)
        days = self.random.integers(0, len(self.mornings), count).tolist()
        seconds = self.random.integers(0, int(open_for.total_seconds()), count).tolist()
        return sorted(
            self.mornings[day] + timedelta(seconds=second) for day, second in zip(days, seconds, strict=True)
        )
