"""Invitations: from events about finished transactions to counts, draws and messages."""
