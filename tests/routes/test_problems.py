"""Unhandled exceptions become problem documents and are logged without secrets."""

import logging

import asyncpg
import pytest
from litestar import Litestar, get
from litestar.testing import AsyncTestClient

from sipas.routes.problems import EXCEPTION_HANDLERS


@get("/s/token-of-somebody")
async def fail() -> None:
    raise RuntimeError("broken")


@get("/lost")
async def lose() -> None:
    raise asyncpg.InternalClientError("lost its place")


async def test_an_unhandled_exception_is_a_problem_and_is_logged_without_the_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = Litestar([fail, lose], exception_handlers=EXCEPTION_HANDLERS, logging_config=None)
    async with AsyncTestClient(app) as client:
        answer = await client.get("/s/token-of-somebody")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert "token-of-somebody" not in logging.Formatter().format(record)
    assert "RuntimeError: broken" in logging.Formatter().format(record)


async def test_a_database_that_is_killed_in_the_middle_of_an_operation_is_away() -> None:
    app = Litestar([fail, lose], exception_handlers=EXCEPTION_HANDLERS, logging_config=None)
    async with AsyncTestClient(app) as client:
        answer = await client.get("/lost")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
