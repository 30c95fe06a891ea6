"""Shapes of the REST API, by noun. They never write."""

MOST_LISTED = 100
