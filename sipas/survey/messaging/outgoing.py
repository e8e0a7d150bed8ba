"""Letters opened and addressed, at the last moment before they go out."""

import logging
from collections.abc import Sequence

from sipas.queries.messages import Claimed
from sipas.settings import Settings
from sipas.survey.catalogue import LiveCatalogue
from sipas.survey.contacts.message_payload import Letter, open_letter
from sipas.survey.encryption import Sealer, SealError
from sipas.survey.messaging.config import SmsConfig
from sipas.survey.messaging.texts import compose, link_address
from sipas.survey.messaging.transports import Deferred, Parcel
from sipas.survey.tokens import hash_link

LOG = logging.getLogger(__name__)

Packed = tuple[Claimed, Parcel | Deferred]


class Packer:
    def __init__(
        self, catalogue: LiveCatalogue, settings: Settings, config: SmsConfig, sealer: Sealer
    ) -> None:
        self.catalogue, self.config, self.sealer = catalogue, config, sealer
        self.secret, self.public_url = settings.secret, settings.public_url

    async def pack(self, claimed: Sequence[Claimed]) -> list[Packed]:
        if not self.catalogue.now.units.keys() >= {one.about.unit_id for one in claimed}:
            await self.catalogue.refresh()
        return [(one, self.address(one, self.open(one))) for one in claimed]

    def open(self, claimed: Claimed) -> Letter | None:
        try:
            return open_letter(claimed.payload, self.sealer)
        except SealError as error:
            LOG.error("message %s waits: %s", claimed.key, error)
            return None

    def address(self, claimed: Claimed, letter: Letter | None) -> Parcel | Deferred:
        """What keys and secret do not fit is no fault of the provider's, and of no other message."""
        if letter is None:
            return Deferred("sealed with another key")
        if hash_link(letter.token, self.secret) != claimed.link_hash:
            LOG.error("message %s waits: its link was made with another SIPAS_SECRET", claimed.key)
            return Deferred("made with another secret")
        text = compose(
            claimed.about.kind,
            letter.language,
            self.config.texts,
            unit=self.catalogue.now.units[claimed.about.unit_id].name,
            url=link_address(self.public_url, letter.token, letter.language),
            plain=self.config.plain,
            takes_replies=self.config.offers_replies,
        )
        return Parcel(claimed.key, letter.phone, text, claimed.expires_at)
