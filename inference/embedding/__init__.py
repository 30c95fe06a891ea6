"""The meaning of a text as a vector."""
