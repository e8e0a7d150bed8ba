"""Write the reference pages that follow from the code: commands, library, note codes and tables.

Run it by `make reference`. A test fails when a page differs from what this script writes.
"""

import dataclasses
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

import sipas.stats as st
from sipas.cli import families
from sipas.cli.estimate import estimate
from sipas.messages import TEXTS
from sipas.resources import folder
from sipas.stats.notes import KINDS

FOLDER = Path(__file__).parent / "reference"
WRITTEN = "<!-- Written by docs/write_reference.py: run `make reference` after a change of the code. -->\n"


def main() -> None:
    for name, write in PAGES.items():
        (FOLDER / name).write_text(write(), encoding="utf-8")


def row(*cells: str) -> str:
    """Return a row of a Markdown table."""
    return f"| {' | '.join(' '.join(cell.replace('|', chr(92) + '|').split()) for cell in cells)} |\n"


def code(text: str) -> str:
    return f"`{text}`"


# Commands -----------------------------------------------------------------

COMMANDS = """# Commands

{written}
Results go to standard output, and everything else goes to standard error. The exit code is 0 when a command
succeeds, 1 when the machine or a service fails, and 2 for wrong usage or input. Every error is one line that
begins with `error:`. `sipas COMMAND --help` prints the section of a command.

[Results](../guides/results.md) explains the commands that estimate, with examples.

{index}
{sections}"""


def write_commands() -> str:
    listed = list(leaf_commands(families, click.Context(families, info_name="sipas")))
    index = row("command", "purpose") + "|---|---|\n"
    for path, command, _ in listed:
        index += row(f"[`{path}`](#{path.replace(' ', '-')})", first_sentence(command.help or ""))
    return COMMANDS.format(written=WRITTEN, index=index, sections="\n".join(map(describe_command, listed)))


Leaf = tuple[str, click.Command, click.Context]


def leaf_commands(command: click.Command, context: click.Context) -> Iterator[Leaf]:
    """Yield every command that does something, with its full name."""
    if not isinstance(command, click.Group):
        yield context.command_path, command, context
        return
    if command.invoke_without_command:
        yield context.command_path, command, context
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        if found is not None and not found.hidden:
            yield from leaf_commands(found, click.Context(found, parent=context, info_name=name))


def describe_command(leaf: Leaf) -> str:
    path, command, context = leaf
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    text = f"## {path}\n\n{paragraphs(command.help or '')}\n\n```\n{usage}\n```\n"
    own = help_records(command, context)
    shared = {name: words for name, words in own.items() if ESTIMATE_OPTIONS.get(name) == words}
    if path != ESTIMATE and len(shared) >= FEWEST_SHARED:
        own = {name: words for name, words in own.items() if name not in shared}
        text += f"\nOptions of [`{ESTIMATE}`](#sipas-estimate): {', '.join(map(code, shared))}.\n"
    rows = "".join(row(code(names), words) for names, words in own.items())
    return f"{text}\n{row('option', 'meaning')}|---|---|\n{rows}" if rows else text


def help_records(command: click.Command, context: click.Context) -> dict[str, str]:
    """Return the options of a command with their help, and its arguments that have some."""
    return dict(record for record in (one.get_help_record(context) for one in command.params) if record)


ESTIMATE, FEWEST_SHARED = "sipas estimate", 10
ESTIMATE_OPTIONS = help_records(estimate, click.Context(estimate))


def paragraphs(text: str) -> str:
    blocks = re.split(r"\n\s*\n", inspect.cleandoc(text).replace("\b\n", ""))
    return "\n\n".join(" ".join(block.split()) for block in blocks)


def first_sentence(text: str) -> str:
    return re.split(r"(?<=\.)\s", paragraphs(text), maxsplit=1)[0]


# Library --------------------------------------------------------------------

LIBRARY = """# Library reference

{written}
Import the library as `import sipas.stats as st`. [The guide](../guides/library.md) shows it at work.
`help(st.NAME)` prints the shapes, errors, formula and source of each name below.

## Classes

{classes}
## Functions

{functions}
## SurveyDesign

{methods}
## Options

{options}"""


