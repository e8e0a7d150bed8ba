"""Submissions from terminals: checks, storage in batches, and counting into cells."""
