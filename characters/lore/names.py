"""What the fields of an entry are called in a card's book and in a SillyTavern world. Pure."""

from characters.lore.position import Position

# In a world by number; in a card's extensions by the same.
POSITIONS = (
    Position.BEFORE_CHARACTER,
    Position.AFTER_CHARACTER,
    Position.NOTE_TOP,
    Position.NOTE_BOTTOM,
    Position.AT_DEPTH,
    Position.EXAMPLES_TOP,
    Position.EXAMPLES_BOTTOM,
    Position.OUTLET,
)

# What a card has in `extensions`, and a world at the top: those that an entry has fields for,
EXTENSIONS = {
    "position": "position",
    "probability": "probability",
    "useProbability": "useProbability",
    "depth": "depth",
    "selectiveLogic": "selectiveLogic",
    "group": "group",
    "group_override": "groupOverride",
    "group_weight": "groupWeight",
    "use_group_scoring": "useGroupScoring",
    "exclude_recursion": "excludeRecursion",
    "prevent_recursion": "preventRecursion",
    "delay_until_recursion": "delayUntilRecursion",
    "scan_depth": "scanDepth",
    "case_sensitive": "caseSensitive",
    "match_whole_words": "matchWholeWords",
    "role": "role",
    "sticky": "sticky",
    "cooldown": "cooldown",
    "delay": "delay",
    "ignore_budget": "ignoreBudget",
    "outlet_name": "outletName",
}
# and those that only travel.
PASSENGERS = {
    "automation_id": "automationId",
    "display_index": "displayIndex",
    "vectorized": "vectorized",
    "triggers": "triggers",
    "match_persona_description": "matchPersonaDescription",
    "match_character_description": "matchCharacterDescription",
    "match_character_personality": "matchCharacterPersonality",
    "match_character_depth_prompt": "matchCharacterDepthPrompt",
    "match_scenario": "matchScenario",
    "match_creator_notes": "matchCreatorNotes",
}
# Passengers that would change what is activated, were they obeyed. By their names in a world.
DISOBEYED = (
    "vectorized",
    "triggers",
    "characterFilter",
    *(name for name in PASSENGERS.values() if name.startswith("match")),
)

CARD_ENTRY = (
    "keys content extensions enabled insertion_order case_sensitive name priority id comment selective secondary_keys"
    " constant position use_regex"
).split()
# V3 books have no place for some of these in a world, so there they keep the names of the book.
WORLD_ENTRY = (
    "uid key keysecondary comment content constant selective order disable name priority use_regex extensions"
).split() + list(EXTENSIONS.values())
BOOK = "name description scan_depth token_budget recursive_scanning extensions entries".split()
