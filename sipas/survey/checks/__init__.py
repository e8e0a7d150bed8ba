"""Checks and repairs of counted cells against the responses."""
