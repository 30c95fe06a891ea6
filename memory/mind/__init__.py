"""How a character feels: what time, words and rules make of it. Pure; rows are in memory/feeling.py."""

from memory.mind.course import Standing, Step, replay
from memory.mind.moods import EFFECTS, TALKING, Effect, Mood
from memory.mind.prompt import STRONG, Moment, feeling_prompt
from memory.mind.rules import BY_NAME, RULES, Match, Of, Rule, appraise
from memory.mind.state import ANYWHERE, DRIFTS, Bounds, Change, Drift, Range, State, drift, moved, update, within

__all__ = [
    "ANYWHERE",
    "BY_NAME",
    "DRIFTS",
    "EFFECTS",
    "RULES",
    "STRONG",
    "TALKING",
    "Bounds",
    "Change",
    "Drift",
    "Effect",
    "Match",
    "Moment",
    "Mood",
    "Of",
    "Range",
    "Rule",
    "Standing",
    "State",
    "Step",
    "appraise",
    "drift",
    "feeling_prompt",
    "moved",
    "replay",
    "update",
    "within",
]
