"""Where figures come from: a round in the database, or files."""
