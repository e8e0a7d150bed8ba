"""Charts drawn by a process of their own.

Drawing is pure Python and takes seconds: in a thread it would share the interpreter with intake, and nothing
could end it. This process runs at a low priority and is ended when it takes too long or its client leaves. It
starts with the first chart; after it was ended, the next chart starts another.
"""

import asyncio
import os
import pickle
import struct
import sys
from asyncio.subprocess import PIPE, Process
from collections import OrderedDict
from pathlib import Path
from typing import BinaryIO

from sipas.charts.page import Page
from sipas.charts.picture import picture
from sipas.charts.style import ChartError, PictureFormat
from sipas.errors import Overloaded
from sipas.turns import Turns

COMMAND = (sys.executable, "-c", "from sipas.charts.drawer import draw_on_request; draw_on_request()")
_PICTURES_KEPT = 16
_LONGEST_DRAWING_S = 30.0
_NICENESS = 10
_HEAD = struct.Struct(">?Q")  # whether it was drawn, and how many bytes follow
_BUSY = "charts are being drawn for others at the moment; try again"


class Drawer:
    def __init__(self) -> None:
        self.turns = Turns(1, busy=_BUSY, each_waiting=8, all_waiting=64)
        self.process: Process | None = None
        self.drawn: OrderedDict[tuple[Page, PictureFormat], bytes] = OrderedDict()

    async def draw(self, chart: Page, format_: PictureFormat, client: str) -> bytes:
        """Raises ChartError where the machine cannot draw, and Overloaded where no turn comes in time."""
        if (chart, format_) not in self.drawn:
            async with self.turns.turn(client):
                if (chart, format_) not in self.drawn:
                    self.keep((chart, format_), await self.ask(chart, format_))
        self.drawn.move_to_end((chart, format_))
        return self.drawn[chart, format_]

    def keep(self, key: tuple[Page, PictureFormat], content: bytes) -> None:
        self.drawn[key] = content
        if len(self.drawn) > _PICTURES_KEPT:
            self.drawn.popitem(last=False)

    async def ask(self, chart: Page, format_: PictureFormat) -> bytes:
        """Whatever cuts the answer short ends the process: half an answer must not be the next one's."""
        try:
            async with asyncio.timeout(_LONGEST_DRAWING_S):
                self.process = self.process or await _start()
                is_drawn, content = await _exchange(self.process, pickle.dumps((chart, format_)))
        except TimeoutError:
            await self.close()
            raise Overloaded("drawing this chart takes too long; ask for fewer rows, or try again") from None
        except (OSError, EOFError) as error:
            await self.close()
            raise ChartError(f"the process that draws charts ended: {error}") from None
        except BaseException:
            await self.close()
            raise
        if not is_drawn:
            raise ChartError(content.decode())
        return content

    async def close(self) -> None:
        process, self.process = self.process, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()


async def _start() -> Process:
    """Without the service's secrets, and with the place that this code came from."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SIPAS_")}
    here = str(Path(__file__).parents[2])
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [here, environment.get("PYTHONPATH")]))
    return await asyncio.create_subprocess_exec(
        *COMMAND, stdin=PIPE, stdout=PIPE, env=environment, start_new_session=True
    )


async def _exchange(process: Process, asked: bytes) -> tuple[bool, bytes]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(_HEAD.pack(True, len(asked)) + asked)
    await process.stdin.drain()
    is_drawn, size = _HEAD.unpack(await process.stdout.readexactly(_HEAD.size))
    return is_drawn, await process.stdout.readexactly(size)


def draw_on_request() -> None:
    """The process: draws what comes on its standard input until that ends."""
    os.nice(_NICENESS)
    out, sys.stdout = sys.stdout.buffer, sys.stderr  # what a library prints is no picture
    while asked := _read_asked(sys.stdin.buffer):
        chart, format_ = pickle.loads(asked)  # from the service alone, which owns the pipe
        try:
            answer = (True, picture(chart, format_))
        except ChartError as error:
            answer = (False, str(error).encode())
        out.write(_HEAD.pack(answer[0], len(answer[1])) + answer[1])
        out.flush()


def _read_asked(pipe: BinaryIO) -> bytes:
    head = pipe.read(_HEAD.size)
    return pipe.read(_HEAD.unpack(head)[1]) if len(head) == _HEAD.size else b""
