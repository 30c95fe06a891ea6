from django.urls import URLPattern, path

from chats.api import company as api
from chats.api import people as people_api
from chats.views import company, people

urlpatterns: list[URLPattern] = [
    path("chats/group/", company.group, name="group"),
    path("chats/<uuid:chat_id>/company/", company.pane, name="company"),
    path("chats/<uuid:chat_id>/characters/", company.cast, name="cast"),
    path("chats/<uuid:chat_id>/characters/<uuid:character_id>/", company.seat, name="seat"),
    path("chats/<uuid:chat_id>/characters/<uuid:character_id>/remove/", company.remove, name="remove_character"),
    path("chats/<uuid:chat_id>/faces/<uuid:character_id>/<int:width>/", company.face, name="face"),
    path("chats/<uuid:chat_id>/turn-taking/", company.rules, name="rules"),
    path("chats/<uuid:chat_id>/speak/", company.speak, name="speak"),
    path("chats/<uuid:chat_id>/people/", people.people, name="people"),
    path("chats/<uuid:chat_id>/people/<uuid:user_id>/", people.part, name="part"),
    path("chats/<uuid:chat_id>/people/<uuid:user_id>/remove/", people.remove, name="remove_person"),
    path("chats/<uuid:chat_id>/invitations/<uuid:invitation_id>/revoke/", people.revoke, name="revoke"),
    path("join/<str:token>/", people.join, name="join"),
]
api_urlpatterns: list[URLPattern] = [
    path("chats/<uuid:chat_id>/characters", api.Cast.as_view(), name="api_cast"),
    path("chats/<uuid:chat_id>/characters/<uuid:character_id>", api.Seat.as_view(), name="api_seat"),
    path("chats/<uuid:chat_id>/turn-taking", api.TurnTaking.as_view(), name="api_turn_taking"),
    path("chats/<uuid:chat_id>/speak", api.Speak.as_view(), name="api_speak"),
    path("chats/<uuid:chat_id>/participants", people_api.Participants.as_view(), name="api_participants"),
    path("chats/<uuid:chat_id>/participants/<uuid:user_id>", people_api.Participant.as_view(), name="api_participant"),
    path(
        "chats/<uuid:chat_id>/invitations/<uuid:invitation_id>",
        people_api.Invitation.as_view(),
        name="api_invitation",
    ),
    path("join", people_api.Join.as_view(), name="api_join"),
]
