"""The settings, problems and commands of docs/guides/kiosks.md are those of the code."""

import json
import re
from datetime import UTC, datetime

import click

from sipas.cli.kiosks import kiosk
from sipas.postgres.pool import Connection
from sipas.queries.kiosks import KioskSettings, get_settings_for
from sipas.survey.kiosks.fleet import KIOSK_PROBLEMS
from sipas.survey.kiosks.settings import configure_kiosks
from tests.cast import Town
from tests.docs.blocks import ROOT, blocks_of

GUIDE = (ROOT / "docs" / "guides" / "kiosks.md").read_text(encoding="utf-8")


def block(kind: str) -> str:
    (found,) = (text for of_kind, text in blocks_of("guides/kiosks.md") if of_kind == kind)
    return found


async def test_the_settings_are_accepted_and_are_the_usual_ones(conn: Connection, town: Town) -> None:
    source = block("toml").replace("[kiosks.12]", "[kiosks.99]")
    await conn.execute("insert into kiosk (id, unit_id) overriding system value values (99, $1)", 2)
    await configure_kiosks(conn, town.catalogue, source.encode(), "kiosks.toml", datetime.now(UTC))
    await conn.execute("delete from kiosk_setting where unit_id is not null")
    found = await get_settings_for(conn, town.kiosk)
    assert found.pin is not None
    assert found.note.keys() == {"vi", "en"}
    assert KioskSettings(pin=found.pin, note=found.note) == found


def test_every_problem_has_its_line_in_the_order_of_the_list() -> None:
    assert tuple(re.findall(r"^\| `(\w+)` \|", GUIDE, re.MULTILINE)) == KIOSK_PROBLEMS


def test_every_command_exists() -> None:
    assert isinstance(kiosk, click.Group)
    named = set(re.findall(r"sipas kiosk (\w+)", GUIDE))
    assert named == set(kiosk.commands)


def test_the_browsers_policy_is_json_and_a_terminal_takes_ten_lines() -> None:
    assert json.loads(block("json"))["NotificationsAllowedForUrls"]
    (commands,) = (text for _, text in blocks_of("guides/kiosks.md") if text.startswith("apt-get install"))
    assert len(commands.splitlines()) <= 10
