"""Household samples: the draw in stages, the lists to print, and the weights of the answers."""
