"""Whatever a page sends is one of five frames, or is refused."""

import json
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chats.protocol import Acknowledge, CancelReply, Pong, SendMessage, Subscribe, parse
from core.errors import BadInput

ONE = uuid4()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
KINDS = st.sampled_from(["message.send", "reply.subscribe", "reply.ack", "reply.cancel", "pong", "nonesuch"])
FIELDS = st.dictionaries(st.sampled_from(["key", "text", "reply_id", "after", "seq"]), JSON | st.just(str(ONE)))


def parsed(frame: object) -> object:
    try:
        return parse(json.dumps(frame))
    except BadInput as error:
        return error.code


@given(JSON)
def test_any_json_is_a_frame_or_is_refused(value: object) -> None:
    parsed(value)


@given(KINDS, FIELDS)
def test_a_frame_with_any_fields_is_a_frame_or_is_refused(kind: str, fields: dict[str, object]) -> None:
    frame = parsed({"type": kind, **fields})
    assert frame == "bad_input" or type(frame) in {SendMessage, Subscribe, Acknowledge, CancelReply, Pong}


@given(st.text())
def test_any_text_is_a_frame_or_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse(text)


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        ({"type": "message.send", "key": str(ONE), "text": "Hi"}, SendMessage(ONE, "Hi")),
        ({"type": "reply.subscribe", "reply_id": str(ONE), "after": 0}, Subscribe(ONE, 0)),
        ({"type": "reply.ack", "reply_id": str(ONE), "seq": 7}, Acknowledge(ONE, 7)),
        ({"type": "reply.cancel", "reply_id": str(ONE)}, CancelReply(ONE)),
        ({"type": "pong"}, Pong()),
        ({"type": "pong", "more": 1}, Pong()),
    ],
)
def test_the_frames_of_the_protocol_are_understood(frame: object, expected: object) -> None:
    assert parsed(frame) == expected


@pytest.mark.parametrize(
    "frame",
    [
        {},
        [],
        None,
        {"type": "nonesuch"},
        {"type": None},
        {"type": "message.send", "key": str(ONE)},
        {"type": "message.send", "key": "not-a-uuid", "text": "Hi"},
        {"type": "message.send", "key": str(ONE), "text": 5},
        {"type": "reply.subscribe", "reply_id": str(ONE), "after": -1},
        {"type": "reply.subscribe", "reply_id": str(ONE), "after": "0"},
        {"type": "reply.subscribe", "reply_id": str(ONE), "after": 1.5},
        {"type": "reply.subscribe", "reply_id": str(ONE), "after": True},
        {"type": "reply.subscribe", "reply_id": str(ONE), "after": 10**30},
        {"type": "reply.ack", "reply_id": str(UUID(int=0)), "seq": None},
    ],
)
def test_a_frame_that_is_not_whole_is_refused(frame: object) -> None:
    assert parsed(frame) == "bad_input"


@pytest.mark.parametrize("text", ["[" * 100_000, "1" * 5000, '{"type":', "NaN", "\ud800"])
def test_text_made_to_break_a_parser_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse(text)
