"""The families of commands, each imported when it is called: one that cannot start stops no other."""

from importlib import import_module
from typing import Any, NamedTuple

import click

from sipas.errors import SipasError


class Family(NamedTuple):
    """command: module and the command in it."""

    command: str
    help: str


FAMILIES = {
    "serve": Family("sipas.cli.serve:serve", "the service"),
    "migrate": Family("sipas.cli.migrate:migrate", "bring the database to this version's schema"),
    "demo": Family("sipas.cli.demo:demo", "a synthetic city whose citizens have answered"),
    "import": Family(
        "sipas.cli.imports:import_", "units, procedures, instruments, frames, transactions, responses"
    ),
    "transactions": Family(
        "sipas.cli.transactions:transactions", "count finished transactions, list and retry problems"
    ),
    "round": Family("sipas.cli.rounds:round_", "open, close and list survey rounds"),
    "estimate": Family("sipas.cli.estimate:estimate", "indices with their intervals"),
    "compare": Family("sipas.cli.compare:compare", "differences between domains, channels or rounds"),
    "ranks": Family("sipas.cli.answers:ranks", "who ranks where, with the range of each rank"),
    "targets": Family("sipas.cli.answers:targets", "whether a target is met, and what would tell"),
    "small-areas": Family("sipas.cli.answers:small_areas", "model-based indices where answers are few"),
    "plan": Family("sipas.cli.plan:plan", "how many to invite for a margin of error, and the draw of whom"),
    "release": Family("sipas.cli.release:release", "the tables that everybody may see"),
    "chart": Family("sipas.cli.chart:chart", "a chart of indices as a file"),
    "kiosk": Family("sipas.cli.kiosks:kiosk", "terminals: enrol, watch, set up, replace, retire"),
    "link": Family("sipas.cli.links:link", "one-time links: make, count, mix what was answered"),
    "poster": Family("sipas.cli.posters:poster", "QR codes for walls of units"),
    "key": Family("sipas.cli.people:key", "keys of programs"),
    "user": Family("sipas.cli.people:user", "people who sign in"),
    "secret": Family("sipas.cli.secret:secret", "whether SIPAS_SECRET fits the database"),
    "check": Family("sipas.cli.check:check", "compare what is counted with the responses"),
    "rebuild": Family("sipas.cli.check:rebuild", "count all responses anew"),
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
            return Unavailable(cmd_name, error)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, family.help) for name, family in FAMILIES.items()])


class Unavailable(click.Command):
    """Stands in for a command, and says when called what it lacks."""

    def __init__(self, name: str, missing: ImportError) -> None:
        super().__init__(name, add_help_option=False)
        self.missing = missing
        self.ignore_unknown_options = self.allow_extra_args = True

    def invoke(self, ctx: click.Context) -> Any:
        raise SipasError(f"{self.name} cannot start: {self.missing}; `make install` installs what it needs")
