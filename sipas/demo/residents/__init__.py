"""The demonstration's second round: residents of thirty communes answer `sipas-2026`."""
