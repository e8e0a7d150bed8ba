"""Tables for publication, with the cells hidden that must be."""
