"""Tables of indices, and what each row is made of."""
