"""To which known conversation a call belongs that names none."""

import random
import time
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chats.matching import (
    ANSWER_LETTERS,
    CUT_EXCHANGES,
    CUT_LETTERS,
    LONG_MESSAGE,
    MOST_SKIPPED,
    SCATTERED_LETTERS,
    Attach,
    Ephemeral,
    Node,
    Said,
    Speaker,
    Start,
    fingerprint,
    place,
    plain,
)

SYLLABLES = "ba de fi go lu ma ne pi ro su ta ve wi zo ka li mo nu ra se".split()
WORDS = [first + second for first in SYLLABLES for second in SYLLABLES]
GREETING = "The door of the inn opens, and Mira looks up from her book."
LONG = "I put my wet coat over the chair by the fire, sit down at your table and ask whether you have seen my brother."
ANSWER_WORDS = (10, 80)
ANSWER = (
    "She closes the book slowly. Nobody has come through that door since the snow began to fall, she says, and that "
    "was two weeks ago. Then she looks at your boots."
)


def person(text: str) -> Said:
    return Said(Speaker.PERSON, text)


def character(text: str) -> Said:
    return Said(Speaker.CHARACTER, text)


def talk(*texts: str) -> list[Said]:
    """What was said in turns; the greeting is the first."""
    return [(person if at % 2 else character)(text) for at, text in enumerate(texts)]


def words(chance: random.Random, least: int, most: int, vocabulary: Sequence[str] = WORDS) -> str:
    return " ".join(chance.choices(vocabulary, k=chance.randint(least, most)))


@dataclass(slots=True)
class Door:
    """Stores what the real one stores: what is new below the place, and our answer below that."""

    counts: bool = False
    nodes: dict[UUID, Node] = field(default_factory=dict)
    found: dict[str, list[UUID]] = field(default_factory=dict)
    below: dict[tuple[UUID | None, str], list[Node]] = field(default_factory=dict)
    sizes: Counter[UUID] = field(default_factory=Counter)

    def ask(self, said: Sequence[Said]) -> Attach | Start | Ephemeral:
        prints = dict.fromkeys(map(fingerprint, said))
        known = [self.nodes[identity] for print_ in prints for identity in self.found.get(print_, ())]
        if self.counts:
            known = [replace(node, chat_size=self.sizes[node.chat_id]) for node in known]
        return place(said, known)

    def keep(self, put: Attach | Start | Ephemeral, said: Sequence[Said], answer: str) -> UUID | None:
        """In which chat it is now."""
        match put:
            case Attach(node, known):
                return self.store(said[known:], answer, node)
            case Start():
                return self.store(said, answer)
            case Ephemeral():
                return None

    def store(self, new: Sequence[Said], answer: str | None = None, above: Node | None = None) -> UUID:
        chat_id = above.chat_id if above else UUID(int=1_000_000 + len(self.sizes))
        for said in new:
            above = self._add(said, above, chat_id, is_ours=False)
        if answer is not None:
            self._add(character(answer), above, chat_id, is_ours=True)
        return chat_id

    def talk(self, *texts: str) -> UUID:
        """A whole conversation, call by call, in a chat of its own; the answers are ours."""
        chat_id = self.store(talk(*texts[:1]))
        above = next(node for node in self.nodes.values() if node.chat_id == chat_id)
        for at in range(1, len(texts), 2):
            self.store(talk("", texts[at])[1:], texts[at + 1] if at + 1 < len(texts) else None, above)
            above = list(self.nodes.values())[-1]
        return chat_id

    def path(self, node: Node) -> list[Node]:
        path = [node]
        while (parent := path[-1].parent_id) is not None:
            path.append(self.nodes[parent])
        return path[::-1]

    def _add(self, said: Said, above: Node | None, chat_id: UUID, *, is_ours: bool) -> Node:
        node = Node(
            UUID(int=len(self.nodes) + 1),
            above.id if above else None,
            chat_id,
            fingerprint(said),
            is_ours,
            len(plain(said.text)),
        )
        self.nodes[node.id] = node
        self.found.setdefault(node.fingerprint, []).append(node.id)
        self.below.setdefault((node.parent_id, node.fingerprint), []).append(node)
        self.sizes[chat_id] += 1
        return node


