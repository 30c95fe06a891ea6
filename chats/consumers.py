"""The socket of one chat's page. Handlers return at once; what takes time is a task that ends with the socket."""

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Mapping
from contextlib import aclosing
from dataclasses import asdict
from uuid import UUID, uuid4

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer

from accounts.callers import is_still_good
from accounts.events import AccessChanged
from accounts.models import User
from accounts.tickets import Pass
from characters.access import get_character_for
from chats import access, attendance, failures, following, protocol
from chats.actions import organising, sending, starting
from chats.events import PeopleChanged
from chats.flow import Stalled, Window
from chats.models import Chat
from chats.protocol import Acknowledge, CancelReply, Pong, Read, SendMessage, ServerFrame, Subscribe, Typing
from core.database import in_thread
from core.errors import CognitiaError, LimitReached, NotFound
from core.events import group_of_person
from core.jobs import LIVE, Status
from core.streams.entries import Delta, Done, Gap, Restart
from core.streams.reading import hub
from inference.registry import sentiment_analyzer

logger = logging.getLogger(__name__)

SIGNED_OUT, NOT_FOUND, TOO_SLOW, GOING_AWAY, FAILED = 4401, 4404, 1013, 1012, 1011
PING_SECONDS = 25.0
SILENCE_SECONDS = 35.0
# A page follows one or two replies; many more is not a page.
FOLLOWED_AT_MOST = 16
# Rights are looked at again this often: an account may be closed while its socket is open.
RECHECK_SECONDS = 60.0
# After a failure the channel layer waits 1 s before it listens again; a hint sent before that is lost without a sign.
LAYER_SECONDS = 3.0
LONGEST_SECONDS = 12 * 60 * 60
# A page that says more often that somebody is writing is not heard more often.
TYPING_SECONDS = 2.0

# Of a program's messages, while one is answered.
WAITING_AT_MOST = 8


class Admitted(AsyncWebsocketConsumer):
    """A socket that stays open for as long as what it was opened with would open it again."""

    user: User
    admitted: Pass

    def _admit(self) -> bool:
        user, admitted = self.scope.get("user"), self.scope.get("admitted")
        if not isinstance(user, User) or not isinstance(admitted, Pass) or not user.is_active:
            return False
        self.user, self.admitted = user, admitted
        return True

    async def _check_admission(self) -> bool:
        """False: it was closed just now."""
        if await in_thread(is_still_good)(self.admitted.user_id, self.admitted.by, self.admitted.credential_id):
            return True
        await self.close(SIGNED_OUT)
        return False


