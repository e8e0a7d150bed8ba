"""GET /kiosks: the terminals, their problems and remedies, for users who may read results."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from litestar import Request, get
from litestar.datastructures import State
from litestar.response import Redirect, Template

from sipas.charts.numbers import choose_language, count, with_unit
from sipas.messages import Translate, find_text, long_date, texts
from sipas.routes.guards import find_reader
from sipas.routes.pages import language_of, page
from sipas.routes.session import to_sign_in
from sipas.survey.catalogue import LOCAL
from sipas.survey.kiosks.fleet import KIOSK_PROBLEMS, KioskProblem, Terminal, list_terminals

_NUMBERS_NAMED = 5  # listed one by one
_TERMINALS_NAMED = 8  # with the same problem, before the rest is folded
_TERMINALS_UNFOLDED = 20  # largest table shown unfolded


@dataclass(frozen=True)
class _Complaint:
    """One problem: the terminals that have it, with details."""

    problem: KioskProblem
    terminals: list[tuple[Terminal, str]]


@get("/kiosks")
async def get_fleet(request: Request[Any, Any, State], state: State) -> Template | Redirect:
    language = language_of(request)
    reader = await find_reader(request)
    if not (reader or state.open_to_all):
        return to_sign_in(request)
    now = datetime.now(UTC)
    terminals = await list_terminals(state.pool, state.catalogue, now)
    return page(
        "fleet.html",
        language,
        {
            "signed_in": bool(reader),
            "terminals": [one for one in terminals if one.state != "retired"],
            "retired": [one for one in terminals if one.state == "retired"],
            "troubled": sum(bool(one.problems) for one in terminals),
            "complaints": _complaints(terminals, _Words(language, now)),
            "words": _Words(language, now),
            "at_once": _TERMINALS_NAMED,
            "few": _TERMINALS_UNFOLDED,
        },
    )


def _complaints(terminals: Sequence[Terminal], words: "_Words") -> list[_Complaint]:
    """Return the problems that occur, the most urgent first."""
    found = [
        _Complaint(
            problem, [(one, words.detail(problem, one)) for one in terminals if problem in one.problems]
        )
        for problem in KIOSK_PROBLEMS
    ]
    return [complaint for complaint in found if complaint.terminals]


class _Words:
    """Texts about terminals, in one language at one moment."""

    def __init__(self, language: str, now: datetime) -> None:
        self.language, self.now = choose_language(language), now
        self.t: Translate = texts(language)

    def count(self, number: int | None) -> str:
        return "–" if number is None else count(number, self.language)

    def share(self, share: float | None) -> str:
        return with_unit(share, "share", self.language, short=True)

    def moment(self, moment: datetime | None) -> str:
        """Return the time in Vietnam, with the day if it is not today."""
        if moment is None:
            return "–"
        local, today = moment.astimezone(LOCAL), self.now.astimezone(LOCAL)
        if local.date() == today.date():
            return f"{local:%H:%M}"
        return f"{local:%H:%M}, {long_date(self.language, local.date())}"

    def span(self, span: timedelta) -> str:
        """Return a duration in a suitable unit."""
        minutes = max(0, int(span.total_seconds() // 60))
        if minutes < 120:
            return self.t("fleet.minutes", n=minutes)
        if minutes < 48 * 60:
            return self.t("fleet.hours", n=minutes // 60)
        return self.t("fleet.days", n=self.count(minutes // (24 * 60)))

    def missing(self, terminal: Terminal) -> str:
        shown = ", ".join(terminal.missing[:_NUMBERS_NAMED])
        return f"{shown}, …" if len(terminal.missing) > _NUMBERS_NAMED else shown

    def detail(self, problem: KioskProblem, terminal: Terminal) -> str:
        return self.t(f"fleet.{problem}_detail", **self.particulars(problem, terminal))

    def particulars(self, problem: KioskProblem, terminal: Terminal) -> dict[str, str]:
        match problem:
            case "full":
                return {"share": self.share(terminal.storage)}
            case "refused":
                reasons = ", ".join(
                    find_text(self.language, f"refusal.{reason}") or reason for reason in terminal.reasons
                )
                return {"n": self.count(terminal.refused), "reasons": reasons}
            case "silent":
                heard = terminal.heard_at or terminal.enrolled_at or self.now
                waiting = self.count(terminal.queue or 0)
                return {"moment": self.moment(heard), "span": self.span(self.now - heard), "n": waiting}
            case "behind":
                oldest = terminal.oldest_unsent or self.now
                return {"n": self.count(terminal.queue), "span": self.span(self.now - oldest)}
            case "unit":
                return {"unit": terminal.unit}
            case "clock":
                ahead = terminal.clock or 0
                way = self.t("fleet.fast" if ahead > 0 else "fleet.slow")
                return {"way": way, "span": self.span(timedelta(seconds=abs(ahead)))}
            case "fault":
                word = terminal.problem or ""
                return {"word": find_text(self.language, f"fault.{word}") or word}
            case "files":
                return {
                    "n": self.count(terminal.files_missing),
                    "restored": self.count(terminal.files_restored),
                }
            case "gaps":
                return {"n": self.count(terminal.lost), "numbers": self.missing(terminal)}
            case "held":
                return {"n": self.count(terminal.held), "kiosk": str(terminal.kiosk)}
            case "left":
                return {"n": self.count(terminal.queue)}
            case "expired":
                return {"kiosk": str(terminal.kiosk)}
