"""Tests of pages use the command line of `tests/cli`, on the test's own database."""

from tests.cli.conftest import sipas

__all__ = ["sipas"]
