"""Faults of scales."""

from collections.abc import Iterator

from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.items import MAIN_SCALE, AnswerScale

_SCALE_POINTS_MAX = 1000  # the highest point
_TAKEN_NAMES = (MAIN_SCALE, "options")  # of scorings


def scale_problems(instrument: Instrument) -> Iterator[str]:
    if instrument.main_scale:
        yield from _faults("scale", instrument.main_scale, instrument.languages)
    for name, scale in instrument.named_scales.items():
        if name in _TAKEN_NAMES:
            yield f"scales.{name}: name the scale otherwise; {name} is a name of the service's own"
        yield from _faults(f"scales.{name}", scale, instrument.languages)
    if instrument.main_scale is None and instrument.rated:
        yield f"item {instrument.rated[0]} is rated, and there is no [scale]"


def _faults(place: str, scale: AnswerScale, languages: tuple[str, ...]) -> Iterator[str]:
    points = scale.points
    if (
        list(points) != sorted(set(points))
        or len(points) < 2
        or not 0 <= points[0] <= points[-1] <= _SCALE_POINTS_MAX
    ):
        yield f"{place}.points must be two or more rising numbers from 0 to {_SCALE_POINTS_MAX}"
        return
    if scale.satisfied not in points:
        yield f"{place}.satisfied is {scale.satisfied}, which is no point of the scale"
    for language in languages:
        if len(scale.labels.get(language, ())) != len(points):
            yield f"{place}.labels.{language} must hold {len(points)} labels, one a point"
