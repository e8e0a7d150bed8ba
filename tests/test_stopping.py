"""Work ends when its client leaves or its time is over."""

import pytest

from sipas.errors import InputError
from sipas.stopping import CURRENT, Abandoned, Deadline, check_deadline


def test_work_without_a_deadline_goes_on() -> None:
    check_deadline()


def test_abandoned_work_ends_at_its_next_step() -> None:
    deadline = Deadline(60)
    token = CURRENT.set(deadline)
    try:
        check_deadline()
        deadline.abandoned.set()
        with pytest.raises(Abandoned):
            check_deadline()
    finally:
        CURRENT.reset(token)


def test_work_that_takes_too_long_ends_and_says_how_to_ask_for_less() -> None:
    with pytest.raises(InputError, match="narrow it with where"):
        Deadline(-1).check()
