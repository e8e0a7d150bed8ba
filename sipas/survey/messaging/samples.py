"""What the texts look like and cost, for the unit whose name is longest, before any is sent."""

from datetime import date

import msgspec

from sipas.messages import LANGUAGES
from sipas.queries.messages import Kind
from sipas.survey.catalogue import Catalogue
from sipas.survey.messaging.config import SmsConfig
from sipas.survey.messaging.segments import segment
from sipas.survey.messaging.texts import compose, link_address

TOKEN = "x" * 11
KINDS: tuple[Kind, ...] = ("invitation", "reminder")


class Sample(msgspec.Struct, frozen=True):
    """The longest. units: septets or characters. too_long: so many of today's units need several segments."""

    kind: Kind
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


def build_samples(catalogue: Catalogue, config: SmsConfig, public_url: str, today: date) -> list[Sample]:
    names = sorted(unit.name for unit in catalogue.units.values() if (unit.valid_to or date.max) >= today)
    return [
        sample(kind, language, names or ["…"], config, link_address(public_url, TOKEN, language))
        for kind in KINDS
        for language in LANGUAGES
    ]


def sample(kind: Kind, language: str, names: list[str], config: SmsConfig, url: str) -> Sample:
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
    return Sample(
        kind,
        language,
        texts[longest],
        found[longest].encoding,
        found[longest].units,
        len(found[longest].parts),
        sum(len(one.parts) > 1 for one in found),
    )
