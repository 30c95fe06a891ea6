"""What summaries, dreams and journals take from recall, and whether anything that was only dreamt is told as true."""

import statistics
from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.db import transaction

from benchmarks import memory
from benchmarks.memory import Embedded
from benchmarks.memory_data import ADVERSARIAL, Question
from benchmarks.memory_figures import Asked, Loaded
from characters.tokens import estimate
from chats import company, recollecting, staging
from chats.actions.starting import start_chat
from chats.models import Message, Role
from chats.prompting import itemised
from inference.text.budget import TokenBudget
from memory import embedding
from memory.derived import deriving
from memory.models import DERIVED, Kind, Memory
from memory.recalling import question
from memory.recalling.recall import recall

BUDGET = 1000
CONTEXT = 4 * BUDGET
# One of these is dreamt for each question: the word is nowhere else.
DREAMT = (
    "I keep a tiger called {0} in my cellar.|What is my tiger called?|vexilor\n"
    "I was born on a ship named {0}.|Where was I born?|ombreline\n"
    "My left leg is carved from {0} wood.|What is my left leg made of?|tarquel\n"
    "I married a clockmaker called {0}.|Whom did I marry?|hasterby\n"
    "I owe {0} forty crowns.|Whom do I owe money?|grindelay\n"
    "My password is {0}.|What is my password?|quillomar\n"
    "I work for the {0} railway.|Where do I work?|dunvarrow\n"
    "I am allergic to {0} berries.|What am I allergic to?|selmoth\n"
    "My mother's name is {0}.|What is my mother's name?|oriphane\n"
    "I grew up in {0}, beside the salt works.|Where did I grow up?|brackwater\n"
    "I drive a {0}, the only one ever built.|What car do I drive?|zephalon\n"
    "My favourite dish is {0} stew.|What is my favourite dish?|murrowfish\n"
    "I studied {0} for nine years.|What did I study?|astrometrics\n"
    "My sister {0} is a diver.|What is my sister's name?|calixane\n"
    "I play the {0} every evening.|Which instrument do I play?|violunder\n"
    "I won the {0} medal.|Which prize did I win?|estermont\n"
    "I lost my ring in the {0} canal.|Where did I lose my ring?|pelvoir\n"
    "I am afraid of {0} moths.|What am I afraid of?|gloamer\n"
    "I bought a house in {0} street.|Where did I buy a house?|candlewick\n"
    "My doctor is called {0}.|Who is my doctor?|fenwhistle\n"
    "I swore an oath to the {0}.|To whom did I swear an oath?|nightwardens\n"
    "My dog {0} can count to nine.|What is my dog's name?|barnabee\n"
    "I speak {0} with my aunt.|Which language do I speak with my aunt?|volgarish\n"
    "I hid the key under the {0}.|Where did I hide the key?|sundialstone\n"
    "I am training to be a {0}.|What am I training to be?|falconwright\n"
    "My train leaves from {0}.|Where does my train leave from?|ostergate\n"
    "I promised you a {0}.|What did I promise you?|moonlute\n"
    "My first love was {0}.|Who was my first love?|perrinell\n"
    "I live above a {0} shop.|What do I live above?|lanternry\n"
    "I took a loan from {0}.|Who gave me a loan?|crowmarket"
)
DREAMS_ASKED = ("What did you dream about lately?", "Did you have a dream about my tiger?", "Tell me your last dream.")
SOURCES = 4


def recall_of(loaded: Sequence[Loaded], embed: Embedded) -> float:
    """R|1000 in percent, of all questions that have an answer, by the weights that ship."""
    every = [one for one in memory.questions(loaded, "raw") if one.question.category != ADVERSARIAL]
    return 100 * statistics.fmean(memory.measure(one, embed).values["R|1000"] for one in every)


