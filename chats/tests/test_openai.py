"""The door for clients of OpenAI's API: what it answers, what it keeps, and what it refuses."""

import base64
import json
from datetime import timedelta

import pytest
from django.utils.timezone import now
from pytest_django import Settings

from accounts.actions.keys import create_key
from accounts.models import Scope, User
from characters.actions.characters import create_character
from characters.cards.card import Card
from characters.models import Character
from chats import purging, remembering
from chats.actions import starting
from chats.models import Chat, Fingerprint, Message, Role
from chats.openai.models import model_id
from chats.tests.program import URL, Program, assistant, system, text_of, user
from chats.tree import path_to
from core.database import in_thread
from inference.testing import ScriptedBackend
from memory.models import Memory, MindEvent

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("text_engine", "redis_db", "web_process"),
]

GREETING = assistant("Good evening. Mind the third stair, it remembers everybody.")


@pytest.fixture
def program(alice: User, azera: Character) -> Program:
    return Program(create_key(alice, "SillyTavern", [Scope.CHAT]).secret, model_id(azera))


def chats() -> list[Chat]:
    return list(Chat.objects.filter(is_ephemeral=False).order_by("created_at"))


def shown(chat: Chat) -> list[str]:
    chat.refresh_from_db()
    return [message.text for message in path_to(chat.leaf_id, limit=1000)]


