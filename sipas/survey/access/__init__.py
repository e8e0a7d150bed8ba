"""Access: users, their passwords and sessions, and keys of programs."""
