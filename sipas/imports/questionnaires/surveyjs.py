"""SurveyJS: an instrument from the JSON of its designer."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import PurePath
from typing import Any

import msgspec

from sipas.errors import InputError
from sipas.imports.questionnaires.foreign import (
    ForeignQuestionnaire,
    LeftOut,
    Notes,
    filled,
    instrument_id,
    is_item_id,
    language_code,
    language_of_text,
    looks_like_scale,
    none_option,
    other_option,
    scale_of,
)
from sipas.imports.questionnaires.groups import Group, GroupTree
from sipas.imports.questionnaires.relevance import read_condition
from sipas.imports.questionnaires.xlsform_items import typed_values
from sipas.survey.instruments.indices import WrittenIndex
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.items import NUMBER_ANSWER_MAX, Condition, Item, Option, Text

_Element = Mapping[str, Any]
_COMMON = {"type", "name", "title", "description", "isRequired", "visibleIf"}
_CHOICE = {"choices", "choicesOrder", "colCount"} | {
    *("showOtherItem", "hasOther", "otherText", "showNoneItem", "hasNone", "noneText"),
}
_READ = {
    "radiogroup": _COMMON | _CHOICE,
    "dropdown": _COMMON | _CHOICE,
    "checkbox": _COMMON | _CHOICE,
    "tagbox": _COMMON | _CHOICE,
    "boolean": _COMMON,
    "rating": _COMMON | {"rateMin", "rateMax", "rateStep", "rateCount", "rateValues", "rateType"}
    | {"displayMode", "minRateDescription", "maxRateDescription", "autoGenerate"},
    "text": _COMMON | {"inputType", "min", "max"},
    "comment": _COMMON | {"rows"},
    "matrix": _COMMON | {"columns", "rows", "isAllRowRequired", "eachRowRequired"},
    "panel": _COMMON | {"elements", "state"},
}  # fmt: skip
_TOP = {"title", "description", "locale", "pages", "elements", "questions", "logoPosition", "showProgressBar"}
_PAGE = {"name", "title", "description", "elements", "questions", "visibleIf"}
# What changes the look or the words around the questions alone.
_LOOKS = {
    *("showQuestionNumbers", "showNumber", "hideNumber", "questionStartIndex", "questionsOnPageMode"),
    *("progressBarType", "progressBarLocation", "progressBarShowPageTitles", "progressBarShowPageNumbers"),
    *("logo", "logoWidth", "logoHeight", "logoFit", "width", "minWidth", "maxWidth", "widthMode"),
    *(
        "fitToContainer",
        "headerView",
        "showTitle",
        "showPageTitles",
        "showPrevButton",
        "showNavigationButtons",
    ),
    *("pagePrevText", "pageNextText", "completeText", "completedHtml", "showCompletedPage", "requiredMark"),
    *("requiredText", "requiredErrorText", "questionTitleLocation", "questionDescriptionLocation"),
    *("questionErrorLocation", "errorLocation", "checkErrorsMode", "titleLocation", "descriptionLocation"),
    *("startWithNewLine", "indent", "placeholder", "placeHolder", "autoGrow", "allowResize", "cols", "size"),
    *("rateColorMode", "scaleColorMode", "rateDescriptionLocation", "autoFocusFirstQuestion", "renderAs"),
    *("focusFirstQuestionAutomatic", "alternateRows", "navigationButtonsVisibility", "otherPlaceholder"),
}
_RATINGS_MAX = 20


def read_surveyjs(file: str, content: bytes) -> ForeignQuestionnaire:
    """Read a SurveyJS survey. InputError: the file is no such JSON."""
    try:
        survey = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{file}: this is not complete JSON ({error}); export the survey again") from error
    if not isinstance(survey, dict) or not survey.keys() & {"pages", "elements", "questions"}:
        raise InputError(f"{file}: has neither pages nor elements, so it is no SurveyJS survey")
    return _Reader(file, survey).read()


class _Reader:
    def __init__(self, file: str, survey: _Element) -> None:
        self.file, self.survey, self.notes = file, survey, Notes()
        self.tree, self.items = GroupTree(), dict[str, Item]()
        self.default, self.languages = _languages(survey)
        self.ratings: dict[str, tuple[Option, ...]] = {}  # the points of each rating

    def read(self) -> ForeignQuestionnaire:
        self.note_properties("", self.survey, _TOP)
        pages = _list(self.survey.get("pages"))
        for number, page in enumerate(pages):
            self.add_page(f"pages[{number}]", page)
        for name in ("elements", "questions"):
            self.add_elements(name, _list(self.survey.get(name)))
        return ForeignQuestionnaire(self.instrument(), self.notes.unread, self.notes.assumed)

    def add_page(self, path: str, page: object) -> None:
        if not isinstance(page, dict):
            self.notes.skip(path, "no page")
            return
        self.note_properties(path, page, _PAGE)
        try:
            self.open_group(path, page)
        except LeftOut:
            return
        for name in ("elements", "questions"):
            self.add_elements(f"{path}.{name}", _list(page.get(name)))
        self.tree.close()

    def open_group(self, path: str, page: _Element) -> None:
        intro = self.text(page.get("description"))
        self.tree.open(
            Group(
                id=str(page.get("name") or ""),
                title=filled(title, self.languages, "") if (title := self.text(page.get("title"))) else {},
                intro=filled(intro, self.languages, "") if intro else None,
                when=self.condition(path, page),
            )
        )

    def add_elements(self, path: str, elements: Iterable[object]) -> None:
        for number, element in enumerate(elements):
            place = f"{path}[{number}]"
            if isinstance(element, dict):
                with suppress(LeftOut):
                    self.add_element(place, element)
            else:
                self.notes.skip(place, "no element")

    def add_element(self, path: str, element: _Element) -> None:
        kind, name = element.get("type", "text"), element.get("name")
        if not isinstance(kind, str) or kind not in _READ:
            self.notes.skip(path, f"type {kind!r}")
            return
        self.note_properties(path, element, _READ[kind])
        if kind == "panel":
            self.open_group(path, element)
            self.add_elements(f"{path}.elements", _list(element.get("elements")))
            self.tree.close()
        elif not isinstance(name, str) or not is_item_id(name):
            advice = "a name is a letter from a to z, then letters, digits, _ or -"
            self.notes.skip(path, f"name {name!r}; {advice}")
        elif kind == "matrix":
            self.add_matrix(path, element, name)
        else:
            self.add_item(path, self.item(path, element, kind, name))

    def add_item(self, path: str, item: Item | None) -> None:
        if item is None:
            return
        if item.id in self.items:
            self.notes.skip(path, f"the name {item.id!r} stands more than once")
            return
        self.items[item.id] = item
        self.tree.add(item)

    def add_matrix(self, path: str, element: _Element, name: str) -> None:
        """A matrix is a section: each row is an item, rated or a choice of its columns."""
        columns = self.options(f"{path}.columns", _list(element.get("columns")))
        when = self.condition(path, element)
        self.open_group(path, {**element, "name": name, "visibleIf": None})
        keys = ("isAllRowRequired", "eachRowRequired", "isRequired")
        required = any(element.get(key) is True for key in keys)
        for number, row in enumerate(_list(element.get("rows"))):
            value, text = self.value_and_text(row)
            item_id = f"{name}_{value}"
            if not is_item_id(item_id):
                self.notes.skip(f"{path}.rows[{number}]", f"value {value!r}; use letters, digits, _ and -")
                continue
            item = Item(item_id, text, "choice", options=columns, required=required, when=when)
            if looks_like_scale(columns, 2):
                self.ratings[item_id] = columns
            self.add_item(f"{path}.rows[{number}]", item)
        self.tree.close()

    def item(self, path: str, element: _Element, kind: str, name: str) -> Item | None:
        hint = self.text(element.get("description"))
        item = Item(
            id=name,
            text=filled(self.text(element.get("title")), self.languages, name),
            hint=filled(hint, self.languages, "") if hint else None,
            required=element.get("isRequired") is True,
            when=self.condition(path, element),
        )
        replace = msgspec.structs.replace
        match kind:
            case "boolean":
                return replace(item, kind="yes-no")
            case "comment":
                return replace(item, kind="text")
            case "text":
                return self.text_item(path, element, item)
            case "rating":
                return self.rating(path, element, item)
        options = self.options(f"{path}.choices", _list(element.get("choices")))
        if element.get("showOtherItem") or element.get("hasOther"):
            other = other_option(self.languages)
            text = self.text(element.get("otherText"))
            options = (
                *options,
                replace(other, text=filled(text, self.languages, "") if text else other.text),
            )
        if element.get("showNoneItem") or element.get("hasNone"):
            text = self.text(element.get("noneText"))
            options = (*options, none_option(self.languages, text))
            self.notes.assumed.append(f'{path}: "none of these" can be chosen beside other options')
        if not options:
            self.notes.skip(f"{path}.choices", "no choices")
            return None
        order = element.get("choicesOrder", "none")
        if not isinstance(order, str) or order not in ("none", "random"):
            self.notes.skip(f"{path}.choicesOrder", f"order {order!r}")
        kind = "choices" if kind in ("checkbox", "tagbox") else "choice"
        if kind == "choice":
            self.ratings[name] = options
        written = "random" if order == "random" else "as-written"
        return replace(item, kind=kind, options=options, order=written)

    def text_item(self, path: str, element: _Element, item: Item) -> Item | None:
        kind = element.get("inputType", "text")
        if kind == "text":
            return msgspec.structs.replace(item, kind="text")
        if kind != "number":
            self.notes.skip(f"{path}.inputType", f"type {kind!r}")
            return None
        low, high = element.get("min", 0), element.get("max", NUMBER_ANSWER_MAX)
        if type(low) is not int or type(high) is not int or not 0 <= low <= high <= NUMBER_ANSWER_MAX:
            self.notes.skip(path, f"min {low!r} and max {high!r}; they are from 0 to {NUMBER_ANSWER_MAX}")
            low, high = 0, NUMBER_ANSWER_MAX
        return msgspec.structs.replace(item, kind="number", minimum=low, maximum=high)

    def rating(self, path: str, element: _Element, item: Item) -> Item | None:
        """Return a rating, coded as a choice until all scales are known."""
        if values := _list(element.get("rateValues")):
            options = self.options(f"{path}.rateValues", values)
        else:
            low, high = element.get("rateMin", 1), element.get("rateMax", element.get("rateCount", 5))
            if type(low) is not int or type(high) is not int or not 0 <= low < high < low + _RATINGS_MAX:
                self.notes.skip(path, f"rateMin {low!r} and rateMax {high!r}")
                return None
            numbers = map(str, range(low, high + 1))
            options = tuple(Option(one, dict.fromkeys(self.languages, one)) for one in numbers)
            options = self.with_ends(element, options)
        if element.get("rateStep", 1) != 1 or not looks_like_scale(options, 2):
            self.notes.skip(path, "a rating whose values are not rising whole numbers, one after the other")
            return None
        self.ratings[item.id] = options
        return msgspec.structs.replace(item, kind="rating", options=options)

    def with_ends(self, element: _Element, options: tuple[Option, ...]) -> tuple[Option, ...]:
        for key, place in (("minRateDescription", 0), ("maxRateDescription", len(options) - 1)):
            if text := self.text(element.get(key)):
                end = msgspec.structs.replace(options[place], text=filled(text, self.languages, ""))
                options = (*options[:place], end, *options[place + 1 :])
        return options

    def options(self, path: str, choices: Sequence[object]) -> tuple[Option, ...]:
        found: dict[str, Option] = {}
        for number, choice in enumerate(choices):
            value, text = self.value_and_text(choice)
            if not value:
                self.notes.skip(f"{path}[{number}]", "a choice without value")
            elif value in found:
                self.notes.skip(f"{path}[{number}]", f"the value {value!r} stands more than once")
            else:
                found[value] = Option(value, text)
            if isinstance(choice, dict):
                self.note_properties(f"{path}[{number}]", choice, {"value", "text"})
        return tuple(found.values())

    def value_and_text(self, choice: object) -> tuple[str, Text]:
        value = choice.get("value") if isinstance(choice, dict) else choice
        code = "" if value is None or isinstance(value, dict | list) else str(value).strip()
        text = self.text(choice.get("text")) if isinstance(choice, dict) else {}
        return code, filled(text, self.languages, code)

    def text(self, value: object) -> Text:
        if isinstance(value, str) and value.strip():
            return {self.default: value}
        if not isinstance(value, dict):
            return {}
        named = {
            self.default if one == "default" else language_code(one): text for one, text in value.items()
        }
        return {one: str(text) for one, text in named.items() if one in self.languages and text}

    def condition(self, path: str, element: _Element) -> Condition | None:
        written = element.get("visibleIf")
        if not written:
            return None
        found = read_condition(str(written))
        values = typed_values(self.items[found[0]], found[1]) if found and found[0] in self.items else None
        if found is None or values is None:
            self.notes.skip(f"{path}.visibleIf", f"condition {written!r}; the part is left out")
            raise LeftOut
        return Condition(found[0], values)

    def note_properties(self, path: str, element: _Element, known: set[str]) -> None:
        for name in sorted(element.keys() - known):
            place = f"{path}.{name}".lstrip(".")
            if name in _LOOKS:
                self.notes.assumed.append(f"{place}: the service shows its own layout and words")
            else:
                self.notes.skip(place, "the property is not understood")

    def instrument(self) -> Instrument:
        scales = self.scales()
        for name, item in list(self.items.items()):
            if name in scales:
                self.items[name] = msgspec.structs.replace(
                    item, kind="rating", options=(), scale=scales[name][0]
                )
        for name, item in self.items.items():
            self.items[name] = msgspec.structs.replace(item, when=_of_points(item.when, scales))
        _replace(self.tree.root, self.items, scales)
        titles = filled(self.text(self.survey.get("title")), self.languages, PurePath(self.file).stem)
        named = {name: scale_of(options, self.languages) for name, options in scales.values()}
        main = named.pop("", None)
        self.notes.assumed += ["version 1", f"id {instrument_id(PurePath(self.file).stem)}"]
        if main:
            self.notes.assumed.append(f"{main.satisfied} and above of the main scale are satisfied")
        questions, factors, sections = self.tree.parts(titles)
        return Instrument(
            id=instrument_id(PurePath(self.file).stem),
            version=1,
            languages=self.languages,
            title=titles,
            main_scale=main,
            named_scales=named,
            factors=factors,
            written_indices=(WrittenIndex("pooled", "pooled"),) if main else (),
            questions=questions,
            sections=sections,
        )

    def scales(self) -> dict[str, tuple[str, tuple[Option, ...]]]:
        """Return name and points of the scale of each rated item; the most frequent scale is the main one."""
        used = Counter(_points(options) for options in self.ratings.values())
        names: dict[object, str] = {}
        found: dict[str, tuple[str, tuple[Option, ...]]] = {}
        for points, times in used.most_common():
            example = next(options for options in self.ratings.values() if _points(options) == points)
            is_rating = any(
                self.items[item].kind == "rating"
                for item, options in self.ratings.items()
                if item in self.items and _points(options) == points
            )
            if is_rating or looks_like_scale(example, times):
                names[points] = f"scale{len(names) + 1}" if names else ""
        for item, options in self.ratings.items():
            if _points(options) in names:
                found[item] = names[_points(options)], options
        return found


def _points(options: Sequence[Option]) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    return tuple((option.code, tuple(sorted(option.text.items()))) for option in options)


def _of_points(when: Condition | None, rated: Collection[str]) -> Condition | None:
    """Return the condition with points of the scale in place of codes, if it names a rated item."""
    if when is None or when.item not in rated:
        return when
    return Condition(when.item, tuple(int(value) for value in when.values))


def _replace(group: Group, items: Mapping[str, Item], rated: Collection[str]) -> None:
    """Put the items as they are now known in place of those read first."""
    group.when = _of_points(group.when, rated)
    for place, child in enumerate(group.children):
        if isinstance(child, Group):
            _replace(child, items, rated)
        else:
            group.children[place] = items[child.id]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _languages(survey: _Element) -> tuple[str, tuple[str, ...]]:
    """Return the language of texts without one, and all languages."""
    texts = list(_texts(survey))
    plain = " ".join(text if isinstance(text, str) else str(text.get("default", "")) for text in texts)
    default = language_code(str(survey.get("locale", ""))) or language_of_text(plain)
    others = {language_code(one) for text in texts if isinstance(text, dict) for one in text}
    found = {default, *(one for one in others if one)}
    return default, tuple(sorted(found, key=lambda one: (one != "vi", one)))


def _texts(part: object) -> Iterator[str | dict[str, Any]]:
    """Yield all texts of the survey, in one language or by language."""
    if isinstance(part, list):
        for one in part:
            yield from _texts(one)
    elif isinstance(part, dict):
        for name, value in part.items():
            if name in ("title", "text", "description") and isinstance(value, str | dict):
                yield value
            elif re.fullmatch("pages|elements|questions|choices|rows|columns|rateValues", name):
                yield from _texts(value)
