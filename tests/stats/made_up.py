"""Small surveys that hypothesis makes up."""

from dataclasses import dataclass, replace

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from sipas.stats import Cells, Column, Frame, build_cells
from tests.stats.surveys import SMALL

STRATA, DOMAINS, FORMS = ("p", "q", "r"), ("x", "y"), ("full", "kiosk", "two", "short")


@dataclass(frozen=True)
class MadeUp:
    """Respondents one by one, and the transactions of each stratum that has some.

    Parameters
    ----------
    stratum, domain, form : list of str or None
    answers : int16[respondents, items]
    extra : dict of str to int
        Transactions of each stratum beside those that were answered for.
    """

    stratum: list[str]
    domain: list[str | None]
    form: list[str]
    answers: NDArray[np.int16]
    extra: dict[str, int]

    def __len__(self) -> int:
        return len(self.stratum)

    def columns(self) -> dict[str, Column]:
        return {"h": Column.of(self.stratum), "d": Column.of(self.domain), "form": Column.of(self.form)}

    def cells(self) -> Cells:
        return build_cells(SMALL, self.answers, self.columns())

    def cells_of_one(self) -> Cells:
        each = Column(np.arange(len(self), dtype=np.int32), tuple(map(str, range(len(self)))))
        return build_cells(SMALL, self.answers, {"response": each, **self.columns()})

    def frame(self, times: int = 1) -> Frame:
        counts = [times * (self.stratum.count(h) + more) for h, more in self.extra.items()]
        return Frame({"h": Column.of(list(self.extra))}, np.array(counts, dtype=np.int64))

    def rows(self, order: list[int]) -> "MadeUp":
        """These respondents, in this order."""
        return replace(
            self,
            stratum=[self.stratum[i] for i in order],
            domain=[self.domain[i] for i in order],
            form=[self.form[i] for i in order],
            answers=self.answers[order],
        )


RESPONDENT = st.tuples(
    st.sampled_from(STRATA),
    st.sampled_from((*DOMAINS, None)),
    st.sampled_from(FORMS),
    st.lists(st.sampled_from((-1, 1, 3, 4, 5)), min_size=6, max_size=6),
)


@st.composite
def surveys(draw: st.DrawFn, least: int = 1, most: int = 14, forms: bool = True) -> MadeUp:
    """Surveys of a few respondents, in strata some of which are complete counts."""
    respondents = draw(st.lists(RESPONDENT, min_size=least, max_size=most))
    strata = sorted({h for h, *_ in respondents})
    extra = draw(st.lists(st.integers(0, 40), min_size=len(strata), max_size=len(strata)))
    return MadeUp(
        stratum=[h for h, *_ in respondents],
        domain=[d for _, d, *_ in respondents],
        form=[form if forms else "full" for *_, form, _ in respondents],
        answers=np.array([answers for *_, answers in respondents], dtype=np.int16),
        extra=dict(zip(strata, extra, strict=True)),
    )