def write_library() -> str:
    public = {name: getattr(st, name) for name in st.__all__}
    classes = {name: found for name, found in public.items() if inspect.isclass(found)}
    return LIBRARY.format(
        written=WRITTEN,
        classes=summaries(classes),
        functions=summaries({name: found for name, found in public.items() if name not in classes}),
        methods="\n".join(describe_method(name) for name in public_methods(st.SurveyDesign)),
        options=block(inspect.getdoc(st.Options) or ""),
    )


def summaries(found: dict[str, Any]) -> str:
    rows = (row(code(name), (inspect.getdoc(one) or "").split("\n\n")[0]) for name, one in found.items())
    return row("name", "purpose") + "|---|---|\n" + "".join(rows)


def public_methods(design: type) -> list[str]:
    fields = {field.name for field in dataclasses.fields(design)}
    return [
        name
        for name, found in vars(design).items()
        if not name.startswith("_") and name not in fields and callable(getattr(found, "__func__", found))
    ]


def describe_method(name: str) -> str:
    return f"### SurveyDesign.{name}\n\n{block(inspect.getdoc(getattr(st.SurveyDesign, name)) or '')}"


def block(text: str) -> str:
    return f"```text\n{text}\n```\n"


# Notes ----------------------------------------------------------------------

NOTES = """# Note codes

{written}
A note is one fact about a figure, a table or its weights. JSON holds its code, severity, parameters and text.
CSV holds the codes, joined by `;`. Screens and charts show the words of the reader's language.

| severity | effect |
|---|---|
| `info` | none |
| `caution` | the figure stands; read it with the note |
| `review` | the figure is not reliable: it has no rank and no verdict |

{notes}"""


def write_notes() -> str:
    notes = row("code", "severity", "parameters", "English", "Vietnamese") + "|---|---|---|---|---|\n"
    for name, kind in KINDS.items():
        words = (TEXTS[language][f"note.{name}"] for language in ("en", "vi"))
        notes += row(code(name), kind.severity, ", ".join(map(code, kind.params)), *words)
    return NOTES.format(written=WRITTEN, notes=notes)


# Tables ---------------------------------------------------------------------

TABLES = """# Tables

{written}
The tables and views of `sql/schema.sql`, with its comments. `null` marks columns that may be empty.
The schema holds constraints, indexes, functions and triggers too.

{tables}"""
SECTION = re.compile(r"^-- (.+?) -{8,}$")
COLUMN = re.compile(
    r"^    (\w+) (.+?)(?: (?:not null|generated|default|constraint|references|check)\b.*)?,?$"
)


def write_tables() -> str:
    schema = (folder("sql") / "schema.sql").read_text("utf-8")
    return TABLES.format(written=WRITTEN, tables="".join(describe_schema(schema)))


def describe_schema(schema: str) -> Iterator[str]:
    """Yield the headings, and each table or view with the comment above it."""
    comment: list[str] = []
    lines = iter(schema.splitlines())
    for line in lines:
        if section := SECTION.match(line):
            yield f"## {section[1]}\n\n"
        elif line.startswith("--"):
            comment.append(line.removeprefix("--").strip())
        elif created := re.match(r"create (table|view) (\w+)", line):
            yield f"### {created[2]}\n\n{escaped(comment)}"
            yield columns_of(lines) if created[1] == "table" else "A view.\n\n"
            comment = []
        else:
            comment = []


def escaped(comment: list[str]) -> str:
    return f"{' '.join(comment)}\n\n" if comment else ""


def columns_of(lines: Iterator[str]) -> str:
    rows = row("column", "type", "") + "|---|---|---|\n"
    for line in lines:
        if line.startswith(")"):
            break
        column = COLUMN.match(line)
        if column and column[1] not in ("constraint", "check", "unique", "exclude", "or"):
            is_key = "not null" in line or "primary key" in line or "generated" in line
            rows += row(code(column[1]), column[2], "" if is_key else "null")
    return rows + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": write_commands,
    "library.md": write_library,
    "notes.md": write_notes,
    "tables.md": write_tables,
}

if __name__ == "__main__":
    main()