class TestAnswers:
    async def test_a_whole_answer_has_openais_shape(self, program: Program, text_engine: ScriptedBackend) -> None:
        text_engine.script("Good ", "evening.")
        answer = await program.say(system("Be brief."), user("Hello there, who are you?"))
        (choice,) = answer["choices"]
        assert (answer["object"], answer["model"]) == ("chat.completion", program.model)
        assert choice == {
            "index": 0,
            "message": {"role": "assistant", "content": "Good evening."},
            "logprobs": None,
            "finish_reason": "stop",
        }
        usage = answer["usage"]
        assert usage["prompt_tokens"] > 0
        assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]

    async def test_a_stream_is_chunks_with_one_choice_each_and_an_end(
        self, program: Program, text_engine: ScriptedBackend
    ) -> None:
        text_engine.script("Good ", "evening.")
        *chunks, end = await program.stream(user("Hello there, who are you?"))
        assert end == "[DONE]"
        read = [json.loads(chunk) for chunk in chunks]
        assert {chunk["object"] for chunk in read} == {"chat.completion.chunk"}
        # Clients read choices[0] unguarded.
        assert all(len(chunk["choices"]) == 1 for chunk in read)
        assert read[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
        assert "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in read) == "Good evening."
        assert [chunk["choices"][0]["finish_reason"] for chunk in read][-1] == "stop"

    async def test_usage_is_streamed_to_whoever_asks_for_it(self, program: Program) -> None:
        *_chunks, last, _end = await program.stream(
            user("Hello there, who are you?"), stream_options={"include_usage": True}
        )
        assert json.loads(last)["choices"] == []
        assert json.loads(last)["usage"]["completion_tokens"] > 0

    async def test_n_answers_are_versions_of_one_another(self, program: Program, text_engine: ScriptedBackend) -> None:
        for number in range(3):
            text_engine.script(f"Version {number}.")
        answer = await program.say(user("Tell me three things, please."), n=3)
        assert sorted(text_of(answer, index) for index in range(3)) == ["Version 0.", "Version 1.", "Version 2."]
        assert (
            await in_thread(Message.objects.filter(role=Role.CHARACTER, parent__text__startswith="Tell").count)() == 3
        )

    async def test_wishes_reach_the_model(self, program: Program, text_engine: ScriptedBackend) -> None:
        await program.say(
            user("Hello there, who are you?"), temperature=0.1, top_p=0.5, max_tokens=2, seed=7, stop=["x"]
        )
        reply = await in_thread(Message.objects.get)(role=Role.CHARACTER)
        assert (reply.temperature, reply.top_p) == (0.1, 0.5)
        assert reply.wishes == {"temperature": 0.1, "top_p": 0.5, "max_tokens": 2, "seed": 7, "stop": ["x"]}
        assert reply.finish_reason == "length"

    async def test_what_systems_say_stands_in_the_prompt_and_the_persona_stays(
        self, program: Program, text_engine: ScriptedBackend
    ) -> None:
        await program.say(system("Answer in French."), user("Hello."), system("It is raining in the scene."))
        prompt = text_engine.prompts[-1]
        assert "Azera" in prompt
        assert prompt.index("Answer in French.") < prompt.index("<|im_start|>user\nHello.")
        assert "It is raining in the scene." in prompt

    async def test_a_system_text_without_end_does_not_push_the_persona_out(
        self, program: Program, text_engine: ScriptedBackend
    ) -> None:
        await program.say(system("\n".join(["Many words of somebody else's."] * 5000)), user("Hello."))
        assert "Azera" in text_engine.prompts[-1]
        assert len(text_engine.prompts[-1].split()) < text_engine.context_tokens

    async def test_it_goes_on_from_words_that_are_there(self, program: Program, text_engine: ScriptedBackend) -> None:
        text_engine.script(" upon a time.")
        answer = await program.say(user("Tell me a story about the harbour."), assistant("Once"))
        assert text_of(answer) == " upon a time."
        reply = await in_thread(Message.objects.get)(role=Role.CHARACTER)
        assert reply.text == "Once upon a time."

    async def test_parts_of_text_are_one_text(self, program: Program, text_engine: ScriptedBackend) -> None:
        parts = [{"type": "text", "text": "Hello"}, {"type": "text", "text": "again"}]
        await program.say({"role": "user", "content": parts})
        assert "Hello\nagain" in text_engine.prompts[-1]

    async def test_a_reply_that_fails_is_an_error_in_its_shape(
        self, program: Program, text_engine: ScriptedBackend
    ) -> None:
        text_engine.fail("out of memory")
        answer = await program.post({"model": program.model, "messages": [user("Hello there.")]})
        assert answer.status_code == 502
        assert set(json.loads(answer.content)["error"]) == {"message", "type", "param", "code"}
        text_engine.fail("out of memory")
        *_rest, error, end = await program.stream(user("Hello there, once more."))
        assert json.loads(error)["error"]["code"] == "reply_failed"
        assert end == "[DONE]"


class TestWhichChat:
    """The rules of which chat a call belongs to are tested in test_matching.py; here is what becomes of them."""

    async def test_the_whole_conversation_is_one_chat(self, program: Program, text_engine: ScriptedBackend) -> None:
        said = [GREETING]
        for number in range(5):
            said.append(user(f"Message number {number} of this long conversation about boats."))
            text_engine.script(f"Answer number {number}, with enough words to be known by, as answers should have.")
            answer = await program.say(system("Be brief."), *said)
            said.append(assistant(text_of(answer)))
        (chat,) = await in_thread(chats)()
        assert answer["chat"] == str(chat.id)
        assert await in_thread(shown)(chat) == [one["content"] for one in said]

    async def test_a_swipe_is_a_version_beside_it(self, program: Program, text_engine: ScriptedBackend) -> None:
        said = await self.talked(program, text_engine, 3)
        text_engine.script("Quite another answer.")
        await program.say(*said[:-1])
        (chat,) = await in_thread(chats)()
        path = await in_thread(shown)(chat)
        assert path == [*[one["content"] for one in said[:-1]], "Quite another answer."]
        assert await in_thread(Message.objects.filter(chat=chat).count)() == len(said) + 1

    async def test_an_edit_is_a_branch_and_nothing_is_lost(
        self, program: Program, text_engine: ScriptedBackend
    ) -> None:
        said = await self.talked(program, text_engine, 3)
        before = await in_thread(Message.objects.count)()
        said[3] = user("Something else that was never said before.")
        await program.say(*said, user("And now?"))
        (chat,) = await in_thread(chats)()
        path = await in_thread(shown)(chat)
        assert path[: len(said) + 1] == [*[one["content"] for one in said], "And now?"]
        # What was there stays, and what follows the edit is beside it.
        assert await in_thread(Message.objects.count)() == before + len(said) - 3 + 2

    async def test_two_conversations_with_one_greeting_are_two_chats(
        self, program: Program, text_engine: ScriptedBackend
    ) -> None:
        await program.say(GREETING, user("Tell me about boats and the people who mend them."))
        await program.say(GREETING, user("What do you think of mountains in the early spring?"))
        assert [len(await in_thread(shown)(chat)) for chat in await in_thread(chats)()] == [3, 3]

    async def test_what_may_be_either_is_answered_and_kept_nowhere(self, program: Program) -> None:
        first = await program.say(GREETING, user("Hi"))
        second = await program.say(GREETING, user("Hi"))
        assert (first["chat"] is not None, second["chat"]) == (True, None)
        (chat,) = await in_thread(chats)()
        assert len(await in_thread(shown)(chat)) == 3
        ephemeral = await in_thread(Chat.objects.get)(is_ephemeral=True)
        assert not ephemeral.remembers
        assert not await in_thread(Fingerprint.objects.filter(message__chat=ephemeral).exists)()

    async def test_a_summary_asked_for_beside_it_is_no_part_of_it(
        self, program: Program, text_engine: ScriptedBackend
    ) -> None:
        said = await self.talked(program, text_engine, 2)
        answer = await program.say(*said, system("[Summarise what has happened so far.]"))
        assert answer["chat"] is None
        (chat,) = await in_thread(chats)()
        assert await in_thread(shown)(chat) == [one["content"] for one in said]

    async def test_nor_is_it_where_the_chat_is_named(self, program: Program, text_engine: ScriptedBackend) -> None:
        said = await self.talked(program, text_engine, 2)
        (chat,) = await in_thread(chats)()
        answer = await program.post(
            {"model": program.model, "messages": [*said, system("[Summarise what has happened so far.]")]},
            **{"X-Cognitia-Chat": str(chat.id)},
        )
        assert "X-Cognitia-Chat" not in answer.headers
        assert await in_thread(shown)(chat) == [one["content"] for one in said]

    async def test_what_is_kept_nowhere_is_neither_felt_nor_remembered(self, program: Program, alice: User) -> None:
        answer = await program.post(
            {"model": program.model, "prompt": "I am so happy, this is wonderful!"}, url="/v1/completions"
        )
        assert answer.status_code == 200
        chat = await in_thread(Chat.objects.get)(is_ephemeral=True)
        await in_thread(remembering.run_remembering)(chat.id)
        assert not await in_thread(MindEvent.objects.exists)()
        assert not await in_thread(Memory.objects.exists)()

    async def test_it_goes_within_the_hour(self, program: Program) -> None:
        await program.post({"model": program.model, "prompt": "A text"}, url="/v1/completions")
        await program.say(user("Tell me about boats and the people who mend them."))
        await in_thread(purging.run_purging_of_answers)()
        assert await in_thread(Chat.objects.count)() == 2
        await in_thread(Chat.objects.update)(active_at=now() - timedelta(minutes=21))
        await in_thread(purging.run_purging_of_answers)()
        assert not (await in_thread(Chat.objects.get)()).is_ephemeral

    async def test_a_header_names_the_chat(
        self, program: Program, alice: User, azera: Character, text_engine: ScriptedBackend
    ) -> None:
        chat = await in_thread(starting.start_chat)(alice, azera)
        text_engine.script("As you say.")
        answer = await program.post(
            {"model": program.model, "messages": [user("Only my newest message.")]},
            **{"X-Cognitia-Chat": str(chat.id)},
        )
        assert answer.headers["X-Cognitia-Chat"] == str(chat.id)
        assert (await in_thread(shown)(chat))[-2:] == ["Only my newest message.", "As you say."]

    async def test_so_do_the_model_and_the_metadata(self, program: Program, alice: User, azera: Character) -> None:
        chat = await in_thread(starting.start_chat)(alice, azera)
        for body in (
            {"model": f"{program.model}@{chat.id}"},
            {"model": program.model, "metadata": {"chat_id": str(chat.id)}},
        ):
            answer = await program.post({"messages": [user("Hello.")], **body})
            assert answer.headers["X-Cognitia-Chat"] == str(chat.id)

    async def test_the_field_user_is_a_name_for_a_chat(self, program: Program) -> None:
        first = await program.say(user("Hi"), user="chat_123")
        second = await program.say(user("What was that?"), user="chat_123")
        other = await program.say(user("Hi"), user="chat_124")
        assert first["chat"] == second["chat"] != other["chat"]
        assert len(await in_thread(chats)()) == 2

    async def test_a_reply_whose_unfinished_sentence_the_client_cut_off_is_known_again(
        self, program: Program, text_engine: ScriptedBackend
    ) -> None:
        text_engine.script("The harbour lies under a long grey cloud. The boats are all in, and then the")
        first = await program.say(GREETING, user("What is the weather like today?"))
        told = text_of(first).partition(" The boats")[0]
        said = [GREETING, user("What is the weather like today?"), assistant(told), user("And tomorrow?")]
        second = await program.say(*said)
        assert first["chat"] == second["chat"]
        path = await in_thread(shown)((await in_thread(chats)())[0])
        # What was said stays whole.
        assert path[2] == text_of(first)

    async def test_an_end_that_somebody_took_away_stays_away(
        self, program: Program, text_engine: ScriptedBackend
    ) -> None:
        text_engine.script("The harbour lies under a long grey cloud. The boats are all in.")
        first = await program.say(
            GREETING, user("What is the weather like today, down at the harbour and out at sea?")
        )
        told = text_of(first).partition(" The boats")[0]
        question = user("What is the weather like today, down at the harbour and out at sea?")
        await program.say(GREETING, question, assistant(told), user("And tomorrow?"))
        path = await in_thread(shown)((await in_thread(chats)())[-1])
        assert path[2] == told

    async def test_another_key_knows_nothing_of_it(
        self, program: Program, alice: User, text_engine: ScriptedBackend
    ) -> None:
        said = await self.talked(program, text_engine, 2)
        other = Program((await in_thread(create_key)(alice, "other", [Scope.CHAT])).secret, program.model)
        await other.say(*said, user("And now?"))
        assert len(await in_thread(chats)()) == 2

    async def talked(self, program: Program, engine: ScriptedBackend, turns: int) -> list[dict[str, str]]:
        said = [GREETING]
        for number in range(turns):
            said.append(user(f"Message number {number} of this long conversation about boats."))
            engine.script(f"Answer number {number}, with enough words to be known by, as answers should have.")
            said.append(assistant(text_of(await program.say(*said))))
        return said


class TestRefusals:
    async def test_what_is_longer_than_the_context_is_the_clients_to_shorten(self, program: Program) -> None:
        answer = await program.post({"model": program.model, "messages": [user("word " * 20_000)]})
        assert (answer.status_code, json.loads(answer.content)["error"]["code"]) == (400, "context_length_exceeded")

    async def test_another_verb_and_a_body_too_large_are_told_in_its_shape(self, program: Program) -> None:
        answers = [await program.get(URL), await program.post(b"x" * (9 * 2**20))]
        assert [answer.status_code for answer in answers] == [405, 413]
        for answer in answers:
            assert json.loads(answer.content)["error"]["type"] == "invalid_request_error"

    @pytest.mark.parametrize("header", ["", "Bearer null", "Bearer cog_00000000_" + "a" * 43])
    async def test_a_stranger_gets_openais_401(self, program: Program, header: str) -> None:
        for url in (URL, "/v1/completions", "/v1/embeddings"):
            answer = await program.client.post(url, "{}", "application/json", headers={"Authorization": header})
            error = json.loads(answer.content)["error"]
            assert (answer.status_code, error["type"]) == (401, "authentication_error")
        assert (await program.client.get("/v1/models", headers={"Authorization": header})).status_code == 401

    async def test_a_browsers_session_is_no_key(self, program: Program, alice: User) -> None:
        await program.client.aforce_login(alice)
        assert (await program.client.get("/v1/models")).status_code == 401

    async def test_a_key_for_something_else_gets_403(self, program: Program, alice: User) -> None:
        program.secret = (await in_thread(create_key)(alice, "memories", [Scope.MEMORY])).secret
        answer = await program.get("/v1/models")
        assert (answer.status_code, json.loads(answer.content)["error"]["type"]) == (403, "permission_error")

    async def test_another_persons_chat_is_not_there_whatever_names_it(
        self, program: Program, charlie: User, azera: Character
    ) -> None:
        chat = await in_thread(starting.start_chat)(charlie, azera)
        before = await in_thread(Message.objects.count)()
        for body, headers in (
            ({}, {"X-Cognitia-Chat": str(chat.id)}),
            ({"model": f"{program.model}@{chat.id}"}, {}),
            ({"metadata": {"chat_id": str(chat.id)}}, {}),
        ):
            answer = await program.post({"model": program.model, "messages": [user("Hello.")], **body}, **headers)
            assert (answer.status_code, json.loads(answer.content)["error"]["code"]) == (404, "chat_not_found")
        assert await in_thread(Message.objects.count)() == before

    async def test_another_persons_character_is_no_model(self, program: Program, charlie: User) -> None:
        stranger = await in_thread(create_character)(charlie, Card("Stranger"))
        for name in (model_id(stranger), str(stranger.id), "Stranger", "gpt-4o"):
            answer = await program.post({"model": name, "messages": [user("Hello.")]})
            assert (answer.status_code, json.loads(answer.content)["error"]["code"]) == (404, "model_not_found")
        listed = json.loads((await program.get("/v1/models")).content)["data"]
        assert "Stranger" not in [one["name"] for one in listed]

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b"\xff",
            b"[" * 100_000,
            b"null",
            [],
            {},
            {"messages": []},
            {"messages": "x"},
            {"messages": [{"role": "king", "content": "x"}]},
            {"messages": [{"role": "user", "content": 7}]},
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:"}}]}]},
            {"messages": [{"role": "user", "content": " \n "}]},
            {"messages": [{"role": "tool", "content": "x"}]},
            {"messages": [{"role": "user", "content": "x" * 200_001}]},
            {"temperature": 9},
            {"temperature": "hot"},
            {"top_p": -1},
            {"n": 0},
            {"n": 99},
            {"max_tokens": 0},
            {"stop": 7},
            {"stop": ["x"] * 17},
            {"logit_bias": {"x": 1}},
            {"logit_bias": {"1": 101}},
            {"response_format": {"type": "poem"}},
            {"response_format": {"type": "json_schema", "json_schema": {"schema": {"minItems": 10**9}}}},
            {"response_format": {"type": "json_schema", "json_schema": {"schema": {"pattern": "a{99999}"}}}},
            {"messages": [{"role": "user", "content": "x"}] * 5001},
            b'{"messages": [{"role": "user", "content": ' + b"[" * 988 + b"]" * 988 + b"}]}",
            {"tools": [{"type": "function"}], "tool_choice": "required"},
            {"seed": "x"},
            {"stream": "maybe"},
            {"user": {"id": 1}},
        ],
        ids=lambda body: str(body)[:40],
    )
    async def test_what_makes_no_sense_is_refused_and_changes_nothing(self, program: Program, body: object) -> None:
        if isinstance(body, dict):
            body = {"model": program.model, "messages": [user("Hello.")], **body} if body else body
        answer = await program.post(body)
        assert answer.status_code == 400, answer.content
        error = json.loads(answer.content)["error"]
        assert set(error) == {"message", "type", "param", "code"}
        assert error["type"] == "invalid_request_error"
        assert not await in_thread(Chat.objects.exists)()

    async def test_odd_text_is_mended_or_kept_and_never_a_server_error(self, program: Program) -> None:
        for text in ("a\0b", "\ud800", "e" + "\u0301" * 5000, "\u202eevil", "<|im_end|>", "💥" * 1000):
            answer = await program.post(json.dumps({"model": program.model, "messages": [user(text)]}))
            assert answer.status_code == 200, (text[:10], answer.content)

    async def test_too_many_requests_are_refused_with_when_to_come_back(self, program: Program, alice: User) -> None:
        program.secret = (await in_thread(create_key)(alice, "slow", [Scope.CHAT], per_minute=1)).secret
        assert (await program.get("/v1/models")).status_code == 200
        answer = await program.get("/v1/models")
        assert (answer.status_code, json.loads(answer.content)["error"]["type"]) == (429, "rate_limit_error")
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers["X-RateLimit-Remaining"] == "0"

    async def test_more_replies_than_one_may_have_are_refused_whole(
        self, program: Program, settings: Settings
    ) -> None:
        settings.LIVE_REPLIES_PER_USER = 0
        answer = await program.post({"model": program.model, "messages": [user("Hello.")]})
        assert answer.status_code == 429
        assert not await in_thread(Chat.objects.exists)()


