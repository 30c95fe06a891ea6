"""Any server that speaks OpenAI's chat completions: vLLM, llama-server, Ollama, Gemini's compatible endpoint.

Requests run on one event loop in a thread of its own; closing a request closes its connection, which is how such
servers learn that nobody listens any more.
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from queue import Empty, SimpleQueue

import openai
from openai.types.chat import ChatCompletionChunk

from inference.errors import BadRequest, ContextOverflow, EngineFailed, EngineUnavailable, InferenceError, Overloaded
from inference.text.channels import Said
from inference.text.engine import Delta, Finish, FinishReason, Generation, TextEngine
from inference.text.formats import Format, Wrap, wrapped
from inference.text.listening import Listener
from inference.text.prompt import Prompt, Role
from inference.text.sampling import SamplingParams
from inference.text.settings import TextSettings

# The client waits half a second, one, two and four between its attempts, each shortened by chance by up to a quarter,
# or as long as the server says.
RETRIES = 4
CONNECT_SECONDS = 10.0
# Between two pieces of an answer; a large model on a small machine reads its prompt for minutes.
READ_SECONDS = 300.0
POLL_SECONDS = 0.05
CONTEXT_UNASKED = 8192
# No tokenizer is at hand. English has four bytes a token or more, other languages fewer: this is on the safe side.
BYTES_A_TOKEN = 3
MOST_STOPS = 4
RETRY_AFTER_SECONDS = 10.0

# Templates behind such servers often refuse a system turn that is not the first, and roles that do not alternate.
TURNS: Format = wrapped("openai", {role: Wrap("", "") for role in Role}, "")


def build(settings: TextSettings) -> TextEngine:
    return OpenAIEngine(settings)


@dataclass(frozen=True, slots=True)
class _Usage:
    prompt_tokens: int
    reply_tokens: int


_Item = Said | FinishReason | _Usage | InferenceError


class OpenAIEngine:
    """A `TextEngine` over HTTP. `settings.slots` is how many requests are in flight at once; others wait."""

    def __init__(self, settings: TextSettings) -> None:
        """Raises `EngineUnavailable` if no address is given."""
        if not settings.url:
            raise EngineUnavailable("no address of a server", "Set TEXT_URL, for example http://127.0.0.1:8080/v1.")
        self.name = settings.name or settings.model
        self.context_tokens = settings.context or CONTEXT_UNASKED
        self.recommended = SamplingParams()
        self._limits = settings
        self._lock = threading.Lock()
        self._waiting = 0
        self._loop = asyncio.new_event_loop()
        self._client = openai.AsyncOpenAI(
            base_url=settings.url,
            api_key=settings.key or "none",
            max_retries=RETRIES,
            timeout=openai.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
        )
        self._in_flight = asyncio.Semaphore(settings.slots)
        self._thread = threading.Thread(target=self._loop.run_forever, name="openai-http", daemon=True)
        self._thread.start()

    def count(self, text: str) -> int:
        """An estimate, on the high side."""
        return -(-len(text.encode()) // BYTES_A_TOKEN)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._closed(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def generate(self, generation: Generation) -> Iterator[Delta | Finish]:
        with self._lock:
            if self._waiting >= self._limits.waiting + self._limits.slots:
                raise Overloaded(self._waiting, RETRY_AFTER_SECONDS)
            self._waiting += 1
        outbox: SimpleQueue[_Item] = SimpleQueue()
        telling = asyncio.run_coroutine_threadsafe(self._tell(generation, outbox), self._loop)
        try:
            yield from self._deltas(generation, outbox, telling)
        finally:
            # Whoever stops listening has cancelled, and the server is told by closing the connection.
            telling.cancel()
            with self._lock:
                self._waiting -= 1

    def _deltas(
        self, generation: Generation, outbox: "SimpleQueue[_Item]", telling: "Future[None]"
    ) -> Iterator[Delta | Finish]:
        listener = Listener(
            generation.params.stop,
            thinks=False,
            speaker=generation.speaker,
            others=generation.others,
            opening=generation.prompt.opening,
        )
        usage, told = None, 0
        prompt_tokens = sum(self.count(turn.text) for turn in generation.prompt.turns)

        def finish(reason: FinishReason) -> Finish:
            counted = usage or _Usage(prompt_tokens, told)
            return Finish(reason, counted.prompt_tokens, counted.reply_tokens)

        while True:
            item = _next(outbox, generation)
            if isinstance(item, InferenceError):
                raise item
            if isinstance(item, _Usage):
                usage = item
                continue
            if isinstance(item, FinishReason):
                said, _ = listener.hear("", final=True)
                if said.text or said.thinking:
                    yield Delta(said.text, said.thinking, tokens=0)
                yield finish(item)
                return
            told += 1
            said, stopped = listener.hear(item.text)
            yield Delta(said.text, item.thinking + said.thinking)
            if stopped:
                yield finish(FinishReason.STOP)
                return

    async def _closed(self) -> None:
        """Once whoever was cancelled has closed its connection."""
        await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}), return_exceptions=True)
        await self._client.close()

    async def _tell(self, generation: Generation, outbox: "SimpleQueue[_Item]") -> None:
        try:
            async with self._in_flight:
                reason: FinishReason | None = None
                async for chunk in self._chunks(generation):
                    if chunk.usage is not None:
                        outbox.put(_Usage(chunk.usage.prompt_tokens, chunk.usage.completion_tokens))
                    for choice in chunk.choices:
                        if said := _said(choice.delta):
                            outbox.put(said)
                        if choice.finish_reason:
                            reason = FinishReason.LENGTH if choice.finish_reason == "length" else FinishReason.END
                # A server that failed after it had begun often just stops talking.
                outbox.put(reason or EngineFailed("the model's server broke off"))
        except openai.OpenAIError as error:
            outbox.put(_as_ours(error, self.context_tokens))
        except Exception as error:  # noqa: BLE001  whatever the connection does; the caller is told
            outbox.put(EngineFailed(f"the connection to the model's server broke: {error}"))

    async def _chunks(self, generation: Generation) -> AsyncIterator[ChatCompletionChunk]:
        stream = await self._client.chat.completions.create(
            model=self._limits.model,
            messages=_messages(generation.prompt),
            stream=True,
            stream_options={"include_usage": True},
            extra_body=_sampling(generation.params),
        )
        async with stream:
            async for chunk in stream:
                yield chunk


def _next(outbox: "SimpleQueue[_Item]", generation: Generation) -> _Item:
    """What the server said next, or that nobody wants to hear it any more."""
    while True:
        if generation.cancelled.is_set():
            return FinishReason.CANCELLED
        if time.monotonic() > generation.deadline:
            return FinishReason.DEADLINE
        try:
            return outbox.get(timeout=POLL_SECONDS)
        except Empty:
            continue


def _said(delta: object) -> Said | None:
    """Text and thoughts of one piece. Servers disagree on what the second is called."""
    thinking = getattr(delta, "reasoning_content", None) or getattr(delta, "reasoning", None) or ""
    text = getattr(delta, "content", None) or ""
    return Said(text.replace("\0", ""), thinking.replace("\0", "")) if text or thinking else None


def _messages(prompt: Prompt) -> list[openai.types.chat.ChatCompletionMessageParam]:
    made: list[openai.types.chat.ChatCompletionMessageParam] = []
    for turn in TURNS.sayable(prompt.turns):
        if turn.role == Role.SYSTEM:
            made.append({"role": "system", "content": turn.text})
        elif turn.role == Role.USER:
            made.append({"role": "user", "content": turn.text})
        else:
            made.append({"role": "assistant", "content": turn.text})
    if prompt.opening:
        # llama-server and Ollama go on from a last message of the assistant's; others answer once more in its sense.
        made.append({"role": "assistant", "content": prompt.opening})
    return made


def _sampling(params: SamplingParams) -> dict[str, object]:
    """What every server knows, and of the rest only what was asked for: some refuse a field they do not know."""
    asked: dict[str, object] = {
        "temperature": params.temperature,
        "top_p": params.top_p,
        "max_tokens": params.max_tokens,
        "stop": list(params.stop[:MOST_STOPS]) or None,
        "seed": params.seed,
        "top_k": params.top_k or None,
        "min_p": params.min_p or None,
        "repetition_penalty": params.repetition_penalty if params.repetition_penalty != 1.0 else None,
        "presence_penalty": params.presence_penalty or None,
        "frequency_penalty": params.frequency_penalty or None,
        "logit_bias": {str(token): bias for token, bias in params.logit_bias} or None,
        "grammar": params.grammar or None,
    }
    if params.json_schema:
        asked["response_format"] = {"type": "json_object", "schema": params.json_schema}
    return {name: value for name, value in asked.items() if value is not None}


def _as_ours(error: openai.OpenAIError, context_tokens: int) -> InferenceError:
    sentence = str(error)
    match error:
        case openai.APITimeoutError():
            return EngineFailed("the model's server did not answer in time")
        case openai.APIConnectionError():
            return EngineUnavailable("the model's server cannot be reached", "Is TEXT_URL right, and does it run?")
        case openai.RateLimitError():
            after = error.response.headers.get("retry-after", "")
            return Overloaded(0, float(after) if after.isdigit() else RETRY_AFTER_SECONDS)
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            return EngineUnavailable("the model's server refused our key", "Check TEXT_KEY.")
        case openai.NotFoundError():
            return EngineUnavailable("the model's server does not know this model", "Check TEXT_MODEL and TEXT_URL.")
        case openai.BadRequestError() if "context" in sentence.lower():
            return ContextOverflow(0, context_tokens)
        case openai.BadRequestError():
            return BadRequest(f"the model's server refused the request: {sentence}")
    return EngineFailed(f"the model's server failed: {sentence}")