class ChatConsumer(Admitted):
    chat_id: UUID

    async def connect(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._window = Window()
        self._heard_at = asyncio.get_running_loop().time()
        await self.accept()
        if not self._admit():
            await self.close(SIGNED_OUT)
            return
        self.chat_id = self.scope["url_route"]["kwargs"]["chat_id"]
        # Frames are heard from now on: each is checked for itself, and a page that comes back should not wait.
        self._entered = False
        self._typed_at = 0.0
        self._start("state", self._keep_state())
        self._start("alive", self._keep_alive())

    async def disconnect(self, code: int) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        if getattr(self, "_entered", False):
            await self.channel_layer.group_discard(Chat.group_of(self.chat_id), self.channel_name)
            await self.channel_layer.group_discard(group_of_person(self.user.id), self.channel_name)
            await in_thread(attendance.leave)(self.chat_id, self.user.id, self.channel_name)
        raise StopConsumer

    # --- from the page --------------------------------------------------------------------------------------------

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        self._heard_at = asyncio.get_running_loop().time()
        if not hasattr(self, "user"):
            return
        try:
            frame = protocol.parse(text_data or "")
        except CognitiaError as error:
            await self._send({"type": "error", "error": error.body()})
            return
        match frame:
            case SendMessage():
                self._start(f"send {frame.key}", self._send_message(frame))
            case Subscribe():
                await self._subscribe(frame)
            case Acknowledge(reply_id=reply_id, seq=seq):
                self._window.acknowledge(reply_id, seq)
            case CancelReply():
                self._start(f"cancel {frame.reply_id}", self._cancel(frame))
            case Typing() if self._heard_at - self._typed_at >= TYPING_SECONDS:
                self._typed_at = self._heard_at
                self._start("typing", in_thread(attendance.say_typing)(self.user, self.chat_id))
            case Read():
                self._start("read", self._mark_read())
            case Typing() | Pong():
                pass

    async def _send_message(self, frame: SendMessage) -> None:
        if not await self._check_admission():
            return
        try:
            sent = await in_thread(sending.send_message)(
                self.user, self.chat_id, frame.text, frame.key, after=frame.after, speaker=frame.speaker
            )
        except CognitiaError as error:
            await self._send({"type": "message.refused", "key": str(frame.key), "error": error.body()})
            return
        await self._send(
            {
                "type": "message.accepted",
                "key": str(frame.key),
                "message_id": str(sent.message.id),
                "reply_ids": [str(reply.id) for reply in sent.replies],
            }
        )

    async def _subscribe(self, frame: Subscribe) -> None:
        name = f"reply {frame.reply_id}"
        if (running := self._tasks.pop(name, None)) is not None:
            running.cancel()
        followed = sum(1 for key in self._tasks if key.startswith("reply "))
        if followed >= FOLLOWED_AT_MOST:
            error = LimitReached(f"A page may follow {FOLLOWED_AT_MOST} replies at once.", limit=FOLLOWED_AT_MOST)
            await self._send({"type": "reply.refused", "reply_id": str(frame.reply_id), "error": error.body()})
            return
        self._window.forget(frame.reply_id)
        self._start(name, self._follow(frame))

    async def _follow(self, frame: Subscribe) -> None:
        try:
            following_it = following.frames(hub(), self.user, frame.reply_id, frame.after, chat_id=self.chat_id)
            async with aclosing(following_it) as frames:
                async for reply_frame in frames:
                    text = json.dumps(reply_frame, ensure_ascii=False)
                    await self._window.send(frame.reply_id, reply_frame["seq"], len(text.encode()))
                    await self.send(text_data=text)
        except NotFound as error:
            await self._send({"type": "reply.refused", "reply_id": str(frame.reply_id), "error": error.body()})
        except Stalled:
            await self.close(TOO_SLOW)

    async def _mark_read(self) -> None:
        with contextlib.suppress(NotFound):
            await in_thread(organising.mark_read)(self.user, self.chat_id)

    async def _cancel(self, frame: CancelReply) -> None:
        try:
            await in_thread(access.get_reply_for)(self.user, frame.reply_id, chat_id=self.chat_id)
            await in_thread(sending.cancel_reply)(self.user, frame.reply_id)
        except CognitiaError as error:
            await self._send({"type": "reply.refused", "reply_id": str(frame.reply_id), "error": error.body()})

    # --- to the page ----------------------------------------------------------------------------------------------

    async def hint(self, event: Mapping[str, str]) -> None:
        """From the channel layer: something is worth looking at."""
        if json.loads(event["frame"])["type"] == AccessChanged.type:
            self._start("admission", self._keep_admission())
            return
        await self.send(text_data=event["frame"])
        if json.loads(event["frame"])["type"] == PeopleChanged.type:
            self._start("place", self._keep_place())

    async def _keep_admission(self) -> None:
        await self._check_admission()

    async def _keep_place(self) -> None:
        """Whoever was sent away hears nothing more."""
        try:
            await in_thread(access.get_leaf_id_for)(self.user, self.chat_id)
        except NotFound:
            await self.close(NOT_FOUND)

    async def _keep_state(self) -> None:
        """Say what there is, and again whenever hints may have been lost with a connection to Redis."""
        try:
            await in_thread(access.get_leaf_id_for)(self.user, self.chat_id)
        except NotFound:
            await self.close(NOT_FOUND)
            return
        self._entered = True
        async with hub().reconnections() as reconnected:
            # Hints first, the state after them: what happens in between is then told twice, and not missed.
            await self.channel_layer.group_add(Chat.group_of(self.chat_id), self.channel_name)
            await self.channel_layer.group_add(group_of_person(self.user.id), self.channel_name)
            self._start("here", in_thread(attendance.enter)(self.chat_id, self.user.id, self.channel_name))
            while True:
                reconnected.clear()
                await self._send(await in_thread(self._state)())
                await reconnected.wait()
                await self._send(await in_thread(self._state)())
                await asyncio.sleep(LAYER_SECONDS)

    def _state(self) -> ServerFrame:
        leaf_id = access.get_leaf_id_for(self.user, self.chat_id)
        # Another person's, too.
        live = access.messages_for(self.user).filter(chat_id=self.chat_id, status__in=LIVE).order_by("created_at")
        return {
            "type": "chat.state",
            "last_message_id": str(leaf_id) if leaf_id else None,
            "live": [str(identity) for identity in live.values_list("id", flat=True)],
        }

    async def _keep_alive(self) -> None:
        loop = asyncio.get_running_loop()
        born = checked = loop.time()
        while True:
            await asyncio.sleep(PING_SECONDS)
            if loop.time() - self._heard_at > PING_SECONDS + SILENCE_SECONDS or loop.time() - born > LONGEST_SECONDS:
                await self.close(GOING_AWAY)
                return
            if loop.time() - checked > RECHECK_SECONDS:
                checked = loop.time()
                if not await self._check_admission():
                    return
                await self._keep_place()
            if self._entered:
                await in_thread(attendance.enter)(self.chat_id, self.user.id, self.channel_name)
            await self._send({"type": "ping"})

    async def _send(self, frame: ServerFrame) -> None:
        await self.send(text_data=json.dumps(frame, ensure_ascii=False))

    def _start(self, name: str, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(self._guarded(work))
        self._tasks[name] = task
        task.add_done_callback(lambda done: self._tasks.pop(name, None) if self._tasks.get(name) is done else None)

    async def _guarded(self, work: Awaitable[None]) -> None:
        """A task that dies takes its socket with it: the page comes back and asks again, and does not wait."""
        try:
            await work
        except OSError:
            logger.debug("the page went away")
        except Exception:
            logger.exception("socket task failed")
            await self.close(FAILED)


class CharacterConsumer(Admitted):
    """A socket to all characters, for programs: one message in, its reply out token by token, then the next one.

    In: `{"message", "character_id", "user_id"?}`. Out: `status`, `token`, `complete` and `error` (docs/protocol.md).
    """

    async def connect(self) -> None:
        self._waiting: asyncio.Queue[str] = asyncio.Queue(WAITING_AT_MOST)
        self._work: asyncio.Task[None] | None = None
        self._watch: asyncio.Task[None] | None = None
        await self.accept()
        if not self._admit():
            await self.close(SIGNED_OUT)
            return
        await self.channel_layer.group_add(group_of_person(self.user.id), self.channel_name)
        self._work = asyncio.ensure_future(self._answer_all())
        self._watch = asyncio.ensure_future(self._keep_admitted())

    async def disconnect(self, code: int) -> None:
        tasks = [task for task in (self._work, self._watch) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if tasks:
            await self.channel_layer.group_discard(group_of_person(self.user.id), self.channel_name)
        raise StopConsumer

    async def hint(self, event: Mapping[str, str]) -> None:
        """From the channel layer; of all that happens, only this matters here."""
        if json.loads(event["frame"])["type"] == AccessChanged.type:
            await self._check_admission()

    async def _keep_admitted(self) -> None:
        try:
            while True:
                await asyncio.sleep(RECHECK_SECONDS)
                if not await self._check_admission():
                    return
        except Exception:
            logger.exception("socket task failed")
            await self.close(FAILED)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self._work is None:
            return
        try:
            self._waiting.put_nowait(text_data or "")
        except asyncio.QueueFull:
            limit = LimitReached(f"At most {WAITING_AT_MOST} messages may wait.", limit=WAITING_AT_MOST)
            await self._say(type="error", message=limit.message, error=limit.body())

    async def _answer_all(self) -> None:
        while True:
            text = await self._waiting.get()
            try:
                await self._answer(protocol.parse_plain(text))
            except CognitiaError as error:
                await self._say(type="error", message=error.message, error=error.body())
            except OSError:
                logger.debug("the program went away")
                return
            except Exception:
                logger.exception("socket task failed")
                await self.close(FAILED)
                return

    async def _answer(self, said: protocol.PlainMessage) -> None:
        if said.user_id not in (None, str(self.user.id)):
            raise NotFound
        if not await self._check_admission():
            return
        if not await in_thread(User.objects.filter(pk=self.user.pk, is_active=True).exists)():
            await self.close(SIGNED_OUT)
            return
        await self._say(type="status", task="processing_message")
        sent = await in_thread(self._send_to)(said)
        sentiment = sentiment_analyzer().analyze(said.text)
        await self._say(type="status", task="generating_response")
        reply_id = sent.reply.id
        async with aclosing(following.entries(hub(), self.user, reply_id, 0)) as entries:
            async for numbered in entries:
                match numbered.entry:
                    case Delta(text=text) if text:
                        await self._say(type="token", content=text)
                    case Restart():
                        await self._say(type="status", task="starting_again")
                    case Gap(text=text):
                        await self._say(type="status", task="starting_again")
                        await self._say(type="token", content=text)
                    case Done(status=Status.DONE | Status.CANCELLED):
                        await self._say(type="complete", sentiment=asdict(sentiment), reply_id=str(reply_id))
                    case Done(status=status, code=code):
                        await self._say(type="error", message=failures.sentence(status, code))

    def _send_to(self, said: protocol.PlainMessage) -> sending.Sent:
        character = get_character_for(self.user, said.character_id)
        chat = starting.chat_alone_with(self.user, character)
        return sending.send_message(self.user, chat.id, said.text, uuid4(), speaker=character.id)

    async def _say(self, **frame: object) -> None:
        await self.send(text_data=json.dumps(frame, ensure_ascii=False))