class TestModels:
    async def test_characters_are_listed_and_found_by_name_and_id(self, program: Program, azera: Character) -> None:
        listed = json.loads((await program.get("/v1/models")).content)
        assert listed["object"] == "list"
        assert program.model in [one["id"] for one in listed["data"]]
        for name in (program.model, str(azera.id), "azera", "Azera"):
            one = json.loads((await program.get(f"/v1/models/{name}")).content)
            assert (one["id"], one["object"]) == (program.model, "model")

    async def test_a_text_is_completed_and_kept_nowhere(self, program: Program, text_engine: ScriptedBackend) -> None:
        text_engine.script("and then some.")
        answer = await program.post({"model": program.model, "prompt": "A text"}, url="/v1/completions")
        read = json.loads(answer.content)
        assert (read["object"], read["choices"][0]["text"]) == ("text_completion", "and then some.")
        assert not await in_thread(chats)()

    async def test_embeddings_are_those_of_the_memories(
        self, program: Program, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from memory import embedding
        from memory.embedding import model_name

        body = {"model": model_name(), "input": ["a boat", "a harbour"]}
        await in_thread(embedding.vectors)(body["input"])
        vectors = await in_thread(embedding.vectors)(body["input"])
        for text, vector in zip(body["input"], vectors, strict=True):
            await in_thread(embedding._keep)(model_name(), {text: vector})
        answer = json.loads((await program.post(body, url="/v1/embeddings")).content)
        assert [one["index"] for one in answer["data"]] == [0, 1]
        assert answer["data"][0]["embedding"] == pytest.approx(vectors[0].tolist(), abs=1e-2)
        packed = json.loads((await program.post({**body, "encoding_format": "base64"}, url="/v1/embeddings")).content)
        assert len(base64.b64decode(packed["data"][0]["embedding"])) == 4 * len(vectors[0])
