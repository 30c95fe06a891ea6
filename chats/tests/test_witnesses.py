"""A character knows what it was there for, and nothing else: neither by history, nor by lore, nor by the director."""

import json
import random
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from django.utils.timezone import now
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.models import User
from characters.access import persona_for_talking
from characters.actions.characters import create_character
from characters.cards.card import Card
from characters.models import Character, Lorebook
from chats import company, remembering, staging, turns
from chats.actions import branching, casting, sending, starting, trash
from chats.directing import QUESTION
from chats.models import Chat, Message, Part, Participant, Role, TurnTaking
from chats.tests.acting import send, tell, telling
from chats.tree import path_to
from core.jobs import Status
from core.json import Json
from core.tests.waiting import until
from inference.testing import ScriptedBackend
from memory import summarizing
from memory.models import Kind, Memory
from memory.recalling.query import Query, Recollection
from memory.recalling.recall import recall

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_db")]

NAMES = ("Mira", "Bram", "Odile", "Tarek", "Wenna")
MOST_SAID = 300
# How much is said before anybody answers.
QUIET = 100
CANARY = re.compile(r"canary(\d+)x")
SENTENCE = "I saw {} in the harbour, and I was glad of it."
DIRECTS = QUESTION.split("{", maxsplit=1)[0]


def canary(number: int) -> str:
    return f"canary{number}x"


def lore_of(number: int) -> str:
    return f"lore{number}x"


def lorebook(owner: User) -> Lorebook:
    """For each canary an entry that looks through all that was said."""
    entries: list[Json] = [
        {
            "keys": [canary(number)],
            "content": lore_of(number),
            "enabled": True,
            "insertion_order": 1,
            "extensions": {"scan_depth": 1000},
        }
        for number in range(MOST_SAID)
    ]
    data = {"spec": "lorebook_v3", "data": {"entries": entries, "extensions": {}}}
    return Lorebook.objects.create(owner=owner, name="World", text=json.dumps(data), is_global=True)


def cast(owner: User, *names: str) -> list[Character]:
    return [create_character(owner, Card(name)) for name in names]


