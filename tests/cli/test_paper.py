"""sipas paper list, before any form; docs/guides/paper.md shows it with forms."""

from tests.cli.conftest import Sipas


def test_rounds_without_paper_forms_are_not_listed(city: Sipas) -> None:
    assert city("paper", "list").json == []
    assert city("paper", "list", "--round", "autumn").json == []


def test_an_unknown_round_is_named(city: Sipas) -> None:
    unknown = city("paper", "list", "--round", "spring")
    assert unknown.exit_code == 2
    assert "there is no round 'spring'" in unknown.err
