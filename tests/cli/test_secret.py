"""A wrong SIPAS_SECRET is refused before anything is stored under it."""

import pytest

from tests.cli.conftest import Sipas

OTHER = "the-wrong-secret-after-a-restore"


def test_another_secret_is_refused_and_taken_only_on_purpose(
    city: Sipas, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = {
        "waiting_messages": 0,
        "waiting_answers": 0,
        "paper_entries": 0,
        "opt_outs": 0,
        "transactions": 0,
    }
    ours = {"matches": True, "open_links": 2, **nothing}
    make = ("link", "create", "--round", "autumn", "--unit", "00070", "--count", 2)
    assert city(*make).exit_code == 0
    assert city("secret").json == ours
    monkeypatch.setenv("SIPAS_SECRET", OTHER)
    refused = city(*make)
    assert refused.exit_code == 2
    assert refused.err.startswith("error: SIPAS_SECRET is not the secret that this database was used with")
    assert city("serve", "--port", 0).err == refused.err
    assert city("secret").json == ours | {"matches": False}
    asked = city("secret", "--replace")
    assert (asked.exit_code, "2 open links stop working" in asked.err) == (2, True)
    assert city("secret", "--replace", "--yes").json == ours
    assert city(*make).exit_code == 0


def test_a_weak_secret_is_refused(sipas: Sipas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIPAS_SECRET", "passwordpassword")
    refused = sipas("round", "list")
    assert (refused.exit_code, "SIPAS_SECRET repeats few characters; set a random one" in refused.err) == (
        2,
        True,
    )