def attached(door: Door, said: Sequence[Said]) -> tuple[UUID, int]:
    """The chat and how many messages are known; the path says what the client says."""
    put = door.ask(said)
    assert isinstance(put, Attach)
    path = door.path(put.node)[-put.known :]
    assert [node.fingerprint for node in path] == [fingerprint(one) for one in said[: put.known]]
    return put.node.chat_id, put.known


class TestPlain:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("  Hello,\n\n  world \t", "Hello, world"),
            ("Alice: Hello", "Hello"),
            ("Mira Vale:\nHello", "Hello"),
            ("J.-P. O'Neil_2: Hello", "Hello"),
            ("2B: Hello", "Hello"),
            ("मीरा: नमस्ते", "नमस्ते"),
            ("アリス：こんにちは", "こんにちは"),
            ("Alice: Bob: Hello", "Bob: Hello"),
            ("Note: buy milk", "buy milk"),
            ("https://example.org", "https://example.org"),
            ("12:30 is fine", "12:30 is fine"),
            ("Alice:", "Alice:"),
            (": Hello", ": Hello"),
            ("She said, softly: come", "She said, softly: come"),
            (f"{'a' * 40}: Hello", "Hello"),
            (f"{'a' * 41}: Hello", f"{'a' * 41}: Hello"),
            (f"{'a' * 40}://x", f"{'a' * 40}://x"),
            ("ﬁne ①", "fine 1"),
            ("", ""),
        ],
    )
    def test_it_drops_what_clients_change_on_the_way(self, text: str, expected: str) -> None:
        assert plain(text) == expected

    def test_a_fingerprint_tells_speakers_apart(self) -> None:
        assert fingerprint(person("Hello")) != fingerprint(character("Hello"))
        assert fingerprint(person("Alice:  Hello ")) == fingerprint(person("Hello"))

    def test_half_a_surrogate_pair_is_no_error(self) -> None:
        assert fingerprint(person("\ud83d")) != fingerprint(person("\ud83e"))


