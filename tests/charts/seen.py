"""A chart as a reader sees it, measured in its SVG."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from xml.etree import ElementTree

import pytest

from sipas.charts.caption import Caption
from sipas.charts.page import Page
from sipas.charts.picture import picture
from sipas.charts.style import PAGE_WIDTH_MM, text_width
from sipas.messages import Language

SVG = "{http://www.w3.org/2000/svg}"
POINTS_A_MM = 72 / 25.4
ANCHORS = {"start": 0.0, "middle": 0.5, "end": 1.0}
LONG_NAME = "Chi nhánh số 12 – Trung tâm Phục vụ hành chính công thành phố Hà Nội"


@dataclass(frozen=True)
class Box:
    """A text as wide as in the widest font of the stack, and as high as its capitals; in points."""

    text: str
    left: float
    right: float
    top: float
    bottom: float

    def covers(self, other: "Box") -> bool:
        apart = self.right <= other.left or other.right <= self.left
        return not (apart or self.bottom <= other.top or other.bottom <= self.top)


def root_of(chart: Page) -> ElementTree.Element:
    return ElementTree.fromstring(picture(chart, "svg"))


def texts(chart: Page) -> list[str]:
    return [element.text or "" for element in root_of(chart).iter(f"{SVG}text")]


def titles(chart: Page) -> list[str]:
    """Return the texts under the pointer."""
    return [element.text or "" for element in root_of(chart).iter(f"{SVG}title")]


def boxes(root: ElementTree.Element) -> Iterator[Box]:
    for element in root.iter(f"{SVG}text"):
        size = float(element.attrib["font-size"].removesuffix("px"))
        weight = "bold" if element.attrib.get("font-weight") == "700" else "normal"
        wide = text_width(element.text or "", size, weight) * POINTS_A_MM
        left = float(element.attrib["x"]) - ANCHORS[element.attrib["text-anchor"]] * wide
        foot = float(element.attrib["y"])
        yield Box(element.text or "", left, left + wide, foot - 0.73 * size, foot)


def require_room(chart: Page) -> None:
    """Nothing reaches beyond the page, and no text stands on another."""
    root = root_of(chart)
    width, height = (float(part) for part in root.attrib["viewBox"].split()[2:])
    assert width == pytest.approx(PAGE_WIDTH_MM * POINTS_A_MM, abs=0.01)
    found = list(boxes(root))
    for box in found:
        assert box.left >= 0, box
        assert box.right <= width, box
        assert 0 < box.top < box.bottom < height, box
    for one, other in combinations(found, 2):
        assert not one.covers(other), (one, other)


def caption(language: Language = "vi", target: float | None = 0.85) -> Caption:
    return Caption(
        language=language,
        title="Mức độ hài lòng theo đơn vị",
        subtitle="autumn",
        statistic="share",
        bounds=(0.0, 1.0),
        level=0.95,
        target=target,
        self_selected=True,
        provisional=True,
        software="sipas 0",
        measure="overall (sipas-22@1)",
        weights="hậu phân tầng",
        n=20_017,
        responses=20_156,
        unplaced=139,
    )
