from django.urls import URLPattern, path

from chats.views import branching

urlpatterns: list[URLPattern] = [
    path("chats/<uuid:chat_id>/paths/", branching.paths, name="paths"),
    path("chats/<uuid:chat_id>/jump/", branching.jump, name="jump"),
    path("chats/<uuid:chat_id>/trash/<uuid:trash_id>/restore/", branching.restore, name="restore"),
    path("chats/<uuid:chat_id>/messages/<uuid:message_id>/select/", branching.select, name="select"),
    path("chats/<uuid:chat_id>/messages/<uuid:message_id>/branch/", branching.branch, name="branch"),
    path("chats/<uuid:chat_id>/messages/<uuid:message_id>/edit/", branching.edit, name="edit"),
    path("chats/<uuid:chat_id>/messages/<uuid:message_id>/delete/", branching.delete, name="delete"),
    path("chats/<uuid:chat_id>/messages/<uuid:message_id>/bookmark/", branching.bookmark, name="bookmark"),
    path(
        "chats/<uuid:chat_id>/messages/<uuid:message_id>/bookmark/remove/",
        branching.remove_bookmark,
        name="remove_bookmark",
    ),
    path("chats/<uuid:chat_id>/messages/<uuid:message_id>/hide/", branching.hide, name="hide"),
    path("chats/<uuid:chat_id>/messages/<uuid:message_id>/copy/", branching.copy, name="copy"),
    path("chats/<uuid:chat_id>/messages/<uuid:message_id>/name/", branching.name, name="name_branch"),
    path("chats/<uuid:chat_id>/messages/<uuid:message_id>/canonical/", branching.canonical, name="canonical"),
]
