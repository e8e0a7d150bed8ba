"""The embedded Postgres through good and bad days."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from sipas.errors import DatabaseError
from sipas.postgres import owner
from sipas.postgres.embedded import running
from sipas.postgres.migrate import migrate
from sipas.postgres.pool import connect
from sipas.postgres.server import Server
from tests.postgres.user import User

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can set this up")


async def store(dsn: str, word: str) -> None:
    conn = await connect(dsn)
    await conn.execute("create table if not exists kept (word text)")
    await conn.execute("insert into kept values ($1)", word)
    await conn.close()


async def stored(dsn: str) -> list[str]:
    conn = await connect(dsn)
    words = [row["word"] for row in await conn.fetch("select word from kept order by word")]
    await conn.close()
    return words


def postmaster(data_dir: Path) -> int:
    return int((data_dir / "postgres" / "postmaster.pid").read_text(encoding="utf-8").split()[0])


def server(data_dir: Path) -> Server:
    return Server(data_dir.resolve(), owner.find_owner(data_dir.resolve()))


def is_up(data_dir: Path) -> bool:
    return server(data_dir).alive()


def list_processes_naming(data_dir: Path) -> list[str]:
    found = subprocess.run(["pgrep", "--full", f"{data_dir}/"], capture_output=True, text=True)
    return found.stdout.split()


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < deadline, "waited 30 s in vain"
        time.sleep(0.01)


async def test_a_first_start_makes_a_utf8_database_with_checksums_that_no_network_reaches(
    empty_dir: Path,
) -> None:
    with running(empty_dir) as dsn:
        conn = await connect(dsn)
        found = [
            await conn.fetchval(f"show {setting}")
            for setting in (
                "server_encoding",
                "data_checksums",
                "listen_addresses",
                "fsync",
                "synchronous_commit",
            )
        ]
        upper = await conn.fetchval("select upper('thủ tục hành chính ở phường')")
        await conn.close()
    assert found == ["UTF8", "on", "", "on", "on"]
    assert upper == "THỦ TỤC HÀNH CHÍNH Ở PHƯỜNG"


async def test_what_was_stored_is_there_after_a_restart(data_dir: Path) -> None:
    with running(data_dir) as dsn:
        await store(dsn, "một")
    assert not is_up(data_dir)
    wait_until(lambda: not list_processes_naming(data_dir))
    with running(data_dir) as dsn:
        assert await stored(dsn) == ["một"]


async def test_a_long_path_with_spaces_and_diacritics_is_no_obstacle(data_dir: Path) -> None:
    deep = data_dir / "Sở Nội vụ – dữ liệu khảo sát (bản thử)" / ("thư mục rất dài " * 6)
    deep.mkdir(parents=True)
    (data_dir / "postgres").rename(deep / "postgres")
    with running(deep) as dsn:
        await store(dsn, "hai")
        assert await stored(dsn) == ["hai"]


def test_the_socket_lies_in_a_directory_that_is_closed_to_others(data_dir: Path) -> None:
    sockets = server(data_dir).sockets
    with running(data_dir):
        assert sockets.stat().st_mode & 0o077 == 0
    assert not sockets.exists()


def test_processes_that_start_at_once_share_one_server_and_the_last_one_out_stops_it(empty_dir: Path) -> None:
    users = [User(empty_dir) for _ in range(4)]
    assert len({user.dsn() for user in users}) == 1
    first = postmaster(empty_dir)
    for user in users:
        assert is_up(empty_dir)
        assert postmaster(empty_dir) == first
        assert user.leave() == 0
    assert not is_up(empty_dir)


async def test_killing_the_process_that_started_it_leaves_the_server_to_the_others(data_dir: Path) -> None:
    owner = User(data_dir)
    owner.dsn()
    with running(data_dir) as dsn:
        owner.kill()
        await store(dsn, "ba")
        assert await stored(dsn) == ["ba"]
    assert not is_up(data_dir)


def test_a_server_whose_last_user_was_killed_is_stopped(data_dir: Path) -> None:
    user = User(data_dir)
    user.dsn()
    user.kill()
    wait_until(lambda: not is_up(data_dir))
    assert not (data_dir / "postgres" / "postmaster.pid").exists()


async def test_after_all_was_killed_the_next_start_recovers_what_was_committed(data_dir: Path) -> None:
    user = User(data_dir)
    await store(user.dsn(), "bốn")
    os.kill(postmaster(data_dir), signal.SIGKILL)
    user.kill()
    with running(data_dir) as dsn:
        assert await stored(dsn) == ["bốn"]


async def test_a_server_that_died_under_its_user_is_started_again_by_the_next(data_dir: Path) -> None:
    with running(data_dir) as dsn:
        await store(dsn, "năm")
        os.kill(postmaster(data_dir), signal.SIGKILL)
        wait_until(lambda: not is_up(data_dir))
        with running(data_dir) as again:
            assert await stored(again) == ["năm"]
    assert not is_up(data_dir)


async def test_a_dead_servers_number_on_another_process_does_not_block_the_start(data_dir: Path) -> None:
    sockets = server(data_dir).sockets
    left_behind = f"{os.getpid()}\n{data_dir}/postgres\n1\n5432\n{sockets}\n\n1 2\nready\n"
    (data_dir / "postgres" / "postmaster.pid").write_text(left_behind)
    server(data_dir).make_sockets()
    (sockets / ".s.PGSQL.5432.lock").write_text(left_behind)
    with running(data_dir) as dsn:
        await store(dsn, "sáu")


def test_a_socket_directory_that_others_can_enter_is_refused(data_dir: Path) -> None:
    sockets = server(data_dir).sockets
    sockets.mkdir(mode=0o755)
    with pytest.raises(DatabaseError, match="is not ours alone"), running(data_dir):
        pass
    sockets.rmdir()


def test_a_server_started_by_hand_is_left_alone(data_dir: Path, tmp_path: Path) -> None:
    found = owner.find_owner(data_dir.resolve())
    by_hand: list[str | Path] = [*found.words, found.binaries / "pg_ctl", "-D", found.cluster]
    options = f"-c listen_addresses= -c unix_socket_directories={found.cluster}"
    subprocess.run(
        [*by_hand, "-w", "-o", options, "-l", "/dev/null", "start"], check=True, capture_output=True
    )
    pid = postmaster(data_dir)
    try:
        with pytest.raises(DatabaseError, match="that sipas did not start") as caught, running(data_dir):
            pass
        assert postmaster(data_dir) == pid
        assert "\n" not in str(caught.value)
    finally:
        subprocess.run([*by_hand, "-m", "fast", "stop"], check=True, capture_output=True)


def test_a_directory_that_is_no_database_is_refused_and_left_as_it_is(empty_dir: Path) -> None:
    (empty_dir / "postgres").mkdir()
    (empty_dir / "postgres" / "letter.txt").write_text("dear")
    with pytest.raises(DatabaseError, match="is not empty and holds no Postgres"), running(empty_dir):
        pass
    assert [file.name for file in (empty_dir / "postgres").iterdir()] == ["letter.txt"]


def test_the_database_of_another_version_is_refused_and_left_as_it_is(data_dir: Path) -> None:
    (data_dir / "postgres" / "PG_VERSION").write_text("13\n")
    before = sorted(file.name for file in (data_dir / "postgres").iterdir())
    with (
        pytest.raises(DatabaseError, match="was made by Postgres 13, and this is Postgres"),
        running(data_dir),
    ):
        pass
    assert sorted(file.name for file in (data_dir / "postgres").iterdir()) == before


def test_a_data_dir_that_is_itself_a_database_is_refused(data_dir: Path) -> None:
    with pytest.raises(DatabaseError, match="is itself a data directory"), running(data_dir / "postgres"):
        pass


def test_a_file_where_the_data_dir_should_be_is_one_clear_line(empty_dir: Path) -> None:
    (empty_dir / "var").write_text("")
    with pytest.raises(DatabaseError, match=r"cannot start: .*File exists"), running(empty_dir / "var"):
        pass


def test_a_broken_configuration_is_told_in_the_servers_own_words(data_dir: Path) -> None:
    with (data_dir / "postgres" / "postgresql.conf").open("a") as configuration:
        configuration.write("no_such_setting = 1\n")
    with (
        pytest.raises(DatabaseError, match=r"ended at once: .*postgresql\.conf") as caught,
        running(data_dir),
    ):
        pass
    assert "\n" not in str(caught.value)


async def test_a_process_killed_in_its_first_start_is_followed_by_a_whole_one(empty_dir: Path) -> None:
    user = User(empty_dir)
    wait_until((empty_dir / "postgres.unfinished" / "PG_VERSION").exists)
    user.kill()
    with running(empty_dir) as dsn:
        await store(dsn, "chín")
        assert await stored(dsn) == ["chín"]


async def test_a_first_start_that_was_cut_short_is_made_anew(empty_dir: Path) -> None:
    (empty_dir / "postgres.unfinished").mkdir()
    (empty_dir / "postgres.unfinished" / "PG_VERSION").write_text("18")
    with running(empty_dir) as dsn:
        await store(dsn, "bảy")
    assert not (empty_dir / "postgres.unfinished").exists()


def test_a_data_dir_deleted_under_its_server_leaves_no_process_behind(data_dir: Path) -> None:
    with running(data_dir):
        pid = postmaster(data_dir)
        shutil.rmtree(data_dir)
    os.kill(pid, signal.SIGINT)
    wait_until(lambda: not list_processes_naming(data_dir))
    data_dir.mkdir()


@as_root
def test_a_full_disk_is_one_clear_line_and_can_be_tried_again(empty_dir: Path) -> None:
    # Not a scratch directory: no process holds this one, so tests running beside would remove it.
    small: list[str | Path] = ["mount", "-t", "tmpfs", "-o", "size=12m,mode=755", "tmpfs", empty_dir]
    if subprocess.run(small, capture_output=True).returncode != 0:
        pytest.skip("this root may not mount a small disk")
    try:
        with pytest.raises(DatabaseError, match="No space left on device") as caught, running(empty_dir):
            pass
        assert "\n" not in str(caught.value)
        subprocess.run(["mount", "-o", "remount,size=200m", empty_dir], check=True)
        with running(empty_dir):
            pass
    finally:
        wait_until(lambda: subprocess.run(["umount", empty_dir]).returncode == 0)


@as_root
async def test_where_user_namespaces_are_barred_another_user_runs_it(
    empty_dir: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    home = empty_dir / "lib"
    home.mkdir(mode=0o755)
    closed = empty_dir / "root's own"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(owner, "UNSHARE", ("false",))
    monkeypatch.setattr(owner, "SYSTEM_USER", "nobody")
    monkeypatch.setattr(owner, "SYSTEM_HOME", home)
    with running(closed) as dsn:
        await store(dsn, "tám")
    assert "runs as user nobody" in caplog.text
    assert (closed / "postgres").resolve().is_relative_to(home)
    monkeypatch.undo()
    with running(closed) as dsn:
        assert await stored(dsn) == ["tám"]


@as_root
def test_what_another_user_made_root_runs_as_that_user(empty_dir: Path) -> None:
    empty_dir.chmod(0o755)
    (empty_dir / "postgres").mkdir(mode=0o700)
    os.chown(empty_dir / "postgres", 65534, 65534)
    with running(empty_dir):
        assert Path(f"/proc/{postmaster(empty_dir)}").stat().st_uid == 65534


async def test_sipas_owns_its_database_and_nothing_else_of_the_server(empty_dir: Path) -> None:
    with running(empty_dir) as dsn:
        await migrate(dsn)
        conn = await connect(dsn)
        assert await conn.fetchval("select current_user") == "sipas"
        assert await conn.fetchval("show is_superuser") == "off"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.execute("copy (select 1) to '/tmp/sipas-no-such-file'")
        await conn.close()
