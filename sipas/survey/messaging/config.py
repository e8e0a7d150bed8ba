"""SMS configuration: the TOML file of SIPAS_SMS, or `sms.toml` in the data directory."""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from sipas.errors import InputError
from sipas.settings import Settings
from sipas.survey.messaging.quiet_hours import QuietHours
from sipas.survey.messaging.texts import Wording, promises_reply

_LOG = logging.getLogger(__name__)
_REPLY_WARNING = (
    "the texts tell citizens to opt out by reply, but {reason}; set takes_replies = false in sms.toml, or "
    "true if replies reach sipas all the same"
)
_Positive = Annotated[int, msgspec.Meta(ge=1)]


class SmppGateway(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """decimal_receipts: the provider writes ids in hexadecimal in responses and in decimal in receipts."""

    host: str
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)]
    system_id: Annotated[str, msgspec.Meta(max_length=15)]
    password: Annotated[str, msgspec.Meta(max_length=8)]
    system_type: Annotated[str, msgspec.Meta(max_length=12)] = ""
    tls: bool = False
    source_ton: Annotated[int, msgspec.Meta(ge=0, le=6)] | None = None
    source_npi: Annotated[int, msgspec.Meta(ge=0, le=18)] | None = None
    decimal_receipts: bool = False


class Success(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The field that says whether a gateway accepted the message, if it answers 200 to everything."""

    path: str
    value: str


class Callback(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Fields of the gateway's callbacks: receipts (id, status) and replies (phone, text).

    delivered, failed: status words besides those that every provider uses (`statuses.py`).
    """

    token: Annotated[str, msgspec.Meta(min_length=16)]
    id: str = "id"
    status: str = "status"
    delivered: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    phone: str = "from"
    text: str = "text"


class HttpGateway(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """body and headers may contain {phone}, {digits}, {text}, {sender}, {key}. id: its field in the
    response.
    """

    url: str
    body: dict[str, Any]
    headers: dict[str, str] = {}
    id: str | None = None
    success: Success | None = None
    callback: Callback | None = None


class SmsConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """per_day None: no cap. at_once: messages in flight, and so the most that a broken line can double.

    takes_replies: whether citizens can answer the sender; None where the file does not say so: they can.
    """

    transport: Literal["log", "smpp", "http"] = "log"
    sender: Annotated[str, msgspec.Meta(max_length=20)] = ""
    takes_replies: bool | None = None
    plain: bool = True
    per_day: _Positive | None = None
    per_second: _Positive = 20
    at_once: _Positive = 20
    timeout: _Positive = 30
    quiet: QuietHours = QuietHours()
    texts: dict[str, Wording] = {}
    smpp: SmppGateway | None = None
    http: HttpGateway | None = None

    def __post_init__(self) -> None:
        if self.transport != "log" and getattr(self, self.transport) is None:
            raise ValueError(f'transport = "{self.transport}" needs a table [{self.transport}]')
        if not self.offers_replies:
            self._check_texts()

    def _check_texts(self) -> None:
        """Refuse a text that tells citizens to answer a sender that takes no replies."""
        for language, wording in self.texts.items():
            for name, words in msgspec.structs.asdict(wording).items():
                if words and promises_reply(words):
                    raise ValueError(
                        f"[texts.{language}] {name} tells citizens to opt out by reply ({words!r}), but "
                        "takes_replies is false; take that out: the page behind {url} offers the opt-out"
                    )

    @property
    def offers_replies(self) -> bool:
        return self.takes_replies is not False

    @property
    def replies_warning(self) -> str | None:
        """Why replies that the texts promise may never reach sipas, where the file leaves that open."""
        if self.takes_replies is not None:
            return None
        if self.transport == "http" and self.http and self.http.callback is None:
            return _REPLY_WARNING.format(reason="there is no [http.callback] to report replies")
        if any(letter.isalpha() for letter in self.sender):
            return _REPLY_WARNING.format(reason=f"a phone cannot answer the name {self.sender!r}")
        return None

    @property
    def patience(self) -> timedelta:
        """Return the timeout of the provider's answer to one message."""
        return timedelta(seconds=self.timeout)


def config_file(settings: Settings) -> Path:
    return settings.sms or settings.data_dir / "sms.toml"


class LiveSms:
    """The configuration of a running service. If its file cannot be read, the last readable one stays
    valid.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.last: SmsConfig | None = None
        self.problem = ""

    def read(self) -> SmsConfig | None:
        """Return None if no configuration has been read yet. The reason is logged once and not shown to
        the caller.
        """
        try:
            self.last, self.problem = read_sms(self.settings), ""
        except (InputError, OSError) as error:
            if str(error) != self.problem:
                _LOG.error("the earlier configuration of messages is kept: %s", error)
            self.problem = str(error)
        return self.last


def read_sms(settings: Settings) -> SmsConfig:
    """Read the configuration. Without a file, messages go to the log. A file set by SIPAS_SMS must exist."""
    file = config_file(settings)
    if settings.sms is None and not file.exists():
        return SmsConfig()
    try:
        return msgspec.toml.decode(file.read_bytes(), type=SmsConfig)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: {error}; docs/guides/sms.md has examples") from error
