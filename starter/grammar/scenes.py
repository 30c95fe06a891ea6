"""Stories and played scenes: lavish with Areza, three plain lines with the others."""

from starter.grammar.beats import Beat, Stage
from starter.grammar.text import expand, pick, upper_first

PLACES = tuple(
    "the drowned chapel|the clock tower|the salt mine|the hall of masks|the glass forest|the moth library|"
    "the sunken bridge|the crooked inn|the bone orchard|the lantern market|the frozen stair|the singing well|"
    "the red gate|the beggar king's cellar|the garden of knives|the tower without doors|the wolf road".split("|")
)
FOES = tuple(
    "a masked baron|a hungry mimic|a troll with a ledger|three polite ghosts|a young dragon|a goblin choir|"
    "a knight of rust|a weeping statue|a witch with no shadow|a clockwork hound|an owl the size of a door|"
    "a thief with your face|a giant in slippers|a lich with a cold".split("|")
)
FINDS = tuple(
    "a key of green glass|a letter with your name on it|a map drawn in smoke|a silver whistle|a door the size of a cat|"
    "a crown of nails|a lamp that burns backwards|a coin that is always warm|a book that reads you|a blade that hums|"
    "a bottle of bottled thunder|a mask that smiles first".split("|")
)
DEEDS = tuple(
    "open the door|look around|light a torch|draw my sword|run away|hide behind the pillar|talk to the stranger|"
    "search the room|climb the stairs|read the letter|listen at the wall|go left|go right|go down|jump over the gap|"
    "attack the guard|sneak past the dragon|take the key|cast a spell|eat the mushroom|knock three times|call for help|"
    "follow the footsteps|pick the lock|drink the potion|ask for directions|throw a stone|wait|bow politely|sing a song|"
    "cross the bridge|open the chest|pet the wolf|steal the crown|enter the tavern|roll the dice|swim across|dance".split(
        "|"
    )
)
OUTCOMES = (
    "[It works, to everyone's surprise|Fortune winks|The dark makes room for you]! [Before you lies|Behind it waits|There, in the dust, gleams] {find}.",
    "[The floor answers with a groan|Something laughs, not unkindly|The torches lean in to watch]! [Out of the gloom steps|You are no longer alone: here comes|From above drops] {foe}.",
    "[You do it, and the whole of {place} holds its breath|You do it, and {place} wakes]! [A door you had not seen swings open.|Far below, a bell begins to count.|The walls start to whisper your name.]",
    "[Bold! Perhaps too bold|Clever! Perhaps too clever]! {foe} [bars the way and bows|rises from its chair|asks for your name] [with terrible manners|, and waits|]. ",
)
TESTS = (
    "**Roll for courage.**",
    "**Roll for stealth.**",
    "**Roll for luck.**",
    "**Roll for charm.**",
    "**A twelve or more, and you are through.**",
    "**You lose one torch.**",
    "**You gain the {find}.**",
    "**Your move.**",
    "**The die shows seventeen: success.**",
    "**The die shows three: trouble.**",
    "**Roll a d20.**",
    "**Choose: fight, flee or bow.**",
)
ENDINGS = ("What do you do?", "What now, {hero}?", "Your move, {hero}!", "Speak, {hero}!", "", "", "Do you dare?")