class TestOneConversation:
    @pytest.fixture
    def door(self) -> Door:
        door = Door()
        door.talk(GREETING, "Hello", ANSWER, "Who are you?", f"{ANSWER} I am Mira.", "Go on", f"{ANSWER} That is all.")
        return door

    @pytest.fixture
    def said(self) -> list[Said]:
        return talk(
            GREETING, "Hello", ANSWER, "Who are you?", f"{ANSWER} I am Mira.", "Go on", f"{ANSWER} That is all."
        )

    def test_another_message_goes_on(self, door: Door, said: list[Said]) -> None:
        assert attached(door, [*said, person("And then?")])[1] == 7

    def test_a_missing_answer_is_asked_for_again(self, door: Door, said: list[Said]) -> None:
        assert attached(door, said[:6])[1] == 6

    def test_an_answer_that_the_client_took_instead_is_new(self, door: Door, said: list[Said]) -> None:
        assert attached(door, [*said[:6], character("Another."), person("And then?")])[1] == 6

    def test_the_client_may_go_on_with_our_last_answer(self, door: Door, said: list[Said]) -> None:
        assert attached(door, said)[1] == 7

    def test_the_client_may_begin_the_answer(self, door: Door, said: list[Said]) -> None:
        assert attached(door, [*said, person("And then?"), character("Well,")])[1] == 7

    def test_what_the_client_deleted_is_left_aside(self, door: Door, said: list[Said]) -> None:
        assert attached(door, [*said[:3], person("What do you read?")])[1] == 3

    def test_a_change_in_the_middle_is_a_branch(self, door: Door, said: list[Said]) -> None:
        said[3] = person("Who am I?")
        assert attached(door, [*said, person("And then?")])[1] == 3

    def test_what_the_client_deleted_in_the_middle_is_left_out_of_a_branch(self, door: Door, said: list[Said]) -> None:
        assert attached(door, [*said[:3], *said[5:], person("And then?")])[1] == 3

    def test_a_change_of_the_first_message_of_many_is_a_branch(self, door: Door, said: list[Said]) -> None:
        said[1] = person("Good evening")
        assert attached(door, [*said, person("And then?")])[1] == 1

    def test_another_greeting_is_passed_over(self, door: Door, said: list[Said]) -> None:
        put = door.ask([character("Another greeting."), *said[1:], person("And then?")])
        assert isinstance(put, Attach)
        assert put.known == 7

    def test_a_cut_head_is_aligned(self, door: Door, said: list[Said]) -> None:
        assert attached(door, [*said[2:], person("And then?")])[1] == 5
        assert attached(door, [*said[3:], person("And then?")])[1] == 4

    def test_a_cut_head_needs_an_answer_and_what_it_answers(self, door: Door, said: list[Said]) -> None:
        assert door.ask(said[4:6]) == Start()
        assert attached(door, said[3:6])[1] == 3

    def test_what_a_client_puts_before_a_cut_head_is_passed_over(self, door: Door, said: list[Said]) -> None:
        put = door.ask([person("[Start a new chat]"), *said[2:], person("And then?")])
        assert isinstance(put, Attach)
        assert put.known == 6

    def test_a_greeting_that_stays_while_the_middle_is_cut_is_no_change(self, door: Door, said: list[Said]) -> None:
        put = door.ask([said[0], *said[3:], person("And then?")])
        assert isinstance(put, Attach)
        assert put.known == 5

    def test_words_that_come_again_are_no_cut(self, door: Door, said: list[Said]) -> None:
        assert attached(door, [said[0], said[5], character("Another."), *said[1:], person("And then?")])[1] == 1

    def test_a_change_below_a_cut_is_a_branch(self, door: Door, said: list[Said]) -> None:
        assert attached(door, [said[2], person("Who am I?"), *said[4:], person("And then?")])[1] == 1

    def test_a_change_below_a_short_message_at_a_cut_is_passed_over(self, door: Door, said: list[Said]) -> None:
        put = door.ask([said[5], character("Another."), *said[1:], person("And then?")])
        assert isinstance(put, Attach)
        assert put.known == 8

    def test_names_and_white_space_change_nothing(self, door: Door, said: list[Said]) -> None:
        named = [replace(one, text=f" Mira Vale:\n {one.text.replace(' ', '  ')} ") for one in said]
        assert attached(door, [*named, person("And then?")])[1] == 7

    @pytest.mark.parametrize("counts", [False, True])
    def test_notes_that_a_client_adds_to_the_last_message_do_not_part_it(self, counts: bool) -> None:
        door, said, chats = Door(counts), talk(GREETING), set()
        for number in range(20):
            said.append(person(f"This is what I say, number {number}."))
            noted = [*said[:-1], person(f"{said[-1].text}\n\n[Write three paragraphs, and mind the weather.]")]
            answer = f"{number}. {ANSWER} {ANSWER}"
            chats.add(door.keep(door.ask(noted), noted, answer))
            said.append(character(answer))
        assert len(chats) == 1

    @pytest.mark.parametrize("counts", [False, True])
    def test_an_instruction_that_always_comes_last_does_not_part_it(self, counts: bool) -> None:
        door, said, chats = Door(counts), talk(GREETING), set()
        for number in range(20):
            said.append(person(f"This is what I say, number {number}."))
            instructed = [*said, person(LONG * 3)]
            answer = f"{number}. {ANSWER} {ANSWER}"
            chats.add(door.keep(door.ask(instructed), instructed, answer))
            said.append(character(answer))
        assert len(chats) == 1

    def test_a_conversation_from_elsewhere_is_known_by_what_both_said(self) -> None:
        door, said = Door(), talk(GREETING, "One", "Yes.", "Two", "No.", "Three", "Yes.", "Four", "No.")
        chat_id = door.store(said)
        assert attached(door, [*said, person("Five")]) == (chat_id, 9)
        assert door.ask([*said[:7], person("Five")]) == Start()
        assert door.ask([*talk(GREETING, *["One", "Yes."] * 4), person("Five")]) == Start()

    def test_the_middle_of_it_is_known_by_less(self) -> None:
        door, said = Door(), talk(GREETING, "One", "Yes.", "Two", "No.", "Three", "Yes.", "Four", "No.")
        chat_id = door.store(said)
        assert attached(door, [*said[3:], person("Five")]) == (chat_id, 6)
        assert door.ask([*said[5:], person("Five")]) == Start()

    def test_all_that_a_chat_holds_is_enough(self) -> None:
        door = Door(counts=True)
        chat_id = door.talk(GREETING, "Hi", "Hm.")
        assert attached(door, [*talk(GREETING, "Hi", "Hm."), person("Are you well?")]) == (chat_id, 3)
        door.talk(GREETING, "Hi", "Hm.", "Are you well?", "No.")
        assert door.ask([*talk(GREETING, "Hi", "Hm."), person("Why?")]) == Start()


