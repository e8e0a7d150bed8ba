"""The way through a survey of several pages: what a posted page leads to."""

from collections.abc import Mapping

import msgspec

from sipas.survey.instruments.sheets import Sheet
from sipas.survey.intake.answer_coding import AnswerValue, missing_answers
from sipas.survey.links.survey_fields import field_names, whole_number
from sipas.survey.links.survey_page import BACK, DRAFT, LANGUAGE, PAGE, PASS, ShownPage, parse_form
from sipas.survey.links.survey_parts import FormPart, pages_of, parts_asked, shown_parts

_STAYS = (LANGUAGE, DRAFT)  # buttons that leave the page as it is


class Progress(msgspec.Struct, frozen=True):
    """The state of a survey. page: to be shown, with its errors. finished: the answers can be sent."""

    answers: dict[str, AnswerValue]
    page: ShownPage
    errors: dict[str, str] = {}
    finished: bool = False


class SurveyFlow:
    """A form's pages for one person. seed: of the items drawn."""

    def __init__(self, sheet: Sheet, seed: bytes) -> None:
        self.sheet, self.seed = sheet, seed
        self.pages = pages_of(sheet.instrument, parts_asked(sheet.instrument, sheet.form, seed))

    def merged(
        self, earlier: Mapping[str, str], sent: Mapping[str, str], controls: Mapping[str, str]
    ) -> dict[str, str]:
        """Return the fields of earlier pages with those of the page that was sent."""
        own = self._names_on(self.number(controls))
        return {**{name: value for name, value in self.known(earlier).items() if name not in own}, **sent}

    def known(self, fields: Mapping[str, str]) -> dict[str, str]:
        """Return the fields that belong to a page."""
        names = {name for number in range(len(self.pages)) for name in self._names_on(number)}
        return {name: value for name, value in fields.items() if name in names}

    def number(self, controls: Mapping[str, str]) -> int:
        return min(whole_number(controls.get(PAGE, "")) or 0, len(self.pages) - 1)

    def resume(self, fields: Mapping[str, str]) -> Progress:
        """Return the first page that has a question without an answer."""
        answers, _ = self._parse(fields)
        missing = set(missing_answers(answers, self.sheet))
        for number in range(len(self.pages)):
            asked = [item.id for part in self._shown(number, answers) for item in part.items]
            if asked and (missing & {*asked} or all(answers[item] is None for item in asked)):
                return Progress(answers, self._page(number, answers, fields))
        return Progress(answers, self._page(self._last(answers), answers, fields))

    def at(self, number: int, fields: Mapping[str, str]) -> Progress:
        """Return the page of that number, or the last before it that has something to show."""
        answers, _ = self._parse(fields)
        here = min(number, len(self.pages) - 1)
        shown = here if self._shown(here, answers) else self._beside(here, answers, -1)
        return Progress(answers, self._page(shown, answers, fields))

    def advance(self, fields: Mapping[str, str], controls: Mapping[str, str]) -> Progress:
        """Return what follows from a posted page. fields: of all pages."""
        answers, errors = self._parse(fields)
        here = self.number(controls)
        own = self._names_on(here) | {""}
        stays = any(button in controls for button in _STAYS)
        if BACK in controls and not stays:
            return Progress(answers, self._page(self._beside(here, answers, -1), answers, fields))
        found = {item: key for item, key in errors.items() if item in own and key != "errors.nothing"}
        if not stays and not found and PASS not in controls:
            found = dict.fromkeys(self._missing_on(here, answers), "errors.required")
        if stays or found:
            page = self._page(here, answers, fields, passable="errors.required" in found.values())
            return Progress(answers, page, {} if stays else found)
        following = self._beside(here, answers, 1)
        if following != here:
            return Progress(answers, self._page(following, answers, fields))
        if "errors.nothing" in errors.values():
            first = next(iter(errors))
            return Progress(answers, self._page(0, answers, fields), {first: "errors.nothing"})
        return Progress(answers, self._page(here, answers, fields), finished=True)

    def _parse(self, fields: Mapping[str, str]) -> tuple[dict[str, AnswerValue], dict[str, str]]:
        return parse_form(self.sheet.instrument, self.sheet.form, fields, seed=self.seed)

    def _names_on(self, number: int) -> set[str]:
        return {name for part in self.pages[number] for item in part.items for name in field_names(item)}

    def _shown(self, number: int, answers: Mapping[str, AnswerValue]) -> tuple[FormPart, ...]:
        return shown_parts(self.pages[number], answers, self.sheet)

    def _missing_on(self, number: int, answers: Mapping[str, AnswerValue]) -> list[str]:
        missing = set(missing_answers(answers, self.sheet))
        shown = [item.id for part in self._shown(number, answers) for item in part.items]
        return [item for item in shown if item in missing]

    def _beside(self, here: int, answers: Mapping[str, AnswerValue], step: int) -> int:
        """Return the next page in a direction that has something to show; `here` if there is none."""
        number = here + step
        while 0 <= number < len(self.pages):
            if self._shown(number, answers):
                return number
            number += step
        return here

    def _last(self, answers: Mapping[str, AnswerValue]) -> int:
        return self._beside(len(self.pages), answers, -1)

    def _page(
        self,
        number: int,
        answers: Mapping[str, AnswerValue],
        fields: Mapping[str, str],
        *,
        passable: bool = False,
    ) -> ShownPage:
        before = [self._shown(earlier, answers) for earlier in range(number)]
        own = self._names_on(number)
        return ShownPage(
            parts=self._shown(number, answers),
            number=number,
            pages=len(self.pages),
            first=1 + sum(len(part.items) for parts in before for part in parts),
            passable=passable,
            carried={n: value for n, value in self.known(fields).items() if n not in own and value},
        )
