"""Estimates by domain, with variances, intervals, notes and the verdict on reliability."""
