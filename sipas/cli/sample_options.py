"""Options for clusters and replicate weights of a file's responses."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, get_args

import click

from sipas.cli.reading_options import split_names
from sipas.errors import InputError
from sipas.stats import Clusters, Replicates
from sipas.stats.designs.replicates import ReplicateType

_Command = TypeVar("_Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--cluster",
        multiple=True,
        metavar="COLUMNS",
        help="the file's clusters, first stage first: village,household; may be repeated",
    ),
    click.option("--nest", is_flag=True, default=None, help="clusters are numbered inside their strata"),
    click.option(
        "--cluster-count",
        multiple=True,
        metavar="COLUMNS",
        help="columns of how many clusters there are at each stage (R's fpc): villages,households",
    ),
    click.option("--replicates", metavar="PREFIX", help="the columns of replicate weights begin with this"),
    click.option("--replicate-type", type=click.Choice(get_args(ReplicateType)), help="how they were made"),
    click.option("--rho", type=float, help="Fay's coefficient"),
)
SAMPLE_OPTIONS = ("cluster", "nest", "cluster_count", "replicates", "replicate_type", "rho")


def sample_options(command: _Command) -> _Command:
    """Add the options to a command, which takes them under the names of SAMPLE_OPTIONS."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def read_sample(given: Mapping[str, Any]) -> Clusters | Replicates | None:
    """Return the requested clusters or replicate weights; None for single responses."""
    if given["replicates"] is None:
        if given["replicate_type"] or given["rho"] is not None:
            raise InputError("--replicate-type and --rho need --replicates PREFIX")
        return _clusters(given)
    if given["cluster"]:
        raise InputError("--cluster and --replicates are alternatives; give one of them")
    if given["replicate_type"] is None:
        raise InputError(f"--replicates needs --replicate-type {'|'.join(get_args(ReplicateType))}")
    return Replicates(given["replicates"], given["replicate_type"], given["rho"])


def _clusters(given: Mapping[str, Any]) -> Clusters | None:
    if given["cluster"]:
        names, counts = split_names(given["cluster"]), split_names(given["cluster_count"])
        if len(counts) > len(names):
            raise InputError(
                f"--cluster-count names {len(counts)} columns, and --cluster {len(names)};"
                " give one count a stage"
            )
        if len(set(names)) < len(names):
            raise InputError(f"--cluster names a column twice: {', '.join(names)}")
        return Clusters(names, bool(given["nest"]), counts)
    if given["nest"] or given["cluster_count"]:
        raise InputError("--nest and --cluster-count need --cluster COLUMN")
    return None
