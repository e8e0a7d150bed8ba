"""Forms: the steps that ask items on some channels, and the probability that each item is asked."""

from fractions import Fraction

import msgspec

from sipas.survey.instruments.items import Item

KIOSK_QUESTIONS_MAX = 30  # about five minutes, which is long for a person who stands


class FormStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A step of a form: asks an item, or the items of a factor or section.

    draw: asks that many of them at random. draw_sections: asks that many at random of the sections in it
    that hold items, each of them whole.
    """

    ask: str
    draw: int | None = None
    draw_sections: int | None = None


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """longer: the form that a citizen may ask for instead."""

    id: str
    steps: tuple[FormStep, ...]
    channels: tuple[str, ...] = ()
    longer: str | None = None


class Block(msgspec.Struct, frozen=True):
    """Items that a step asks together: of one section, or all of the step. section: its id, or the step's."""

    section: str
    items: tuple[Item, ...]


def chance_of(step: FormStep, blocks: tuple[Block, ...]) -> Fraction:
    """Return the probability of being asked of each item of the step."""
    if step.draw_sections is not None:
        return Fraction(step.draw_sections, max(len(blocks), 1))
    items = sum(len(block.items) for block in blocks)
    return Fraction(step.draw or items, max(items, 1))


def most_asked(step: FormStep, blocks: tuple[Block, ...]) -> int:
    """Return how many items the step asks one person at most; of drawn sections, the largest."""
    sizes = sorted((len(block.items) for block in blocks), reverse=True)
    if step.draw_sections is not None:
        return sum(sizes[: step.draw_sections])
    return step.draw or sum(sizes)
