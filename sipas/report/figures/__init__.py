"""Charts of the tables, one module a kind."""
