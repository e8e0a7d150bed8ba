"""Which column names each response, under the names that survey tools give it, and rows that stand twice."""

import unicodedata
from collections.abc import Collection, Iterable

import numpy as np

from sipas.tables.answers import AnswerTable

RESPONSE_ID = "response_id"
# As Qualtrics, LimeSurvey, KoboToolbox, SurveyMonkey, ODK and paper forms name it, without punctuation.
_NAMES = frozenset(
    {
        *(
            "responseid",
            "id",
            "uuid",
            "respondentid",
            "submissionid",
            "recordid",
            "instanceid",
            "metainstanceid",
        ),
        *("maphieu", "sophieu", "idphieu", "maphieukhaosat", "maphanhoi", "matraloi"),
    }
)
_HASH_SEED = 1  # of a hash that must be the same for equal rows of one file alone


def id_columns(columns: Iterable[str], used: Collection[str] = ()) -> list[str]:
    """Those that name responses: `response_id` itself, else its other names. used: for something else."""
    names = list(columns)
    if RESPONSE_ID in names:
        return [RESPONSE_ID]
    return [name for name in names if name not in used and _bare(name) in _NAMES]


def _bare(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold().replace("đ", "d"))
    return "".join(letter for letter in decomposed if letter.isalnum())


def refuse_repeated_ids(table: AnswerTable, column: str) -> None:
    """One row a response. Rows without an id are different responses."""
    codes, levels = table.columns[column].codes, table.columns[column].levels
    given = np.flatnonzero(codes >= 0)
    _, first, place = np.unique(codes[given], return_index=True, return_inverse=True)
    again = np.flatnonzero(first[place] != np.arange(len(given)))
    if len(again):
        second, earlier = given[again[0]], given[first[place[again[0]]]]
        problem = f"{levels[codes[second]]} stands in row {table.rows[earlier]} too; keep one of them"
        if column != RESPONSE_ID:
            problem += f", or rename the column if it does not name responses (--map OTHER={column})"
        raise table.error(int(second), column, problem)


def count_identical_rows(table: AnswerTable) -> int:
    """Rows whose every cell is that of an earlier row."""
    key = np.zeros(len(table.rows), np.uint64)
    parts = [*(column.codes for column in table.columns.values()), *table.answers.T]
    random = np.random.default_rng(_HASH_SEED)
    for part in parts:
        multiplier = np.uint64(random.integers(1, 1 << 63, dtype=np.uint64) | np.uint64(1))
        key = (key ^ part.astype(np.int64).view(np.uint64)) * multiplier
        key ^= key >> np.uint64(29)
    return len(key) - len(np.unique(key))
