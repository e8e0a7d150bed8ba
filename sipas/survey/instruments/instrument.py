"""Published questionnaires: scale, items, factors, indices and forms, read from TOML."""

import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

import msgspec

from sipas.errors import InputError
from sipas.stats.cells.scoring import IndexDefinition, Scoring
from sipas.survey.columns import CHANNELS, IMPORT_COLUMNS, RESERVED_COLUMNS

Text = dict[str, str]
_ID = re.compile(r"[a-z][a-z0-9_-]*")
_ITEM_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")  # also a column of files, as survey tools name it
_ATTRIBUTE_VALUES_MAX = 200
_CODE_MAX_CHARACTERS = 64  # of a name or value in a submission
_SCALE_POINTS_MAX = 1000  # the highest point


class AnswerScale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    points: tuple[int, ...]
    satisfied: int
    labels: dict[str, tuple[str, ...]]
    display: Literal["faces", "stars", "numbers"] = "numbers"


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    text: Text


class Factor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    title: Text
    items: tuple[Item, ...]


class FormStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step of a form: asks an item, or a factor's items, all of them or `draw` of them at random."""

    ask: str
    draw: int | None = None


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    steps: tuple[FormStep, ...]
    channels: tuple[str, ...] = ()


class Attribute(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A property of responses besides place and time. values: the values that are counted."""

    id: str
    values: tuple[str, ...]


class Instrument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`questions` are outside the factors and come first, such as the overall question."""

    id: str
    version: int
    languages: tuple[str, ...]
    title: Text
    scale: AnswerScale
    factors: tuple[Factor, ...] = ()
    indices: tuple[IndexDefinition, ...] = ()
    questions: tuple[Item, ...] = ()
    forms: tuple[Form, ...] = ()
    attributes: tuple[Attribute, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.id}@{self.version}"

    def items(self) -> Iterator[Item]:
        """Yield the items in instrument order, which is the order of a stored answer."""
        yield from self.questions
        for factor in self.factors:
            yield from factor.items

    def asked_by(self, step: FormStep) -> tuple[Item, ...]:
        for factor in self.factors:
            if factor.id == step.ask:
                return factor.items
        return tuple(item for item in self.items() if item.id == step.ask)

    def all_forms(self) -> tuple[Form, ...]:
        """Return the published forms. An instrument without forms asks everything."""
        everything = (*(FormStep(q.id) for q in self.questions), *(FormStep(f.id) for f in self.factors))
        return self.forms or (Form("full", everything),)

    def form_for(self, channel: str) -> Form:
        forms = self.all_forms()
        return next((form for form in forms if channel in form.channels), forms[0])

    def probabilities(self, form: Form) -> dict[str, Fraction]:
        """Return the probability of being asked of each item in the form."""
        return {
            item.id: Fraction(step.draw or len(asked), len(asked))
            for step in form.steps
            for asked in (self.asked_by(step),)
            for item in asked
        }

    def scoring(self) -> Scoring:
        ids = [item.id for item in self.items()]
        chances = {form.id: self.probabilities(form) for form in self.all_forms()}
        return Scoring(
            items=tuple(ids),
            factors={f.id: tuple(ids.index(item.id) for item in f.items) for f in self.factors},
            points=self.scale.points,
            satisfied=self.scale.satisfied,
            forms={form: tuple(chance.get(i, Fraction(0)) for i in ids) for form, chance in chances.items()},
        )

    def index(self, code: str | None) -> IndexDefinition:
        """Return the definition with that code, or the first one."""
        if code is None:
            return self.indices[0]
        for definition in self.indices:
            if definition.id == code:
                return definition
        known = ", ".join(definition.id for definition in self.indices)
        raise InputError(f"{self.name} has no index {code!r}; its indices are {known}")


class Sheet:
    """A form prepared for coding answers: the place of each item in a stored answer."""

    def __init__(self, instrument: Instrument, form: Form) -> None:
        ids = [item.id for item in instrument.items()]
        asked = [[item.id for item in instrument.asked_by(step)] for step in form.steps]
        self.instrument, self.form = instrument, form
        self.width = len(ids)
        self.points = frozenset(instrument.scale.points)
        self.places = {item: ids.index(item) for items in asked for item in items}
        self.draws = [
            (frozenset(items), step.draw) for items, step in zip(asked, form.steps, strict=True) if step.draw
        ]


def decode_instrument(source: str | bytes) -> Instrument:
    """Decode a published instrument. Later rules for publishing do not apply to it."""
    return msgspec.toml.decode(source, type=Instrument)


def read_instrument(source: str | bytes, file: str = "instrument") -> Instrument:
    """Read an instrument from TOML. InputError says what is wrong and where."""
    try:
        instrument = decode_instrument(source)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: {error}") from error
    for problem in _problems(instrument):
        raise InputError(f"{file}: {problem}")
    return instrument


def _problems(instrument: Instrument) -> Iterator[str]:
    """Yield the reasons why the instrument cannot be published, one sentence each."""
    yield from _scale_problems(instrument.scale, instrument.languages)
    yield from _id_problems(instrument)
    if not instrument.languages:
        yield 'languages is empty; name one, such as "vi"'
    if not list(instrument.items()):
        yield "there is no item"
    if not instrument.indices:
        yield 'there is no index; name one, such as kind = "pooled"'
    texts = {f"item {item.id}": item.text for item in instrument.items()}
    texts |= {f"factor {factor.id}": factor.title for factor in instrument.factors}
    for place, text in {"title": instrument.title, **texts}.items():
        missing = [language for language in instrument.languages if not text.get(language)]
        if missing:
            yield f"{place} has no text in {', '.join(missing)}"
    yield from _form_problems(instrument)
    yield from _attribute_problems(instrument)
    for definition in instrument.indices:
        yield from (
            f"index {definition.id}: {problem}" for problem in definition.problems(instrument.scoring())
        )


def _id_problems(instrument: Instrument) -> Iterator[str]:
    """Check ids. Items and factors share one list of ids because a step asks either; item ids are columns of
    files too.
    """
    items = [item.id for item in instrument.items()]
    factors = [factor.id for factor in instrument.factors]
    forms = [form.id for form in instrument.forms]
    indices = [definition.id for definition in instrument.indices]
    for ids, what in ((items + factors, ""), (forms, " of a form"), (indices, " of an index")):
        yield from (f"the id {i!r}{what} stands more than once" for i, n in Counter(ids).items() if n > 1)
    yield from _capital_problems(items + factors)
    for i in dict.fromkeys([instrument.id, *forms, *indices]):
        if not _ID.fullmatch(i):
            yield f"the id {i!r} must be a small letter, then small letters, digits, _ or -"
    for i in dict.fromkeys(items + factors):
        if not _ITEM_ID.fullmatch(i):
            yield f"the id {i!r} must be a letter from a to z, then such letters, digits, _ or -"
    for i in items:
        if i.lower() in RESERVED_COLUMNS | IMPORT_COLUMNS:
            yield f"the id {i!r} of an item is the name of a column that files of responses have anyway"


def _capital_problems(ids: list[str]) -> Iterator[str]:
    """Check that ids differ by more than capitals: they are columns of files."""
    known: dict[str, str] = {}
    for i in dict.fromkeys(ids):
        other = known.setdefault(i.lower(), i)
        if other != i:
            yield f"the ids {other!r} and {i!r} differ by capitals alone"


def _scale_problems(scale: AnswerScale, languages: tuple[str, ...]) -> Iterator[str]:
    points = scale.points
    if (
        list(points) != sorted(set(points))
        or len(points) < 2
        or not 0 <= points[0] <= points[-1] <= _SCALE_POINTS_MAX
    ):
        yield f"scale.points must be two or more rising numbers from 0 to {_SCALE_POINTS_MAX}"
    elif scale.satisfied not in points:
        yield f"scale.satisfied is {scale.satisfied}, which is no point of the scale"
    for language in languages:
        if len(scale.labels.get(language, ())) != len(points):
            yield f"scale.labels.{language} must hold {len(points)} labels, one a point"


def _attribute_problems(instrument: Instrument) -> Iterator[str]:
    taken = {item.id for item in instrument.items()} | RESERVED_COLUMNS | IMPORT_COLUMNS
    for i, times in Counter(one.id for one in instrument.attributes).items():
        if times > 1 or i in taken:
            yield f"attribute {i}: there is another column of this name; name it otherwise"
    for one in instrument.attributes:
        if not 0 < len(one.values) <= _ATTRIBUTE_VALUES_MAX or len(set(one.values)) < len(one.values):
            yield f"attribute {one.id}: values must be 1 to {_ATTRIBUTE_VALUES_MAX} different texts"
        if any(not 0 < len(value) <= _CODE_MAX_CHARACTERS for value in (one.id, *one.values)):
            yield f"attribute {one.id}: names and values have 1 to {_CODE_MAX_CHARACTERS} characters"


def _form_problems(instrument: Instrument) -> Iterator[str]:
    for form in instrument.forms:
        asked: Counter[str] = Counter()
        if not form.steps:
            yield f'form {form.id} has no step; say what it asks, such as steps = [{{ ask = "ID" }}]'
        for channel in form.channels:
            if channel not in CHANNELS:
                yield f"form {form.id}: channel {channel!r} is none of {', '.join(CHANNELS)}"
        for step in form.steps:
            items = instrument.asked_by(step)
            asked.update(item.id for item in items)
            if not items:
                yield f"form {form.id}: {step.ask!r} is neither an item nor a factor"
            elif step.draw is not None and not 0 < step.draw <= len(items):
                yield f"form {form.id}: draw = {step.draw} from {step.ask}, which has {len(items)} items"
        yield from (f"form {form.id} asks {i!r} more than once" for i, times in asked.items() if times > 1)
