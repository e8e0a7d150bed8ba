"""sipas plan: sample sizes for a margin of error, and the draw."""

from pathlib import Path
from typing import Any

import click

from sipas.cli.commands import StrictGroup
from sipas.cli.output import Output, listed_records, output_options
from sipas.cli.plan_households import draw_households, weigh_households
from sipas.cli.plan_options import make_plan, plan_options
from sipas.cli.plan_size import size_households
from sipas.cli.source_options import SOURCE_FILE
from sipas.report.plan.invited import draw_invited, read_quotas
from sipas.report.plan.plan_formats import plan_csv, plan_text


@click.group(cls=StrictGroup, invoke_without_command=True)
@plan_options
@output_options()
@click.pass_context
def plan(ctx: click.Context, /, output: Output, **options: Any) -> None:
    """Plan how many to invite in each stratum of a round's frame, or of a file's."""
    if ctx.invoked_subcommand is not None:
        if any(value not in (None, ()) for value in ctx.params.values()):
            raise click.UsageError(f"put the options after `sipas plan {ctx.invoked_subcommand}`")
        return
    table, _ = make_plan(options)
    output.show(table, plan_csv, plan_text)


plan.add_command(draw_households)
plan.add_command(weigh_households)
plan.add_command(size_households)


@plan.command("draw")
@click.option(
    "--plan", "plan_file", type=SOURCE_FILE, required=True, help="the CSV of `sipas plan -o plan.csv`"
)
@click.option(
    "--transactions",
    type=SOURCE_FILE,
    required=True,
    help="transaction_id, and the columns of the plan's strata",
)
@click.option("--seed", required=True, help="any text; the same seed draws the same transactions")
@output_options("json")
def _draw(output: Output, plan_file: Path, transactions: Path, seed: str) -> None:
    """Draw the transactions to invite. The same plan, list and seed give the same draw."""
    output.write(listed_records(draw_invited(read_quotas(plan_file), transactions, seed), output.format))
