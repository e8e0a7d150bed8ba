"""Weights that reproduce known margins: raking, calibration, trimming, and what they do to variances."""
