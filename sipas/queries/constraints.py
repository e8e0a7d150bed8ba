"""Messages for violated constraints, in the user's terms."""

import asyncpg

from sipas.errors import InputError

_RULES = {
    "unit_code_once": "two units would bear one code at once; let the first end before the second begins",
    "unit_dates": "a unit would end before it begins",
    "succession_of_another": "a unit cannot succeed itself",
    "instrument_version_once": "this version of the instrument is published already; raise version",
    "round_code_once": "there is a round of that name already; choose another --id",
    "round_dates": "the round would end before it opens; give a later --to",
    "round_target": "a target is a share between 0 and 1, such as 0.85",
    "round_instrument_once": (
        "another round of the same instrument collects at that time, and an answer can belong to one alone; "
        "close it first (`sipas round list` shows it), or choose other dates"
    ),
    "frame_stratum_once": "a stratum stands twice in the frame",
    "person_name_once": "there is a person of that name already",
}


def broken_rule(error: asyncpg.IntegrityConstraintViolationError) -> InputError:
    name = error.constraint_name or ""
    return InputError(_RULES.get(name, f"the database refuses it: {error} ({name})"))