@dataclass(slots=True)
class Table:
    """Alice's chat with several characters, a second person in it, and what a careful watcher has noted down.

    `heard` is who was there when each canary was said; `cases` counts (speaker, message) pairs that were looked at.
    """

    people: list[User]
    characters: list[Character]
    engine: ScriptedBackend
    chance: random.Random
    chat: Chat = field(init=False)
    present: set[UUID] = field(init=False)
    heard: dict[int, frozenset[UUID]] = field(default_factory=dict)
    where: dict[UUID, int] = field(default_factory=dict)
    cases: int = 0
    directed: int = 0
    kept_from: int = 0
    # What is said around each canary.
    sentence: str = "{}"

    def __post_init__(self) -> None:
        self.chat = starting.start_chat(self.people[0], *self.characters[:3])
        self.present = {one.id for one in self.characters[:3]}
        for guest in self.people[1:]:
            persona = persona_for_talking(guest, self.characters[0])
            Participant.objects.create(chat=self.chat, user=guest, part=Part.WRITER, persona=persona)

    def say_quietly(self) -> None:
        """Something that nobody answers: there is more to know, and it costs no turn."""
        if self.chance.random() < 0.4:
            self._come_or_go()
        if len(self.present) == 1:
            # Who is alone with somebody always answers.
            return
        number = self._next()
        sent = sending.send_message(
            self.chance.choice(self.people), self.chat.id, self.sentence.format(canary(number)), uuid4()
        )
        self._note(sent.message, number, self.present)

    def remember(self) -> None:
        """What the workers do afterwards. No model is at hand for chapters, so they are put together of what was
        said."""
        while remembering.run_remembering(self.chat.id):
            pass
        for person in self.people:
            for character in self.characters:
                while due := summarizing.due(person.id, character.id, self.chat.id):
                    self.engine.fail("no model for chapters")
                    assert summarizing.run_summarizing(due) is not None

    def act(self, *, checks: bool = True) -> None:
        """Something that people do at a table."""
        chance, user = self.chance, self.chance.choice(self.people)
        if chance.random() < 0.4:
            self._come_or_go()
        said = list(self._said())
        match chance.choice(["say"] * 5 + ["swipe", "edit", "hide", "elsewhere", "elsewhere", "delete", "rules"]):
            case "swipe" if replies := [one for one in said if one.role == Role.CHARACTER and one.parent_id]:
                old = chance.choice(replies)
                if old.character_id in self.present:
                    sending.write_again(user, old.id)
            case "edit" if said:
                old = chance.choice([one for one in said if one.role == Role.CHARACTER] or said)
                number = self._next()
                sent = branching.edit_message(old.owner, old.id, self.sentence.format(canary(number)))
                # What a character said, whoever heard it: what stands there now, they are said to have heard.
                by_person = old.role == Role.USER
                self._note(sent.message, number, self.present if by_person else self.heard[self.where[old.id]])
            case "hide" if said:
                one = chance.choice(said)
                branching.hide_message(user, one.id, not one.is_hidden)
            case "elsewhere" if said:
                chosen = chance.choice(said)
                chance.choice([branching.branch_from, branching.select_message])(user, chosen.id)
            case "delete" if said:
                made = trash.delete_message(user, chance.choice(said[-8:]).id)
                if chance.random() < 0.7:
                    trash.restore_messages(self.people[0], made.id)
            case "rules":
                how = chance.choice([*TurnTaking, TurnTaking.DIRECTOR, TurnTaking.DIRECTOR])
                rules = casting.Rules(how, speakers_most=3)
                casting.change_rules(self.people[0], self.chat.id, rules)
            case _:
                number = self._next()
                speaker = chance.choice(sorted(self.present)) if chance.random() < 0.3 else None
                sent = sending.send_message(
                    user, self.chat.id, self.sentence.format(canary(number)), uuid4(), speaker=speaker
                )
                self._note(sent.message, number, self.present)
        self.tell_all(checks=checks)

    def tell_all(self, *, checks: bool = True) -> None:
        """Each reply as a worker tells it; what the model was given is looked through."""
        while waiting := turns.waiting_in(self.chat.id):
            reply = Message.objects.get(id=waiting[0])
            number = self._next()
            if reply.is_directed:
                self.engine.script(self.chance.choice(NAMES))
            self.engine.script(self.sentence.format(canary(number)))
            self.engine.prompts.clear()
            tell(reply)
            self._note(reply, number, self.present)
            assert len(self.engine.prompts) in (1, 2)
            for prompt in self.engine.prompts:
                listeners = self.present if prompt.find(DIRECTS) >= 0 else {reply.character_id}
                if checks:
                    self._check(prompt, reply, listeners)

    def _check(self, prompt: str, reply: Message, listeners: set[UUID]) -> None:
        path = {one.id: one for one in path_to(reply.parent_id, limit=1000)}
        for message_id, number in self.where.items():
            if message_id == reply.id:
                continue
            may_know = message_id in path and not path[message_id].is_hidden and listeners <= self.heard[number]
            knows = canary(number) in prompt
            if len(listeners) == 1:
                assert knows == may_know, f"{canary(number)}: {knows=}, and {may_know=}"
                assert (lore_of(number) in prompt) == may_know
                self.cases += 1
                self.kept_from += message_id in path and not may_know
            else:
                # The director reads the last few lines only.
                assert may_know or not knows
                assert lore_of(number) not in prompt
                self.directed += knows

    def _come_or_go(self) -> None:
        one = self.chance.choice(self.characters)
        if one.id not in self.present:
            casting.add_character(self.people[0], self.chat.id, one.id)
            self.present.add(one.id)
        elif len(self.present) > 1:
            casting.remove_character(self.people[0], self.chat.id, one.id)
            self.present.remove(one.id)

    def _note(self, message: Message, number: int, present: Iterable[UUID]) -> None:
        self.where[message.id], self.heard[number] = number, frozenset(present)

    def _next(self) -> int:
        return len(self.heard)

    def _said(self) -> Iterable[Message]:
        return Message.objects.filter(chat=self.chat, trash=None).order_by("created_at")


def test_a_speaker_is_told_what_it_was_there_for_and_nothing_else(
    alice: User, charlie: User, text_engine: ScriptedBackend, settings: Settings
) -> None:
    settings.LIVE_REPLIES_PER_USER = 1000
    lorebook(alice)
    table = Table([alice, charlie], cast(alice, *NAMES), text_engine, random.Random(1))
    casting.change_rules(alice, table.chat.id, casting.Rules(TurnTaking.MANUAL))
    for _ in range(QUIET):
        table.say_quietly()
    while table.cases < 10_000:
        table.act()
    assert table.kept_from > 300
    assert table.directed > 20


