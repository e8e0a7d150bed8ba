"""Names of the columns that every round has, and the values of two of them."""

from typing import Final

from sipas.tables.names import letters_and_numbers

CHANNELS = ("kiosk", "sms", "web", "tablet", "paper")
SERVICE_CHANNELS = ("counter", "online", "post")
# Names of the answer channels in files, without capitals, accents, spaces and punctuation.
_CHANNEL_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "kiosk": ("kiosk", "kiot", "maydanhgia", "taikiosk", "taikiot", "vanglai", "walkup", "walkin"),
    "sms": ("sms", "tinnhan", "tinnhansms", "link", "duongdan", "moi", "duocmoi", "invited", "invitation"),
    "web": ("web", "website", "qr", "qrcode", "maqr", "poster", "tunguyen"),
    "tablet": ("tablet", "maytinhbang"),
    "paper": ("paper", "giay", "phieugiay", "bangiay"),
}
_CHANNEL_OF: Final = {word: channel for channel, words in _CHANNEL_WORDS.items() for word in words}
_SERVICE_WORDS: Final = {*SERVICE_CHANNELS, "postal", "tructiep", "tructuyen", "buuchinh", "taiquay", "quay"}

FLAG = "flagged"  # attribute of a response answered too fast to have been read
TOO_FAST = "fast"
UNFLAGGED = ("false", "no", "0")  # its value

PERIOD_COLUMNS = frozenset({"day", "month", "quarter", "year"})
RESERVED_COLUMNS = frozenset(
    {
        *(
            "month",
            "quarter",
            "year",
            "unit",
            "unit_type",
            "procedure",
            "field",
            "service_channel",
            "channel",
            "form",
            "complete",
            FLAG,
        ),
    }
)
IMPORT_COLUMNS = frozenset(
    {
        *("response_id", "unit", "procedure", "service_channel", "channel", "form", "language"),
        *("started_at", "submitted_at", "complete", "comment"),
    }
)


def answer_channel(text: str) -> str | None:
    """Return the answer channel that a file means by `SMS`, `Ki-ốt` or `kiosk 2`; None if it is unknown."""
    return _CHANNEL_OF.get(letters_and_numbers(text)[0])


def is_service_channel(text: str) -> bool:
    """Whether a value of `channel` says how the service was given, and not how the answer came."""
    return letters_and_numbers(text)[0] in _SERVICE_WORDS
