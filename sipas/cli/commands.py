"""Commands that refuse an option given twice, of which click would keep the last value without a word."""

from collections import Counter
from collections.abc import Sequence

import click


class StrictCommand(click.Command):
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        _refuse_repeated(self, ctx, args)
        return super().parse_args(ctx, args)


class StrictGroup(click.Group):
    command_class = StrictCommand
    group_class = type

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        _refuse_repeated(self, ctx, args)
        return super().parse_args(ctx, args)


def _refuse_repeated(command: click.Command, ctx: click.Context, args: Sequence[str]) -> None:
    _, _, order = command.make_parser(ctx).parse_args(args=list(args))
    for param, times in Counter(order).items():
        if times > 1 and isinstance(param, click.Option) and _takes_one_value(param):
            name = max(param.opts, key=len)
            raise click.UsageError(f"{name} is given {times} times; it takes one value, so give it once", ctx)


def _takes_one_value(option: click.Option) -> bool:
    return not (option.multiple or option.is_flag or option.count)
