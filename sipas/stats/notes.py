"""Notes beside figures: codes with their severity and parameters, never sentences.

The words of every code stand in `sipas/messages/*.toml`, table `note`; a test compares the two.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Severity = Literal["info", "caution", "review"]
Param = int | float | str | tuple[str, ...]
MOST_NAMED = 5  # strata, units and the like that a note lists by name


@dataclass(frozen=True)
class Note:
    """One fact about a figure, a table or its weights.

    Parameters
    ----------
    code : str
        One of `KINDS`.
    severity : {"info", "caution", "review"}
        `review` makes a figure unreliable: it has no rank and no verdict.
    params : mapping of str to int, float, str or tuple of str
        Counts are int, shares are float, names are str.
    """

    code: str
    severity: Severity
    params: Mapping[str, Param] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.code, tuple(sorted(self.params.items(), key=lambda item: item[0]))))

    def __repr__(self) -> str:
        params = "".join(f", {name}={value!r}" for name, value in self.params.items())
        return f"Note({self.code!r}, {self.severity!r}{params})"


@dataclass(frozen=True)
class NoteKind:
    """A code, its severity and the names of its parameters; a call with these makes a note."""

    code: str
    severity: Severity
    params: tuple[str, ...] = ()

    def __call__(self, **params: Param) -> Note:
        if params.keys() != set(self.params):
            raise TypeError(f"note {self.code} has the parameters {self.params}, not {tuple(params)}")
        return Note(self.code, self.severity, params)

    def is_code_of(self, note: Note) -> bool:
        """Whether a note is of this kind."""
        return note.code == self.code


_KINDS: dict[str, NoteKind] = {}
KINDS: Mapping[str, NoteKind] = MappingProxyType(_KINDS)


def _kind(code: str, severity: Severity, *params: str) -> NoteKind:
    """Enter a kind of note in the catalogue."""
    if code in _KINDS:
        raise ValueError(f"note {code} is defined twice")
    _KINDS[code] = NoteKind(code, severity, params)
    return _KINDS[code]


def _plain(code: str, severity: Severity) -> Note:
    """Enter a kind of note without parameters; return its one note, which all rows share."""
    return _kind(code, severity)()


# Codes of weights that hold for some domains alone; the rows of these have a note of their own.
OF_SOME_ROWS = frozenset({"frame-raised", "strata-pooled", "unplaced", "not-in-frame", "codes-differ"})


def of_every_row(notes: Iterable[Note]) -> list[Note]:
    """Return those notes on a table and its weights that hold for every figure of it."""
    return [note for note in dict.fromkeys(notes) if note.code not in OF_SOME_ROWS]


def named(names: Iterable[str]) -> tuple[str, ...]:
    """Return the first few names, for a parameter; a second parameter holds their number."""
    return tuple(names)[:MOST_NAMED]


# No estimate.
NO_RESPONSE = _plain("no-response", "review")
LEFT_OUT = _plain("only-unplaced", "review")
NOT_ANSWERED = _plain("not-answered", "review")
NO_WEIGHT = _plain("no-weight", "review")
FACTOR_NOT_ANSWERED = _plain("factor-not-answered", "review")
ITEMS_OF_NODE_NOT_ANSWERED = _kind("node-partly-answered", "review", "n")
NEGATIVE_WEIGHTS = _plain("no-estimate-negative-weights", "review")
SHARES_UNKNOWN = _plain("succession-unknown", "review")
NOT_SHOWN = _kind("not-shown", "review", "fewest")

# Intervals.
NO_FREEDOM = _plain("no-degrees-of-freedom", "review")
NO_VARIANCE = _plain("no-variance", "review")
NOT_ALL_ANSWERED = _plain("census-not-all-answered", "caution")
BETA_INSTEAD = _plain("beta-instead", "info")
LONELY = _kind("lonely-strata", "info", "n")

# Reliability.
FEW = _plain("few-responses", "review")
WIDE = _plain("wide-interval", "review")
REVIEW_FREEDOM = _plain("few-degrees-of-freedom", "review")
REVIEW_EXTREME = _plain("all-or-none-satisfied", "review")
DISSATISFIED_UNRELIABLE = _plain("dissatisfied-unreliable", "caution")

# The frame and the weights.
UNPLACED = _kind("unplaced", "caution", "n")
FEWER_COLUMNS = _kind("fewer-strata-columns", "caution", "columns", "units", "names")
RAISED = _kind("frame-raised", "review", "strata", "names")
RAISED_SHARE = _kind("raised-share", "review", "share")
RAISED_LITTLE = _kind("raised-share-small", "caution", "share")
FRAME_PERCENT = _plain("frame-percent", "review")
NOT_IN_FRAME = _kind("not-in-frame", "review", "n", "names", "has")
NOT_IN_FRAME_SHARE = _kind("not-in-frame-share", "review", "share")
CODES_DIFFER = _kind("codes-differ", "review", "columns", "responses", "frame")
POOLED = _kind("strata-pooled", "caution", "strata", "pools")
POOLED_FAR = _kind("pooled-share-large", "review", "share")
POOLED_SHARE = _kind("pooled-share", "info", "share")
PARTLY_COVERED = _kind("partly-covered", "caution", "share")
NOT_COVERED = _kind("not-covered", "review", "share")
ONE_GROUP = _kind("one-group-strata", "caution", "n")
NO_DESIGN_EFFECT = _plain("no-design-effect", "info")
POPULATION_ESTIMATED = _plain("population-estimated", "info")
BY_NEWTON = _plain("by-newton", "info")
SOME_NEGATIVE = _kind("negative-weights", "caution", "n")
MARGIN_MISSED = _kind("margin-missed", "caution", "margin", "share")
MARGINS_RESCALED = _kind("margins-rescaled", "caution", "names")
RELATIVE_WEIGHTS = _plain("relative-weights", "info")
UNWEIGHTED = _plain("unweighted", "caution")
AS_INVITED = _kind("counted-as-invited", "info", "n")
CHANNEL_UNKNOWN = _kind("channel-unknown", "caution", "n", "names")
OWN_MIX = _plain("own-mix", "info")

# The answers.
SPLIT_FORM = _plain("split-form", "info")
SELF_SELECTED = _plain("self-selected", "caution")
PROVISIONAL = _plain("provisional", "caution")
MIXING = _plain("mixing", "info")
UNREAD_SHEETS = _kind("unread-sheets", "caution", "file", "names")
IDS_ALIKE = _kind("ids-alike", "caution", "n", "column", "names")
IDS_REPEATED = _kind("ids-repeated", "caution", "n", "column")
IDENTICAL_ROWS = _kind("identical-rows", "caution", "n")
ITEMS_WITHOUT_COLUMN = _kind("items-without-column", "caution", "items", "names", "others")
ITEMS_WITHOUT_ANSWER = _kind("items-without-answer", "caution", "items", "names")
UNDATED = _kind("period-unknown", "caution", "n")
DETAIL_NOT_KEPT = _kind("detail-not-kept", "caution", "columns", "n")
CLUSTERS_LEFT_OUT = _kind("clusters-left-out", "caution", "n", "clusters")

# Comparisons.
FROM_BOTH_INTERVALS = _plain("from-both-intervals", "info")
SAME_RESPONSES = _plain("same-responses", "review")
UNRELIABLE_SIDE = _plain("unreliable-side", "review")
NOTHING_TO_COMPARE = _plain("nothing-to-compare", "review")
PARTLY_MAPPED = _plain("partly-mapped", "caution")
FORMS_DIFFER = _plain("forms-differ", "review")
NO_STRATUM_SHARED = _plain("no-stratum-shared", "review")

# Targets, ranks and small areas.
WALK_UP_ONLY = _plain("walk-up-only", "caution")
RANK_WALK_UP_ONLY = _plain("rank-walk-up-only", "caution")
AT_TARGET = _plain("at-target", "info")
BEYOND_POPULATION = _plain("beyond-population", "info")
UNRANKED = _plain("unranked", "caution")
ALONE = _plain("rank-alone", "info")
MODEL_BASED = _plain("model-based", "caution")
SYNTHETIC = _plain("synthetic", "caution")

# Public releases.
HIDDEN = _plain("hidden", "review")
KEPT = _kind("as-of-release", "info", "release")
PLAIN_SHARE = _plain("unweighted-to-protect", "caution")
NOT_WEIGHTED = _plain("weights-leave-out", "review")

# Plans.
NO_TRANSACTIONS = _plain("no-transactions", "info")
TOO_FEW_TRANSACTIONS = _plain("too-few-transactions", "caution")
PILOT_SHARES = _kind("pilot-shares", "info", "file", "by")
PILOT_UNKNOWN = _kind("pilot-unknown", "caution", "share", "strata")
