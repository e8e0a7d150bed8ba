"""Terminals: enrolment, settings, state, and submissions in quarantine."""
