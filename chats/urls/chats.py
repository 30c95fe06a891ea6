from django.urls import URLPattern, path

from chats.api import chats as api
from chats.api import messages as messages_api
from chats.api import streams
from chats.views import chats, messages, settings

urlpatterns: list[URLPattern] = [
    path("chats/", chats.chat_list, name="list"),
    path("chats/<uuid:chat_id>/", chats.chat_detail, name="detail"),
    path("chats/<uuid:chat_id>/greeting/", settings.greeting, name="greeting"),
    path("chats/<uuid:chat_id>/persona/", settings.persona, name="persona"),
    path("chats/<uuid:chat_id>/tags/", settings.tags, name="tags"),
    path("chats/<uuid:chat_id>/lorebooks/", settings.lorebooks, name="lorebooks"),
    path("chats/<uuid:chat_id>/memory/", settings.memory, name="memory"),
    path("chats/<uuid:chat_id>/overrides/", settings.overrides, name="overrides"),
    path("chats/<uuid:chat_id>/draft/", settings.draft, name="draft"),
    path("chats/<uuid:chat_id>/prompt/", settings.prompt, name="prompt"),
    path("chats/<uuid:chat_id>/lines/", settings.lines, name="lines"),
    path("chats/<uuid:chat_id>/messages/", messages.messages, name="messages"),
    path("chats/<uuid:chat_id>/messages/<uuid:message_id>/", messages.message, name="message"),
    path("chats/<uuid:chat_id>/replies/<uuid:reply_id>/details/", messages.details, name="details"),
    path("chats/<uuid:chat_id>/replies/<uuid:reply_id>/retry/", messages.retry, name="retry"),
    path("chats/<uuid:chat_id>/replies/<uuid:reply_id>/continue/", messages.go_on, name="go_on"),
    path("chats/<uuid:chat_id>/replies/<uuid:reply_id>/cancel/", messages.cancel, name="cancel"),
]
api_urlpatterns: list[URLPattern] = [
    path("chats", api.Chats.as_view(), name="api_chats"),
    path("chats/", api.Chats.as_view()),
    path("chats/<uuid:chat_id>", api.Chat.as_view(), name="api_chat"),
    path("chats/<uuid:chat_id>/", api.Chat.as_view()),
    path("chats/<uuid:chat_id>/restore", api.RestoreChat.as_view(), name="api_restore_chat"),
    path("chats/<uuid:chat_id>/tags", api.Tags.as_view(), name="api_chat_tags"),
    path("chats/<uuid:chat_id>/messages", messages_api.Messages.as_view(), name="api_messages"),
    path("chats/<uuid:chat_id>/messages/", messages_api.Messages.as_view()),
    path("history/<uuid:chat_id>", messages_api.Messages.as_view(), name="api_history"),
    path("messages/<uuid:message_id>", messages_api.Message.as_view(), name="api_message"),
    path("messages/<uuid:message_id>/edit", messages_api.Edit.as_view(), name="api_edit"),
    path("messages/<uuid:message_id>/select", messages_api.Select.as_view(), name="api_select"),
    path("messages/<uuid:message_id>/branch", messages_api.Branch.as_view(), name="api_branch"),
    path("messages/<uuid:message_id>/bookmark", messages_api.Bookmark.as_view(), name="api_bookmark"),
    path("messages/<uuid:message_id>/hidden", messages_api.Hidden.as_view(), name="api_hidden"),
    path("trash/<uuid:trash_id>/restore", messages_api.Restore.as_view(), name="api_restore"),
    path("replies/<uuid:reply_id>", messages_api.Reply.as_view(), name="api_reply"),
    path("replies/<uuid:reply_id>/retry", messages_api.RetryReply.as_view(), name="api_retry"),
    path("replies/<uuid:reply_id>/continue", messages_api.ContinueReply.as_view(), name="api_continue"),
    path("replies/<uuid:reply_id>/cancel", messages_api.CancelReply.as_view(), name="api_cancel"),
    path("replies/<uuid:reply_id>/events", streams.reply_events, name="api_reply_events"),
    path("replies/<uuid:reply_id>/sentences", streams.reply_sentences, name="api_reply_sentences"),
    path("replies/<uuid:reply_id>/lines", streams.reply_lines, name="api_reply_lines"),
]
