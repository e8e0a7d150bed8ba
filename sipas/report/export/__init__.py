"""Exports: responses of a round, with their weights, as files of other programs."""