class TestTooLittle:
    def test_nothing_known_is_a_start(self) -> None:
        assert place([], []) == Start()
        assert place(talk(GREETING, "Hi"), []) == Start()

    @pytest.mark.parametrize("counts", [False, True])
    @pytest.mark.parametrize("greeting", [GREETING, GREETING * 10])
    def test_an_equal_greeting_is_a_start(self, greeting: str, counts: bool) -> None:
        door = Door(counts)
        door.talk(greeting, LONG, ANSWER)
        door.store([], greeting)
        assert door.ask(talk(greeting, "Hi")) == Start()
        assert door.ask(talk(greeting)) == Start()

    def test_an_equal_greeting_below_something_else_is_a_start(self) -> None:
        door = Door()
        door.store([], GREETING * 10)
        assert door.ask([person("[Start a new chat]"), character(GREETING * 10), person("Hi")]) == Start()

    def test_an_equal_short_opening_is_answered_and_not_kept(self) -> None:
        door = Door(counts=True)
        door.talk(GREETING, "Hello there", ANSWER)
        assert door.ask(talk(GREETING, "Hello there")) == Ephemeral()
        assert door.ask([*talk(GREETING, "Hello there"), character("Well,")]) == Ephemeral()

    def test_it_gets_a_chat_of_its_own_as_soon_as_it_says_something_new(self) -> None:
        door = Door(counts=True)
        first = door.talk(GREETING, "Hello there", ANSWER)
        said = [*talk(GREETING, "Hello there", "Welcome."), person("Who are you?")]
        assert door.ask(said) == Start()
        second = door.keep(Start(), said, "Mira.")
        assert second != first
        assert attached(door, [*said, character("Mira."), person("And then?")]) == (second, 5)

    def test_an_equal_long_opening_asks_for_another_answer(self) -> None:
        door = Door()
        chat_id = door.talk(GREETING, LONG, ANSWER)
        assert attached(door, talk(GREETING, LONG)) == (chat_id, 2)
        assert attached(door, [*talk(GREETING, LONG), character("Well,")]) == (chat_id, 2)

    @pytest.mark.parametrize(("letters", "expected"), [(LONG_MESSAGE - 1, Ephemeral), (LONG_MESSAGE, Attach)])
    def test_what_a_long_opening_is(self, letters: int, expected: type[object]) -> None:
        door = Door()
        door.talk(GREETING, LONG[:letters], ANSWER)
        assert isinstance(door.ask(talk(GREETING, LONG[:letters])), expected)

    def test_a_long_opening_in_two_chats_says_nothing(self) -> None:
        door = Door()
        door.talk(GREETING, LONG, ANSWER)
        door.talk(GREETING, LONG, f"{ANSWER} Truly.")
        assert door.ask(talk(GREETING, LONG)) == Ephemeral()
        assert door.ask([*talk(GREETING, LONG, "Other."), person("Well?")]) == Start()

    def test_a_stock_answer_proves_nothing(self) -> None:
        door = Door()
        stock = "Hello! How can I assist you today?"
        door.talk(GREETING, "Hi", stock, "Tell me a joke", ANSWER)
        assert door.ask([*talk(GREETING, "Hi", stock), person("Tell me a story")]) == Start()
        assert door.ask([*talk("Other.", "Hi", stock), person("Tell me a story")]) == Start()

    def test_the_same_words_again_and_again_prove_nothing(self) -> None:
        door = Door()
        texts = [GREETING, *["Go on", "Hm, I see."] * 20]
        door.talk(*texts)
        assert door.ask([*talk(*texts), person("Well?")]) == Start()

    def test_short_answers_scattered_prove_nothing(self) -> None:
        door = Door()
        answers = [f"{word} is a word that I like very much." for word in WORDS[:10]]
        door.talk(GREETING, *(text for answer in answers for text in (f"Is {answer[:4]} one?", answer)))
        said = talk(GREETING, *(text for answer in reversed(answers) for text in (f"And {answer[:4]}?", answer)))
        assert sum(map(len, answers)) >= SCATTERED_LETTERS
        assert door.ask([*said, person("Well?")]) == Start()

    def test_instructions_before_every_conversation_prove_nothing(self) -> None:
        door = Door()
        head = [person(LONG * 5), character("Understood. I will write three paragraphs, and never speak for you.")]
        door.store([*head, character(GREETING), person("Hi")], ANSWER)
        assert door.ask([*head, character(GREETING), person("Good evening")]) == Start()
        assert door.ask([*head, character("Another greeting."), person("Good evening")]) == Start()
        assert door.ask([*head, character(GREETING), person("Hi")]) == Ephemeral()

    def test_a_question_from_the_middle_of_a_chat_opens_another(self) -> None:
        door = Door()
        answer = "Nobody has come through that door since the snow began to fall."
        door.talk(GREETING, "Hello", ANSWER, LONG, answer)
        assert ANSWER_LETTERS <= len(answer) < CUT_LETTERS
        assert door.ask([person(LONG)]) == Start()
        assert door.ask([person(LONG), character(answer), person("Well?")]) == Start()


