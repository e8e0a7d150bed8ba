"""Submissions from terminals: checks and storage in batches."""
