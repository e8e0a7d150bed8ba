"""Items that changed between two versions of an instrument, so that their answers cannot be compared."""

from collections.abc import Iterator

from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.items import Item


def changed_items(now: Instrument, before: Instrument) -> Iterator[tuple[str, str]]:
    """Yield each item of both that changed, and how: another kind, scale or options."""
    earlier = before.items_by_id
    for item in now.items():
        if item.id in earlier and (how := _change(now, item, before, earlier[item.id])):
            yield item.id, how


def _change(now: Instrument, item: Item, before: Instrument, was: Item) -> str | None:
    if item.kind != was.kind:
        return f"its kind is {item.kind}, and was {was.kind}"
    if item.kind == "rating":
        scale, old = now.scale_of(item), before.scale_of(was)
        if (scale.points, scale.satisfied) != (old.points, old.satisfied):
            return (
                f"its scale is {_points(scale.points)} with {scale.satisfied} and above satisfied, and was"
                f" {_points(old.points)} with {old.satisfied} and above"
            )
    if [option.code for option in item.options] != [option.code for option in was.options]:
        return "its options are others"
    return None


def _points(points: tuple[int, ...]) -> str:
    return f"{points[0]} to {points[-1]}"
