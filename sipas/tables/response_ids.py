"""Which column names each response, under the names that survey tools give it, and rows that stand twice."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable

import numpy as np

from sipas.tables.answers import AnswerTable

RESPONSE_ID = "response_id"
# As Qualtrics, LimeSurvey, KoboToolbox, SurveyMonkey, ODK, SurveyCTO, Survey Solutions, CSPro and paper forms
# name it, without punctuation.
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
            "key",
            "interviewid",
            "interviewkey",
            "caseid",
            "respid",
            "responseno",
            "responsenumber",
            "respondentno",
            "respondentnumber",
            "participantid",
            "submissionuuid",
            "entryid",
            "sbjnum",
        ),
        *("maphieu", "sophieu", "idphieu", "maphieukhaosat", "maphanhoi", "matraloi"),
        *("maphieuhoi", "sothutuphieu", "masophieu", "idphanhoi", "idtraloi", "manguoitraloi"),
    }
)
# Numbers of rows, and words at the end of names that may stand for an id.
_ROW_NUMBERS = frozenset({"stt", "sothutu", "no", "index", "serial", "rownumber", "tt"})
_ID_ENDS = ("id", "key", "uuid", "guid", "maphieu", "sophieu")
_DISTINCT_SHARE = 0.8  # of the rows; other columns such as unit_id repeat their values everywhere
_ZEROS = re.compile(r"0[0-9]+([.,]0+)?|[0-9]+[.,]0+")  # numbers with zeros that a spreadsheet drops or adds
_HASH_SEED = 1  # of a hash that must be the same for equal rows of one file alone


def id_columns(columns: Iterable[str], used: Collection[str] = ()) -> list[str]:
    """Those that name responses: `response_id` itself, else its other names. used: for something else."""
    names = list(columns)
    if RESPONSE_ID in names:
        return [RESPONSE_ID]
    return [name for name in names if name not in used and _is_id(name)]


def _is_id(name: str) -> bool:
    """LimeSurvey writes the code and the question: `id. Response ID`."""
    code, dot, _ = name.partition(". ")
    return _bare(name) in _NAMES or (bool(dot) and _bare(code) in _NAMES)


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


def repeating_columns(table: AnswerTable, known: Collection[str]) -> dict[str, int]:
    """Return columns that may name responses, though we do not know them, with how many rows repeat an id."""
    found = {}
    for name, column in table.columns.items():
        if name in known or _is_id(name) or not _is_like_id(name):
            continue
        given = column.codes[column.codes >= 0]
        distinct = len(np.unique(given))
        if _DISTINCT_SHARE * len(table.rows) <= distinct < len(given):
            found[name] = len(given) - distinct
    return found


def _is_like_id(name: str) -> bool:
    bare = _bare(name)
    return bare in _ROW_NUMBERS or bare.endswith(_ID_ENDS)


def ids_alike(table: AnswerTable, column: str) -> tuple[str, ...]:
    """Return ids that differ from others in zeros alone, as `04` and `4.0` do from `4`."""
    levels = table.columns[column].levels
    changed = {level: _without_zeros(level) for level in levels if _ZEROS.fullmatch(level)}
    plain = Counter(changed.values()) + Counter(set(levels) & set(changed.values()) - set(changed))
    return tuple(level for level, bare in changed.items() if plain[bare] > 1)


def _without_zeros(number: str) -> str:
    return re.sub(r"[.,]0+$", "", number).lstrip("0") or "0"


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
