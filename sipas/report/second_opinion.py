"""A second opinion on standard errors, by leaving out or drawing anew the responses themselves."""

from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np

from sipas.errors import InputError
from sipas.stats import Column, Measure, Options, Replicated, SurveyDesign
from sipas.stopping import check_deadline

RESPONSE = "(response)"  # a column of the cells: each is of one response
_RESPONSES_MOST = 100_000
_DomainKey = tuple[str | None, ...]


class SecondOpinion(msgspec.Struct, frozen=True):
    """seed None: the jackknife, which draws nothing."""

    method: Literal["jackknife", "bootstrap"]
    seed: int | None = None

    def __str__(self) -> str:
        return self.method if self.seed is None else f"{self.method}, seed {self.seed}"


def parse_second_opinion(name: str, value: str) -> SecondOpinion:
    method, colon, seed = value.partition(":")
    if value == "jackknife":
        return SecondOpinion("jackknife")
    if method == "bootstrap" and (not colon or seed.isdecimal()):
        return SecondOpinion("bootstrap", int(seed or 1))
    raise InputError(f"{name}: {value!r} is not one of jackknife, bootstrap, bootstrap:SEED")


def one_each(responses: int) -> Column:
    """The column RESPONSE."""
    if responses > _RESPONSES_MOST:
        raise InputError(
            f"second-opinion: replicates take every response by itself, and {responses:,} are more than"
            f" {_RESPONSES_MOST:,}; estimate without"
        )
    return Column(np.arange(responses, dtype=np.int32), tuple(map(str, range(responses))))


def replicate_errors(
    asked: SecondOpinion, design: SurveyDesign, measure: Measure, by: Sequence[str], options: Options
) -> dict[_DomainKey, float]:
    """By domain; one without responses has none."""
    if asked.seed is None:
        found = design.engine.jackknife(measure, by, options)
    else:
        found = design.engine.bootstrap(measure, by, options, asked.seed, check_deadline)
    return dict(zip(_keys(found), found.se.tolist(), strict=True))


def _keys(found: Replicated) -> list[_DomainKey]:
    labels = [column.labels() for column in found.by.values()]
    return list(zip(*labels, strict=True)) if labels else [()]
