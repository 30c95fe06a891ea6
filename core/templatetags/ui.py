"""What the templates need beyond Django: icons, the words for the scripts, and the outline of a message to come."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

register = template.Library()

ICONS = "img/icons.svg"

# The words that static/js says. Parts in {braces} are filled in there.
STRINGS = {
    "answers_next": _("{name} answers next."),
    "are_writing": _("{name} are writing"),
    "asked_to_speak": _("{name} speaks next."),
    "back": _("Back. Caught up from where {name} was."),
    "bookmark_gone": _("Bookmark taken away"),
    "bookmark_set": _("Bookmarked"),
    "branch_begins": _("What you say next begins a branch here."),
    "chat_archived": _("“{name}” is in the archive."),
    "chat_deleted": _("“{name}” is in the trash."),
    "chat_gone": _("This chat is no longer there."),
    "code_copied": _("Code copied"),
    "connection_lost": _("Connection lost. Reconnecting…"),
    "copied": _("Copied"),
    "copy": _("Copy"),
    "copy_failed": _("Copying failed. Select the text and copy it by hand."),
    "delivered": _("Delivered"),
    "details_failed": _("That could not be loaded. Try again in a moment."),
    "draft_kept": _("Draft kept {time}"),
    "draft_offline": _("Not kept: offline. This device has it."),
    "draft_refused": _("Not kept on the server. This device has it."),
    "failed": _("The reply failed."),
    "hide_from_characters": _("Hide it from the characters"),
    "impersonating": _("The model is writing in your place."),
    "interrupted": _("The reply was interrupted. What was said is kept."),
    "is_saved": _("Saved"),
    "is_writing": _("{name} is writing"),
    "jump_latest": _("Latest"),
    "jump_live": _("Reply in progress"),
    "local_draft": _("What you wrote on this device, {time}, never reached the server."),
    "lore_at_depth": _("At depth {n}"),
    "lore_deleted": _("{name} is deleted."),
    "lore_enabled": _("{name} is enabled"),
    "lore_moved": _("Order {n}"),
    "lore_new": _("New entry"),
    "lore_saved": _("Saved"),
    "lore_undo": _("Undo"),
    "lore_unsaved": _("Not saved yet"),
    "lore_wrong": _("Nothing is saved yet: something needs another look."),
    "memories_forgotten": _("{n} memories will be forgotten."),
    "memories_loaded": _("{n} more memories are shown."),
    "memory_forgotten": _("That will be forgotten."),
    "memory_gone": _("It is not remembered any more."),
    "memory_map_failed": _("The map could not be drawn. Try again in a moment."),
    "memory_pinned": _("Pinned"),
    "memory_replaced": _("That is remembered instead."),
    "memory_unpinned": _("Not pinned any more"),
    "message_copied": _("Message copied"),
    "message_deleted": _("The message is deleted."),
    "messages_deleted": _("{n} messages are deleted."),
    "more_characters": _("{n} more characters are shown."),
    "more_failed": _("More could not be loaded. Try again in a moment."),
    "moved": _("{name}: now number {n}"),
    "newer_loaded": _("Later messages loaded"),
    "not_brought": _("{name} could not be brought. Try again in a moment."),
    "not_saved": _("That could not be saved. Try again in a moment."),
    "not_saved_any_more": _("Not saved any more"),
    "not_saved_yet": _("Not saved yet"),
    "not_sent": _("Not sent"),
    "nothing_that_day": _("Nothing was said on that day or after it."),
    "offline": _("You’re offline. Keep writing; it will be sent when you’re back."),
    "older_failed": _("Earlier messages could not be loaded."),
    "older_loaded": _("Earlier messages loaded"),
    "path_shown": _("Another path is shown."),
    "paths_one": _("{n} path"),
    "paths_other": _("{n} paths"),
    "picture_refused": _("The picture could not be taken. Try another one."),
    "remove_tag": _("Remove the tag {name}"),
    "removed": _("“{name}” is removed"),
    "replied": _("{name} replied: {text}"),
    "restarting": _("The server is restarting. Reconnecting…"),
    "retry_failed": _("That did not work. Try again in a moment."),
    "row_at": _("{name}: number {n} of {of} in {folder}"),
    "row_loose": _("{name}: in no folder"),
    "row_pinned": _("{name}: pinned"),
    "row_stays": _("These stand by when they were used. Move the chat into a folder to order it by hand."),
    "saved": _("Saved"),
    "saved_at": _("Saved {time}"),
    "saving": _("Saving…"),
    "search_failed": _("That could not be searched. Try again in a moment."),
    "search_none": _("Nothing was found"),
    "search_one": _("1 result"),
    "search_other": _("{n} results"),
    "select_all": _("Select all"),
    "selected": _("{n} selected"),
    "sending": _("Sending"),
    "sent_waiting": _("Waiting for the connection"),
    "show_to_characters": _("Show it to the characters again"),
    "signed_out": _("You’ve been signed out. Your draft is kept on this device."),
    "speaking_as": _("You speak as {name} now."),
    "started_again": _("Starting again"),
    "stopped": _("Stopped"),
    "stopped_by": _("{name} stopped."),
    "suggesting": _("Looking for a name…"),
    "the_greeting": _("The greeting"),
    "theme_dark": _("Dark theme"),
    "theme_light": _("Light theme"),
    "they_decide": _("Whoever’s turn it is answers next."),
    "thinking": _("Thinking"),
    "thought": _("Thought about it"),
    "thought_one": _("Thought for 1 second"),
    "thought_other": _("Thought for {n} seconds"),
    "today": _("Today"),
    "tokens_about": _("About {n} tokens"),
    "undo": _("Undo"),
    "undone": _("Undone"),
    "unread": _("({n}) {title}"),
    "untitled": _("Without a title"),
    "waiting_many": _("{n} messages are waiting."),
    "waiting_one": _("1 message is waiting."),
    "yesterday": _("Yesterday"),
}


class _Live(Protocol):
    @property
    def is_live(self) -> bool: ...


LiveT = TypeVar("LiveT", bound=_Live)


@dataclass(frozen=True)
class MessageOutline:
    """The shape of a message without its content: the browser fills it in (see static/js/chats/messages.js)."""

    role: str
    speaker: str
    hue: int
    portrait: str
    symbol: str
    status: str
    id: str = "00000000-0000-0000-0000-000000000000"
    created_at: datetime = field(default_factory=timezone.now)
    blocks: tuple[SafeString, ...] = ()
    tail: str = ""
    thinking: str = ""
    thinking_seconds: int | None = None
    failure: str = ""
    is_live: bool = True
    is_own: bool = True
    seq: int = 0


@register.simple_tag
def icon(name: str, css_class: str = "") -> SafeString:
    """One drawing of the sprite, hidden from readers of the screen: whatever holds it has a name of its own."""
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f"icon {css_class}".strip(),
        static(ICONS),
        name,
    )


@register.simple_tag
def strings() -> SafeString:
    """The words for the scripts as a JSON block, in the reader's language."""
    return json_script({key: str(text) for key, text in STRINGS.items()}, "strings")


@register.simple_tag
def reply_outline(speaker: str, hue: int, portrait: str) -> MessageOutline:
    return MessageOutline("character", speaker, hue, portrait, symbol="", status="queued")


@register.simple_tag
def own_outline(speaker: str, hue: int, symbol: str) -> MessageOutline:
    return MessageOutline("user", speaker, hue, portrait="", symbol=symbol, status="done")


@register.filter
def first_live(messages: Iterable[LiveT]) -> LiveT | None:
    """The reply that Stop would stop."""
    return next((message for message in messages if message.is_live), None)
