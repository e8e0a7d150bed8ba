import pytest

from sipas.stats.weights.strata_roles import StrataRoles, find_roles


def roles(*columns: str, levels: tuple[str, ...] = ("A", "B")) -> StrataRoles:
    return find_roles(columns, [levels for _ in columns])


def test_the_unit_is_known_by_its_name_wherever_it_stands() -> None:
    assert roles("channel", "procedure", "unit").unit == 2
    assert roles("procedure", "Đơn vị").unit == 1


def test_without_that_name_the_first_column_that_is_no_period_is_the_unit() -> None:
    assert roles("ward", "channel").unit == 0
    assert roles("year", "ward", "channel").unit == 1
    assert roles("year").unit == 0


def test_a_column_that_divides_units_is_the_unit_only_where_no_other_can_be() -> None:
    assert roles("channel", "district", "year").unit == 1
    assert roles("Kênh", "Lĩnh vực", "Huyện").unit == 2
    assert roles("procedure", "service_channel").unit == 0


@pytest.mark.parametrize(
    ("columns", "unit", "apart"),
    [
        (("mode", "office"), 1, {1}),
        (("Hình thức", "Cơ quan"), 1, {1}),
        (("nop", "phuong"), 1, {1}),
        (("channel", "district", "ward"), 2, {1, 2}),  # a ward is not pooled with another of its district
        (("first", "channel", "second"), 0, {0, 2}),  # either may be the unit
        (("half", "donvi"), 1, {0, 1}),
        (("giai_doan", "xa", "procedure"), 1, {0, 1}),
    ],
)
def test_nothing_is_pooled_across_what_may_be_the_unit(
    columns: tuple[str, ...], unit: int, apart: set[int]
) -> None:
    found = roles(*columns)
    assert (found.unit, set(found.apart)) == (unit, apart)


@pytest.mark.parametrize(
    "name",
    [
        "year",
        "period",
        "Month",
        "survey_year",
        "fiscal year",
        "quarter",
        "submitted_at",
        "năm",
        "Kỳ khảo sát",
    ],
)
def test_periods_are_known_by_their_names(name: str) -> None:
    assert roles("channel", name, "unit").periods == (1,)


@pytest.mark.parametrize(
    "levels",
    [("2025", "2026"), ("2025-01", "2025-12"), ("2026-Q1", "2026Q2"), ("05/2026", "12/2026"),
     ("2026-05-31",), ("31/05/2026", "1/6/2026"), ("T5/2026",), ("2025H1", "2025-H2"),
     ("Tháng 1", "tháng 12"), ("Quý 1",)],
)  # fmt: skip
def test_periods_are_known_by_their_levels(levels: tuple[str, ...]) -> None:
    found = find_roles(("unit", "when_served", "procedure"), [("2025",), levels, ("2001", "2002")])
    assert (found.unit, found.periods) == (0, (1,))


@pytest.mark.parametrize(
    "levels", [("2025", "other"), ("1", "2"), ("1.004", "2.000815"), ("00070", "00071"), ()]
)
def test_other_codes_are_no_periods(levels: tuple[str, ...]) -> None:
    assert find_roles(("unit", "code"), [("A",), levels]).periods == ()


@pytest.mark.parametrize("name", ["quy_trinh", "dang_ky", "weekday", "age", "procedure", "field"])
def test_other_names_are_no_periods(name: str) -> None:
    assert roles("unit", name).periods == ()


def test_the_service_channel_is_known_by_its_name() -> None:
    assert roles("channel", "unit", "service_channel").service_channel == 2
    assert roles("channel", "unit").service_channel == 0
    assert roles("procedure", "unit").service_channel is None
