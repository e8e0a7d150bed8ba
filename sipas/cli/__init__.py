"""sipas: the command line. Exit 0 done; 1 the machine or a service failed; 2 usage or input."""

import os
import sys
from collections.abc import Sequence

import asyncpg
import click

from sipas import __version__
from sipas.cli.families import Families
from sipas.errors import DatabaseError, InputError, SipasError
from sipas.postgres.dsn import POOLER, is_pooler
from sipas.queries.constraints import broken_rule

DONE, FAILED, MISUSED = 0, 1, 2
INTERRUPTED = 130

families = Families("sipas", help="Citizen satisfaction surveys, and indices with their uncertainty.")
click.version_option(__version__, prog_name="sipas")(families)


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code. What is expected to fail says so in one line, never by a traceback."""
    try:
        outcome = families.main(arguments, prog_name="sipas", standalone_mode=False)
        sys.stdout.flush()
        return outcome if isinstance(outcome, int) else DONE
    except click.BadParameter as error:
        click.echo(f"error: {' '.join(error.format_message().split())}", err=True)
        return MISUSED
    except click.UsageError as error:
        error.show()
        return MISUSED
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the results has had enough. What is still buffered must not fail once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except EXPECTED as error:
        problem = explained(error)
        click.echo(f"error: {one_line(problem)}", err=True)
        return MISUSED if isinstance(problem, InputError) else FAILED


EXPECTED = (SipasError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError, click.ClickException)


def explained(error: Exception) -> Exception:
    if isinstance(error, asyncpg.IntegrityConstraintViolationError):
        return broken_rule(error)
    if is_pooler(error):
        return DatabaseError(POOLER)
    if isinstance(error, asyncpg.PostgresError | asyncpg.InterfaceError):
        return SipasError(f"the database says: {error}")
    if isinstance(error, TimeoutError):
        return SipasError("the database took too long to answer; try again when it is less busy")
    if isinstance(error, OSError) and error.strerror:
        place = f"{error.filename}: " if error.filename else ""
        return SipasError(f"{place}{error.strerror}")
    return error


def one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
