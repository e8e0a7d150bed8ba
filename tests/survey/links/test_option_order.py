"""The order of options on the survey page, and its record in the response."""

import re
from collections import Counter

import httpx

from sipas.postgres.pool import Connection
from sipas.survey.catalogue import load_catalogue
from sipas.survey.instruments.items import Item, Option, OptionOrder
from sipas.survey.links.one_time_links import LINK_VALID_FOR, new_links
from sipas.survey.links.option_order import in_order
from tests.cast import Town, link_about
from tests.mixed import waiting
from tests.serving import SECRET, client_of, serving
from tests.survey.links.three_points import HEAD

SEEDS = [seed.to_bytes(2) for seed in range(600)]
OPTIONS = tuple(Option(code, {"vi": code}, other=code == "else") for code in ("a", "b", "c", "else"))
SOURCE = (
    HEAD
    + """[[sections]]
id = "all"
title = { vi = "Câu hỏi" }
items = [
  { id = "rated", text = { vi = "Thế nào?" } },
  { id = "way", kind = "choice", order = "reversed", text = { vi = "Qua đâu?" }, options = [
    { code = "web", text = { vi = "Mạng" } }, { code = "post", text = { vi = "Bưu điện" } } ] },
]
[[indices]]
id = "overall"
kind = "question"
question = "rated"
"""
)


def orders(order: OptionOrder) -> Counter[str]:
    item = Item("way", {"vi": "?"}, "choice", options=OPTIONS, order=order)
    return Counter(" ".join(one.code for one in in_order(item, OPTIONS, seed)) for seed in SEEDS)


def test_options_are_shown_as_written_reversed_or_random_with_other_last() -> None:
    assert orders("as-written") == {"a b c else": 600}
    reversed_ = orders("reversed")
    assert set(reversed_) == {"a b c else", "c b a else"}
    assert abs(reversed_["c b a else"] - 300) < 50
    random = orders("random")
    assert len(random) == 6
    assert all(abs(times - 100) < 40 for times in random.values())


async def test_the_order_that_a_link_showed_is_recorded_with_its_response(
    dsn: str, conn: Connection, town: Town
) -> None:
    await conn.execute("insert into instrument (code, version, source) values ('kinds', 1, $1)", SOURCE)
    await conn.execute("update round set instrument_id = (select id from instrument where code = 'kinds')")
    link = link_about(await load_catalogue(conn))
    shown: Counter[str] = Counter()
    async with serving(dsn) as address, client_of(address) as client:
        for token in await new_links(conn, [link] * 12, LINK_VALID_FOR, SECRET):
            shown[shown_order(await client.get(f"/s/{token}"))] += 1
            sent = {"rated": "3", "way": "web", "Page": "0"}
            assert "Xin cảm ơn" in (await client.post(f"/s/{token}", data=sent)).text
    answers = await waiting(conn)
    assert Counter(one.attributes["option_order"] for one in answers) == shown
    assert {tuple(one.answers) for one in answers} == {(3, 1)}


def shown_order(page: httpx.Response) -> str:
    options = re.findall(r'name="way" value="([^"]+)"', page.text)
    return {("web", "post"): "as-written", ("post", "web"): "reversed"}[tuple(options)]
