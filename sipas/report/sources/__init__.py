"""Sources of responses: a round in the database, or files."""
