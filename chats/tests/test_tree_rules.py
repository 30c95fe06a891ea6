"""Whatever people do to a chat and in whichever order, nothing that was said is lost, and all of them see one path.

Random walks through the actions, on the real database. `TREE_EXAMPLES` asks for more of them than a run of all tests
takes.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeVar
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from pytest_django import Settings

from accounts.models import User
from characters.access import persona_for_talking
from characters.actions.characters import create_character
from characters.cards.card import Card
from characters.models import Character
from chats import access, company, turns
from chats.actions import branching, casting, sending, starting, trash
from chats.models import Chat, Message, Part, Participant, Role, Trash, TurnTaking
from chats.pages import messages as messages_page
from chats.pages.messages import Ends
from core.errors import Conflict, NotAllowed, NotFound
from core.jobs import LIVE
from inference.testing import ScriptedBackend

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_db")]

T = TypeVar("T")
EXAMPLES, STEPS = int(os.environ.get("TREE_EXAMPLES", "6")), 25
WALKS = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
# So few that a walk of 25 steps has many pages.
PAGE = 4
# Which of those that there are: small numbers are the newest.
PLACES = st.integers(0, 40)


@dataclass(frozen=True, slots=True)
class Row:
    parent: UUID | None
    chosen: UUID | None
    depth: int
    replies_before: int
    role: str
    trash: UUID | None
    status: str
    text: str
    owner: UUID
    character: UUID


@dataclass(frozen=True, slots=True)
class Tree:
    """A chat's rows at one moment, in the order in which they were made."""

    rows: dict[UUID, Row]
    leaf: UUID | None
    trash: frozenset[UUID]

    @classmethod
    def of(cls, chat_id: UUID) -> "Tree":
        found = Message.objects.filter(chat_id=chat_id).order_by("created_at", "id")
        names = "parent_id chosen_id depth replies_before role trash_id status text owner_id character_id".split()
        rows = {identity: Row(*rest) for identity, *rest in found.values_list("id", *names)}
        leaf = Chat.objects.values_list("leaf_id", flat=True).get(id=chat_id)
        return cls(rows, leaf, frozenset(Trash.objects.filter(chat_id=chat_id).values_list("id", flat=True)))

    @property
    def visible(self) -> list[UUID]:
        return [identity for identity, row in self.rows.items() if row.trash is None]

    def path(self, identity: UUID | None) -> list[UUID]:
        path: list[UUID] = []
        while identity is not None:
            path.append(identity)
            identity = self.rows[identity].parent
        return path[::-1]

    def tip(self, identity: UUID) -> UUID:
        while (after := self.rows[identity].chosen) is not None:
            identity = after
        return identity

    def beside(self, identity: UUID) -> list[UUID]:
        """The versions of a message, itself among them."""
        return [one for one in self.visible if self.rows[one].parent == self.rows[identity].parent]


@dataclass(slots=True)
class Deleted:
    """What one press put away, and what was shown before and after it."""

    before: list[UUID]
    after: UUID | None


@dataclass(slots=True)
class Cast:
    """Who walks, in which process."""

    alice: User
    bob: User
    characters: list[Character]
    engine: ScriptedBackend
    said: int = 0


@dataclass(slots=True)
class Keys:
    """What was sent with which key, and what it made."""

    sent: list[tuple[User, UUID, str, sending.Sent]] = field(default_factory=list)
    asked: list[tuple[User, UUID, UUID, Message]] = field(default_factory=list)


