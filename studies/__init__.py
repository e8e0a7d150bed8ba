"""Studies: whether intervals and ranks hold what they promise, tried on simulated surveys of known truth."""