class TestTwoChats:
    def test_the_longer_run_wins_by_what_only_it_has(self) -> None:
        door = Door()
        door.talk(GREETING, LONG, ANSWER, "Go on", f"{ANSWER} One.")
        second = door.talk(GREETING, LONG, ANSWER, "Go on", f"{ANSWER} Two.")
        said = [*talk(GREETING, LONG, ANSWER, "Go on", f"{ANSWER} Two."), person("Well?")]
        assert attached(door, said) == (second, 5)

    @pytest.mark.parametrize("answer", [ANSWER, ANSWER * 3])
    def test_equal_ones_are_answered_and_not_kept(self, answer: str) -> None:
        door = Door(counts=True)
        texts = [GREETING, LONG, answer]
        door.talk(*texts)
        door.talk(*texts)
        assert door.ask([*talk(*texts), person("Well?")]) == Ephemeral()

    def test_a_little_more_of_one_is_not_enough(self) -> None:
        door = Door()
        door.talk(GREETING, LONG, ANSWER)
        door.talk(GREETING, LONG, ANSWER, "Go on", "Hm.")
        assert door.ask([*talk(GREETING, LONG, ANSWER, "Go on", "Hm."), person("Well?")]) == Ephemeral()

    def test_a_copy_is_no_rival(self) -> None:
        door = Door()
        texts = [GREETING, LONG, ANSWER, "Go on", "Hm."]
        door.store(talk(*texts))
        first = door.talk(*texts)
        door.store(talk(*texts))
        assert attached(door, [*talk(*texts), person("Well?")]) == (first, 5)

    def test_an_answer_further_down_tells_which_of_two_was_changed_above(self) -> None:
        door = Door()
        head = [GREETING, LONG, ANSWER]
        door.talk(*head, "Go on", f"{ANSWER} One.")
        second = door.talk(*head, "Go on", f"{ANSWER} Two. {ANSWER} Three. {ANSWER}")
        said = [*talk(*head, "Do go on", f"{ANSWER} Two. {ANSWER} Three. {ANSWER}"), person("Well?")]
        assert attached(door, said) == (second, 3)

    def test_scattered_answers_without_a_place_are_not_kept(self) -> None:
        door = Door()
        door.talk(GREETING, "Hello", ANSWER * 4)
        said = [*talk("Other.", "Good evening", "Yes.", "Well?", "No.", "And?"), character(ANSWER * 4)]
        assert door.ask([*said, person("Then?")]) == Ephemeral()


