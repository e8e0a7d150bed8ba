"""sipas plan: how many to invite for a margin of error, and the draw of whom."""

from pathlib import Path
from typing import Any

import click

from sipas.cli.output import format_option, show
from sipas.cli.plan_options import make_plan, plan_options
from sipas.cli.source_options import FILE
from sipas.report.formats import choose_format
from sipas.report.invited import draw_invited, read_quotas
from sipas.report.plan_formats import rendered_plan


@click.group(invoke_without_command=True)
@plan_options
@click.option("--format", "format_", help="json, csv or table (default: by the file's extension, else table)")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="not to stdout")
@click.pass_context
def plan(ctx: click.Context, /, format_: str | None, output: Path | None, **options: Any) -> None:
    """Plans how many to invite in each stratum of a round's frame, or of a file's."""
    if ctx.invoked_subcommand is not None:
        if any(value is not None for value in ctx.params.values()):
            raise click.UsageError(f"`sipas plan {ctx.invoked_subcommand}` takes its options after its name")
        return
    chosen = choose_format(format_, output.suffix if output else "", "table")
    table, _ = make_plan(options)
    content = rendered_plan(table, chosen)
    if output is None:
        click.echo(content, nl=False)
    else:
        output.write_bytes(content)


@plan.command("draw")
@click.option("--plan", "plan_file", type=FILE, required=True, help="the CSV of `sipas plan -o plan.csv`")
@click.option(
    "--transactions", type=FILE, required=True, help="transaction_id, and the columns of the plan's strata"
)
@click.option("--seed", required=True, help="any text; the same seed draws the same transactions")
@format_option
def draw_(plan_file: Path, transactions: Path, seed: str, format_: str) -> None:
    """Draws whom to invite. Anyone with plan, list and seed draws the same."""
    show(draw_invited(read_quotas(plan_file), transactions, seed), format_)
