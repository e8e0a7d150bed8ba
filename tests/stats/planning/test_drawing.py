from collections import Counter
from hashlib import blake2b

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipas.errors import StatisticsError
from sipas.stats.planning import draw, permanent_numbers

NAMES = [f"T{i:03}" for i in range(90)]
STRATUM = np.arange(90) % 3
SIZE = np.array([4, 0, 30])


def by_hand(names: list[str], n: int, seed: str) -> list[str]:
    """The n names of the smallest numbers: what docs/guides/planning.md tells anybody to do."""
    key = blake2b(seed.encode()).digest()
    return sorted(names, key=lambda name: blake2b(name.encode(), key=key, digest_size=16).digest())[:n]


def drawn_names(names: list[str], stratum: np.ndarray, seed: str) -> list[str]:
    return [names[row] for row in draw(names, stratum, SIZE, seed).rows]


def test_the_smallest_numbers_of_each_stratum_are_drawn() -> None:
    expected = [*by_hand(NAMES[0::3], 4, "tombola 42"), *by_hand(NAMES[2::3], 30, "tombola 42")]
    assert drawn_names(NAMES, STRATUM, "tombola 42") == expected


def test_the_probability_is_n_over_n_of_the_stratum() -> None:
    drawn = draw(NAMES, STRATUM, SIZE, "s")
    assert drawn.probability.tolist() == pytest.approx([4 / 30] * 4 + [1.0] * 30)


def test_the_first_number_is_what_it_was_when_this_was_written() -> None:
    """A draw published once can be repeated by every later version."""
    (number,) = permanent_numbers(["T001"], "2026")
    key = blake2b(b"2026").digest()
    assert b"".join(int(half).to_bytes(8, "big") for half in number) == (
        blake2b(b"T001", key=key, digest_size=16).digest()
    )
    assert f"{number[0]:016x}" == "44d527f2590536db"


@given(st.permutations(range(90)))
def test_the_order_of_the_list_does_not_matter(order: list[int]) -> None:
    assert drawn_names([NAMES[i] for i in order], STRATUM[order], "s") == drawn_names(NAMES, STRATUM, "s")


def test_another_seed_draws_others_and_the_same_seed_the_same() -> None:
    first, again, other = (set(drawn_names(NAMES, STRATUM, seed)) for seed in ("a", "a", "b"))
    assert first == again
    assert first != other


def test_a_larger_draw_holds_the_smaller_one() -> None:
    few = draw(NAMES, STRATUM, np.array([3, 2, 1]), "s").rows
    many = draw(NAMES, STRATUM, np.array([9, 2, 5]), "s").rows
    assert set(few.tolist()) < set(many.tolist())


def test_every_pair_is_as_likely_as_every_other() -> None:
    """15 pairs of 6 over 3,000 seeds: χ² with 14 degrees of freedom, 36.1 at 0.001."""
    names, stratum, size = list("abcdef"), np.zeros(6, np.int64), np.array([2])
    pairs = Counter(frozenset(draw(names, stratum, size, f"{i}").rows.tolist()) for i in range(3000))
    assert len(pairs) == 15
    assert sum((times - 200) ** 2 / 200 for times in pairs.values()) < 36.1


def test_vietnamese_and_empty_lists_can_be_drawn_from() -> None:
    assert draw(["Đơn 1", "Đơn 2"], np.zeros(2, np.int64), np.array([2]), "Hà Nội").rows.tolist()
    assert draw([], np.zeros(0, np.int64), np.array([0]), "s").rows.tolist() == []


def test_what_cannot_be_drawn_from_is_named() -> None:
    zero = np.zeros(3, np.int64)
    with pytest.raises(StatisticsError, match="stand in the list more than once: B"):
        draw(["A", "B", "B"], zero, np.array([1]), "s")
    with pytest.raises(StatisticsError, match=r"more are to be invited .*: counter \(4 of 3\)"):
        draw(["A", "B", "C"], zero, np.array([4]), "s", label=lambda h: "counter")
    with pytest.raises(StatisticsError, match="the seed is empty"):
        draw(["A", "B", "C"], zero, np.array([1]), "")
    with pytest.raises(StatisticsError, match="the stratum, place 1, is 0; it must be one of the sizes'"):
        draw(["A", "B", "C"], zero, np.array([], np.int64), "s")
    with pytest.raises(StatisticsError, match="2 transactions have 3 strata"):
        draw(["A", "B"], zero, np.array([1]), "s")
