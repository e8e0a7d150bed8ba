"""Attributes that the mix keeps of each answer: combinations that at least k answers share.

An office knows the sex or age of many who got a link. The first attributes of the form are kept first. Values
that fewer than k share are left out together; if these are fewer than k, the rarest kept value joins them.
"""

from collections.abc import Sequence

from sipas.survey.instruments.items import OPTION_ORDER
from sipas.survey.links.coarsening import grouped


def shared_attributes(answers: Sequence[dict[str, str]], k: int) -> list[dict[str, str]]:
    """Return the attributes to keep of each answer of a group that shares all else.

    The order in which options were shown is chance, says nothing of the person, and is always kept.
    """
    kept = [{name: one[name] for name in (OPTION_ORDER,) if name in one} for one in answers]
    names = [name for name in dict.fromkeys(n for one in answers for n in one) if name != OPTION_ORDER]
    _keep(answers, list(range(len(answers))), names, k, kept)
    return kept


def _keep(
    answers: Sequence[dict[str, str]],
    places: list[int],
    names: Sequence[str],
    k: int,
    kept: Sequence[dict[str, str]],
) -> None:
    """Keep the first of the names where its value is shared, then the others within what shares it."""
    if not names or len(places) < k:
        return
    name, *later = names
    groups = grouped(places, [answers[place].get(name) for place in range(len(answers))])
    known = sorted((one for one in groups if name in answers[one[0]]), key=len, reverse=True)
    shared = [one for one in known if len(one) >= k]
    in_shared = {place for one in shared for place in one}
    rest = [place for place in places if place not in in_shared]
    while shared and 0 < len(rest) < k:
        rest += shared.pop()
    for group in shared:
        for place in group:
            kept[place][name] = answers[place][name]
        _keep(answers, group, later, k, kept)
    _keep(answers, sorted(rest), later, k, kept)
