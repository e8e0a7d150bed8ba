"""The example of docs/reference/instrument.md is a valid instrument, and behaves as the page says."""

import re
from fractions import Fraction
from pathlib import Path

from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.reading import read_instrument

GUIDE = Path(__file__).parents[2] / "docs" / "reference" / "instrument.md"


def example() -> Instrument:
    blocks: list[str] = re.findall(r"```toml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    added = ["[scales.interest]", "[[sections]]", "[[attributes]]"]
    assert [block.splitlines()[0] for block in blocks[1:]] == added
    return read_instrument("\n".join(blocks), str(GUIDE))


def test_the_example_can_be_published() -> None:
    assert example().name == "one-stop@1"
    assert [attribute.id for attribute in example().attributes] == ["sex"]


def test_the_example_draws_one_official_question_at_the_kiosk() -> None:
    published = example()
    assert published.probabilities(published.form_for("kiosk")) == {
        "overall": 1,
        "polite": Fraction(1, 2),
        "clear": Fraction(1, 2),
        "in_time": 1,
    }


def test_a_channel_that_no_form_names_gets_the_first_form() -> None:
    assert example().form_for("post").id == "full"
