"""sipas: citizen satisfaction surveys, and indices with their uncertainty."""

__version__ = "0.1.0"
