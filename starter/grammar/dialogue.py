"""Whole conversations: beats in a row, what is remembered beside them, and the scene the product would send."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from chats.prompting import Line, Recollection, Scene
from chats.prompting.policy import DEFAULT_POLICY
from inference.text.prompt import Role
from starter.grammar import code, fact_talk, feelings, more_facts, odd, requests, scenes, smalltalk, tasks
from starter.grammar.beats import Beat, Stage
from starter.grammar.facts import Fact, facts, own_name
from starter.grammar.personas import Persona, person
from starter.grammar.text import expand
from starter.grammar.values import Split, Values
from starter.grammar.voices import Register
from starter.grammar.words import FEELINGS, MONTHS

WHEN = (
    "just now",
    "today",
    "this morning",
    "earlier today",
    "yesterday",
    "yesterday",
    "last night",
    "{n} minutes ago",
    "{n} hours ago",
    "an hour ago",
    "{n} days ago",
    "{n} days ago",
    "2 days ago",
    "3 days ago",
    "last week",
    "a week ago",
    "{n} weeks ago",
    "last month",
    "a month ago",
    "{n} months ago",
    "a year ago",
    "last year",
    "in {month}",
    "{n} {month}",
    "2026-0{n}-1{n}",
    "a while ago",
)
MOODS = (
    "[calm|content|curious|cheerful|tired|excited|concerned|thoughtful|neutral|engaged|a little sad|warm]",
    "You feel [calm|curious|tired|excited|concerned|content].",
    "Mood: [calm|curious|tired|excited|concerned|content]. Energy: [low|medium|high].",
    "Your mood is [good|low|calm|bright] and your energy is [low|high].",
    "mood 0.{n}, energy 0.{n}",
    "[calm|bright|low], [well rested|a little tired|focused]",
)
NOTES = (
    "Keep replies short.",
    "[Stay in character.|Be kind.|Be brief.|Answer in one sentence.]",
    "Respond with empathy, validation, and gentle support.",
    "It is [late evening|early morning|raining outside].",
    "The user prefers short answers.",
)

# What a person is called until they choose a name, and what a question about their name is noted as.
NOBODY_YET = "Protag"
OWN_NAME = "asked about their name"


@dataclass(frozen=True, slots=True)
class Sample:
    """A scene and the reply to learn. `after` are further exchanges that follow the reply, to learn as well."""

    scene: Scene
    beat: Beat
    register: Register
    after: tuple[Beat, ...] = ()


@dataclass(slots=True)
class Writer:
    """Writes samples for one persona from one seed. `policy` may be emptied by the operator."""

    stage: Stage
    policy: str = DEFAULT_POLICY
    others: tuple[tuple[Callable[[Stage], Beat], int], ...] = field(init=False)

    def __post_init__(self) -> None:
        lively = self.stage.persona.voice.register is Register.LAVISH
        self.others = (
            (smalltalk.talk, 30),
            (requests.request, 28),
            (feelings.feeling, 14),
            (code.code, 12 if lively else 22),
            (scenes.story, 8),
            (scenes.scene, 14 if lively else 4),
            (odd.topic, 12),
            (odd.share, 8),
            (odd.long_message, 3),
            (odd.noise, 4),
            (odd.refuse, 2),
            (odd.inject, 3),
            (odd.lookup, 4),
        )

    @property
    def rng(self) -> random.Random:
        return self.stage.rng

    def free(self) -> Beat:
        """One exchange that needs nothing remembered."""
        (rule,) = self.rng.choices([rule for rule, _ in self.others], [weight for _, weight in self.others])
        return rule(self.stage)

    def dense(self) -> Sample:
        """Many facts at once and several questions about them: where copying is learned fastest."""
        known = facts(self.rng, self.stage.values, self.rng.randint(3, 12))
        absent = known[: self.rng.randint(len(known) // 4, len(known) // 2)]
        told = known[len(absent) :]
        questions = [fact_talk.known(self.stage, fact) for fact in told] + [
            fact_talk.unknown(self.stage, fact) for fact in absent
        ]
        self.rng.shuffle(questions)
        questions = questions[: self.rng.randint(4, 9)]
        return self._sample([], questions[0], told, after=tuple(questions[1:]))

    def recall(self) -> Sample:
        """One question whose answer is among the memories."""
        known = facts(self.rng, self.stage.values, self.rng.choice((1, 1, 2, 3, 4, 5, 6, 8)))
        beat = fact_talk.known(self.stage, known[0])
        if self.stage.values.split is Split.TRAINING and self.rng.random() < 0.12:
            other = more_facts.confirmed(self.stage, known[0], self.stage.values)
            beat = other if other and self.rng.random() < 0.7 else more_facts.everything(self.stage, known[:3])
            known = known if other is beat else known[:3]
            return self._sample(self._chatter(), beat, known, shuffled=other is beat)
        return self._sample(self._chatter(), beat, known)

    def missing(self) -> Sample:
        """One question whose answer is not among the memories, if there are any."""
        fact, *others = facts(self.rng, self.stage.values, 1 + self.rng.choice((0, 0, 1, 1, 2, 3, 4, 6)))
        beat = fact_talk.unknown(self.stage, fact)
        if self.stage.values.split is Split.TRAINING and self.rng.random() < 0.2:
            beat = (
                more_facts.lost(self.stage)
                if others or self.rng.random() < 0.6
                else more_facts.everything(self.stage, [])
            )
        return self._sample(self._chatter(), beat, others)

    def told_before(self) -> Sample:
        """Facts told in the history, and then asked for; sometimes another one that was not told."""
        told = facts(self.rng, self.stage.values, self.rng.choice((1, 2, 2, 3, 4)))
        absent = told.pop() if len(told) > 2 else None
        history = self._tellings(told)
        if self.rng.random() < 0.08:
            beat, told[0] = more_facts.corrected(self.stage, told[0], self.stage.values.name())
            history.append(beat)
        for _ in range(self.rng.choice((0, 0, 1, 1, 2))):
            history.insert(self.rng.randint(0, len(history)), self.free())
        asked = [fact_talk.known(self.stage, fact) for fact in self.rng.sample(told, len(told))]
        if absent:
            asked.insert(self.rng.choice((0, 0, 1)), fact_talk.unknown(self.stage, absent))
        memories = facts(self.rng, self.stage.values, self.rng.choice((1, 2, 3))) if self.rng.random() < 0.2 else []
        memories = [memory for memory in memories if memory.key not in {fact.key for fact in (*told, absent) if fact}]
        return self._sample(history, asked[0], memories, after=tuple(asked[1:]))

    def _tellings(self, told: list[Fact]) -> list[Beat]:
        if len(told) == 2 and self.rng.random() < 0.4:
            return [more_facts.told_two(self.stage, *told)]
        return [self._telling(fact) for fact in told]

    def _telling(self, fact: Fact) -> Beat:
        if fact.key == "own name" and self.rng.random() < 0.6:
            return more_facts.met(self.stage, fact)
        return fact_talk.told(self.stage, fact)

    def telling(self) -> Sample:
        """A fact, or two, told in the last message."""
        fact, *memories = facts(self.rng, self.stage.values, self.rng.choice((1, 1, 1, 2, 4)))
        if self.rng.random() < 0.25:
            return self._sample(
                self._chatter(), more_facts.met(self.stage, own_name(self.rng, self.stage.values)), memories
            )
        if self.rng.random() < 0.2:
            return self._sample(
                self._chatter(), more_facts.told_two(self.stage, *facts(self.rng, self.stage.values, 2)), []
            )
        return self._sample(self._chatter(), self._telling(fact), memories)

    def named(self) -> Sample:
        """The person's own persona is in the prompt, and they ask for their name."""
        name, about = person(self.rng, self.stage.values)
        fact = own_name(self.rng, self.stage.values)
        fact = Fact(fact.key, "", f"your name is {name}.", fact.about, fact.question, name)
        return self._sample(self._chatter(), fact_talk.known(self.stage, fact), self._stray(), user=(name, about))

    def chat(self) -> Sample:
        """A conversation of one to eight turns about anything; memories, if any, have nothing to do with it."""
        turns = self.rng.choices((1, 2, 3, 4, 5, 6, 8), (42, 18, 12, 8, 6, 3, 2))[0]
        beats = [
            self.free()
            if self.rng.random() < 0.93
            else fact_talk.told(self.stage, facts(self.rng, self.stage.values, 1)[0])
            for _ in range(turns)
        ]
        return self._sample(beats[:-1], beats[-1], self._stray())

    def summing_up(self) -> Sample:
        """A summary, a journal entry or a dream at the end of a conversation."""
        beats: list[Beat] = []
        for _ in range(self.rng.randint(1, 5)):
            new = (
                fact_talk.told(self.stage, facts(self.rng, self.stage.values, 1)[0])
                if self.rng.random() < 0.45
                else self.free()
            )
            if new.gist not in [beat.gist for beat in beats]:
                beats.append(new)
        memories = self._stray()
        kind = self.rng.random()
        if kind < 0.55:
            return self._sample(beats, tasks.summary(self.stage, beats), memories)
        if kind < 0.8:
            return self._sample(beats, tasks.journal(self.stage, beats, memories), memories)
        return self._sample(beats if self.rng.random() < 0.5 else [], tasks.dream(self.stage, memories), memories)

    def _chatter(self) -> list[Beat]:
        return [self.free() for _ in range(self.rng.choices((0, 1, 2, 4), (70, 18, 9, 3))[0])]

    def _stray(self) -> list[Fact]:
        return facts(self.rng, self.stage.values, self.rng.randint(1, 5)) if self.rng.random() < 0.35 else []

    def _sample(
        self,
        history: list[Beat],
        last: Beat,
        memories: list[Fact],
        after: tuple[Beat, ...] = (),
        user: tuple[str, str] = ("", ""),
        shuffled: bool = True,
    ) -> Sample:
        rng = self.rng
        shown = list(memories)
        if shuffled:
            rng.shuffle(shown)
        lines = [line for beat in history for line in (Line(Role.USER, beat.said), Line(Role.ASSISTANT, beat.reply))]
        if not user[0] and rng.random() < 0.12 and last.kind not in ("unknown", "known"):
            user = person(rng, self.stage.values)
        if not user[0] and rng.random() < 0.4 and not any(beat.gist == OWN_NAME for beat in (last, *after)):
            user = (NOBODY_YET, "")
        summary = ""
        if rng.random() < 0.08:
            summary = tasks.earlier(self.stage, [self.free() for _ in range(rng.randint(1, 3))])
        scene = Scene(
            persona=self.stage.persona.sheet,
            message=last.said,
            policy=self.policy,
            user_name=user[0],
            user_description=user[1],
            summary=summary,
            history=tuple(lines),
            memories=self._recollections(shown, user[0] or NOBODY_YET),
            mood=self._short(MOODS) if rng.random() < 0.3 else "",
            note=self._short(NOTES) if rng.random() < 0.08 else "",
        )
        return Sample(scene, last, self.stage.persona.voice.register, after)

    def _recollections(self, known: list[Fact], user_name: str) -> tuple[Recollection, ...]:
        """As facts alone, or, as the product tells what was said, with who said it and what was answered."""
        if self.rng.random() < 0.55:
            return tuple(self._recollection(fact) for fact in known)
        lines = []
        for fact in known:
            line = self._recollection(fact)
            lines.append(replace(line, text=f"{user_name}: {line.text}"))
            if self.rng.random() < 0.5:
                answer = fact_talk.told(self.stage, fact) if self.rng.random() < 0.6 else smalltalk.talk(self.stage)
                said_back = " ".join(answer.reply.split())
                lines.append(Recollection(f"{self.stage.persona.voice.name}: {said_back}", line.when))
        return tuple(lines)

    def _recollection(self, fact: Fact) -> Recollection:
        rng, text = self.rng, fact.stated[:1].upper() + fact.stated[1:]
        roll = rng.random()
        if fact.request and rng.random() < 0.6:
            text = fact.request
        elif roll < 0.10 and fact.third:
            text = fact.third
        elif roll < 0.2:
            text = (
                expand(rng, rng.choice(("[Hi|Hello], ", "[Remember|Please remember]: ", "By the way, "))) + fact.stated
            )
        elif roll < 0.26:
            text = f"{text} {expand(rng, '[I thought you should know.|Long story.|That is all.|It was raining.|Funny, right?]')}"
        feeling = rng.choice(FEELINGS) if rng.random() < 0.35 else ""
        return Recollection(text, self._short(WHEN), feeling)

    def _short(self, options: tuple[str, ...]) -> str:
        rng = self.rng
        text = expand(rng, rng.choice(options))
        return text.replace("{n}", str(rng.randint(2, 9))).replace("{month}", rng.choice(MONTHS))


# How often each kind of sample is written: (early in training, later on). Copying comes first, from dense samples.
MIXTURE = (
    ("dense", (50, 34)),
    ("recall", (8, 12)),
    ("missing", (6, 10)),
    ("told_before", (10, 14)),
    ("telling", (5, 4)),
    ("named", (2, 2)),
    ("chat", (17, 24)),
    ("summing_up", (2, 2)),
)


def writer(seed: int, persona: Persona, values: Values | None = None, policy: str = DEFAULT_POLICY) -> Writer:
    """A writer whose every sample follows from `seed`."""
    rng = random.Random(seed)
    return Writer(Stage(rng, values or Values(rng), persona), policy)


def some_sample(source: Writer, early: bool = False) -> Sample:
    """One sample of the training mixture."""
    (kind,) = source.rng.choices([kind for kind, _ in MIXTURE], [shares[0 if early else 1] for _, shares in MIXTURE])
    sample: Sample = getattr(source, kind)()
    return sample
