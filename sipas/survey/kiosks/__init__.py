"""Terminals: enrolment, settings, their state, and answers held back."""