# A client in front of the door


@dataclass(slots=True)
class Client:
    """SillyTavern, in the hands of somebody restless. Each message has its versions, of which one is shown."""

    chance: random.Random
    opening: str | None = None
    prefix: bool = False
    swiped: list[str] = field(default_factory=list)
    messages: list[tuple[Speaker, list[str], int]] = field(
        default_factory=lambda: [(Speaker.CHARACTER, [GREETING], 0)]
    )

    def act(self) -> None:
        """Whatever is done until an answer is awaited."""
        self.swiped = []
        if len(self.messages) >= 7:
            for _ in range(self.chance.choice([0, 0, 0, 1, 1, 2])):
                self.chance.choice([self.edit, self.edit, self.delete, self.go_back])()
            if self.is_answered and self.chance.random() < 0.35:
                self.swiped = self.messages.pop()[1]
        if self.is_answered and not self.swiped:
            text = self.opening if self.opening and len(self.messages) == 1 else words(self.chance, 3, 25)
            self.messages.append((Speaker.PERSON, [text], 0))

    @property
    def is_answered(self) -> bool:
        return self.messages[-1][0] is Speaker.CHARACTER

    def edit(self) -> None:
        """Any of the last 20."""
        if len(self.messages) < 20:
            return
        at = self.chance.randrange(len(self.messages) - 20, len(self.messages))
        speaker, versions, shown = self.messages[at]
        text = f"{versions[shown]} {words(self.chance, 1, 4)}"
        self.messages[at] = (speaker, [*versions[:shown], text, *versions[shown + 1 :]], shown)

    def delete(self) -> None:
        del self.messages[max(7, len(self.messages) - self.chance.randint(1, 6)) :]

    def go_back(self) -> None:
        """To another version of the last answer."""
        speaker, versions, _shown = self.messages[-1]
        self.messages[-1] = (speaker, versions, self.chance.randrange(len(versions)))

    def answered(self, text: str) -> None:
        self.messages.append((Speaker.CHARACTER, [*self.swiped, text], len(self.swiped)))

    def said(self, last: int = 0) -> list[Said]:
        """All of it, or the last ones only."""
        if self.chance.random() < 0.1:
            self.prefix = not self.prefix
        return [Said(speaker, self._sent(speaker, versions[at])) for speaker, versions, at in self.messages[-last:]]

    def _sent(self, speaker: Speaker, text: str) -> str:
        if self.chance.random() < 0.2:
            text = f"{text.replace(' ', self.chance.choice(['  ', chr(10), chr(0xA0)]), 2)} {chr(10)}"
        name = "Alice" if speaker is Speaker.PERSON else "Mira Vale"
        return f"{name}: {text}" if self.prefix else text


def longest_run(door: Door, chat_id: UUID, prints: Sequence[str], *, whole: bool) -> int:
    """By trying every beginning."""
    level = [door.nodes[identity] for identity in door.found.get(prints[0], ())]
    level = [node for node in level if node.chat_id == chat_id and (node.parent_id is None or not whole)]
    length = 0
    while level:
        length += 1
        following = prints[length] if length < len(prints) else ""
        level = [child for node in level for child in door.below.get((node.id, following), ())]
    return length


