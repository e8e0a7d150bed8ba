"""Checks of what is counted against the responses themselves, and its repair."""
