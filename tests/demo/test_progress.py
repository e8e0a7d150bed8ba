"""Progress on a terminal and in a log."""

import io

import pytest

from sipas.demo.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_one_line_that_redraws_itself() -> None:
    terminal = Terminal()
    progress = Progress("citizens answer", 4, terminal)
    for _ in range(4):
        progress.add(1)
    shown = terminal.getvalue()
    assert shown.count("\n") == 1
    assert shown.endswith("\n")
    assert f"citizens answer [{'#' * 40}] 4/4" in shown


def test_a_log_gets_a_line_at_each_tenth() -> None:
    log = io.StringIO()
    progress = Progress("citizens answer", 1000, log)
    for _ in range(500):
        progress.add(2)
    lines = log.getvalue().splitlines()
    assert 10 <= len(lines) <= 12
    assert "1000/1000" in lines[-1]
    assert "\r" not in log.getvalue()


@pytest.mark.parametrize("stream", [Terminal, io.StringIO])
def test_the_end_is_shown_once(stream: type[io.StringIO]) -> None:
    log = stream()
    progress = Progress("x", 2, log)
    for _ in range(5):
        progress.add(1)
    assert log.getvalue().count("2/2") == 1
