"""Scale points drawn as faces, stars or numbers, for any number of points.

kiosk/faces.js draws the same for terminals; a test compares the two.
"""

from math import floor

import msgspec

from sipas.survey.instruments.items import AnswerScale

COLOURS = ("#b2182b", "#d6604d", "#6b7680", "#4393c3", "#2166ac")
_STAR = "M12 1.8l3 6.6 7.2.8-5.4 4.8 1.5 7.1-6.3-3.6-6.3 3.6 1.5-7.1-5.4-4.8 7.2-.8z"
_EYE = '<ellipse cx="{}" cy="27" rx="3.4" ry="4.2"/>'
_EYES = f'<g fill="#fff">{_EYE.format(22)}{_EYE.format(42)}</g>'
_LINES = '<g fill="none" stroke="#fff" stroke-width="3.6" stroke-linecap="round" stroke-linejoin="round">'
_LAUGH = '<path d="M19 39.5Q32 44 45 39.5C44.5 48 39.5 52.5 32 52.5S19.5 48 19 39.5Z" fill="#fff"/>'


class Symbol(msgspec.Struct, frozen=True):
    """A mark that a page defines once and uses at every question."""

    id: str
    view_box: str
    markup: str


def symbols(scale: AnswerScale) -> tuple[Symbol, ...]:
    """Return one symbol for each point, m0 first; none for numbers, which are written."""
    count = len(scale.points)
    if scale.display == "faces":
        moods = [2 * place / (count - 1) - 1 for place in range(count)]
        return tuple(Symbol(f"m{i}", "0 0 64 64", face(mood)) for i, mood in enumerate(moods))
    if scale.display == "stars":
        box = f"0 0 {24 * count} 24"
        return tuple(Symbol(f"m{i}", box, stars(i + 1, count)) for i in range(count))
    return ()


def face(mood: float) -> str:
    """Return a face in a box of 64 by 64. Mouth and brows show the mood from -1 to 1 in any colour."""
    cross, glad = max(0.0, -mood), max(0.0, mood)
    outer, arch, inner = 17 + 2 * cross - glad, 15.5 - cross - 4 * glad, 16.5 - 3 * cross - 2 * glad
    brows = f"M14 {_f(outer)}Q20 {_f(arch)} 27 {_f(inner)}M50 {_f(outer)}Q44 {_f(arch)} 37 {_f(inner)}"
    corner = 44 + 4 * cross - 3 * glad
    smile = f'<path d="M20 {_f(corner)}Q32 {_f(44 - 11 * cross + 15 * glad)} 44 {_f(corner)}"/>'
    colour = COLOURS[floor(2 * mood + 2.5)]
    return (
        f'<circle cx="32" cy="32" r="31" fill="{colour}"/>'
        f'{_LINES}<path d="{brows}"/>{_LAUGH if mood > 0.8 else smile}</g>{_EYES}'
    )


def stars(full: int, count: int) -> str:
    """Return `count` stars in a row, the first `full` of them filled."""
    row = "".join(
        f'<path transform="translate({24 * i})" d="{_STAR}" fill="{"#12408c" if i < full else "none"}"/>'
        for i in range(count)
    )
    return f'<g stroke="#12408c" stroke-width="1.5" stroke-linejoin="round">{row}</g>'


def _f(length: float) -> str:
    """Format a length with at most one decimal."""
    return f"{floor(10 * length + 0.5) / 10:g}"
