"""The reference survey of `sipas/`, weighted as R weighted it, and what R says of it."""

from typing import Any

import pytest

from sipas.stats import Weighting, post_stratify
from tests.stats.surveys import Survey, read_json, read_survey, sipas_frame

STRATA = ("unit", "procedure_group", "channel")


@pytest.fixture(scope="module")
def survey() -> Survey:
    return read_survey("sipas")


@pytest.fixture(scope="module")
def weighting(survey: Survey) -> Weighting:
    return post_stratify(survey.cells, sipas_frame(), STRATA, collapse="none")


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    found: dict[str, Any] = read_json("sipas/expected.json")
    return found
