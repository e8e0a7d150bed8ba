"""Every text in the catalogue is used, and every code that pages show has a text.

`tests/kiosk/test_messages.py` checks those of the kiosk.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from sipas.messages import TEXTS
from sipas.queries.messages import MessageKind as MessageKind
from sipas.report.export.bundle import EXPORT_FORMATS
from sipas.report.export.codebook_files import CODEBOOK_FORMATS
from sipas.report.export.export_facts import COARSENED
from sipas.report.export.export_notes import HEADINGS
from sipas.report.figures.kinds import CHART_KINDS as CHART_KINDS
from sipas.report.printed.chapters import DEFINED
from sipas.report.printed.report_request import ReportKind
from sipas.report.request import Channels
from sipas.routes.funnel import BY_DAY, BY_UNIT, STEPS
from sipas.routes.paper import NOTICES, REFUSALS
from sipas.stats.contrasts.family import Finding
from sipas.stats.estimates.targets import TargetVerdict
from sipas.stats.notes import KINDS as NOTE_KINDS
from sipas.stats.options import Statistic
from sipas.stats.planning.allocation import AllocationMethod as Allocation
from sipas.stats.weights.weights import WeightingMethod as Weighting
from sipas.survey.columns import CHANNELS, SERVICE_CHANNELS
from sipas.survey.kiosks.fleet import KIOSK_PROBLEMS
from sipas.survey.paper.codes import Mistake
from sipas.survey.paper.head import HEAD_FIELDS, HeadMistake

ROOT = Path(__file__).resolve().parents[2]
CODE = [file.read_text(encoding="utf-8") for file in (ROOT / "sipas").rglob("*.py")]
TEMPLATES = [file.read_text(encoding="utf-8") for file in (ROOT / "sipas/templates").glob("*.html")]
TABLES = {key.partition(".")[0] for key in TEXTS["vi"]}

ONLY_WITH_WALK_UP = "_walk_up_only"
COMPARED = {*get_args(Finding), *(f"{one}{ONLY_WITH_WALK_UP}" for one in ("better", "worse"))}
JUDGED = {*get_args(TargetVerdict), *(f"{one}{ONLY_WITH_WALK_UP}" for one in ("met", "not_met"))}
TERMINAL_NUMBERS = {"heard", "queue", "sequence", "missing", "storage", "version"}
QUARANTINED = set(re.findall(r'refuse\(\s*submission, "(\w+)"', "".join(CODE)))

# What stands for {} in a key that code puts together.
CODES: dict[str, set[str]] = {
    "chart.channels.{}": set(get_args(Channels)),
    "chart.title.{}": set(CHART_KINDS),
    "chart.{}_axis": set(get_args(Statistic)),
    "channels.{}": set(get_args(Channels)) - {"all"},
    "dashboard.{}": JUDGED | {"review"},
    "dashboard.{}_why": JUDGED | {"review"},
    "export.coarsened.{}": set(COARSENED),
    "export.heading.{}": set(HEADINGS),
    "files.{}": {"responses", "codebook", "bundle", *EXPORT_FORMATS, *CODEBOOK_FORMATS},
    "finding.{}": COMPARED,
    "fleet.{}": set(KIOSK_PROBLEMS) | TERMINAL_NUMBERS,
    "fleet.{}_detail": set(KIOSK_PROBLEMS),
    "fleet.{}_next": set(KIOSK_PROBLEMS),
    "funnel.{}": {*STEPS, *BY_UNIT, *BY_DAY, "response_rate"},
    "index.{}": {"pooled", "factors", "tree"},
    "level.service_channel.{}": set(SERVICE_CHANNELS),
    "month.{}": {str(month) for month in range(1, 13)},
    "note.{}": set(NOTE_KINDS),
    "paper.{}": {field.partition(":")[2] for field in HEAD_FIELDS},
    "paper.mistake.{}": {
        *get_args(HeadMistake),
        *get_args(Mistake),
        "number_empty",
        "number_unknown",
        "undecided",
    },
    "paper.cannot_move.{}": set(REFUSALS) - {"changed"},
    "paper.notice.{}": set(NOTICES),
    "paper.refused.{}": set(REFUSALS),
    "plan.allocation.{}": set(get_args(Allocation)),
    "report.change_{}": COMPARED,
    "report.define_{}": set(DEFINED),
    "report.rest_{}": COMPARED,
    "report.target_{}": JUDGED,
    "report.title_{}": set(get_args(ReportKind)),
    "sms.{}": set(get_args(MessageKind)),
    "sms.{}_on_page": set(get_args(MessageKind)),
    "time.{}.{}": {
        *(f"month.{month}" for month in range(1, 13)),
        *(f"quarter.{quarter}" for quarter in range(1, 5)),
    },
    "verdict.{}": COMPARED | JUDGED,
    "weights.{}": set(get_args(Weighting)),
}
# Codes from files, providers, terminals and the database: one without a text is shown as it is.
SOME_OF_THEM: dict[str, set[str]] = {
    "column.{}": {"unit", "procedure", "field", "channel", "service_channel"},
    "export.column.{}": {"weight", "stratum", "fpc"},
    "export.level.{}.{}": {"date_kept.day", "language.vi", "complete.true"},
    "fault.{}": {"server", "config"},
    "level.channel.{}": set(CHANNELS),
    "level.{}.{}": {
        *(f"channel.{channel}" for channel in CHANNELS),
        *(f"service_channel.{channel}" for channel in SERVICE_CHANNELS),
    },
    "reason.{}": {"no_phone", "opted_out", "UNDELIV"},
    "refusal.{}": QUARANTINED,
}


@cache
def nodes() -> list[ast.AST]:
    return [node for source in CODE for node in ast.walk(ast.parse(source))]


def key_for(pattern: str, code: str) -> str:
    return pattern.replace("{}.{}", "{}").format(code)


def patterns_of_code() -> Iterator[str]:
    """Find f-strings that begin with the name of a table of the catalogue."""
    for node in nodes():
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "{}" for part in node.values]
            pattern = "".join(map(str, parts))
            if re.fullmatch(r"(\w+)\.[\w.{}-]+", pattern) and pattern.partition(".")[0] in TABLES:
                yield pattern


def patterns_of_templates() -> Iterator[str]:
    for source in TEMPLATES:
        for before, after in re.findall(r't\("(\w+\.)" ~ [\w.\[\]]+(?: ~ "(\w+)")?', source):
            yield f"{before}{{}}{after}"


def literal_keys() -> set[str]:
    constants = {
        node.value for node in nodes() if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return constants.union(*(re.findall(r'"([\w.-]+)"', source) for source in TEMPLATES))


def test_this_file_knows_each_key_that_code_puts_together() -> None:
    assert {*patterns_of_code(), *patterns_of_templates()} == CODES.keys() | SOME_OF_THEM.keys()


@pytest.mark.parametrize("pattern", [*CODES, *SOME_OF_THEM])
@pytest.mark.parametrize("language", TEXTS)
def test_each_code_has_a_text(language: str, pattern: str) -> None:
    codes = (CODES | SOME_OF_THEM)[pattern]
    assert codes
    assert [code for code in codes if key_for(pattern, code) not in TEXTS[language]] == []


def test_each_text_is_used() -> None:
    used = literal_keys() | {key_for(pattern, code) for pattern, codes in CODES.items() for code in codes}
    open_tables = ("kiosk.", "interviews.", *(pattern.partition("{")[0] for pattern in SOME_OF_THEM))
    assert [key for key in TEXTS["vi"] if key not in used and not key.startswith(open_tables)] == []
