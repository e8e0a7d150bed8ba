"""How the ratios of an index tree make up a node."""

from dataclasses import dataclass

import numpy as np

from sipas.stats.arrays import BoolArray, FloatArray


@dataclass(frozen=True)
class Branch:
    """A node: a weighted mean of other nodes and of ratios.

    Parameters
    ----------
    children : tuple of Branch or int
        An int is the position of a ratio in its measure.
    shares : tuple of float
        What each child counts; they sum to 1.
    """

    children: "tuple[Branch | int, ...]"
    shares: tuple[float, ...]

    def shares_of(self, present: BoolArray) -> FloatArray:
        """float64[ratios, ...]: what each ratio counts in this node.

        A child without any answer enters by no answer: its siblings count what they count among
        themselves. Where no child has one all shares are 0.

        Parameters
        ----------
        present : bool[ratios, ...]
            Where each ratio has a denominator.
        """
        found = np.zeros(present.shape)
        self._add(found, present, np.ones(present.shape[1:]))
        return found

    def answered(self, present: BoolArray) -> BoolArray:
        """bool[...]: where a child that counts has an answer."""
        each = [
            present[child] if isinstance(child, int) else child.answered(present)
            for child, share in zip(self.children, self.shares, strict=True)
            if share > 0
        ]
        return np.asarray(np.logical_or.reduce(each), dtype=np.bool_)

    def _add(self, found: FloatArray, present: BoolArray, part: FloatArray) -> None:
        own = [
            share * (present[child] if isinstance(child, int) else child.answered(present))
            for child, share in zip(self.children, self.shares, strict=True)
        ]
        total = np.sum(own, axis=0)
        for child, share in zip(self.children, own, strict=True):
            given = part * np.divide(share, total, out=np.zeros_like(part), where=total > 0)
            if isinstance(child, int):
                found[child] += given
            else:
                child._add(found, present, given)
