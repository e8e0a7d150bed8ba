"""What the texts look like and cost, for the unit whose name is longest, before any is sent."""

import msgspec

from sipas.messages import LANGUAGES
from sipas.queries.messages import Kind
from sipas.survey.catalogue import Catalogue
from sipas.survey.sms.config import SmsConfig
from sipas.survey.sms.segments import segment
from sipas.survey.sms.texts import compose, link_address

TOKEN = "x" * 11
KINDS: tuple[Kind, ...] = ("invitation", "reminder")


class Sample(msgspec.Struct, frozen=True):
    """too_long: how many units of the catalogue make the text longer than one segment."""

    kind: Kind
    language: str
    text: str
    encoding: str
    units: int
    segments: int
    too_long: int

    @property
    def warning(self) -> str:
        return (
            f"the {self.kind} in {self.language} takes {self.segments} segments ({self.units} units of "
            f"{self.encoding}) for {self.too_long} units; each segment is paid for"
        )


def build_samples(catalogue: Catalogue, config: SmsConfig, public_url: str) -> list[Sample]:
    names = sorted({unit.name for unit in catalogue.units.values()}) or ["…"]
    return [
        sample(kind, language, names, config, link_address(public_url, TOKEN, language))
        for kind in KINDS
        for language in LANGUAGES
    ]


def sample(kind: Kind, language: str, names: list[str], config: SmsConfig, url: str) -> Sample:
    texts = [compose(kind, language, config.texts, unit=name, url=url, plain=config.plain) for name in names]
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
