"""All commands alike."""

from collections.abc import Iterator

import click

from sipas.cli import families
from sipas.cli.commands import StrictCommand, StrictGroup
from tests.cli.conftest import Sipas


def all_commands(group: click.Group) -> Iterator[click.Command]:
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command is not None
        yield command
        if isinstance(command, click.Group):
            yield from all_commands(command)


def test_every_command_refuses_options_given_twice() -> None:
    assert {
        one.name for one in all_commands(families) if not isinstance(one, StrictCommand | StrictGroup)
    } == set()


def test_an_option_given_twice_is_an_error_and_not_its_last_value(sipas: Sipas) -> None:
    refused = sipas("estimate", "--round", "a", "--level", "0.9", "--by", "unit", "--by", "", "--level=0.95")
    assert refused.exit_code == 2
    assert "--level is given 2 times; it takes one value, so give it once" in refused.err
    frames = sipas("estimate", "--frame", __file__, "--responses", __file__, "--frame", __file__)
    assert "--frame is given 2 times" in frames.err
    assert (
        "--round is given 2 times" in sipas("import", "frame", __file__, "--round", "a", "--round", "b").err
    )
