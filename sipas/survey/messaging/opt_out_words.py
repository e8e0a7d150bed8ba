"""Recognises opt-out replies: a keyword, or a sentence that refuses messages, surveys or contact.

A keyword counts alone, with courtesy words, or with messages as its object. A sentence counts only if its
object is messages or being contacted: "Đừng gửi hồ sơ" and "Hủy thẻ cũ" are about something else.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final
from unicodedata import category, normalize

from sipas.survey.messaging import opt_out_vocabulary as vocabulary
from sipas.survey.messaging.texts import without_marks

_SIGNATURE: Final = re.compile(r"\n\s*(?:--|sent from|gửi từ|đã gửi từ).*", re.IGNORECASE | re.DOTALL)
_CLAUSE_ENDS: Final = re.compile(r"[,.;!?\n]+")
_WORD: Final = re.compile(r"[^\W\d_]+")
_Words = Sequence[str]
_SPELLED_LETTERS: Final = max(map(len, vocabulary.SPELLED_KEYWORDS))


class _Phrases:
    """Phrases, which match words with the same diacritics or with none."""

    def __init__(self, *lists: Iterable[str]) -> None:
        self.phrases: defaultdict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
        for phrase in (normalize("NFC", phrase) for one in lists for phrase in one):
            self.phrases[tuple(without_marks(phrase).split())].append(tuple(phrase.split()))
        self.longest = max(map(len, self.phrases))

    def length(self, words: _Words) -> int:
        """Return how many words the longest phrase at the beginning takes; 0 for none."""
        for length in range(min(self.longest, len(words)), 0, -1):
            if self._matches(words[:length]):
                return length
        return 0

    def _matches(self, words: _Words) -> bool:
        plain = tuple(map(without_marks, words))
        return any(
            all(word in pair for word, *pair in zip(words, phrase, plain, strict=True))
            for phrase in self.phrases.get(plain, ())
        )


_KEYWORDS = _Phrases(vocabulary.KEYWORDS)
_AMBIGUOUS: Final = frozenset(vocabulary.AMBIGUOUS)
_AFTER_AMBIGUOUS = _Phrases(vocabulary.AFTER_AMBIGUOUS)
_LEADING = _Phrases(vocabulary.LEADING)
_COURTESY = _Phrases(vocabulary.COURTESY, vocabulary.KEYWORDS)
_NEGATIONS, _WISHES = _Phrases(vocabulary.NEGATIONS), _Phrases(vocabulary.WISHES)
_REQUESTS = _Phrases(vocabulary.REQUESTS)
_ENGLISH_REQUESTS = _Phrases(vocabulary.ENGLISH_REQUESTS, vocabulary.ENGLISH_WISHES)
_ENGLISH_VERBS = _Phrases(vocabulary.ENGLISH_VERBS)
_CONTACT = _Phrases(vocabulary.CONTACT_VERBS)
_WEAK, _RECEIVING = _Phrases(vocabulary.WEAK_VERBS), _Phrases(vocabulary.RECEIVING)
_OBJECTS, _WHOLE = _Phrases(vocabulary.OBJECTS), _Phrases(vocabulary.WHOLE_REQUESTS)
_AFTER_OBJECT = _Phrases(vocabulary.AFTER_OBJECT, vocabulary.COURTESY, vocabulary.OBJECTS)
_STOPS = _Phrases(vocabulary.STOPS)
_AGAIN: Final = frozenset(vocabulary.AGAIN)


def asks_to_stop(text: str) -> bool:
    """Return True for "STOP", "T.C" and "Tôi từ chối nhận tin", not for "Đúng rồi ạ" or "TC tốt"."""
    visible = "".join(letter for letter in normalize("NFKC", text) if category(letter) != "Cf")
    tidy = _SIGNATURE.sub("", visible.lower())
    if _is_spelled_keyword(_WORD.findall(tidy)):
        return True
    clauses = [words for clause in _CLAUSE_ENDS.split(tidy) if (words := _WORD.findall(clause))]
    first = next((place for place, words in enumerate(clauses) if not _is_greeting(words)), len(clauses))
    return any(
        _is_request(clause, alone=place <= first) for place, clause in enumerate(clauses) if place >= first
    )


def _is_greeting(words: _Words) -> bool:
    return _leading(words) == len(words)


def _leading(words: _Words) -> int:
    """Count the words in front that only name the speaker or are courtesy."""
    count = 0
    while length := _LEADING.length(words[count:]):
        count += length
    return count


def _is_request(words: _Words, *, alone: bool) -> bool:
    """Whether a clause asks to end messages. alone: a keyword without an object counts."""
    starts = range(min(_leading(words) + 1, len(words)))
    return any(_begins_request(words[start:], alone=alone, leading=start > 0) for start in starts)


def _begins_request(words: _Words, *, alone: bool, leading: bool) -> bool:
    if length := _WHOLE.length(words):
        return _may_follow_object(words[length:])
    if length := _KEYWORDS.length(words):
        rest = words[length:]
        if words[0] in _AMBIGUOUS:
            return _is_clear(words[0], rest, alone=alone and not leading)
        return (alone and _consists_of(_COURTESY, rest)) or _refuses_object(rest)
    return _refuses_contact(words, alone=alone)


def _is_clear(word: str, rest: _Words, *, alone: bool) -> bool:
    """Whether "dung" or "huy" can only be a request."""
    if alone and (not rest or (word == "huy" and _consists_of(_AFTER_AMBIGUOUS, rest))):
        return True
    if word == "huy":
        return _refuses_object(rest)
    return _refuses_by(rest, _CONTACT, _WEAK) or (_RECEIVING.length(rest) > 0 and _says_again(rest))


def _refuses_object(words: _Words) -> bool:
    """Whether messages are the object, after "cho tôi" and the like."""
    while words:
        if length := _OBJECTS.length(words):
            return _may_follow_object(words[length:])
        length = _COURTESY.length(words)
        if not length:
            return False
        words = words[length:]
    return False


def _refuses_contact(words: _Words, *, alone: bool) -> bool:
    if length := _REQUESTS.length(words):
        rest = words[length:]
        again = _RECEIVING.length(rest) > 0 and _says_again(rest) and _refuses_by(rest, _RECEIVING)
        return again or _refuses_by(rest, _CONTACT, _WEAK)
    if length := _ENGLISH_REQUESTS.length(words):
        rest = words[length:]
        if rest and rest[0] == "to":
            rest = rest[1:]
        return _refuses_by(rest, _ENGLISH_VERBS)
    if length := _NEGATIONS.length(words):
        rest = words[length:]
        wish = _WISHES.length(rest)
        if wish or _says_again(rest):
            return _refuses_by(rest[wish:], _CONTACT, _WEAK, _RECEIVING)
        return alone and _refuses_by(rest, _CONTACT_ALONE, _RECEIVING)
    return False


# "Không liên hệ" and "không phiền" describe what an office does or how a citizen feels.
_CONTACT_ALONE = _Phrases(
    set(vocabulary.CONTACT_VERBS) - {"liên hệ", "liên lạc", "phiền", "tin nhắn", "nhắn", "nhận thông báo"}
)


def _refuses_by(words: _Words, *verbs: _Phrases) -> bool:
    length = max(one.length(words) for one in verbs)
    return length > 0 and _may_follow_object(words[length:])


def _says_again(words: _Words) -> bool:
    return not _AGAIN.isdisjoint(words)


def _may_follow_object(words: _Words) -> bool:
    """Whether nothing among the words is another object. A reason ends the check."""
    while words:
        if length := _AFTER_OBJECT.length(words):
            words = words[length:]
        else:
            return _STOPS.length(words) > 0
    return True


def _consists_of(phrases: _Phrases, words: _Words) -> bool:
    while words and (length := phrases.length(words)):
        words = words[length:]
    return not words


def _is_spelled_keyword(words: _Words) -> bool:
    """Whether this is a keyword with signs between its letters: "T.C", "T/C ạ", "S T O P"."""
    starts = range(min(_leading(words) + 1, len(words)))
    return any(_begins_spelled(words[start:]) for start in starts)


def _begins_spelled(words: _Words) -> bool:
    letters = ""
    for place, word in enumerate(words[:_SPELLED_LETTERS]):
        if len(word) != 1:
            return False
        letters += word.upper()
        if letters in vocabulary.SPELLED_KEYWORDS:
            return _consists_of(_COURTESY, words[place + 1 :]) or _refuses_object(words[place + 1 :])
    return False