class Walk(RuleBasedStateMachine):
    cast: Cast

    def __init__(self) -> None:
        super().__init__()
        self.chat = starting.start_chat(self.cast.alice, *self.cast.characters[:2])
        persona = persona_for_talking(self.cast.bob, self.cast.characters[0])
        Participant.objects.create(chat=self.chat, user=self.cast.bob, part=Part.WRITER, persona=persona)
        self.tree = Tree.of(self.chat.id)
        self.whole: dict[UUID, str] = {}
        self.parents: dict[UUID, UUID | None] = {}
        self.deleted: dict[UUID, Deleted] = {}
        self.keys = Keys()

    # What people do.

    @rule(place=PLACES, by_bob=st.booleans(), is_told=st.booleans())
    def send(self, place: int, by_bob: bool, is_told: bool) -> None:
        self._send(self._user(by_bob), None)
        if is_told:
            self.tell_all()

    @rule(place=PLACES, by_bob=st.booleans(), is_told=st.booleans())
    def send_from_a_stale_tab(self, place: int, by_bob: bool, is_told: bool) -> None:
        if (after := self._pick(place)) is None:
            return
        on_path = after in self.tree.path(self.tree.leaf)
        wanted = self.tree.leaf if on_path else self.tree.tip(after)
        sent = self._send(self._user(by_bob), after)
        assert sent.message.parent_id == wanted, "it goes to the branch in which it was written"
        if is_told:
            self.tell_all()

    @rule(place=PLACES)
    def send_again_with_the_same_key(self, place: int) -> None:
        if not self.keys.sent:
            return
        user, key, text, first = self.keys.sent[-1 - place % len(self.keys.sent)]
        again = sending.send_message(user, self.chat.id, text, key)
        assert again.message == first.message
        assert again.replies[: len(first.replies)] == first.replies
        assert Tree.of(self.chat.id) == self.tree, "nothing was changed"

    @rule(place=PLACES, by_bob=st.booleans(), longer=st.booleans(), is_told=st.booleans())
    def swipe(self, place: int, by_bob: bool, longer: bool, is_told: bool) -> None:
        if (old := self._pick(place, Role.CHARACTER)) is None:
            return
        user, key = self._user(by_bob), uuid4()
        act = sending.go_on if longer else sending.write_again
        made = self._try(lambda: act(user, old, key))
        if made is None:
            return
        now = Tree.of(self.chat.id)
        assert now.leaf == made.id
        assert now.rows[made.id].parent == now.rows[old].parent
        assert now.rows[made.id].character == now.rows[old].character
        assert act(user, old, key) == made, "the same key is the same reply"
        assert Tree.of(self.chat.id) == now
        if is_told:
            self.tell_all()
            if longer:
                assert Message.objects.get(id=made.id).text.startswith(self.tree.rows[old].text)

    @rule(by_bob=st.booleans(), place=st.none() | st.integers(0, 2))
    def ask_to_speak(self, by_bob: bool, place: int | None) -> None:
        user, key = self._user(by_bob), uuid4()
        present = company.present(self.chat)
        speaker = None if place is None else present[place % len(present)]
        made = self._try(lambda: sending.ask_to_speak(user, self.chat.id, speaker, key))
        if made is None:
            return
        assert made.parent_id == self.tree.leaf
        assert speaker in (None, made.character_id)
        assert sending.ask_to_speak(user, self.chat.id, speaker, key) == made
        self.tell_all()

    @rule(place=PLACES, by_bob=st.booleans())
    def edit(self, place: int, by_bob: bool) -> None:
        if (old := self._pick(place)) is None:
            return
        user, key, text = self._user(by_bob), uuid4(), self._words()
        made = self._try(lambda: branching.edit_message(user, old, text, key))
        if made is None:
            return
        now = Tree.of(self.chat.id)
        row, was = now.rows[made.message.id], now.rows[old]
        assert (row.text, row.parent, row.role, row.character) == (text, was.parent, was.role, was.character)
        assert was == self.tree.rows[old] or was.status != self.tree.rows[old].status
        assert was.role == Role.CHARACTER or was.owner == user.id, "nobody changes another person's words"
        assert branching.edit_message(user, old, text, key) == made, "the same key is the same edit"
        assert Tree.of(self.chat.id) == now
        self.tell_all()

    @rule(place=PLACES, by_bob=st.booleans())
    def select(self, place: int, by_bob: bool) -> None:
        if (chosen := self._pick(place)) is None:
            return
        branching.select_message(self._user(by_bob), chosen)
        assert Tree.of(self.chat.id).leaf == self.tree.tip(chosen)

    @rule(place=PLACES, step=st.integers(0, 5))
    def walk_away_and_back(self, place: int, step: int) -> None:
        path = self.tree.path(self.tree.leaf)
        forks = [one for one in path if len(self.tree.beside(one)) > 1]
        if not forks:
            return
        here = forks[place % len(forks)]
        others = [one for one in self.tree.beside(here) if one != here]
        branching.select_message(self.cast.alice, others[step % len(others)])
        away = Tree.of(self.chat.id)
        assert here not in away.path(away.leaf)
        branching.select_message(self.cast.bob, here)
        assert Tree.of(self.chat.id) == self.tree, "it is shown as it was left"

    @rule(place=PLACES, by_bob=st.booleans())
    def branch_from(self, place: int, by_bob: bool) -> None:
        if (chosen := self._pick(place)) is None:
            return
        if self._try(lambda: branching.branch_from(self._user(by_bob), chosen)) is not None:
            assert Tree.of(self.chat.id).leaf == chosen

    @rule(place=PLACES, by_bob=st.booleans())
    def delete(self, place: int, by_bob: bool) -> None:
        if (gone := self._pick(place)) is None:
            return
        made = trash.delete_message(self._user(by_bob), gone)
        now = Tree.of(self.chat.id)
        put_away = {one for one in self.tree.visible if gone in self.tree.path(one)}
        assert {one for one, row in now.rows.items() if row.trash == made.id} == put_away
        assert made.messages == len(put_away)
        was = self.tree.path(self.tree.leaf)
        if gone not in was:
            assert now.leaf == self.tree.leaf, "what is not shown goes without a trace"
        self.deleted[made.id] = Deleted(was, now.leaf)
        with pytest.raises(NotFound):
            branching.select_message(self.cast.alice, gone)

    @rule(place=PLACES)
    def delete_and_bring_back(self, place: int) -> None:
        if (gone := self._pick(place)) is None or self._is_live_below(gone):
            return
        made = trash.delete_message(self.cast.alice, gone)
        trash.restore_messages(self.cast.alice, made.id)
        now = Tree.of(self.chat.id)
        assert now.leaf == self.tree.leaf
        assert now.path(now.leaf) == self.tree.path(self.tree.leaf)
        assert now.visible == self.tree.visible
        if gone in now.path(now.leaf):
            assert now == self.tree, "as if nothing had been"

    @rule(place=PLACES)
    def restore(self, place: int) -> None:
        if not self.tree.trash:
            return
        trash_id = sorted(self.tree.trash)[place % len(self.tree.trash)]
        # Only their own, and the host everybody's.
        if self._try(lambda: trash.restore_messages(self.cast.alice, trash_id)) is None:
            return
        now = Tree.of(self.chat.id)
        assert not [one for one, row in now.rows.items() if row.trash == trash_id]
        deleted = self.deleted.pop(trash_id)
        returned = {one for one, row in self.tree.rows.items() if row.trash == trash_id}
        if returned & set(deleted.before) and all(now.rows[one].trash is None for one in deleted.before):
            assert now.path(now.leaf) == deleted.before, "what was shown then is shown again"
        with pytest.raises(NotFound):
            trash.restore_messages(self.cast.alice, trash_id)

    @rule(number=st.integers(0, 1))
    def choose_greeting(self, number: int) -> None:
        self._try(lambda: starting.choose_greeting(self.cast.alice, self.chat.id, number))

    @rule(place=PLACES, by_bob=st.booleans())
    def copy(self, place: int, by_bob: bool) -> None:
        if (last := self._pick(place)) is None:
            return
        user = self._user(by_bob)
        if by_bob:
            with pytest.raises(NotAllowed):
                branching.copy_to_new_chat(user, last)
            return
        copy = branching.copy_to_new_chat(user, last)
        made = Tree.of(copy.id)
        old = [self.tree.rows[one] for one in self.tree.path(last) if self.tree.rows[one].status not in LIVE]
        assert [made.rows[one].text for one in made.path(made.leaf)] == [row.text for row in old]
        assert len(made.rows) == len(old)
        self._check_shape(made)
        assert [one.user_id for one in Participant.objects.filter(chat=copy)] == [user.id]
        assert Tree.of(self.chat.id) == self.tree, "the chat itself is as it was"

    @rule(place=PLACES, by_bob=st.booleans(), what=st.sampled_from(["rename", "hide", "tell", "canonical", "mark"]))
    def say_something_about_it(self, place: int, by_bob: bool, what: str) -> None:
        if (one := self._pick(place)) is None:
            return
        user = self._user(by_bob)
        match what:
            case "rename":
                branching.rename_branch(user, one, f"Branch {place}")
            case "hide" | "tell":
                branching.hide_message(user, one, what == "hide")
            case "canonical":
                branching.make_canonical(user, one, self.chat.id)
            case _:
                assert branching.bookmark(user, one, "Here") == branching.bookmark(user, one, "Here")
        assert Tree.of(self.chat.id) == self.tree, "it moves nothing"

    @rule(place=PLACES)
    def stop(self, place: int) -> None:
        if (reply := self._pick(place, Role.CHARACTER)) is not None:
            sending.cancel_reply(self.cast.alice, reply)

    @rule()
    def tell_all(self) -> None:
        """What the workers do, one reply after the other."""
        while waiting := turns.waiting_in(self.chat.id):
            self.cast.engine.script(self._words())
            turns.run_turn(waiting[0])

    @rule(enters=st.booleans())
    def somebody_enters_or_leaves(self, enters: bool) -> None:
        third = self.cast.characters[2].id
        is_there = third in company.present(self.chat)
        if enters and not is_there:
            casting.add_character(self.cast.alice, self.chat.id, third)
        elif is_there and not enters:
            casting.remove_character(self.cast.alice, self.chat.id, third)

    @rule(turn_taking=st.sampled_from(list(TurnTaking)), most=st.integers(1, 3))
    def change_rules(self, turn_taking: TurnTaking, most: int) -> None:
        casting.change_rules(self.cast.alice, self.chat.id, casting.Rules(turn_taking, most))

    # What holds after everything.

    @invariant()
    def it_is_a_tree_that_all_see_alike(self) -> None:
        self._check_rows()
        self._check_pages()
        self._check_versions()

    # How it is done.

    def _check_rows(self) -> None:
        """Nothing is lost."""
        now = Tree.of(self.chat.id)
        assert self.parents.keys() <= now.rows.keys(), "whatever was made is there for ever"
        for identity, row in now.rows.items():
            assert self.parents.setdefault(identity, row.parent) == row.parent, "nothing is hung elsewhere"
            if identity in self.whole:
                assert row.text == self.whole[identity], "what was said is not written over"
            elif row.status not in LIVE:
                self.whole[identity] = row.text
            assert row.trash is None or row.trash in now.trash
        self._check_shape(now)
        self.tree = now

    def _check_pages(self) -> None:
        """Everybody sees the same path."""
        path = self.tree.path(self.tree.leaf)
        assert self._pages(self.cast.alice) == path
        assert self._pages(self.cast.bob) == path
        if path:
            middle = path[len(path) // 2]
            chat = access.get_chat_for(self.cast.bob, self.chat.id)
            around = [one.id for one in messages_page.window(self.cast.bob, chat, Ends(around=middle)).messages]
            at = path.index(around[0])
            assert middle in around
            assert around == path[at : at + len(around)]
            after = messages_page.window(self.cast.bob, chat, Ends(after=middle))
            rest = path[path.index(middle) + 1 :]
            assert [one.id for one in after.messages] == rest[:PAGE]
            assert after.has_newer == (len(rest) > PAGE)

    def _check_versions(self) -> None:
        chat = access.get_chat_for(self.cast.alice, self.chat.id)
        for shown in messages_page.window(self.cast.alice, chat).messages:
            beside = self.tree.beside(shown.id)
            at = beside.index(shown.id)
            assert (shown.versions.number, shown.versions.of) == (at + 1, len(beside))
            assert shown.versions.before == (beside[at - 1] if at else None)
            assert shown.versions.after == (beside[at + 1] if at + 1 < len(beside) else None)

    def _check_shape(self, tree: Tree) -> None:
        for identity, row in tree.rows.items():
            before = tree.rows[row.parent] if row.parent is not None else None
            assert row.depth == (0 if before is None else before.depth + 1)
            above = tree.path(row.parent)
            assert row.replies_before == sum(tree.rows[one].role == Role.CHARACTER for one in above)
            if row.chosen is not None:
                assert tree.rows[row.chosen].parent == identity, "only a child is chosen"
            if row.trash is None:
                assert before is None or before.trash is None, "nothing follows what was deleted"
                if row.chosen is not None:
                    assert tree.rows[row.chosen].trash is None, "what was deleted is not shown"
        path = tree.path(tree.leaf)
        for one, after in pairwise(path):
            assert tree.rows[one].chosen == after, "what is chosen leads to the leaf"
        if path:
            assert tree.rows[path[-1]].chosen is None, "and ends there"
            assert tree.tip(path[0]) == tree.leaf
            assert not [one for one in path if tree.rows[one].trash is not None]

    def _send(self, user: User, after: UUID | None) -> sending.Sent:
        key, text = uuid4(), self._words()
        sent = sending.send_message(user, self.chat.id, text, key, after=after)
        self.keys.sent.append((user, key, text, sent))
        now = Tree.of(self.chat.id)
        made = [sent.message.id, *(reply.id for reply in sent.replies)]
        assert now.path(now.leaf)[-len(made) :] == made
        assert now.rows.keys() - self.tree.rows.keys() == set(made)
        if after is None:
            assert sent.message.parent_id == self.tree.leaf
        return sent

    def _try(self, act: Callable[[], T]) -> T | None:
        """None: it was refused, and everything is as it was."""
        before = Tree.of(self.chat.id)
        try:
            return act()
        except Conflict:
            assert Tree.of(self.chat.id) == before
            return None

    def _pages(self, user: User) -> list[UUID]:
        """All of the path, as somebody loads it who scrolls up."""
        chat = access.get_chat_for(user, self.chat.id)
        page = messages_page.window(user, chat)
        shown = [one.id for one in page.messages]
        while page.has_older:
            page = messages_page.window(user, chat, Ends(before=shown[0]))
            assert len(page.messages) <= PAGE
            shown = [*(one.id for one in page.messages), *shown]
        return shown

    def _is_live_below(self, identity: UUID) -> bool:
        return any(row.status in LIVE and identity in self.tree.path(one) for one, row in self.tree.rows.items())

    def _pick(self, place: int, role: Role | None = None) -> UUID | None:
        found = [one for one in self.tree.visible if role is None or self.tree.rows[one].role == role]
        return found[-1 - place % len(found)] if found else None

    def _user(self, is_bob: bool) -> User:
        return self.cast.bob if is_bob else self.cast.alice

    def _words(self) -> str:
        self.cast.said += 1
        return f"canary {self.cast.said} sings"


def test_whatever_people_do_nothing_is_lost_and_all_see_one_path(
    alice: User,
    charlie: User,
    text_engine: ScriptedBackend,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.LIVE_REPLIES_PER_USER = 10_000
    monkeypatch.setattr(messages_page, "PAGE_MESSAGES", PAGE)
    cards = [Card("Mira", first_message="Hi.", alternate_greetings=("Out!",)), Card("Bram"), Card("Odile")]
    Walk.cast = Cast(alice, charlie, [create_character(alice, card) for card in cards], text_engine)
    run_state_machine_as_test(Walk, settings=WALKS)