def is_placed(door: Door, put: Attach, said: Sequence[Said], *, is_cut: bool) -> bool:
    """Whether it is at the end of the longest run. False: it is, but some of the first messages were passed over."""
    prints = [fingerprint(one) for one in said]
    path = [node.fingerprint for node in door.path(put.node)]
    run = 0
    while run < min(put.known, len(path)) and path[-1 - run] == prints[put.known - 1 - run]:
        run += 1
    longest = longest_run(door, put.node.chat_id, prints, whole=not is_cut)
    if run == put.known == longest:
        return True
    assert longest <= MOST_SKIPPED if is_cut else longest == 0
    assert 0 < run < put.known <= run + MOST_SKIPPED
    return False


@pytest.mark.parametrize("seed", range(4))
def test_500_calls_of_a_restless_client_all_find_their_place(seed: int) -> None:
    chance = random.Random(seed)
    door, client = Door(counts=bool(seed % 2)), Client(chance)
    chat_id: UUID | None = None
    at_the_end = 0
    for number in range(501):
        client.act()
        last = chance.randint(8, 40) if chance.random() < 0.3 else 0
        is_cut = 0 < last < len(client.messages) and len(client.messages) > 11
        said = client.said(last if is_cut else 0)
        answer = words(chance, *ANSWER_WORDS)
        put = door.ask(said)
        if number:
            assert isinstance(put, Attach)
            assert put.node.chat_id == chat_id
            at_the_end += is_placed(door, put, said, is_cut=is_cut)
        chat_id = door.keep(put, said, answer)
        client.answered(answer)
    assert at_the_end >= 480


@pytest.mark.parametrize("seed", range(2))
def test_30_conversations_with_one_greeting_keep_apart(seed: int) -> None:
    """Every third begins with the same two words, so that its first calls may belong to another."""
    chance = random.Random(seed)
    door = Door(counts=bool(seed % 2))
    clients = [Client(chance, "Hello there" if number % 3 == 0 else None) for number in range(30)]
    chats: dict[int, UUID] = {}
    results: Counter[str] = Counter()
    for _ in range(1500):
        number = chance.randrange(30)
        client = clients[number]
        client.act()
        said = client.said()
        answer = words(chance, *ANSWER_WORDS)
        put = door.ask(said)
        results[type(put).__name__] += 1
        if number in chats:
            assert isinstance(put, Attach)
            assert put.node.chat_id == chats[number]
            results["at the end"] += is_placed(door, put, said, is_cut=False)
        chat_id = door.keep(put, said, answer)
        client.answered(answer)
        if number in chats:
            continue
        if chat_id is None:
            assert len(said) == 2
        else:
            assert put == Start()
            chats[number] = chat_id
    assert len(set(chats.values())) == 30
    assert results == {"Start": 30, "Ephemeral": 9, "Attach": 1461, "at the end": 1461}


def test_10000_pairs_of_small_talk_are_never_mixed() -> None:
    """Two conversations with one greeting and few words, whose calls come in any order."""
    chance = random.Random(1)
    vocabulary = WORDS[:8]
    results: Counter[str] = Counter()
    for number in range(10_000):
        door = Door(counts=bool(number % 2))
        histories = [talk(GREETING), talk(GREETING)]
        owners: dict[UUID, int] = {}
        for _ in range(chance.randint(2, 10)):
            who = chance.randrange(2)
            history = histories[who]
            if len(history) > 1 and chance.random() < 0.2:
                history.pop()
            else:
                history.append(person(words(chance, 1, 2 if len(history) == 1 else 5, vocabulary)))
            answer = words(chance, 1, 5, vocabulary)
            put = door.ask(history)
            results[type(put).__name__] += 1
            if isinstance(put, Attach) and owners[put.node.chat_id] != who:
                # All that the chat holds is also theirs: nobody could tell whose it is.
                assert door.counts
                held = [node.fingerprint for node in door.nodes.values() if node.chat_id == put.node.chat_id]
                assert held == [fingerprint(said) for said in history[: put.known]]
                results["of the other's"] += 1
            chat_id = door.keep(put, history, answer)
            if chat_id:
                owners[chat_id] = who
            history.append(character(answer))
    assert results["Attach"] > 10_000
    assert results["of the other's"] == 0


