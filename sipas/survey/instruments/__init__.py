"""Questionnaires: the TOML format, and answers to them in files."""
