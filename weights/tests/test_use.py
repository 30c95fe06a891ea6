"""Which model answers, and that one which is no good never gets near those who talk."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.models import User
from characters.models import Character
from chats.models import Chat, Message
from chats.tests.acting import send, tell
from core.errors import Conflict
from core.jobs import Status
from inference import registry
from inference.text.tests.broken_models import broken_kinds, flipped
from weights import actions, files, trying
from weights.models import LanguageModel
from weights.tests.acting import pull
from weights.tests.fake_hub import FakeHub

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_db")]

MUTANTS = 35


@pytest.fixture(autouse=True)
def llama(settings: Settings) -> Iterator[None]:
    """llama.cpp and the starter model, as in a fresh installation; replies are short."""
    settings.INFERENCE = {
        "text": replace(
            settings.INFERENCE["text"],
            adapter="inference.text.adapters.llama_cpp",
            model=str(settings.STARTER_MODEL),
            slots=2,
            threads=1,
        )
    }
    settings.MAX_TOKENS = 8
    registry.forget_engines()
    yield
    registry.forget_engines()


@pytest.fixture
def pulled(queued: LanguageModel) -> LanguageModel:
    return pull(queued)


def told_by(user: User, chat: Chat) -> str:
    """Which model told a reply, that was told to its end."""
    reply: Message = tell(send(user, chat).reply)
    assert reply.status == Status.DONE, reply.failure_code
    assert reply.text
    return reply.model


def used(model: LanguageModel) -> LanguageModel:
    trying.run_use(model.id)
    model.refresh_from_db()
    return model


def test_the_next_reply_is_told_by_the_model_that_was_chosen(
    alice: User, alices_chat: Chat, pulled: LanguageModel
) -> None:
    assert told_by(alice, alices_chat) == "starter"
    assert used(pulled).in_use
    assert told_by(alice, alices_chat) == "tiny"
    actions.use_default()
    assert told_by(alice, alices_chat) == "starter"


def test_only_one_is_in_use_and_it_cannot_be_removed(pulled: LanguageModel, hub: FakeHub, tiny: bytes) -> None:
    hub.add(tiny, "a/b", "second.gguf")
    second = pull(actions.add_from_hub("second", "a/b", "second.gguf"))
    assert used(pulled).in_use
    with pytest.raises(Conflict, match="in use"):
        actions.remove_model(pulled)
    assert used(second).in_use
    pulled.refresh_from_db()
    assert not pulled.in_use
    actions.remove_model(pulled)
    assert not files.whole(pulled.id).exists()


def test_one_that_is_not_here_cannot_be_used(queued: LanguageModel) -> None:
    with pytest.raises(Conflict, match="pull it first"):
        actions.request_use(queued)
    assert trying.run_use(queued.id) is None


def test_one_that_embeds_cannot_talk(pulled: LanguageModel) -> None:
    LanguageModel.objects.update(embeds=True)
    pulled.refresh_from_db()
    with pytest.raises(Conflict, match="vectors"):
        actions.request_use(pulled)
    assert trying.run_use(pulled.id) is None


class TestACharactersOwn:
    @pytest.fixture
    def own(self, alices_chat: Chat, pulled: LanguageModel) -> LanguageModel:
        Character.objects.filter(id=alices_chat.character_id).update(language_model=pulled)
        return pulled

    def test_it_answers_for_that_character_and_the_one_in_use_for_the_others(
        self, alice: User, alices_chat: Chat, own: LanguageModel
    ) -> None:
        trying.run_check(own.id)
        assert told_by(alice, alices_chat) == "tiny"
        Character.objects.filter(id=alices_chat.character_id).update(language_model=None)
        assert told_by(alice, alices_chat) == "starter"

    def test_one_that_was_never_tried_out_is_kept_from_the_worker(
        self, alice: User, alices_chat: Chat, own: LanguageModel
    ) -> None:
        assert told_by(alice, alices_chat) == "starter"

    def test_one_whose_file_is_gone_gives_way_to_the_one_in_use(
        self, alice: User, alices_chat: Chat, own: LanguageModel
    ) -> None:
        trying.run_check(own.id)
        files.whole(own.id).unlink()
        assert told_by(alice, alices_chat) == "starter"
        own.refresh_from_db()
        assert "another model goes on" in own.error

    def test_removing_it_leaves_the_character(self, alice: User, alices_chat: Chat, own: LanguageModel) -> None:
        trying.run_check(own.id)
        actions.remove_model(own)
        assert told_by(alice, alices_chat) == "starter"


class TestWhatIsNoGood:
    def test_a_file_that_changed_is_refused_and_can_be_pulled_again(self, pulled: LanguageModel) -> None:
        path = files.whole(pulled.id)
        path.write_bytes(path.read_bytes()[:-1] + b"!")
        model = used(pulled)
        assert (model.in_use, model.status) == (False, Status.FAILED)
        assert model.error == "Its file has changed since it was pulled."
        assert pull(actions.prepare_pull("tiny")).status == Status.DONE
        assert used(model).in_use

    def test_a_touched_file_is_read_again_and_is_good(
        self, pulled: LanguageModel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        read: list[Path] = []

        def counted(path: Path) -> str:
            read.append(path)
            return files.sha256_of(path)

        monkeypatch.setattr(trying, "sha256_of", counted)
        assert used(pulled).in_use
        assert read == []
        files.whole(pulled.id).touch()
        assert used(pulled).in_use
        assert used(pulled).in_use
        assert read == [files.whole(pulled.id)]

    def test_a_file_that_is_gone_leaves_the_running_model_and_tells_the_operator(
        self, alice: User, alices_chat: Chat, pulled: LanguageModel
    ) -> None:
        assert told_by(alice, alices_chat) == "starter"
        assert used(pulled).in_use
        files.whole(pulled.id).unlink()
        assert told_by(alice, alices_chat) == "starter"
        pulled.refresh_from_db()
        assert "another model goes on" in pulled.error

    def test_a_plausible_file_that_the_library_refuses_never_reaches_the_worker(
        self, alice: User, alices_chat: Chat, hub: FakeHub, tiny: bytes
    ) -> None:
        hub.add(tiny.replace(b"llama", b"lloma"), "a/b", "odd.gguf")
        model = pull(actions.add_from_hub("odd", "a/b", "odd.gguf"))
        assert model.status == Status.DONE
        assert told_by(alice, alices_chat) == "starter"
        model = used(model)
        assert not model.in_use
        assert "not a model that llama.cpp can load" in model.error
        assert told_by(alice, alices_chat) == "starter"

    def test_one_that_cannot_be_loaded_after_all_leaves_the_running_model(
        self, alice: User, alices_chat: Chat, hub: FakeHub, tiny: bytes
    ) -> None:
        # As when memory ran out between the trial and the next reply.
        hub.add(tiny.replace(b"llama", b"lloma"), "a/b", "odd.gguf")
        model = pull(actions.add_from_hub("odd", "a/b", "odd.gguf"))
        assert told_by(alice, alices_chat) == "starter"
        LanguageModel.objects.update(in_use=True)
        assert told_by(alice, alices_chat) == "starter"
        model.refresh_from_db()
        assert "It could not be loaded, so the model before it goes on" in model.error

    def test_67_kinds_of_broken_files_are_refused_or_harmless_and_the_running_model_answers(
        self, alice: User, alices_chat: Chat, pulled: LanguageModel, hub: FakeHub, tiny: bytes
    ) -> None:
        used(pulled)
        assert told_by(alice, alices_chat) == "tiny"
        kinds = broken_kinds(tiny)
        assert len(kinds) + MUTANTS == 67
        for content in kinds.values():
            hub.add(content, "a/b", "broken.gguf")
            model = pull(actions.add_from_hub("broken", "a/b", "broken.gguf"))
            assert model.status == Status.FAILED
            assert model.error
            assert not files.part(model.id).exists()
            actions.remove_model(model)
        harmless = []
        for content in flipped(tiny, MUTANTS):
            hub.add(content, "a/b", "broken.gguf")
            model = pull(actions.add_from_hub("broken", "a/b", "broken.gguf"))
            assert model.status == Status.DONE or model.error
            harmless += [content] if model.status == Status.DONE else []
            actions.remove_model(model)
        assert told_by(alice, alices_chat) == "tiny"
        # Those that look whole are shown to the library in a child; some are good, and one is enough to be told by.
        for content in harmless[:5]:
            hub.add(content, "a/b", "broken.gguf")
            model = used(pull(actions.add_from_hub("broken", "a/b", "broken.gguf")))
            assert model.in_use or model.error
            assert told_by(alice, alices_chat) == ("broken" if model.in_use else "tiny")
            assert used(pulled).in_use
            actions.remove_model(LanguageModel.objects.get(name="broken"))
        assert told_by(alice, alices_chat) == "tiny"
        assert [path.name for path in files.folder().iterdir()] == [f"{pulled.id}.gguf"]
