"""Who runs a command, for the records of what was changed."""

import getpass
import os
import socket


def operator_name() -> str:
    return f"{user_name()}@{socket.gethostname()}"


def user_name() -> str:
    """By number, where the machine has no name for the user."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
