"""Sampling plans: how many to invite, in which strata."""