def test_elsewhere_it_recalls_what_it_was_there_for_and_its_chapters_tell_nothing_else(
    alice: User, charlie: User, text_engine: ScriptedBackend, settings: Settings
) -> None:
    settings.LIVE_REPLIES_PER_USER = 1000
    table = Table([alice, charlie], cast(alice, *NAMES), text_engine, random.Random(2), sentence=SENTENCE)
    casting.change_rules(alice, table.chat.id, casting.Rules(TurnTaking.MANUAL))
    for _ in range(QUIET):
        table.say_quietly()
    for _ in range(12):
        table.act(checks=False)
        table.remember()
    table.chat.refresh_from_db()
    shown = {one.id for one in path_to(table.chat.leaf_id, limit=1000) if not one.is_hidden}
    known = 0
    for character in table.characters:
        for message_id, number in table.where.items():
            recalls = canary(number) in "\n".join(one.line for one in recalled(alice, character, canary(number)))
            assert recalls == (message_id in shown and character.id in table.heard[number])
            known += recalls
    chapters = Memory.objects.filter(chat_id=table.chat.id, kind=Kind.SUMMARY)
    told = [(chapter.character_id, int(number)) for chapter in chapters for number in CANARY.findall(chapter.text)]
    assert all(character_id in table.heard[number] for character_id, number in told)
    assert known > 150
    assert len(told) > 30


def recalled(user: User, character: Character, text: str) -> tuple[Recollection, ...]:
    return recall(
        Query(
            owner_id=user.id,
            character_id=character.id,
            text=text,
            people=frozenset({user.id}),
            person_names=(),
            character_names=(),
            now=now(),
            budget=200,
            count=lambda line: len(line.split()),
        )
    ).memories


@given(there=st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans())))
def test_of_a_path_is_heard_what_was_witnessed_shown_and_said(there: list[tuple[bool, bool, bool]]) -> None:
    me, somebody = uuid4(), uuid4()
    path = [
        Message(text="a" * was_said, is_hidden=is_hidden, witnesses=[somebody, me][: 1 + is_there])
        for is_there, is_hidden, was_said in there
    ]
    heard = [path[at] for at, one in enumerate(there) if one == (True, False, True)]
    assert staging.heard_by(me, path) == heard


class TestLeaving:
    def test_who_comes_back_knows_what_it_knew_and_not_what_was_said_meanwhile(
        self, alice: User, text_engine: ScriptedBackend
    ) -> None:
        mira, bram, odile = cast(alice, "Mira", "Bram", "Odile")
        chat = starting.start_chat(alice, mira, bram, odile)
        casting.change_rules(alice, chat.id, casting.Rules(TurnTaking.MANUAL))
        send(alice, chat, "The key is under the mat.")
        casting.remove_character(alice, chat.id, bram.id)
        send(alice, chat, "Bram must never learn of the tunnel.")
        casting.add_character(alice, chat.id, bram.id)
        tell(sending.ask_to_speak(alice, chat.id, bram.id))
        assert "under the mat" in text_engine.prompts[-1]
        assert "tunnel" not in text_engine.prompts[-1]
        tell(sending.ask_to_speak(alice, chat.id, mira.id))
        assert "tunnel" in text_engine.prompts[-1]

    def test_what_was_asked_of_it_before_is_not_told_with_what_it_missed(
        self, alice: User, text_engine: ScriptedBackend
    ) -> None:
        """Its reply waits in line while it leaves and others go on."""
        mira, bram, odile = cast(alice, "Mira", "Bram", "Odile")
        chat = starting.start_chat(alice, mira, bram, odile)
        asked = sending.send_message(alice, chat.id, "Bram, are you there?", uuid4(), speaker=bram.id)
        casting.remove_character(alice, chat.id, bram.id)
        later = sending.send_message(alice, chat.id, "He is gone. The tunnel.", uuid4(), speaker=mira.id)
        tell(asked.reply)
        assert "tunnel" not in text_engine.prompts[-1]
        tell(later.reply)
        assert "tunnel" in text_engine.prompts[-1]


