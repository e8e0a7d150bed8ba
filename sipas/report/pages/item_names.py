"""Short names of items for tables: the parts in which their questions differ."""

from collections.abc import Mapping

from sipas.messages import Language, text

_ITEMS_TO_COMPARE = 3  # of fewer, what they have in common may be all that they say
_ENDS = " ?.!"


def short_names(questions: Mapping[str, str], language: Language) -> dict[str, str]:
    """Return the questions without the words with which all of them begin and end.

    "How satisfied are you with the signs?" becomes "The signs" if all questions begin like that.
    """
    if len(questions) < _ITEMS_TO_COMPARE:
        return dict(questions)
    words = {item: question.rstrip(_ENDS).split() for item, question in questions.items()}
    first = _common([*words.values()])
    last = _common([one[:first:-1] for one in words.values()])
    joins = text(language, "dashboard.joining_words").split()
    return {
        item: _name(one[first : len(one) - last], joins if first else []) or questions[item]
        for item, one in words.items()
    }


def _common(lists: list[list[str]]) -> int:
    """Return how many words all lists begin with; at least one word of each is left."""
    shortest = min(map(len, lists))
    same = 0
    while same < shortest - 1 and len({one[same] for one in lists}) == 1:
        same += 1
    return same


def _name(words: list[str], joins: list[str]) -> str:
    left = words[1:] if len(words) > 1 and words[0] in joins else words
    name = " ".join(left)
    return name[:1].upper() + name[1:]
