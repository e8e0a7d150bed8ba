"""The blocks for sipas in docs/reference/side_by_side.md run, give the page's numbers, and are short."""

import ast
import re
from typing import Any

import pytest

from tests.docs.blocks import ROOT, blocks_of

PAGE = "reference/side_by_side.md"
SECTIONS = re.split(r"^## ", (ROOT / "docs" / PAGE).read_text("utf-8"), flags=re.MULTILINE)[1:]
CODE = re.compile(r"^```(py|r|python)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SHOWN = re.compile(r"^\| [\w ]+ \| (\d\.\d{6}) \| (\d\.\d{6}) \|$", re.MULTILINE)


def run(code: str, names: dict[str, Any]) -> Any:
    """Execute the statements; return the value of the last one, as a notebook shows it."""
    *statements, last = ast.parse(code).body
    exec(compile(ast.Module(statements, []), PAGE, "exec"), names)
    if isinstance(last, ast.Expr):
        return eval(compile(ast.Expression(last.value), PAGE, "eval"), names)
    exec(compile(ast.Module([last], []), PAGE, "exec"), names)
    return None


def test_our_blocks_give_the_numbers_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    names: dict[str, Any] = {}
    checked = 0
    for section in SECTIONS:
        blocks = dict(CODE.findall(section))
        result = run(blocks["python"], names)
        for estimate, se in SHOWN.findall(section):
            value = "difference" if "difference" in result.columns else "estimate"
            assert (f"{result[value][0]:.6f}", f"{result['se'][0]:.6f}") == (estimate, se), section
            checked += 1
    assert checked == 8


@pytest.mark.parametrize("section", SECTIONS[1:], ids=lambda section: section.splitlines()[0])
def test_no_task_takes_more_lines_than_elsewhere(section: str) -> None:
    blocks = dict(CODE.findall(section))
    svy, r, ours = (len(blocks[kind].splitlines()) for kind in ("py", "r", "python"))
    assert ours <= max(1, min(svy, r))


def test_all_tasks_together_take_fewer_characters_than_elsewhere() -> None:
    tasks = [dict(CODE.findall(section)) for section in SECTIONS]
    svy, r, ours = (sum(len(blocks[kind]) for blocks in tasks) for kind in ("py", "r", "python"))
    assert ours < min(svy, r)


def test_there_are_ten_tasks_in_three_languages() -> None:
    kinds = [kind for kind, _ in blocks_of(PAGE)]
    assert kinds == ["py", "r", "python"] * (1 + 10)
