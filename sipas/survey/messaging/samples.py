"""Sample messages: text and cost for the unit with the longest name, before anything is sent."""

from datetime import date

import msgspec

from sipas.messages import LANGUAGES
from sipas.queries.messages import MessageKind
from sipas.survey.catalogue import Catalogue
from sipas.survey.messaging.config import SmsConfig
from sipas.survey.messaging.segments import segment
from sipas.survey.messaging.texts import compose, link_address

_SAMPLE_TOKEN = "x" * 11
_SAMPLE_KINDS: tuple[MessageKind, ...] = ("invitation", "reminder")


class SampleMessage(msgspec.Struct, frozen=True):
    """The longest message. units: septets or characters. too_long: number of units that need several
    segments.
    """

    kind: MessageKind
    language: str
    text: str
    encoding: str
    units: int
    segments: int
    too_long: int

    @property
    def warning(self) -> str:
        letters = "septets" if self.encoding == "gsm-7" else "characters"
        whose = "the name of 1 unit" if self.too_long == 1 else f"the names of {self.too_long:,} units"
        return (
            f"the {self.kind} in {self.language} takes up to {self.segments} segments "
            f"({self.units} {letters}), more than one with {whose}"
        )


def build_samples(
    catalogue: Catalogue, config: SmsConfig, public_url: str, today: date
) -> list[SampleMessage]:
    names = sorted(unit.name for unit in catalogue.units.values() if (unit.valid_to or date.max) >= today)
    return [
        _sample(kind, language, names or ["…"], config, link_address(public_url, _SAMPLE_TOKEN, language))
        for kind in _SAMPLE_KINDS
        for language in LANGUAGES
    ]


def _sample(kind: MessageKind, language: str, names: list[str], config: SmsConfig, url: str) -> SampleMessage:
    texts = [
        compose(
            kind,
            language,
            config.texts,
            unit=name,
            url=url,
            plain=config.plain,
            takes_replies=config.offers_replies,
        )
        for name in names
    ]
    found = [segment(text) for text in texts]
    longest = max(range(len(texts)), key=lambda place: (len(found[place].parts), found[place].units))
    return SampleMessage(
        kind,
        language,
        texts[longest],
        found[longest].encoding,
        found[longest].units,
        len(found[longest].parts),
        sum(len(one.parts) > 1 for one in found),
    )
