"""The few macros that decide what is matched. The prompt's own are the prompt's business. Pure."""

import re

GONE = re.compile(r"\{\{\s*(?://|comment:|hidden_key:)[^{}]*\}\}", re.IGNORECASE)
HIDDEN_KEY = re.compile(r"\{\{\s*hidden_key:(?P<key>[^{}]*)\}\}", re.IGNORECASE)
CHARACTER = re.compile(r"\{\{\s*char\s*\}\}|<(?:char|bot)>", re.IGNORECASE)
USER = re.compile(r"\{\{\s*user\s*\}\}|<user>", re.IGNORECASE)


def shown(text: str) -> str:
    """As the model may see it: without comments and hidden keys."""
    return GONE.sub("", text)


def matched(text: str) -> str:
    """As other entries look for their keys in it: hidden keys are words of their own."""
    return GONE.sub("", HIDDEN_KEY.sub(lambda macro: f" {macro['key']} ", text))


def named(text: str, *, character: str, user: str) -> str:
    return USER.sub(lambda _: user, CHARACTER.sub(lambda _: character, text))
