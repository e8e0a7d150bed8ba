"""Codebooks as DDI-Codebook 2.5, the XML of data archives."""

import re
from collections.abc import Iterable, Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from sipas.report.export.codebook import Codebook, CodebookValue, CodebookVariable
from sipas.report.export.export_table import MISSING_ANSWERS

_NAMESPACE = "ddi:codebook:2_5"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_RESPONSES = {
    "rating": "category",
    "choice": "category",
    "choices": "multiple",
    "yes-no": "category",
    "number": "numeric",
    "text": "text",
}
_FILE_ID = "F1"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def ddi_codebook(codebook: Codebook) -> bytes:
    root = Element("codeBook", {"xmlns": _NAMESPACE, "version": "2.5", _LANGUAGE: codebook.languages[0]})
    _citation(SubElement(SubElement(root, "docDscr"), "citation"), codebook)
    study = SubElement(root, "stdyDscr")
    _citation(SubElement(study, "citation"), codebook)
    _study(study, codebook)
    _file(SubElement(root, "fileDscr", {"ID": _FILE_ID}), codebook)
    data = SubElement(root, "dataDscr")
    for group in _groups(codebook.variables):
        data.append(group)
    for variable in codebook.variables:
        data.append(_variable(variable, codebook.weight))
    ElementTree.indent(root)
    content: bytes = ElementTree.tostring(root, "utf-8", xml_declaration=True)
    return content + b"\n"


def _add(parent: Element, tag: str, text: object = "", **attributes: str) -> Element:
    element = SubElement(parent, tag, attributes)
    element.text = _NOT_XML.sub("", str(text)) or None
    return element


def _in_languages(parent: Element, tag: str, words: Mapping[str, str]) -> None:
    for language, text in words.items():
        if text:
            _add(parent, tag, text, **{_LANGUAGE: language})


def _citation(citation: Element, codebook: Codebook) -> None:
    statement = SubElement(citation, "titlStmt")
    first, *others = codebook.title.items()
    _add(statement, "titl", f"{first[1]} – {codebook.facts.round}", **{_LANGUAGE: first[0]})
    _in_languages(statement, "parTitl", dict(others))
    _add(statement, "IDNo", f"{codebook.facts.round} {codebook.facts.instrument}")
    production = SubElement(citation, "prodStmt")
    _add(production, "prodDate", codebook.facts.exported_on, date=codebook.facts.exported_on)
    _add(production, "software", codebook.facts.software)
    _add(SubElement(citation, "verStmt"), "version", _watermark(codebook))


def _watermark(codebook: Codebook) -> str:
    mark = codebook.facts.watermark
    return f"segment {mark.rebuilds}.{mark.segment}, {mark.responses} responses"


def _study(study: Element, codebook: Codebook) -> None:
    information = SubElement(study, "stdyInfo")
    _in_languages(information, "abstract", {one: " ".join(lines) for one, lines in codebook.notes.items()})
    header = codebook.facts.header
    if header is None:
        return
    collection = SubElement(SubElement(study, "method"), "dataColl")
    _add(collection, "sampProc", f"strata: {', '.join(header.weights.strata) or 'none'}")
    if codebook.facts.frame is not None and codebook.facts.frame.strata:
        frame = codebook.facts.frame
        _add(
            SubElement(collection, "sampleFrame"),
            "sampleFrameName",
            f"{frame.strata} strata, {frame.transactions} transactions",
        )
    _add(collection, "weight", f"{header.weights.method}, for index {header.definition.id}")


def _file(file: Element, codebook: Codebook) -> None:
    text = SubElement(file, "fileTxt")
    _add(text, "fileName", f"{codebook.facts.round}.csv")
    dimensions = SubElement(text, "dimensns")
    _add(dimensions, "caseQnty", codebook.facts.rows)
    _add(dimensions, "varQnty", len(codebook.variables))
    _add(text, "fileType", "text/csv; charset=utf-8")


def _groups(variables: Iterable[CodebookVariable]) -> list[Element]:
    """Return a group for each question of several choices, with a variable for each option."""
    options: dict[str, list[CodebookVariable]] = {}
    for variable in variables:
        if variable.kind == "choices" and variable.item is not None:
            options.setdefault(variable.item, []).append(variable)
    groups = []
    for number, (name, members) in enumerate(options.items(), 1):
        ids = " ".join(_id(one.name) for one in members)
        group = Element("varGrp", {"ID": f"G{number}", "type": "multipleResp", "name": name, "var": ids})
        _in_languages(group, "labl", members[0].question or {})
        groups.append(group)
    return groups


def _id(name: str) -> str:
    """Return an XML id: letters, digits and _ as they are, other characters by number."""
    return "V_" + re.sub(r"[^A-Za-z0-9_]", lambda found: f".{ord(found[0]):x}.", name)


def _variable(variable: CodebookVariable, weight: str) -> Element:
    is_weight = variable.name == weight
    is_coded = bool(variable.values)
    element = Element(
        "var",
        {
            "ID": _id(variable.name),
            "name": variable.name,
            "files": _FILE_ID,
            "wgt": "wgt" if is_weight else "not-wgt",
            "intrvl": "discrete" if is_coded or variable.kind == "text" else "contin",
            "nature": {"ordinal": "ordinal", "scale": "ratio"}.get(variable.measure, "nominal"),
        },
    )
    _in_languages(element, "labl", variable.labels)
    if variable.question:
        _questions(element, variable)
    if any(value.missing for value in variable.values):
        invalid = SubElement(element, "invalrng")
        for code in MISSING_ANSWERS:
            _add(invalid, "item", VALUE=str(code))
    _in_languages(element, "universe", variable.universe)
    _statistics(element, variable)
    for value in variable.values:
        element.append(_category(value, _id(weight)))
    kind = "character" if variable.kind == "text" else "numeric"
    category = "date" if variable.kind == "date" else "other"
    _add(element, "varFormat", type=kind, category=category)
    _add(element, "notes", f"SPSS: {variable.spss}; Stata: {variable.stata}", type="names")
    return element


def _questions(element: Element, variable: CodebookVariable) -> None:
    for language, text in (variable.question or {}).items():
        question = SubElement(
            element,
            "qstn",
            {_LANGUAGE: language, "responseDomainType": _RESPONSES.get(variable.kind, "category")},
        )
        section = (variable.section or {}).get(language)
        if section:
            _add(question, "preQTxt", section)
        _add(question, "qstnLit", text)
        asked = ", ".join(f"{form}: {chance:.4g}" for form, chance in variable.asked.items())
        if asked:
            _add(question, "ivuInstr", f"P({asked})")


def _statistics(element: Element, variable: CodebookVariable) -> None:
    found = {
        "vald": variable.valid,
        "invd": variable.missing,
        "min": variable.minimum,
        "max": variable.maximum,
        "mean": None if variable.mean is None else repr(variable.mean),
    }
    for kind, value in found.items():
        if value is not None:
            _add(element, "sumStat", value, type=kind)


def _category(value: CodebookValue, weight: str) -> Element:
    element = Element("catgry", {"missing": "Y"} if value.missing else {})
    _add(element, "catValu", value.number)
    _in_languages(element, "labl", value.labels)
    if value.code and value.code != str(value.number):
        _add(element, "txt", value.code)
    _add(element, "catStat", value.n, type="freq")
    if not value.missing:
        _add(element, "catStat", repr(value.weighted), **{"type": "freq", "wgtd": "wgtd", "wgt-var": weight})
    return element
