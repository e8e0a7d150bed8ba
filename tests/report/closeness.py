"""Rows of two tables compared number by number: sums differ in the last digit by the layout of memory."""

from collections.abc import Sequence

import msgspec
import pytest


def assert_close_rows(ours: Sequence[msgspec.Struct], theirs: Sequence[msgspec.Struct]) -> None:
    assert len(ours) == len(theirs) > 0
    for one, other in zip(ours, theirs, strict=True):
        _assert_close(msgspec.to_builtins(one), msgspec.to_builtins(other), str(one))


def _assert_close(ours: object, theirs: object, place: str) -> None:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        assert ours.keys() == theirs.keys(), place
        for name in ours:
            _assert_close(ours[name], theirs[name], f"{name} of {place}")
    elif isinstance(ours, list) and isinstance(theirs, list):
        assert len(ours) == len(theirs), place
        for one, other in zip(ours, theirs, strict=True):
            _assert_close(one, other, place)
    elif isinstance(ours, float) and isinstance(theirs, float):
        assert ours == pytest.approx(theirs, rel=1e-12), place
    else:
        assert ours == theirs, place
