"""Phone numbers, the messages addressed to them, and opt-outs."""
