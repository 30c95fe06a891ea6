"""Texts made of messages: how a model is asked for one, and how it becomes a memory."""
