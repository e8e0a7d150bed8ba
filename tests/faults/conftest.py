"""A data directory that holds a town, and the service on it."""

import gc
import warnings
from collections.abc import Iterator

import pytest

from tests.faults.service import Service
from tests.faults.stage import Stage, set_stage
from tests.scratch import scratch


@pytest.fixture(autouse=True)
def cut_connections_end_here() -> Iterator[None]:
    """A service that is killed cuts its clients' connections, and httpx leaves some to the collector.

    They are collected here, and not as a warning in some later test.
    """
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


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
        print(service.last_words())  # which pytest shows where the test has failed


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=30, help="how often the service is killed (default 30)")
    parser.addoption("--seed", type=int, default=1, help="chooses the order and the moments of the kills")


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    number: int = request.config.getoption("--kills", 30)
    return number


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    number: int = request.config.getoption("--seed", 1)
    return number
