"""Captions of charts, in words and not in codes."""

import pytest

from sipas.messages import Language
from sipas.report.figures.league_figure import league_chart
from sipas.report.indices.indices import index_table, rounded_or_none
from sipas.report.names import Names
from sipas.report.request import read_request
from sipas.report.sources.files import Files, file_source
from tests.report.conftest import Reference

LIMITED = [
    *(("where", "channel=sms"), ("where", "channel=paper"), ("where", "complete=true")),
    *(("where", "sex=F"), ("channels", "invited"), ("period", "2026-01..2026-03")),
]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "vi",
            "kênh trả lời: Tin nhắn SMS, Phiếu giấy · trả lời đến hết: có · giới tính: Nữ · "
            "2026-01-01..2026-03-31 · chỉ người được mời",
        ),
        (
            "en",
            "answer channel: Text message, Paper · completed: yes · sex: Women · 2026-01-01..2026-03-31 · "
            "invited people only",
        ),
    ],
)
async def test_what_a_chart_is_limited_to_is_called_by_its_names(
    dated_round: Reference, language: Language, said: str
) -> None:
    request = read_request([("round", "dated"), ("by", "unit"), ("weights", "none"), *LIMITED])
    source = await dated_round.rounds.source(request)
    chart = league_chart(index_table(request, source), source.instrument, Names(language))
    assert chart.subtitle == f"dated · {said}"


def test_a_count_of_transactions_is_a_whole_number_where_its_strata_are_whole(sipas_files: Files) -> None:
    request = read_request([("by", "unit,procedure_group"), ("measure", "factors")])
    rows = index_table(request, file_source(sipas_files, request)).rows
    assert {type(row.population) for row in rows} == {int}


@pytest.mark.parametrize(
    ("weighed", "shown"), [(3212.0000000000005, 3212), (3211.9999999999995, 3212), (0.25, 0.25), (None, None)]
)
def test_what_weights_lack_of_a_whole_count_is_not_shown(weighed: float | None, shown: float | None) -> None:
    assert repr(rounded_or_none(weighed)) == repr(shown)