class TestLore:
    def test_what_was_said_behind_ones_back_wakes_nothing(self, alice: User, text_engine: ScriptedBackend) -> None:
        lorebook(alice)
        mira, bram, odile = cast(alice, "Mira", "Bram", "Odile")
        chat = starting.start_chat(alice, mira, bram, odile)
        casting.change_rules(alice, chat.id, casting.Rules(TurnTaking.MANUAL))
        casting.remove_character(alice, chat.id, bram.id)
        send(alice, chat, f"Hush: {canary(7)}.")
        casting.add_character(alice, chat.id, bram.id)
        tell(sending.ask_to_speak(alice, chat.id, bram.id))
        assert lore_of(7) not in text_engine.prompts[-1]
        tell(sending.ask_to_speak(alice, chat.id, mira.id))
        assert lore_of(7) in text_engine.prompts[-1]


class TestDirector:
    def test_it_reads_only_what_the_whole_table_has_heard(self, alice: User, text_engine: ScriptedBackend) -> None:
        mira, bram, odile = cast(alice, "Mira", "Bram", "Odile")
        chat = starting.start_chat(alice, mira, bram, odile)
        casting.change_rules(alice, chat.id, casting.Rules(TurnTaking.MANUAL))
        send(alice, chat, "Everybody, the ship is here.")
        casting.remove_character(alice, chat.id, bram.id)
        send(alice, chat, "Mira, mind the tunnel.")
        casting.add_character(alice, chat.id, bram.id)
        casting.change_rules(alice, chat.id, casting.Rules(TurnTaking.DIRECTOR))
        text_engine.script("Bram")
        reply = tell(send(alice, chat, "Who is first?").reply)
        assert reply.character_id == bram.id
        director, speaker = text_engine.prompts[-2:]
        assert DIRECTS in director
        assert "the ship" in director
        assert "the ship" in speaker
        assert "tunnel" not in director
        assert "tunnel" not in speaker

    def test_it_is_stopped_like_any_reply(self, alice: User, text_engine: ScriptedBackend) -> None:
        chat = starting.start_chat(alice, *cast(alice, "Mira", "Bram"))
        casting.change_rules(alice, chat.id, casting.Rules(TurnTaking.DIRECTOR))
        reply = send(alice, chat, "[delay=60]").reply
        done = telling(reply.id)
        until(lambda: any(DIRECTS in prompt for prompt in text_engine.prompts))
        sending.cancel_reply(alice, reply.id)
        done.result(timeout=20)
        reply.refresh_from_db()
        assert reply.status == Status.CANCELLED


class TestPeople:
    def test_of_two_people_a_character_hears_each_in_their_own_chat(
        self, alice: User, charlie: User, azera: Character, text_engine: ScriptedBackend
    ) -> None:
        hers, his = starting.start_chat(alice, azera), starting.start_chat(charlie, azera)
        tell(send(alice, hers, "Hers: the tunnel.").reply)
        tell(send(charlie, his, "His: the harbour.").reply)
        assert "tunnel" not in text_engine.prompts[-1]
        tell(send(alice, hers, "And now?").reply)
        assert "tunnel" in text_engine.prompts[-1]
        assert "harbour" not in text_engine.prompts[-1]

    def test_in_a_copy_everybody_knows_what_they_knew(self, alice: User, text_engine: ScriptedBackend) -> None:
        mira, bram, odile = cast(alice, "Mira", "Bram", "Odile")
        chat = starting.start_chat(alice, mira, bram, odile)
        casting.change_rules(alice, chat.id, casting.Rules(TurnTaking.MANUAL))
        casting.remove_character(alice, chat.id, bram.id)
        send(alice, chat, "Mind the tunnel.")
        casting.add_character(alice, chat.id, bram.id)
        last = send(alice, chat, "Bram is back.").message
        copy = branching.copy_to_new_chat(alice, last.id)
        assert set(company.present(copy)) == {mira.id, bram.id, odile.id}
        for speaker, knows in ((bram, False), (mira, True)):
            tell(sending.ask_to_speak(alice, copy.id, speaker.id))
            assert ("tunnel" in text_engine.prompts[-1]) == knows
            assert "Bram is back." in text_engine.prompts[-1]
