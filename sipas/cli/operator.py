"""The name of the operator, for the record of changes."""

import getpass
import os
import socket


def operator_name() -> str:
    return f"{_user_name()}@{socket.gethostname()}"


def _user_name() -> str:
    """Return the login name, or the number of a user without a name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
