"""Groups of commands. Each is imported when it is called, so a broken one does not affect the others."""

from importlib import import_module
from typing import Any, NamedTuple

import click

from sipas.errors import SipasError


class CommandFamily(NamedTuple):
    """The import path of a command (module:name), and its line of help."""

    command: str
    help: str


FAMILIES = {
    "serve": CommandFamily("sipas.cli.serve:serve", "the service"),
    "migrate": CommandFamily("sipas.cli.migrate:migrate", "migrate the database to this version's schema"),
    "demo": CommandFamily("sipas.cli.demo:demo", "a synthetic city with answers of its citizens"),
    "import": CommandFamily(
        "sipas.cli.imports:import_", "units, procedures, instruments, frames, transactions, responses"
    ),
    "instrument": CommandFamily(
        "sipas.cli.instruments:instrument", "questionnaires: import, list, show, preview, export"
    ),
    "transactions": CommandFamily(
        "sipas.cli.transactions:transactions", "count finished transactions, list and retry problems"
    ),
    "round": CommandFamily("sipas.cli.rounds:round_", "open, close and list survey rounds"),
    "estimate": CommandFamily("sipas.cli.estimate:estimate", "indices with their intervals"),
    "compare": CommandFamily("sipas.cli.compare:compare", "differences between domains, channels or rounds"),
    "ranks": CommandFamily("sipas.cli.answers:ranks", "ranks, each with its range"),
    "targets": CommandFamily(
        "sipas.cli.answers:targets", "whether a target is met, and how many responses would decide"
    ),
    "small-areas": CommandFamily(
        "sipas.cli.answers:small_areas", "model-based indices of units with few answers"
    ),
    "plan": CommandFamily("sipas.cli.plan:plan", "sample sizes, and draws of transactions and households"),
    "export": CommandFamily("sipas.cli.export:export", "responses of a round as a file of another program"),
    "codebook": CommandFamily("sipas.cli.export:codebook", "questions, codes and distributions of a round"),
    "comments": CommandFamily("sipas.cli.comments:comments", "what people wrote in a round, masked"),
    "report": CommandFamily("sipas.cli.report:report", "the printed report of a round or of a unit's month"),
    "households": CommandFamily(
        "sipas.cli.households:households", "sampled households: interviewers, and what is done"
    ),
    "release": CommandFamily("sipas.cli.release:release", "tables for publication"),
    "chart": CommandFamily("sipas.cli.chart:chart", "a chart of indices as a file"),
    "kiosk": CommandFamily("sipas.cli.kiosks:kiosk", "kiosks: enrol, watch, set up, replace, retire"),
    "link": CommandFamily("sipas.cli.links:link", "one-time links: make, count, mix what was answered"),
    "paper": CommandFamily("sipas.cli.paper:paper", "paper forms: how many, and how often entries differed"),
    "poster": CommandFamily("sipas.cli.posters:poster", "QR codes for walls of units"),
    "key": CommandFamily("sipas.cli.people:key", "keys of programs"),
    "user": CommandFamily("sipas.cli.people:user", "people who sign in"),
    "secret": CommandFamily("sipas.cli.secret:secret", "whether SIPAS_SECRET fits the database"),
    "check": CommandFamily("sipas.cli.check:check", "compare what is counted with the responses"),
    "rebuild": CommandFamily("sipas.cli.check:rebuild", "count all responses anew"),
}


class Families(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(FAMILIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in FAMILIES:
            return None
        module, _, attribute = FAMILIES[cmd_name].command.partition(":")
        try:
            command: click.Command = getattr(import_module(module), attribute)
        except ImportError as error:
            return _Unavailable(cmd_name, error)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, family.help) for name, family in FAMILIES.items()])


class _Unavailable(click.Command):
    """Replaces a command that cannot be imported, and reports the reason when called."""

    def __init__(self, name: str, missing: ImportError) -> None:
        super().__init__(name, add_help_option=False)
        self.missing = missing
        self.ignore_unknown_options = self.allow_extra_args = True

    def invoke(self, ctx: click.Context) -> Any:
        raise SipasError(f"{self.name} cannot start: {self.missing}; `make install` installs what it needs")
