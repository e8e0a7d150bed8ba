"""Comparisons: domains, rounds, channels, targets, ranks and trends."""
