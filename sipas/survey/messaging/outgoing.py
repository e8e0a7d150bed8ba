"""Composes messages: decrypts payloads and writes texts just before sending."""

import logging
from collections.abc import Sequence

from sipas.queries.messages import Claimed
from sipas.settings import Settings
from sipas.survey.catalogue import LiveCatalogue
from sipas.survey.contacts.message_payload import MessagePayload, decrypt_payload
from sipas.survey.encryption import DecryptionError, FieldCipher
from sipas.survey.messaging.config import SmsConfig
from sipas.survey.messaging.texts import compose, link_address
from sipas.survey.messaging.transports import Deferred, OutgoingSms
from sipas.survey.tokens import hash_link

_LOG = logging.getLogger(__name__)

_Composed = tuple[Claimed, OutgoingSms | Deferred]


class MessageComposer:
    def __init__(
        self, catalogue: LiveCatalogue, settings: Settings, config: SmsConfig, cipher: FieldCipher
    ) -> None:
        self.catalogue, self.config, self.cipher = catalogue, config, cipher
        self.secret, self.public_url = settings.secret, settings.public_url

    async def compose_all(self, claimed: Sequence[Claimed]) -> list[_Composed]:
        if not self.catalogue.now.units.keys() >= {one.about.unit_id for one in claimed}:
            await self.catalogue.refresh()
        return [(one, self.address(one, self.decrypt(one))) for one in claimed]

    def decrypt(self, claimed: Claimed) -> MessagePayload | None:
        try:
            return decrypt_payload(claimed.payload, self.cipher)
        except DecryptionError as error:
            _LOG.error("message %s waits: %s", claimed.key, error)
            return None

    def address(self, claimed: Claimed, payload: MessagePayload | None) -> OutgoingSms | Deferred:
        """Return the message. A wrong key or secret defers only this message."""
        if payload is None:
            return Deferred("encrypted with another key")
        if hash_link(payload.token, self.secret) != claimed.link_hash:
            _LOG.error("message %s waits: its link was made with another SIPAS_SECRET", claimed.key)
            return Deferred("made with another secret")
        text = compose(
            claimed.about.kind,
            payload.language,
            self.config.texts,
            unit=self.catalogue.now.units[claimed.about.unit_id].name,
            url=link_address(self.public_url, payload.token, payload.language),
            plain=self.config.plain,
            takes_replies=self.config.offers_replies,
        )
        return OutgoingSms(claimed.key, payload.phone, text, claimed.expires_at)
