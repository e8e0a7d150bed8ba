"""Interviews in sampled households: what a tablet asks, and how its answers are stored."""
