"""Files into the database. Each import reads all, checks all, then stores all in one transaction."""
