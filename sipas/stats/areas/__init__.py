"""Model-based estimates for small areas."""
