"""Texts of messages, in the citizen's language."""

import re
from unicodedata import combining, normalize

import msgspec

from sipas.messages import LANGUAGES, text
from sipas.queries.messages import MessageKind

_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_PLACEHOLDER_NAMES = {"unit", "url"}
_TYPED_CHARACTERS = str.maketrans(
    {"đ": "d", "Đ": "D", "–": "-", "—": "-", "“": '"', "”": '"', "‘": "'", "’": "'", "…": "..."}
)


class Wording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An office's own texts, as registered with its provider."""

    invitation: str | None = None
    reminder: str | None = None

    def __post_init__(self) -> None:
        for words in filter(None, (self.invitation, self.reminder)):
            _check_places(words)


def _check_places(words: str) -> None:
    places = set(_PLACEHOLDER.findall(words))
    if unknown := sorted(places - _PLACEHOLDER_NAMES):
        raise ValueError(f"a text names {{{unknown[0]}}}; it can name {{unit}} and {{url}}")
    if "url" not in places:
        raise ValueError("a text must name {url}, the link")


# An instruction to answer: "soạn TC", "reply STOP", or a keyword that stands in capitals ("Từ chối: TC").
_KEYWORD = r"(?:TC|STOP|QUIT|UNSUB\w*|HUY|DUNG|NGUNG|TU CHOI)\b"
_INSTRUCTION = re.compile(
    rf"\bTC\b|\b(?:SOAN|REPLY|TEXT|TRA LOI)\b(?:\W+\w+){{0,2}}?\W+{_KEYWORD}", re.IGNORECASE
)
_CAPITALS = re.compile(r"\b(?:STOP|QUIT|UNSUB\w*|HUY|DUNG|NGUNG)\b")


def promises_reply(words: str) -> bool:
    """Whether a text tells its reader to opt out by a reply."""
    plain = without_marks(_PLACEHOLDER.sub(" ", words))
    return bool(_INSTRUCTION.search(plain) or _CAPITALS.search(plain))


def without_marks(words: str) -> str:
    """Return Vietnamese text without diacritics, as it is typed on simple phones."""
    letters = normalize("NFD", words.translate(_TYPED_CHARACTERS))
    return normalize("NFC", "".join(letter for letter in letters if not combining(letter)))


def link_address(public_url: str, token: str, language: str) -> str:
    """Return the link's address. It opens in the message's language, which is stored nowhere else: beside
    a link it could identify an answer.
    """
    address, language = f"{public_url}/s/{token}", _in_ours(language)
    return address if language == LANGUAGES[0] else f"{address}?lang={language}"


def _in_ours(language: str) -> str:
    """Return a supported language. One-stop systems may send others."""
    return language if language in LANGUAGES else LANGUAGES[0]


def compose(
    kind: MessageKind,
    language: str,
    wordings: dict[str, Wording],
    *,
    unit: str,
    url: str,
    plain: bool,
    takes_replies: bool = True,
) -> str:
    """Return the text of a message.

    plain: without diacritics, so that it needs fewer segments. takes_replies: whether our own words may offer
    an opt-out by reply; without replies they point to the opt-out on the survey's page.
    """
    language = _in_ours(language)
    own = wordings.get(language, Wording())
    words = (own.invitation if kind == "invitation" else own.reminder) or text(
        language, f"sms.{kind}" if takes_replies else f"sms.{kind}_on_page", unit="{unit}", url="{url}"
    )
    # The name is inserted last, so that a brace in it has no meaning.
    said = _PLACEHOLDER.sub(lambda place: {"unit": unit, "url": url}[place[1]], words)
    return (without_marks(said) if plain else normalize("NFC", said)).strip()
