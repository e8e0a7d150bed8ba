"""Checks and repairs of segments against the responses."""
