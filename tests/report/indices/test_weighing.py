"""Weights beyond post-stratification, as a request asks for them."""

import math
from pathlib import Path

import msgspec
import pytest

from sipas.errors import InputError
from sipas.report.indices.index_table import IndexTable
from sipas.report.indices.indices import index_table
from sipas.report.margins import read_margins
from sipas.report.request import EstimateRequest, read_request
from sipas.report.sources.files import Files, file_source
from sipas.stats.notes import MARGIN_MISSED
from tests.report.conftest import SIPAS, Reference

MARGINS = read_margins(SIPAS / "margins.csv")


def asked(*options: tuple[str, str], margins: bool = False) -> EstimateRequest:
    request = read_request([*options, ("by", "unit"), ("by", "")])
    return msgspec.structs.replace(request, margins=MARGINS) if margins else request


def table_of(files: Files, request: EstimateRequest) -> IndexTable:
    return index_table(request, file_source(files, request))


async def test_a_round_is_raked_to_the_margins_of_its_own_frame(
    sipas_round: Reference, with_our_words: Files
) -> None:
    for method, more in (("rake", []), ("logit", [("bounds", "0.01,9")])):
        request = asked(("weights", method), ("round", "reference"), *more)
        ours = index_table(request, await sipas_round.rounds.source(request))
        files = table_of(with_our_words, asked(("weights", method), *more))
        assert ours.header.weights.margins == ["unit", "service_channel", "field", "procedure"]
        assert files.header.weights.margins == ["unit", "procedure_group", "channel"]
        for one, other in zip(ours.rows, files.rows, strict=True):
            assert (one.by, one.n, one.df) == (other.by, other.n, other.df)
            for key in ("estimate", "se", "low", "high", "n_effective", "population"):
                assert getattr(one, key) == pytest.approx(getattr(other, key), rel=1e-6)


def test_margins_brought_along_start_from_the_weights_of_the_frame(sipas_files: Files) -> None:
    for method in ("rake", "raking"):
        table = table_of(sipas_files, asked(("weights", method), ("collapse", "none"), margins=True))
        # expected.json, calibration, calibrate_raking, overall, overall
        assert table.rows[-1].estimate == pytest.approx(0.67882481367221069, rel=1e-6)
        assert table.rows[-1].se == pytest.approx(0.0061800617429873542, rel=1e-6)
        assert (table.header.weights.method, table.header.weights.margins) == (
            method,
            ["unit", "channel", "age_sex"],
        )
        assert table.header.weights.iterations in range(4, 8)
        assert table.rows[-1].population == 48422


def test_without_a_frame_margins_are_enough(sipas_files: Files) -> None:
    alone = with_frame(sipas_files, frame=None)
    table = table_of(alone, asked(("weights", "rake"), margins=True))
    assert table.rows[-1].population == 48422
    assert table.header.coverage is None
    assert table.header.weights.walk_up is None


def with_frame(files: Files, frame: Path | None) -> Files:
    return Files(files.responses, files.instrument, files.strata, frame, files.frame_count)


def test_limits_and_what_they_did_are_told(sipas_files: Files) -> None:
    options = (("weights", "linear"), ("bounds", "0.3,"), ("trim", ",60.148"))
    weights = table_of(sipas_files, asked(*options, margins=True)).header.weights
    assert weights.bounds == (0.3, None)
    assert weights.trim == (None, 60.148)
    assert weights.trimmed > 50
    assert MARGIN_MISSED.code in [note.code for note in weights.notes]


@pytest.mark.parametrize(
    ("options", "margins", "message"),
    [
        ([("weights", "none"), ("trim", "1,60")], False, "trim: there are no weights to trim"),
        ([("weights", "none"), ("bounds", "0.5,2")], False, "bounds: goes with weights rake, linear, raking"),
        ([], True, "margins: goes with weights rake, linear, raking, logit, not with post-stratify"),
        ([("weights", "logit")], True, "bounds: weights by logit need them, such as 0.4,2.5"),
        ([("weights", "logit"), ("bounds", "0.5,")], True, "logit needs two bounds"),
        ([("weights", "rake"), ("bounds", "2,3")], True, "bounds 2 to 3: they are about the ratio"),
        ([("weights", "rake"), ("bounds", "0.5,1.6")], True, "margin age_sex, level 60.*51.* off"),
        ([("trim", "0,1")], False, "trimmed at 1 the 3835 responses cannot stand for 48422"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    sipas_files: Files, options: list[tuple[str, str]], margins: bool, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        table_of(sipas_files, asked(*options, margins=margins))


def test_weights_that_need_a_frame_or_margins_say_so(sipas_files: Files) -> None:
    with pytest.raises(InputError, match="weights: linear needs a frame or margins, and there is none"):
        table_of(with_frame(sipas_files, None), asked(("weights", "linear")))


def test_the_share_of_walk_up_answers_is_the_index_definition_s(tmp_path: Path) -> None:
    """10 kiosk answers, all satisfied, and 10 invited ones, none: the index is what λ makes of them."""
    instrument = tmp_path / "instrument.toml"
    text = (SIPAS / "instrument.toml").read_text(encoding="utf-8")
    kiosks_count_less = '\n[[indices]]\nid = "less"\nkind = "pooled"\nwalk_up = 0.2\n'
    instrument.write_text(text + kiosks_count_less, encoding="utf-8")
    rows = [f"{i},A,kiosk,5" for i in range(10)] + [f"{i},A,sms,1" for i in range(10, 20)]
    (tmp_path / "responses.csv").write_text("\n".join(["response_id,unit,channel,f1q1", *rows]))
    (tmp_path / "frame.csv").write_text("unit,count\nA,100\n")
    files = Files(tmp_path / "responses.csv", instrument, ("unit",), tmp_path / "frame.csv")
    for method in ("post-stratify", "rake"):
        for index, share in (("pooled", 0.5), ("less", 0.2)):
            table = table_of(files, read_request([("index", index), ("weights", method)]))
            assert table.rows[0].estimate == pytest.approx(share)
            assert table.header.weights.walk_up == share
            assert math.isclose(table.rows[0].population or 0, 100)
