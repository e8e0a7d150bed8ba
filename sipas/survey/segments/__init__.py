"""Segments: counted responses of a round as sealed columnar blocks."""
