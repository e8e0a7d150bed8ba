"""Faults of forms: steps that ask nothing, draws that cannot be made, conditions that cannot be met."""

from collections import Counter
from collections.abc import Iterator

from sipas.survey.columns import CHANNELS
from sipas.survey.instruments.forms import Form, FormStep
from sipas.survey.instruments.instrument import Instrument


def form_problems(instrument: Instrument) -> Iterator[str]:
    for form in instrument.forms:
        found = list(_faults(instrument, form))
        found = found or list(_condition_faults(instrument, form))
        yield from (f"form {form.id}{problem}" for problem in found)


def _faults(instrument: Instrument, form: Form) -> Iterator[str]:
    if not form.steps:
        yield ' has no step; say what it asks, such as steps = [{ ask = "ID" }]'
    for channel in form.channels:
        if channel not in CHANNELS:
            yield f": channel {channel!r} is not one of {', '.join(CHANNELS)}"
    if form.longer is not None and form.longer not in {one.id for one in instrument.forms} - {form.id}:
        yield f": longer is {form.longer!r}, which is no other form"
    for step in form.steps:
        yield from _step_faults(instrument, step)
    asked = Counter(item.id for step in form.steps for item in instrument.asked_by(step))
    yield from (f" asks {i!r} more than once" for i, times in asked.items() if times > 1)


def _step_faults(instrument: Instrument, step: FormStep) -> Iterator[str]:
    items = instrument.asked_by(FormStep(step.ask))
    groups = {group.id for group in instrument.groups}
    if not items and step.ask in groups:
        yield f": {step.ask!r} has no items"
    elif not items:
        yield f": {step.ask!r} is neither an item nor a factor or section"
    elif step.draw_sections is not None and step.draw is not None:
        yield f": {step.ask} is drawn from twice; give draw or draw_sections"
    elif step.draw is not None and not 0 < step.draw <= len(items):
        yield f": draw = {step.draw} from {step.ask}, which has {len(items)} items"
    elif step.draw_sections is not None:
        blocks = len(instrument.blocks(step))
        if not 0 < step.draw_sections <= blocks:
            what = f"draw_sections = {step.draw_sections} from {step.ask}"
            yield f": {what}, which has {blocks} sections with items"


def _condition_faults(instrument: Instrument, form: Form) -> Iterator[str]:
    """An item is shown by the answer to another only if the form has asked that one, in every draw."""
    certain: set[str] = set()  # asked before, whatever is drawn
    possible: set[str] = set()
    for step in form.steps:
        blocks = instrument.blocks(step)
        drawn = _draws(step, len(blocks), sum(len(block.items) for block in blocks))
        for block in blocks:
            together = set(certain)
            for item in block.items:
                for when in instrument.conditions.get(item.id, ()):
                    if when.item in together:
                        continue
                    how = "only draws" if when.item in possible else "does not ask before"
                    yield f": {item.id} is shown by the answer to {when.item}, which the form {how}"
                if step.draw is None or not drawn:
                    together.add(item.id)
                possible.add(item.id)
            if not drawn:
                certain |= together


def _draws(step: FormStep, sections: int, items: int) -> bool:
    """Whether chance decides what the step asks."""
    if step.draw_sections is not None:
        return step.draw_sections < sections
    return step.draw is not None and step.draw < items
