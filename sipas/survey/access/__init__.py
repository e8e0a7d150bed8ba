"""Who may read results: people, their passwords and sessions, and keys of programs."""
