"""A chart must never stop collection. A library that only some answers need does not delay the start."""

import subprocess
import sys

LATER = {
    "matplotlib",
    "openpyxl",
    "pandas",
    "scipy.optimize",
    "scipy.special",
    "scipy.linalg",
    "scipy.sparse",
}


def test_the_service_starts_without_matplotlib_and_what_few_answers_need() -> None:
    program = f"import sipas.app, sipas.cli.estimate, sys; print(*sorted({LATER} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert run.stdout.split() == []


def test_without_matplotlib_a_chart_says_that_it_cannot_be_drawn() -> None:
    program = """
import sys
sys.modules["matplotlib"] = None
from sipas.charts.page import Page
from sipas.charts.picture import picture
from sipas.charts.style import ChartError
try:
    picture(Page("title", "", ()), "svg")
except ChartError as error:
    print(error)
"""
    ran = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert ran.stdout.startswith("matplotlib cannot be loaded, so no chart can be drawn")


def test_drawing_leaves_the_log_to_what_matters() -> None:
    """A command's stderr is read by people: matplotlib would tell of its cache of fonts there."""
    program = """
import logging
logging.basicConfig(level=logging.INFO)
from sipas.charts.style import load_matplotlib
load_matplotlib()
logging.getLogger("matplotlib.font_manager").info("generated new fontManager")
"""
    ran = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert ran.stderr == ""
