"""Opt-outs by a reply or on the page delete everything that leads to the phone."""

from datetime import UTC, datetime

import pytest

from sipas.errors import InputError, NotFound
from sipas.queries.opt_outs import list_undone_opt_outs
from sipas.survey.contacts.opt_outs import undo_opt_out
from sipas.survey.links.one_time_links import find_visit, refuse_survey
from sipas.survey.messaging.delivery_receipts import keep_gateway_messages
from sipas.survey.messaging.transports import SmsReply
from tests.serving import SECRET
from tests.survey.messaging.conftest import CIPHER, Office, log_config, phones

STOP = SmsReply(phones(1)[0], "STOP")
KEPT = "select count(*) filter (where payload is not null)::int from message"
HASHES = "select count(opt_out_hash)::int from link"


async def invite_two(office: Office) -> str:
    """Each has an invitation, and a reminder waits; the token of the first."""
    await office.remind_after(3)
    token, _ = await office.write(phones(2))
    await (await office.sender(log_config())).send_due()
    assert await office.states() == {"sent": 2, "waiting": 2}
    return token


async def stop_on_page(office: Office, token: str) -> None:
    visit = await find_visit(office.conn, token, SECRET)
    assert visit is not None
    await refuse_survey(office.conn, visit, datetime.now(UTC))


async def test_stop_by_an_answer_forgets_the_phone_wherever_it_waits(office: Office) -> None:
    await invite_two(office)
    await office.write(phones(1))  # another link of the same phone
    await keep_gateway_messages(office.conn, [STOP], SECRET, CIPHER, office.clock.now())
    assert await office.states() == {"sent": 2, "waiting": 1, "cancelled": 2}
    assert (await office.conn.fetchval(KEPT), await office.conn.fetchval(HASHES)) == (1, 1)


async def test_stop_on_the_page_is_of_the_phone_too(office: Office) -> None:
    token = await invite_two(office)
    await office.write(phones(1))
    await stop_on_page(office, token)
    assert await office.states() == {"sent": 2, "waiting": 1, "cancelled": 2}
    assert (await office.conn.fetchval(KEPT), await office.conn.fetchval(HASHES)) == (1, 1)


async def test_an_opt_out_by_reply_and_on_the_page_counts_once(office: Office) -> None:
    token = await invite_two(office)
    visit = await find_visit(office.conn, token, SECRET)  # as a page that was opened before
    assert visit is not None
    await office.conn.execute("insert into opt_out select opt_out_hash, current_date from link limit 1")
    await refuse_survey(office.conn, visit, datetime.now(UTC))
    assert "refused" not in await office.funnel()
    await stop_on_page(office, token)
    assert "refused" not in await office.funnel()


async def test_a_stop_reply_proves_that_its_message_arrived(office: Office) -> None:
    """So nothing of the phone stays for the receipt."""
    await office.write(phones(1))
    await office.conn.execute("update message set state = 'sent', provider_id = 'p'")
    await keep_gateway_messages(office.conn, [STOP], SECRET, CIPHER, office.clock.now())
    assert await office.funnel() == {"delivered": 1}
    assert await office.conn.fetchval(KEPT) == 0


async def test_an_opt_out_is_undone_on_request_and_that_is_kept(office: Office) -> None:
    await keep_gateway_messages(office.conn, [STOP], SECRET, CIPHER, office.clock.now())
    undone = await undo_opt_out(office.conn, "0910 000 000", SECRET, "lan@may-chu", "asked at the counter")
    assert undone.since == office.clock.now().date()
    assert await office.conn.fetchval("select count(*) from opt_out") == 0
    [row] = await list_undone_opt_outs(office.conn)
    assert (row.undone_by, row.reason) == ("lan@may-chu", "asked at the counter")
    with pytest.raises(NotFound):
        await undo_opt_out(office.conn, phones(1)[0], SECRET, "lan@may-chu", "once more")
    with pytest.raises(InputError, match="long number"):
        await undo_opt_out(office.conn, phones(1)[0], SECRET, "lan@may-chu", f"{phones(1)[0]} called")
