"""Imports of files: each reads and checks everything, then stores everything in one transaction."""