STORY_ASKS = (
    "[Tell me a story.|tell me a story|Tell me a short story.|Can you tell me a story?|I want to hear a story.|A story, please!|Another story!|Tell me a tale.|Once upon a time...]",
    "[Tell me|I want] a [story|tale] about {thing}[.|, please.|!]",
    "[Let's play a game.|Let's play.|Start an adventure.|Let's start a quest!|Begin the adventure|I want to play D&D|Start the game|Can we play a dungeon?|I want an adventure!]",
)
DRY_STORIES = (
    "A [man|woman|programmer] found {find} in {place}. {Foe} wanted it back. They agreed on Tuesdays.",
    "In {place} lived {foe}. Nobody had asked it why. One day somebody did, and it stopped.",
    "Once there was {foe} who kept {find}. It was never used. The moral is to delete things you don't use.",
    "Somebody walked to {place} to look for {find}. It was in the other coat. The walk was good, though.",
    "There was a bug that only came at night. Somebody stayed late, added one log line, and found {foe}. They closed the ticket.",
)
LAVISH_STORIES = (
    "[Begin in the middle of the storm|Hear it, then|Come closer]: you stand in {place}, and in your hand is {find}! {Foe} [blocks the only door|smiles from the rafters|knows your name]. ",
    "[The curtain rises on|Picture it:|Tonight the wind carries us to] {place}! [There|Here], {foe} has lost {find}, and swears that you took it! ",
    "[Long ago, and also tonight|On the night the moon forgot to rise], a hero came to {place}. That hero is you! [At your feet lies|On the altar waits] {find}, and {foe} is awake. ",
)
PLAIN_STORIES = (
    "Once upon a time, somebody found {find} in {place}. {Foe} came to ask for it. They became friends.",
    "There was {foe} in {place}. It was lonely until a child brought it {find}. After that it sang.",
)


def _filled(stage: Stage, text: str) -> str:
    rng = stage.rng
    find, foe = rng.choice(FINDS), rng.choice(FOES)
    text = expand(rng, text).replace("the {find}", "the " + find.split(" ", 1)[1]).replace("{find}", find)
    text = text.replace("{place}", rng.choice(PLACES)).replace("{Foe}", upper_first(foe))
    for lead in (". {foe}", "! {foe}"):
        text = text.replace(lead, f"{lead[:2]}{upper_first(foe)}")
    return text.replace("{foe}", foe).replace(" ,", ",").strip()


def story(stage: Stage) -> Beat:
    """A story is asked for."""
    rng = stage.rng
    thing = rng.choice(
        (rng.choice(FOES), rng.choice(FINDS), rng.choice(PLACES), stage.values.word(), stage.values.name())
    )
    said = pick(rng, STORY_ASKS)
    about = "{thing}" in said
    said = said.replace("{thing}", thing)
    body = stage.persona.voice.choose(
        rng, DRY_STORIES, tuple(s + rng.choice(TESTS) for s in LAVISH_STORIES), PLAIN_STORIES
    )
    if about:
        opening = stage.persona.voice.choose(
            rng,
            (f"A story about {thing}, then. ",),
            (f"[Ah|Ha], {thing}! [A tale for brave ears!|So be it!|You chose well!] ",),
            (f"A story about {thing}. ",),
        )
        body = opening + upper_first(body)
    return stage.beat(
        said,
        _filled(stage, body),
        f"asked for a story about {thing}" if about else "asked for a story",
        kind="scene",
        rule=0,
    )


def scene(stage: Stage) -> Beat:
    """The person does something in a played scene."""
    rng = stage.rng
    deed = rng.choice(DEEDS)
    said = pick(
        rng,
        (
            "I {deed}.",
            "I {deed}",
            "I {deed}!",
            "*I {deed}*",
            "{deed}",
            "I want to {deed}.",
            "Can I {deed}?",
            "I [quietly|slowly|boldly|carefully] {deed}.",
        ),
    )
    said = said.replace("{deed}", deed)
    dry = (
        "You {deed}. [Nothing explodes, which I count as success.|It takes a while.|Somebody should write that down.] [What next?|And then?]",
        "[Fine|All right]. You {deed}. [There is {find} there.|Now there is {foe} as well.] [What next?|Go on.]",
    )
    plain = ("You {deed}. [You find {find}.|You see {foe}.] What do you do next?",)
    lavish = tuple(f"{outcome} {rng.choice(TESTS)} {rng.choice(ENDINGS)}" for outcome in OUTCOMES)
    body = stage.persona.voice.choose(rng, dry, lavish, plain).replace("{deed}", deed.replace("my ", "your "))
    return stage.beat(said, _filled(stage, body), f"chose to {deed}".replace(" my ", " their "), kind="scene", rule=0)
