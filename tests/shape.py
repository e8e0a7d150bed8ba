"""The size of names, functions and sentences: `make shape`. They show a direction, and are no quota.

`python -m tests.shape names` lists the names that several modules define, `prose` the sentences counted.
"""

import ast
import re
import sys
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("sipas", "kiosk", "sql", "bench", "studies", "tests")
COMMENTS = {
    ".js": re.compile(r"/\*\*?(?s:.*?)\*/|(?<!:)//.*"),
    ".sql": re.compile(r"--.*"),
}
OPENING = re.compile(r"(?:What|Who|Whoever|Of)\b")
RIDDLE = re.compile(r"\b(?:whoever|nobody|somebody|everybody)\b", re.IGNORECASE)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    path: str
    lines: int
    tree: ast.Module

    def names(self) -> set[str]:
        """Return the public names that the module defines: functions, classes and constants."""
        found: set[str] = set()
        for node in self.tree.body:
            if isinstance(node, Function | ast.ClassDef):
                found.add(node.name)
            targets = node.targets if isinstance(node, ast.Assign) else []
            targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
            found.update(n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name))
        return {name for name in found if not name.startswith("_")}

    def functions(self) -> Iterator[Function]:
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))


@cache
def modules() -> list[Module]:
    files = sorted((ROOT / "sipas").rglob("*.py"))
    sources = [(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")) for file in files]
    return [Module(path, source.count("\n"), ast.parse(source)) for path, source in sources]


def shared_names() -> dict[str, list[str]]:
    """Return the names that more than one module defines, each with these modules."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for module in modules():
        for name in module.names():
            found[name].append(module.path)
    return {name: paths for name, paths in sorted(found.items()) if len(paths) > 1}


def names_per_1000_lines() -> float:
    bodies = [node for module in modules() for node in module.tree.body]
    named = sum(isinstance(node, Function | ast.ClassDef) for node in bodies)
    return 1000 * named / sum(module.lines for module in modules())


def private_share() -> float:
    tops = [node for module in modules() for node in module.tree.body]
    named = [node.name for node in tops if isinstance(node, Function | ast.ClassDef)]
    return 100 * sum(name.startswith("_") for name in named) / len(named)


def widest_signature() -> tuple[int, str]:
    return max(
        (sum(map(len, (f.args.posonlyargs, f.args.args, f.args.kwonlyargs))), f"{module.path} {f.name}")
        for module in modules()
        for f in module.functions()
        if module.path.startswith("sipas/stats/")
    )


def longest_function() -> tuple[int, str]:
    return max(
        ((f.end_lineno or f.lineno) - f.lineno + 1, f"{module.path} {f.name}")
        for module in modules()
        for f in module.functions()
    )


def prose() -> Iterator[str]:
    """Yield the paragraphs of README and docs, the docstrings, and the comments."""
    for file in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        text = re.sub(r"```.*?```", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        yield from re.split(r"\n\s*\n|\n[-#|]", text)
    for file in (file for folder in FOLDERS for file in (ROOT / folder).rglob("*.*")):
        if file.suffix == ".py":
            yield from python_prose(file)
        elif file.suffix in COMMENTS and "node_modules" not in file.parts:
            yield from COMMENTS[file.suffix].findall(file.read_text(encoding="utf-8"))


def python_prose(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | Function):
            yield from (ast.get_docstring(node) or "").split("\n\n")
    with file.open("rb") as source:
        tokens = [token for token in tokenize.tokenize(source.readline) if token.type == tokenize.COMMENT]
    yield from (token.string.lstrip("# ") for token in tokens)


def sentences() -> list[str]:
    return [s.strip(" */#|-\n") for one in prose() for s in re.split(r"(?<=[.:;!?])\s+", one) if s.strip()]


def report() -> Iterator[tuple[str, str, str]]:
    """Yield a line for each measure: its name, the value of before, the value of now."""
    said = sentences()
    words = sum(len(re.findall(r"[^\W\d_]+", one)) for one in said) / 1000
    signature, function = widest_signature(), longest_function()
    module = max((module.lines, module.path) for module in modules())
    opened = sum(bool(OPENING.match(one)) for one in said) / words
    riddles = sum(len(RIDDLE.findall(one)) for one in said) / words
    yield "names defined in more than one module", "278", str(len(shared_names()))
    yield "parameters of the widest signature in sipas.stats", "12", f"{signature[0]}  {signature[1]}"
    yield "functions and classes per 1,000 lines", "57", f"{names_per_1000_lines():.0f}"
    yield "private among them, %", "0", f"{private_share():.0f}"
    yield "lines of the longest function", "76", f"{function[0]}  {function[1]}"
    yield "lines of the longest module", "391", f"{module[0]}  {module[1]}"
    yield "openings with What, Who, Whoever, Of per 1,000 words", "5.4", f"{opened:.1f}"
    yield "whoever, nobody, somebody, everybody per 1,000 words", "2.9", f"{riddles:.1f}"
    yield "words of prose", "65,900", f"{1000 * words:,.0f}"


def main(listed: str = "") -> None:
    match listed:
        case "names":
            for name, paths in shared_names().items():
                print(name, *paths)
        case "prose":
            for one in sentences():
                if OPENING.match(one) or RIDDLE.search(one):
                    print(" ".join(one.split()))
        case _:
            print(f"{'':<54}{'before':>7}  now")
            for name, before, now in report():
                print(f"{name:<54}{before:>7}  {now}")


if __name__ == "__main__":
    main(*sys.argv[1:])
