"""Searching what somebody may read: messages, chats and characters."""
