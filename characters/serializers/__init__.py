"""Shapes of the REST API, by noun: what is sent is parsed, what is answered is laid out. They never write."""
