"""Fixtures: the office of the messaging tests."""

from tests.survey.messaging.conftest import office

__all__ = ["office"]
