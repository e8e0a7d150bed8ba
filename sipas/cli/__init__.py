"""sipas: the command line. Exit codes: 0 success; 1 failure of the machine or a service; 2 usage or input."""

import os
import sys
from collections.abc import Sequence

import asyncpg
import click

from sipas import __version__
from sipas.cli.families import Families
from sipas.errors import DatabaseError, InputError, SipasError
from sipas.postgres.dsn import POOLER_ADVICE, is_pooler
from sipas.queries.constraints import broken_rule

_DONE, _FAILED, _MISUSED = 0, 1, 2
_INTERRUPTED = 130

families = Families("sipas", help="Citizen satisfaction surveys, and indices with their uncertainty.")
click.version_option(__version__, prog_name="sipas")(families)


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code. Expected failures print one line, never a traceback."""
    try:
        outcome = families.main(arguments, prog_name="sipas", standalone_mode=False)
        sys.stdout.flush()
        return outcome if isinstance(outcome, int) else _DONE
    except click.BadParameter as error:
        click.echo(f"error: {' '.join(error.format_message().split())}", err=True)
        return _MISUSED
    except click.UsageError as error:
        error.show()
        return _MISUSED
    except (KeyboardInterrupt, click.Abort):
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader has closed the pipe. Buffered output must not fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _FAILED
    except _EXPECTED as error:
        problem = _explained(error)
        click.echo(f"error: {_one_line(problem)}", err=True)
        return _MISUSED if isinstance(problem, InputError) else _FAILED


_EXPECTED = (SipasError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError, click.ClickException)


def _explained(error: Exception) -> Exception:
    if isinstance(error, asyncpg.IntegrityConstraintViolationError):
        return broken_rule(error)
    if is_pooler(error):
        return DatabaseError(POOLER_ADVICE)
    if isinstance(error, asyncpg.PostgresError | asyncpg.InterfaceError):
        return SipasError(f"the database says: {error}")
    if isinstance(error, TimeoutError):
        return SipasError("the database took too long to answer; try again when it is less busy")
    if isinstance(error, OSError) and error.strerror:
        place = f"{error.filename}: " if error.filename else ""
        return SipasError(f"{place}{error.strerror}")
    return error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
