"""Models of other people's servers, beside those that run here."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError
from pytest_django import Settings

from accounts.models import User
from characters.models import Character
from chats.models import Chat
from chats.tests.acting import send, tell
from core.errors import BadInput
from inference import registry
from inference.testing import ScriptedBackend
from inference.text.tests.fake_openai import Misbehaving, running_openai
from weights import actions, choice
from weights.models import LanguageModel
from weights.tests.test_command import models

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_db")]


@pytest.fixture
def server() -> Iterator[tuple[Misbehaving, str]]:
    with running_openai() as found:
        yield found


@pytest.fixture(autouse=True)
def fresh_engines() -> Iterator[None]:
    registry.forget_engines()
    yield
    registry.forget_engines()


def test_it_answers_for_a_character_while_the_others_are_told_here(
    alice: User, alices_chat: Chat, text_engine: ScriptedBackend, server: tuple[Misbehaving, str], settings: Settings
) -> None:
    state, url = server
    settings.TEXT_SERVER_KEYS = {urlsplit(url).netloc: "a key"}
    assert "answers" in models("connect", "far", url, "big-model", "--context", "4096")
    Character.objects.filter(id=alices_chat.character_id).update(language_model=LanguageModel.objects.get(name="far"))
    reply = tell(send(alice, alices_chat).reply)
    assert (reply.text, reply.model) == ("Good evening.", "far")
    assert state.requests[-1]["model"] == "big-model"
    assert set(state.keys) == {"Bearer a key"}
    Character.objects.update(language_model=None)
    assert tell(send(alice, alices_chat).reply).model == "scripted"


def test_it_can_be_the_one_in_use(server: tuple[Misbehaving, str]) -> None:
    models("connect", "far", server[1], "big-model")
    assert "told by far" in models("use", "far")
    wanted = choice.settings_for(None)
    assert wanted is not None
    assert (wanted.name, wanted.model, wanted.url) == ("far", "big-model", server[1])
    models("use", "default")
    models("remove", "far")
    assert not LanguageModel.objects.exists()


def test_one_that_does_not_answer_is_not_added(server: tuple[Misbehaving, str]) -> None:
    server[0].script = [(404, "no such model", {})] * 3
    with pytest.raises(CommandError, match="does not answer"):
        models("connect", "far", server[1], "nonesuch")
    assert not LanguageModel.objects.exists()


@pytest.mark.parametrize(
    ("url", "model", "context"), [("ftp://x/v1", "m", 0), ("http://x/v1", "", 0), ("http://x/v1", "m", -1)]
)
def test_what_is_no_server_is_refused_with_a_sentence(url: str, model: str, context: int) -> None:
    with pytest.raises(BadInput):
        actions.add_from_server("far", url, model, context)
