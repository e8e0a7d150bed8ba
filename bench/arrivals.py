"""Submissions that arrive by the clock, whether or not earlier ones were answered: a process of its own.

Usage: python -m bench.arrivals PORT TOKEN A-SECOND SECONDS
"""

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Iterator

import msgspec
import uvloop

from bench.senders import END_OF_HEAD, Sent, write_request

CONNECTIONS = 64
STORED = b'"stored"'


def arrive(port: int, token: str, *, a_second: float, seconds: float) -> Sent:
    """Times count from the moment at which a submission was due."""
    command = [sys.executable, "-m", "bench.arrivals", *map(str, (port, token, a_second, seconds))]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return msgspec.convert(msgspec.json.decode(done.stdout), Sent)


def draw_arrivals(a_second: float, seconds: float, seed: int = 1) -> Iterator[float]:
    """Moments of a Poisson process, in seconds from its start."""
    chance, at = random.Random(seed), 0.0
    while (at := at + chance.expovariate(a_second)) < seconds:
        yield at


async def run(port: int, token: str, a_second: float, seconds: float) -> Sent:
    arrivals = list(draw_arrivals(a_second, seconds))
    requests = [write_request(token, 1) for _ in arrivals]
    idle: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        idle.put_nowait(await asyncio.open_connection("127.0.0.1", port))
    start = time.perf_counter()

    async def send(due: float, request: bytes) -> float:
        await asyncio.sleep(start + due - time.perf_counter())
        reader, writer = await idle.get()
        writer.write(request)
        head = await reader.readuntil(END_OF_HEAD)
        body = await reader.readexactly(
            int(head.lower().partition(b"content-length: ")[2].split(b"\r", 1)[0])
        )
        assert STORED in body, body
        idle.put_nowait((reader, writer))
        return time.perf_counter() - start - due

    times = sorted(await asyncio.gather(*map(send, arrivals, requests)))
    p50, p99 = (1000 * times[int(len(times) * part)] for part in (0.50, 0.99))
    return Sent(len(times) / seconds, p50, p99)


if __name__ == "__main__":
    _, port, token, a_second, seconds = sys.argv
    sent = uvloop.run(run(int(port), token, float(a_second), float(seconds)))
    sys.stdout.buffer.write(msgspec.json.encode(sent))
