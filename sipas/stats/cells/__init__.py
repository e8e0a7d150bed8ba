"""Cells: the sums over respondents that estimates need, and how to build them."""