# Properties


@st.composite
def forests(draw: st.DrawFn) -> tuple[list[Said], list[Node]]:
    """What a client says in few words, and conversations in the same words."""
    said = draw(st.lists(st.builds(Said, st.sampled_from(Speaker), st.sampled_from("abc")), max_size=8))
    letters = {print_: draw(st.sampled_from([1, 30, 70, 130, 400])) for print_ in map(fingerprint, said)}
    prints, nodes = list(letters), list[Node]()
    for number in range(draw(st.integers(0, 14)) if prints else 0):
        above = draw(st.sampled_from([None, None, *nodes]))
        parent_id = above.id if above else draw(st.sampled_from([None, UUID(int=99)]))
        chat_id = above.chat_id if above else UUID(int=draw(st.integers(200, 202)))
        print_, is_ours = draw(st.sampled_from(prints)), draw(st.booleans())
        nodes.append(Node(UUID(int=number + 1), parent_id, chat_id, print_, is_ours, letters[print_]))
    sizes = Counter(node.chat_id for node in nodes) if draw(st.booleans()) else Counter[UUID]()
    return said, [replace(node, chat_size=sizes[node.chat_id]) for node in nodes]


@given(forests())
def test_above_the_place_is_what_the_client_says(drawn: tuple[list[Said], list[Node]]) -> None:
    said, nodes = drawn
    put = place(said, nodes)
    if not isinstance(put, Attach):
        return
    by_id: dict[UUID | None, Node] = {node.id: node for node in nodes}
    assert put.node in nodes
    assert 1 <= put.known <= len(said)
    at, node = put.known, by_id.get(put.node.id)
    while at and node and node.fingerprint == fingerprint(said[at - 1]):
        at, node = at - 1, by_id.get(node.parent_id)
    # All of it, or some of the first ones are passed over, or the client left out the middle.
    assert at < put.known
    door = Door(nodes={node.id: node for node in nodes})
    for node in nodes:
        door.found.setdefault(node.fingerprint, []).append(node.id)
        door.below.setdefault((node.parent_id, node.fingerprint), []).append(node)
    assert at <= MOST_SKIPPED or at == longest_run(
        door, put.node.chat_id, [fingerprint(one) for one in said], whole=False
    )


@given(forests(), st.randoms(use_true_random=False))
def test_the_order_of_the_nodes_means_nothing(drawn: tuple[list[Said], list[Node]], chance: random.Random) -> None:
    said, nodes = drawn
    shuffled = chance.sample(nodes, len(nodes))
    assert place(said, shuffled) == place(said, nodes)


@given(forests())
def test_nothing_is_attached_where_no_answer_of_ours_is_and_little_was_said(
    drawn: tuple[list[Said], list[Node]],
) -> None:
    said, nodes = drawn
    nodes = [replace(node, is_ours=False, letters=1, chat_size=0) for node in nodes]
    put = place(said, nodes)
    assert not isinstance(put, Attach) or put.known >= 2 * CUT_EXCHANGES


@given(st.text(), st.sampled_from(["Mira Vale: ", "Alice:\n", "2B : ", " Élodie\u00a0B.:"]))
def test_a_name_before_a_text_is_no_part_of_it(text: str, name: str) -> None:
    bare = " ".join(unicodedata.normalize("NFKC", text).split())
    if bare and not bare.startswith("//"):
        assert plain(f"{name}{text}") == bare


@pytest.mark.parametrize("text", ["go on", "go on, {number}"])
def test_a_thousand_messages_among_five_thousand_are_placed_at_once(text: str) -> None:
    said = [person(text.format(number=number)) for number in range(1000)]
    door = Door()
    door.store(said)
    for _ in range(4000):
        door.store([person("Now?")], above=door.nodes[UUID(int=1000)])
    nodes = list(door.nodes.values())
    began = time.process_time()
    place([*said, person("Well?"), person("Now?")], nodes)
    # It takes about 0.02; looking at every message from every node takes 20 times as long.
    assert time.process_time() - began < 0.15
