"""A questionnaire read from another program's file: what was understood, and what was not."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.items import AnswerScale, Option, Text

_LANGUAGE_NAMES = {
    "vietnamese": "vi", "tieng viet": "vi", "vi": "vi", "vie": "vi", "vi-vn": "vi",
    "english": "en", "en": "en", "eng": "en", "en-us": "en", "en-gb": "en", "tieng anh": "en",
}  # fmt: skip
_SCALE_WORDS = re.compile(r"hài lòng|satisf|đồng ý|agree", re.IGNORECASE)
_ITEM_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_OTHER_TEXT = {"vi": "Khác", "en": "Other"}
_NONE_TEXT = defaultdict(lambda: "None of these", {"vi": "Không có lựa chọn nào phù hợp"})


class Unread(NamedTuple):
    """A feature that was not understood. place: sheet and row, or the path in a JSON file."""

    place: str
    feature: str

    def __str__(self) -> str:
        return f"{self.place}: {self.feature}"


class LeftOut(Exception):
    """A question or group with a condition that is not understood: without it, everyone would be asked."""


@dataclass(frozen=True)
class ForeignQuestionnaire:
    """unread: features that were left out. assumed: what the file does not say."""

    instrument: Instrument
    unread: Sequence[Unread] = ()
    assumed: Sequence[str] = ()


@dataclass
class Notes:
    """Items and problems that a reader collects."""

    unread: list[Unread] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)

    def skip(self, place: str, feature: str) -> None:
        """Note a feature, once however often its cell is read."""
        if (found := Unread(place, feature)) not in self.unread:
            self.unread.append(found)


def language_code(name: str) -> str | None:
    """Return vi or en for the names of these languages, such as "Vietnamese (vi)"; None for others."""
    in_brackets = re.search(r"\(([^)]+)\)\s*$", name)
    bare = in_brackets.group(1) if in_brackets else name
    plain = "".join(c for c in unicodedata.normalize("NFD", bare) if not unicodedata.combining(c))
    return _LANGUAGE_NAMES.get(plain.strip().lower())


def language_of_text(text: str) -> str:
    """Return vi for text with Vietnamese letters, else en."""
    return "vi" if re.search("[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9àáèéìíòóùúýãõ]", text) else "en"


def instrument_id(name: str) -> str:
    """Return the name as an id of an instrument: small letters, digits, _ and -."""
    plain = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    kept = re.sub(r"[^a-z0-9_-]+", "-", "".join(c for c in plain if not unicodedata.combining(c)))
    kept = kept.strip("-_")
    return kept if re.match("[a-z]", kept) else f"form-{kept}".strip("-")


def is_item_id(name: str) -> bool:
    return bool(_ITEM_ID.fullmatch(name))


def other_option(languages: Sequence[str]) -> Option:
    return Option("other", {one: _OTHER_TEXT.get(one, "Other") for one in languages}, other=True)


def none_option(languages: Sequence[str], text: Text) -> Option:
    """Return the option for people to whom no other applies. text: as the file words it."""
    return Option(
        "none", filled(text, languages, "") if text else {one: _NONE_TEXT[one] for one in languages}
    )


def looks_like_scale(options: Sequence[Option], times_used: int) -> bool:
    """Whether options are points of a scale: consecutive numbers that several questions use, or whose
    labels speak of satisfaction or agreement.
    """
    if len(options) < 3 or not all(re.fullmatch("[0-9]{1,3}", option.code) for option in options):
        return False
    points = sorted(int(option.code) for option in options)
    if points != list(range(points[0], points[0] + len(points))):
        return False
    labels = " ".join(text for option in options for text in option.text.values())
    return times_used > 1 or bool(_SCALE_WORDS.search(labels))


def scale_of(options: Sequence[Option], languages: Sequence[str]) -> AnswerScale:
    """Return the scale of these options. The points above the middle count as satisfied."""
    rising = sorted(options, key=lambda option: int(option.code))
    points = tuple(int(option.code) for option in rising)
    satisfied = points[len(points) // 2 + len(points) % 2]
    labels = {one: tuple(option.text.get(one, option.code) for option in rising) for one in languages}
    return AnswerScale(points, satisfied, labels)


def filled(text: Text, languages: Sequence[str], instead: str) -> Text:
    """Return the text in all languages: where one is missing, another, or what stands instead."""
    known = next((text[one] for one in languages if text.get(one)), instead)
    return {one: text.get(one) or known for one in languages}
