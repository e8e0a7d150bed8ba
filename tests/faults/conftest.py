"""A data directory that holds a town, and the service on it."""

from collections.abc import Iterator

import pytest

from tests.faults.service import Service
from tests.faults.stage import Stage, set_stage
from tests.scratch import scratch


@pytest.fixture
def stage() -> Iterator[Stage]:
    with scratch() as directory:
        yield set_stage(directory)


@pytest.fixture
def service(stage: Stage) -> Iterator[Service]:
    """Not started yet; ended in any case."""
    service = Service(stage.data_dir)
    try:
        yield service
    finally:
        service.end()
