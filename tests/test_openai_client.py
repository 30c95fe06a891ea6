"""The official client of OpenAI's API, at the door of the running product."""

import re
from collections.abc import Iterator
from itertools import islice
from uuid import uuid4

import openai
import pytest
from openai import OpenAI

from inference.testing import scripted_text
from tests.client import Person
from tests.stack import Stack, eventually

pytestmark = pytest.mark.stack

PASSWORD = "a password for tests"


@pytest.fixture
def person(stack: Stack) -> Person:
    return Person(stack.url)


@pytest.fixture
def address(person: Person) -> str:
    address = f"{uuid4().hex}@example.org"
    person.sign_up(address)
    return address


@pytest.fixture
def secret(stack: Stack, person: Person, address: str) -> str:
    tokens = person.http.post("/api/v2/auth/login", json={"email": address, "password": PASSWORD}).json()
    made = person.http.post(
        "/api/v2/keys",
        json={"name": "openai", "scopes": ["chat"]},
        headers={"Authorization": f"Bearer {tokens['access_token']}"},
    )
    assert made.status_code == 201, made.text
    return str(made.json()["secret"])


@pytest.fixture
def client(stack: Stack, secret: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{stack.url}/v1", api_key=secret, max_retries=0) as client:
        yield client


@pytest.fixture
def model(client: OpenAI) -> str:
    return next(one.id for one in client.models.list() if one.id.startswith("azera"))


def test_it_streams_word_by_word_and_counts(client: OpenAI, model: str) -> None:
    stream = client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": "Tell me of the harbour [tokens=40 rate=200]"}],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(stream)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text.strip() == scripted_text(40).strip()
    assert sum(1 for chunk in chunks if chunk.choices and chunk.choices[0].delta.content) > 5
    usage = chunks[-1].usage
    assert usage is not None
    assert usage.completion_tokens == 40


def test_it_answers_whole_and_goes_on_in_one_chat(client: OpenAI, model: str) -> None:
    said: list[dict[str, str]] = [{"role": "system", "content": "Be brief."}]
    chats = set()
    for number in range(3):
        said.append({"role": "user", "content": f"Question {number} of a long talk about boats [tokens=30]"})
        raw = client.chat.completions.with_raw_response.create(model=model, messages=said)  # type: ignore[arg-type]
        answer = raw.parse()
        assert (answer.choices[0].finish_reason, answer.usage is not None) == ("stop", True)
        said.append({"role": "assistant", "content": answer.choices[0].message.content or ""})
        chats.add(raw.headers["X-Cognitia-Chat"])
    assert len(chats) == 1


def test_whoever_hangs_up_stops_the_reply(client: OpenAI, model: str, person: Person, stack: Stack) -> None:
    stream = client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": "Tell me all of it, from the beginning [tokens=4000 rate=20]"}],
        stream=True,
    )
    chat = stream.response.headers["X-Cognitia-Chat"]
    assert len(list(islice(stream, 5))) == 5
    stream.close()

    def stopped() -> bool:
        found = person.http.get(f"/api/v2/chats/{chat}/messages").json()["messages"][-1]
        return bool(found["status"] == "cancelled" and found["text"])

    assert eventually(stopped, "the reply is stopped", 5.0)


def test_errors_are_the_clients_own(client: OpenAI, model: str, stack: Stack) -> None:
    hello = [{"role": "user", "content": "Hello"}]
    with pytest.raises(openai.NotFoundError) as missing:
        client.chat.completions.create(model="gpt-4o", messages=hello)  # type: ignore[arg-type]
    assert missing.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError) as bad:
        client.chat.completions.create(model=model, messages=hello, temperature=9)  # type: ignore[arg-type]
    assert bad.value.param == "temperature"
    with pytest.raises(openai.AuthenticationError):
        OpenAI(base_url=f"{stack.url}/v1", api_key="nonsense", max_retries=0).models.list()

    def ask_often() -> None:
        for _ in range(70):
            client.models.list()

    with pytest.raises(openai.RateLimitError) as limited:
        ask_often()
    assert int(limited.value.response.headers["Retry-After"]) > 0


def test_its_vectors_are_those_of_the_memories(client: OpenAI) -> None:
    found = client.embeddings.create(model="all-MiniLM-L6-v2", input=["a boat", "a ship", "an invoice"])
    boat, ship, invoice = (one.embedding for one in found.data)
    assert len(boat) == 384

    def alike(one: list[float], other: list[float]) -> float:
        return sum(a * b for a, b in zip(one, other, strict=True))

    assert alike(boat, ship) > alike(boat, invoice)


def test_no_key_is_in_any_log(client: OpenAI, model: str, secret: str, stack: Stack) -> None:
    client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": "My word is tinderbox [tokens=2]"}]
    )
    logs = "".join(path.read_text(errors="replace") for path in [stack.log, *stack.home.glob("**/*.log")])
    assert secret not in logs
    assert not re.search(r"cog_[0-9a-f]{8}_", logs)
    assert "tinderbox" not in logs
