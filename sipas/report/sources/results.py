"""Results of a round that were computed for earlier requests, kept until the round changes."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TypeVar, cast

_RESULTS_MAX = 64

_Result = TypeVar("_Result")


@dataclass
class Results:
    """The results that were used last. state: what they follow from; all are dropped when it changes."""

    state: Hashable = None
    kept: OrderedDict[Hashable, object] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, state: Hashable, request: Hashable, compute: Callable[[], _Result]) -> _Result:
        """Return the result of a request; compute it if it is not kept."""
        with self.lock:
            if self.state != state:
                self.state, self.kept = state, OrderedDict()
            if request in self.kept:
                self.kept.move_to_end(request)
                return cast(_Result, self.kept[request])
        result = compute()
        with self.lock:
            if self.state == state:
                self.kept[request] = result
            while len(self.kept) > _RESULTS_MAX:
                self.kept.popitem(last=False)
        return result
