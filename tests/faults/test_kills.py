"""Nothing is lost and nothing counted twice, whatever is killed at whatever moment.

A SIGKILL keeps what the kernel has cached: it says nothing about fsync, which /readyz insists on.
"""

import asyncio
import time
from collections.abc import Iterator
from itertools import cycle, islice
from random import Random

import pytest

from tests.faults.ledger import Ledger
from tests.faults.senders import sending
from tests.faults.service import Service
from tests.faults.stage import Stage, set_stage
from tests.faults.strikes import STRIKES
from tests.faults.verdict import judge
from tests.scratch import scratch
from tests.waiting import until

LINKS_A_KILL = 40
HEARD = 20  # acknowledgements after a kill that show that the service is back
EARLY = 0.2  # how often the next kill does not wait for that


@pytest.fixture
def stage(kills: int) -> Iterator[Stage]:
    with scratch() as directory:
        yield set_stage(directory, links=kills * LINKS_A_KILL)


async def test_what_was_acknowledged_is_stored_once_and_counted_once_whatever_is_killed(
    service: Service, stage: Stage, kills: int, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    random, ledger, start = Random(seed), Ledger(), time.monotonic()
    order = list(islice(cycle(STRIKES), kills))
    random.shuffle(order)
    service.start()
    async with sending(service.address, stage, ledger, random):
        for name in order:
            if random.random() >= EARLY:
                await until_heard(service, ledger)
            await asyncio.sleep(random.random())  # so that the moment is any moment
            assert service.runs(), service.last_words()
            await STRIKES[name](service, random)
            if not service.runs():
                service.start()
        await until_heard(service, ledger)
    verdict = await judge(service)
    with capsys.disabled():
        print(f"\n{kills} kills (seed {seed}, {time.monotonic() - start:.0f} s): {verdict.summary(ledger)}")
    verdict.demand_all_well(ledger)
    assert service.stop() == 0


async def until_heard(service: Service, ledger: Ledger) -> None:
    """The service is back when senders hear again. It comes back by itself where its server lives."""
    before = len(ledger.acknowledged)
    await until(
        lambda: len(ledger.acknowledged) >= before + HEARD or not service.runs(),
        "senders hear again",
        say=service.last_words,
    )
    assert service.runs(), service.last_words()
