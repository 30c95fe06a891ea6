"""Lorebooks: what a character's world knows, and when it is said. Pure."""
