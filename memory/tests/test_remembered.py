"""The chips under a reply."""

import pytest
from django.template.loader import render_to_string

from accounts.models import User
from characters.models import Character
from memory.models import Kind
from memory.pages.remembered import WHY, chips
from memory.recalling.query import Reason
from memory.tests.remembering import remember

pytestmark = pytest.mark.django_db


def test_there_is_a_sentence_for_each_reason() -> None:
    assert set(WHY) == set(Reason)


def test_a_chip_says_what_came_up_and_why(alice: User, azera: Character) -> None:
    memory = remember(alice, azera, "<b>I live</b> in Porto.")
    dream = remember(alice, azera, "A staircase of tides.", Kind.DREAM)
    found = chips(alice, [(memory, 0.857, ["meaning", "words", "of another day"]), (dream, 0.5, ["recap"])])
    html = render_to_string("memory/_remembered.html", {"remembered": found})
    assert "Remembered 2 things" in html
    assert "&lt;b&gt;I live&lt;/b&gt; in Porto." in html
    assert 'It is about something alike. It has the same words in it."' in html
    assert f"/chats/{memory.chat_id}/#m-{memory.source_id}" in html
    assert "86<span" in html
    assert "#moon" in html


def test_nobody_sees_what_somebody_else_is_remembered_by(alice: User, charlie: User, azera: Character) -> None:
    assert chips(charlie, [(remember(alice, azera, "Her secret."), 0.9, ["words"])]) == ()
    assert render_to_string("memory/_remembered.html", {"remembered": ()}).strip() == ""
