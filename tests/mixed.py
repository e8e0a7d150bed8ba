"""What waits to be mixed in a test's database, and how it is mixed there."""

from sipas.postgres.pool import Connection
from sipas.survey.links.mixing import mix_all
from sipas.survey.links.waiting import WaitingAnswer, decrypt_answer, read_answer_cipher
from tests.serving import settings_for

CIPHER = read_answer_cipher(settings_for("unused"))


async def waiting(conn: Connection) -> list[WaitingAnswer]:
    return [
        decrypt_answer(CIPHER, row["encrypted"]) for row in await conn.fetch("select encrypted from pending")
    ]


async def mix_everything(conn: Connection, anonymity: int = 1) -> int:
    """anonymity: how many answers must share what is stored; 1 keeps everything of a single one."""
    await conn.execute("update round set anonymity = $1", anonymity)
    return await mix_all(conn, CIPHER)
