"""Benchmarks: one table each, every number beside that of a peer or limit measured in the same minutes."""
