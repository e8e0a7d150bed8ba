"""Benchmarks: each prints one table, every number beside that of a peer or limit measured in the same minutes."""
