"""The name of the person who runs a command, for the record of changes."""

import getpass
import os
import socket


def operator_name() -> str:
    return f"{user_name()}@{socket.gethostname()}"


def user_name() -> str:
    """The login name, or the number of a user without a name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
