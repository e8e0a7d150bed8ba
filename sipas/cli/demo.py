"""sipas demo: a synthetic city with answers of its citizens."""

from pathlib import Path

import click
import msgspec

from sipas.cli.commands import StrictCommand
from sipas.demo.run import DemoOptions, run_once, run_shown
from sipas.errors import InputError
from sipas.settings import read_settings


@click.command(cls=StrictCommand)
@click.option("--once", is_flag=True, help="fill the empty rounds, write their figures and exit")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="where --once writes its tables and its chart (default: out)",
)
@click.option("--responses", default=20_000, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="which citizens answer")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
def demo(once: bool, out: Path | None, responses: int, seed: int, host: str, port: int) -> None:
    """Load the demonstration city, let its citizens answer, and serve it until stopped."""
    wanted = DemoOptions(responses, seed, host, port)
    if once:
        outcome = run_once(read_settings(), wanted, out or Path("out"))
        click.echo(msgspec.json.encode(outcome))
    elif out:
        raise InputError("--out needs --once, which writes figures and exits")
    else:
        run_shown(read_settings(), wanted)
