"""Strata, frames, pooling and post-stratification: how much each response counts."""