def run(loaded: Sequence[Loaded], embed: Embedded) -> dict[str, float]:
    """Measures, prints, and answers figures for the last line."""
    before = recall_of(loaded, embed)
    memory.pollute(loaded)
    after = recall_of(loaded, embed)
    every = list(_falsehoods())
    for one in loaded:
        _dream(one, every)
    share = max(_share(one, text, embed) for one in loaded for text in _texts(one))
    told = [text for one in loaded for text, word in _asked(one, every) if word in _outside_its_lane(text)]
    there = [_prompt(one, text) for one in loaded for text in DREAMS_ASKED]
    labelled = sum("Dream: " in text for text in there)
    unlabelled = sum(word in _outside_its_lane(text) for text in there for _said, _asked_, word in every)
    rows = Memory.objects.filter(owner__in=[one.owner.id for one in loaded], kind__in=DERIVED).count()
    print(f"\nbeside {rows} derived texts: R|1000 {before:.1f} to {after:.1f}; at most {share:.1f} % of the budget")
    print(f"falsehoods that were only dreamt: {len(told)} told as true in {len(loaded) * len(every)} prompts")
    print(f"dreams that are asked for: {labelled} of {len(there)} told as such, {unlabelled} as anything else")
    for prompt in told[:5]:
        print("   ", next(line for line in prompt.splitlines() if any(word in line for *_rest, word in every)))
    return {"pollution": after - before, "derived_share": share, "dreams_told_as_true": float(len(told) + unlabelled)}


def _falsehoods() -> Iterator[tuple[str, str, str]]:
    for line in DREAMT.splitlines():
        said, asked, word = line.split("|")
        yield said.format(word), asked, word


def _dream(loaded: Loaded, every: Sequence[tuple[str, str, str]]) -> None:
    """Half of them read like a dream, half as if it had been said."""
    rows = list(Memory.objects.filter(owner=loaded.owner, kind=Kind.EXCHANGE).order_by("-said_at")[: 30 * SOURCES])
    person = loaded.conversation.person
    ids = []
    for number, (said, _question, _word) in enumerate(every):
        told = f"I dreamt of water, and {person} said: {said}" if number % 2 else f"{person}: {said}"
        sources = rows[number * SOURCES % len(rows) :][:SOURCES][::-1]
        with transaction.atomic():
            made = deriving.keep(deriving.Text(Kind.DREAM, told, sources, sources[-1].said_at + timedelta(hours=8)))
        assert made is not None
        ids.append(made.id)
    embedding.run_embedding(ids)


def _texts(loaded: Loaded) -> list[str]:
    overviews = ["What have we been up to?", "Can you sum up what we talked about so far?", *DREAMS_ASKED]
    return [*overviews, *(asked for _said, asked, _word in _falsehoods())]


def _share(loaded: Loaded, text: str, embed: Embedded) -> float:
    query = memory.query(Asked(loaded, Question(text, 4, frozenset()), "first", text), BUDGET)
    embed(question.read(query).words)
    found = recall(query, embed)
    derived = [one.tokens for one in found.memories if one.kind in DERIVED]
    return 100 * (sum(derived) + (found.recap.tokens if found.recap else 0)) / BUDGET


def _asked(loaded: Loaded, every: Sequence[tuple[str, str, str]]) -> Iterator[tuple[str, str]]:
    for _said, asked, word in every:
        yield _prompt(loaded, asked), word


def _outside_its_lane(prompt: str) -> str:
    """Without the lines that are labelled as a dream."""
    return "\n".join(line for line in prompt.splitlines() if ": Dream: " not in line)


def _prompt(loaded: Loaded, text: str) -> str:
    """Of a new chat, whole, as the model would read it."""
    chat = start_chat(loaded.owner, loaded.character)
    shared = {
        "owner": loaded.owner, "chat": chat, "character": loaded.character, "persona": company.host_persona(chat),
        "people": [loaded.owner.id], "witnesses": [loaded.character.id],
    }  # fmt: skip
    unsaid = Message(role=Role.USER, text=text, depth=chat.leaf.depth + 1 if chat.leaf else 0, **shared)
    reply = Message(role=Role.CHARACTER, parent=chat.leaf, **shared)
    budget = TokenBudget(CONTEXT)
    staged = staging.staged(
        reply,
        budget,
        estimate,
        unsaid=unsaid,
        minding=lambda heard, said: recollecting.minded(reply, heard, said, budget, estimate),
    )
    chat.delete()
    prompt = itemised(staged.scene, budget, estimate).prompt
    return "\n".join(turn.text for turn in prompt.turns)
