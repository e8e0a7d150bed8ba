"""sipas instrument preview: a server without a database, until it is stopped."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from sipas.http_server import reserve_port
from tests.cli.conftest import Sipas
from tests.faults.service import free_port
from tests.imports.questionnaires.forms import WARD_FORM, WARD_SURVEY, workbook

COMMAND = [
    sys.executable,
    "-c",
    "import sys; from sipas.cli import main; sys.exit(main())",
    "instrument",
    "preview",
]
NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


@contextmanager
def previewing(
    folder: Path, *arguments: object, **variables: str
) -> Iterator[tuple[Mapping[str, str], list[str]]]:
    """Yield the last address of each kind, and all lines; end it as Ctrl-C does."""
    environment = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ} | variables
    command = [*COMMAND, *map(str, arguments), "--port", str(free_port())]
    with subprocess.Popen(
        command, env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stderr
        lines = [process.stdout.readline().strip() for _ in range(3)]
        yield dict(line.split(" ") for line in lines[1:] if line), lines
        process.send_signal(signal.SIGINT)
        lines.append(process.stderr.read())
        assert process.wait(timeout=30) == 0, lines


def test_a_file_is_previewed_without_any_database_and_leaves_nothing(tmp_path: Path) -> None:
    form = tmp_path / "phieu.xlsx"
    form.write_bytes(
        workbook({**WARD_FORM, "survey": [*WARD_FORM["survey"], ["geopoint", "place", "Ở?", "Where?"]]})
    )
    with previewing(tmp_path, form, SIPAS_DATABASE_URL=NOWHERE) as (addresses, lines):
        assert lines[0] == "ready"
        page = httpx.get(addresses["phone"], trust_env=False)
        assert "Giới tính?" in page.text
        assert "Bản xem thử" in page.text
    assert "not understood: phieu.xlsx, sheet survey, row 14: type 'geopoint'" in lines[-1]
    assert lines[-1].endswith("stopping; nothing was stored\n")
    assert [path.name for path in tmp_path.iterdir()] == ["phieu.xlsx"]


def test_a_published_version_is_read_from_the_database(sipas: Sipas, dsn: str, tmp_path: Path) -> None:
    (tmp_path / "survey.json").write_text(WARD_SURVEY, encoding="utf-8")
    assert sipas("instrument", "import", tmp_path / "survey.json").exit_code == 0
    secret = "a secret that only the tests know"
    with previewing(tmp_path, "survey@1", SIPAS_DATABASE_URL=dsn, SIPAS_SECRET=secret) as (addresses, _):
        assert "Giới tính?" in httpx.get(addresses["phone"], trust_env=False).text


def test_what_is_unknown_and_a_taken_port_are_one_line(sipas: Sipas) -> None:
    with reserve_port("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        refused = sipas("instrument", "preview", "csm", "--port", port)
    assert refused.exit_code == 1
    assert (
        refused.err
        == f"error: cannot listen on 127.0.0.1:{port}: Address already in use; choose another --port\n"
    )
    unknown = sipas("instrument", "preview", "sipas-2026@1", "--form", "long")
    assert unknown.exit_code == 2
    assert (
        unknown.err == "error: sipas-2026@1 has no form 'long'; its forms are household, full, kiosk, sms\n"
    )
    for name in ("nothing.toml", "nothing@1"):
        missing = sipas("instrument", "preview", name)
        assert missing.exit_code == 2
        assert missing.err.count("\n") == 1
