"""What clients of OpenAI's API send, read into what is asked of a character."""

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from django.utils.translation import gettext as _
from rest_framework import serializers

from chats.matching import Said, Speaker
from chats.openai.errors import BadParameter
from chats.wishes import Wishes
from core.json import Json, JsonObject, mended
from inference.errors import BadRequest
from inference.text.sampling import LONGEST_GRAMMAR, MOST_BIASES, SamplingParams

# A pasted chapter; what is longer does not fit into a context either.
LONGEST_TEXT = 200_000
# Of all system messages together; a fifth of the context is told of them.
LONGEST_SYSTEM = 60_000
# Of lists whose items are looked at one by one.
MOST_MESSAGES, MOST_TOOLS, MOST_TEXTS = 5_000, 128, 64
# In a schema: what stands so often, or so long, is written out as often in the grammar that is made of it.
MOST_REPEATED, MOST_NESTED = 256, 24
REPEATS = ("minItems", "maxItems", "minLength", "maxLength")
REPETITION = re.compile(r"\{\s*\d*\s*(?:,\s*\d*\s*)?\}")
MOST_REPLIES = 8
MOST_STOPS = 16
Body: TypeAlias = dict[str, Any]


class Kind(StrEnum):
    SYSTEM, DEVELOPER, USER, ASSISTANT, TOOL, FUNCTION = "system", "developer", "user", "assistant", "tool", "function"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One call. `model` is a character and perhaps, after an @, one of its chats."""

    model: str
    said: tuple[Said, ...]
    wishes: Wishes
    replies: int
    is_streamed: bool
    tells_usage: bool
    user: str
    chat: str
    opening: str
    is_aside: bool


class _Sampling(serializers.Serializer[object]):
    model = serializers.CharField(max_length=200)
    stream = serializers.BooleanField(required=False, default=False, allow_null=True)
    stream_options = serializers.DictField(required=False, default=None, allow_null=True)
    n = serializers.IntegerField(required=False, default=1, allow_null=True, min_value=1, max_value=MOST_REPLIES)
    user = serializers.CharField(required=False, default="", allow_null=True, allow_blank=True, max_length=200)
    metadata = serializers.DictField(required=False, default=None, allow_null=True)
    temperature = serializers.FloatField(required=False, default=None, allow_null=True, min_value=0, max_value=5)
    top_p = serializers.FloatField(required=False, default=None, allow_null=True, min_value=0, max_value=1)
    top_k = serializers.IntegerField(required=False, default=None, allow_null=True, min_value=0, max_value=1_000_000)
    min_p = serializers.FloatField(required=False, default=None, allow_null=True, min_value=0, max_value=1)
    repetition_penalty = serializers.FloatField(
        required=False, default=None, allow_null=True, min_value=0.1, max_value=3
    )
    presence_penalty = serializers.FloatField(required=False, default=None, allow_null=True, min_value=-2, max_value=2)
    frequency_penalty = serializers.FloatField(
        required=False, default=None, allow_null=True, min_value=-2, max_value=2
    )
    max_tokens = serializers.IntegerField(required=False, default=None, allow_null=True, min_value=1)
    max_completion_tokens = serializers.IntegerField(required=False, default=None, allow_null=True, min_value=1)
    seed = serializers.IntegerField(required=False, default=None, allow_null=True)
    stop = serializers.JSONField(required=False, default=None, allow_null=True)
    logit_bias = serializers.DictField(
        child=serializers.FloatField(min_value=-100, max_value=100), required=False, default=None, allow_null=True
    )
    response_format = serializers.DictField(required=False, default=None, allow_null=True)


class _Message(serializers.Serializer[object]):
    role = serializers.ChoiceField(choices=[kind.value for kind in Kind])
    content = serializers.JSONField(required=False, default=None, allow_null=True)
    name = serializers.CharField(required=False, default="", allow_null=True, allow_blank=True, max_length=200)


class _Chat(_Sampling):
    messages = _Message(many=True, allow_empty=False)
    tools = serializers.ListField(required=False, default=None, allow_null=True)
    tool_choice = serializers.JSONField(required=False, default=None, allow_null=True)


class _Completion(_Sampling):
    prompt = serializers.JSONField()


class _Embedding(serializers.Serializer[object]):
    model = serializers.CharField(max_length=200)
    input = serializers.JSONField()
    encoding_format = serializers.ChoiceField(choices=["float", "base64"], required=False, default="float")


def parsed(body: bytes) -> Json:
    """Raises `BadParameter`."""
    try:
        said: Json = json.loads(body.decode())
    except (ValueError, RecursionError):
        raise BadParameter(_("The body is no JSON that we can read.")) from None
    if isinstance(said, dict):
        _check_lengths(said)
    return said


def _check_lengths(body: JsonObject) -> None:
    """Before anything is looked at item by item."""
    lengths = {"messages": MOST_MESSAGES, "logit_bias": MOST_BIASES, "tools": MOST_TOOLS, "stop": MOST_STOPS}
    for param, most in (lengths | {"input": MOST_TEXTS, "metadata": MOST_TOOLS}).items():
        value = body.get(param)
        if isinstance(value, list | dict) and len(value) > most:
            raise BadParameter(_("“%(param)s” takes up to %(most)d.") % {"param": param, "most": most}, param)


def chat_call(body: Json, chat_header: str) -> Wanted:
    """Raises `BadParameter`."""
    said = _checked(_Chat(data=body))
    choice = said["tool_choice"]
    if said["tools"] and choice not in (None, "none", "auto"):
        raise BadParameter(_("Characters call no tools."), "tool_choice")
    instructions, note, lines, is_aside = _conversation(said["messages"])
    opening = ""
    if not is_aside and len(lines) > 1 and lines[-1].speaker == Speaker.CHARACTER:
        # It begins the answer in the character's place, which goes on from there.
        opening = lines.pop().text
    return _wanted(said, chat_header, lines, opening, instructions=instructions, note=note, is_aside=is_aside)


def completion_call(body: Json) -> Wanted:
    """A text to answer, of which nothing is kept. Raises `BadParameter`."""
    said = _checked(_Completion(data=body))
    prompt = said["prompt"]
    if isinstance(prompt, list) and len(prompt) == 1:
        (prompt,) = prompt
    if not isinstance(prompt, str) or not prompt.strip():
        raise BadParameter(_("“prompt” must be one text."), "prompt")
    return _wanted(said, "", [Said(Speaker.PERSON, _text(prompt, "prompt"))], "", is_aside=True)


def embedding_call(body: Json, most: int) -> tuple[str, list[str], bool]:
    """The model, up to `most` texts, and whether vectors go out as base64. Raises `BadParameter`."""
    said = _checked(_Embedding(data=body))
    texts = said["input"] if isinstance(said["input"], list) else [said["input"]]
    if not texts or len(texts) > most or not all(isinstance(one, str) and one.strip() for one in texts):
        sentence = _("“input” must be a text, or up to %(most)d of them.")
        raise BadParameter(sentence % {"most": most}, "input")
    return said["model"], [_text(one, "input") for one in texts], said["encoding_format"] == "base64"


def _wanted(
    said: Body,
    chat_header: str,
    lines: list[Said],
    opening: str,
    *,
    instructions: str = "",
    note: str = "",
    is_aside: bool,
) -> Wanted:
    model, _at, suffix = said["model"].partition("@")
    metadata = said["metadata"] or {}
    return Wanted(
        model=model,
        said=tuple(lines),
        wishes=_wishes(said, instructions, note),
        replies=said["n"] or 1,
        is_streamed=bool(said["stream"]),
        tells_usage=bool((said["stream_options"] or {}).get("include_usage")),
        user=mended(said["user"] or ""),
        chat=chat_header or suffix or str(metadata.get("chat_id") or ""),
        opening=opening,
        is_aside=is_aside,
    )


def _conversation(messages: list[Body]) -> tuple[str, str, list[Said], bool]:
    """What systems say before and in the conversation, the conversation, and whether the answer is no part of it.

    Where only systems speak, the last of them is what is answered. A system that speaks after the character wants
    something beside the conversation: a summary, or words in the person's place.
    """
    before: list[str] = []
    amid: list[str] = []
    lines: list[Said] = []
    last: Kind | None = None
    for number, message in enumerate(messages):
        kind = Kind(message["role"])
        text = _content(message["content"], f"messages[{number}].content")
        if kind in (Kind.TOOL, Kind.FUNCTION):
            raise BadParameter(_("Characters call no tools."), f"messages[{number}].role")
        if not text:
            continue
        last = kind
        if kind in (Kind.SYSTEM, Kind.DEVELOPER):
            (amid if lines else before).append(text)
        else:
            lines.append(Said(Speaker.PERSON if kind == Kind.USER else Speaker.CHARACTER, text))
    if not lines and before:
        return "\n\n".join(before[:-1])[:LONGEST_SYSTEM], "", [Said(Speaker.PERSON, before[-1])], True
    is_aside = last in (Kind.SYSTEM, Kind.DEVELOPER) and bool(lines) and lines[-1].speaker == Speaker.CHARACTER
    return "\n\n".join(before)[:LONGEST_SYSTEM], "\n\n".join(amid)[:LONGEST_SYSTEM], lines, is_aside


def _content(content: Json, param: str) -> str:
    if content is None:
        return ""
    if isinstance(content, str):
        return _text(content, param)
    if not isinstance(content, list):
        raise BadParameter(_("A message's content is a text, or a list of parts."), param)
    texts: list[str] = []
    for part in content:
        if not isinstance(part, dict) or not isinstance(part.get("text"), str):
            raise BadParameter(_("Characters read text and nothing else."), param)
        texts.append(str(part["text"]))
    return _text("\n".join(texts), param)


def _text(text: str, param: str) -> str:
    if len(text) > LONGEST_TEXT:
        sentence = _("This has %(length)d characters; at most %(most)d fit.")
        raise BadParameter(sentence % {"length": len(text), "most": LONGEST_TEXT}, param)
    return mended(text).strip()


def _wishes(said: Body, instructions: str, note: str) -> Wishes:
    wishes = Wishes(
        temperature=said["temperature"],
        top_p=said["top_p"],
        top_k=said["top_k"],
        min_p=said["min_p"],
        repetition_penalty=said["repetition_penalty"],
        presence_penalty=said["presence_penalty"],
        frequency_penalty=said["frequency_penalty"],
        max_tokens=said["max_completion_tokens"] or said["max_tokens"],
        stop=_stops(said["stop"]),
        seed=said["seed"] if said["seed"] is None else said["seed"] % 2**32,
        logit_bias=_biases(said["logit_bias"]),
        json_schema=_schema(said["response_format"]),
        instructions=instructions,
        note=note,
    )
    try:
        wishes.over(SamplingParams())
    except BadRequest as error:
        raise BadParameter(str(error)) from None
    return wishes


def _stops(stop: Json) -> tuple[str, ...] | None:
    stops = [stop] if isinstance(stop, str) else stop
    if stops is None:
        return None
    if not isinstance(stops, list) or len(stops) > MOST_STOPS:
        raise BadParameter(_("“stop” takes up to %(most)d texts.") % {"most": MOST_STOPS}, "stop")
    if not all(isinstance(one, str) and len(one) <= 200 for one in stops):
        raise BadParameter(_("“stop” takes up to %(most)d texts.") % {"most": MOST_STOPS}, "stop")
    return tuple(mended(str(one)) for one in stops if one)


def _biases(bias: dict[str, float] | None) -> tuple[tuple[int, float], ...] | None:
    if not bias:
        return None
    if len(bias) > MOST_BIASES or not all(token.isascii() and token.isdigit() and len(token) < 9 for token in bias):
        raise BadParameter(_("“logit_bias” takes numbers of tokens."), "logit_bias")
    return tuple((int(token), value) for token, value in bias.items())


def _schema(wanted: Body | None) -> str | None:
    match (wanted or {}).get("type"):
        case None | "text":
            return None
        case "json_object":
            return json.dumps({"type": "object"})
        case "json_schema" if isinstance((wanted or {}).get("json_schema"), dict):
            schema = (wanted or {})["json_schema"].get("schema", {"type": "object"})
            _check_schema(schema)
            text = json.dumps(schema)
            if len(text) <= LONGEST_GRAMMAR:
                return text
    raise BadParameter(_("This response format is not known."), "response_format")


def _check_schema(schema: Json, depth: int = 0) -> None:
    """Raises `BadParameter` for what would become a grammar without end."""
    if depth > MOST_NESTED:
        raise BadParameter(_("This schema is nested too deeply."), "response_format")
    if isinstance(schema, list):
        for one in schema:
            _check_schema(one, depth + 1)
    if not isinstance(schema, dict):
        return
    for name, value in schema.items():
        is_long = name in REPEATS and (not isinstance(value, int) or value > MOST_REPEATED)
        if is_long or (name == "pattern" and REPETITION.search(str(value))):
            sentence = _("“%(name)s” in a schema may be %(most)d at most, and patterns repeat nothing by number.")
            raise BadParameter(sentence % {"name": name, "most": MOST_REPEATED}, "response_format")
        _check_schema(value, depth + 1)


def _checked(serializer: serializers.Serializer[object]) -> Body:
    try:
        if serializer.is_valid():
            return dict(serializer.validated_data)
    except RecursionError:
        raise BadParameter(_("This JSON is nested too deeply.")) from None
    param, sentence = _first(serializer.errors)
    raise BadParameter(f"{param}: {sentence}" if param else sentence, param or None)


def _first(errors: Any, param: str = "") -> tuple[str, str]:  # noqa: ANN401  DRF nests lists and dicts of them
    if isinstance(errors, dict):
        name, below = next((name, below) for name, below in errors.items() if below)
        return _first(below, param if name == "non_field_errors" else f"{param}.{name}".strip("."))
    if isinstance(errors, list):
        number, below = next((number, below) for number, below in enumerate(errors) if below)
        return _first(below, param if isinstance(below, str) else f"{param}[{number}]")
    return param, str(errors)
