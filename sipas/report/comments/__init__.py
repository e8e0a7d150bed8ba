"""What people wrote: search, and masking of what may name a person."""
