"""What each feature of a memory counts. Pure."""

from dataclasses import dataclass, fields
from math import exp, log

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Weights:
    """One for each feature that `memory.recalling.scoring` measures, in logits."""

    speaker: float  # it was said by whom is asked about
    window: float  # its words and its neighbours' are those of the question, the best row being 1
    own: float  # its own words are, all of them said once being about a half
    date: float  # it was said at the time that is named
    time_asked: float  # it says when, and that is asked
    time_other: float  # it says when, and that is not asked
    topic: float  # its sitting is about what is asked, the best one being 1
    asks: float  # it asks something itself
    answers: float  # what it follows asks that
    pairs: float  # words that are side by side in the question are so in it
    first_person: float  # it speaks of whoever says it
    number: float  # it has a number, and that is asked
    dense: float  # its meaning is near, in thirds of a standard deviation
    dense_high: float  # the square of that, where it is nearer than most
    dense_before: float  # the meaning of what it follows is near
    dense_answers: float  # it follows a question whose meaning is near
    coverage: float  # how much of what is asked stands in it or beside it
    moment: float  # something that was said within minutes of it answers well
    name: float  # it has a name, and one is asked for
    # By hand: LoCoMo has none of these.
    pinned: float = 1.5
    key: float = 0.7  # a fact or a summary was made of it that is near
    extreme: float = 1.5  # it is the first or the last to say it, and that is asked

    def vector(self) -> NDArray[np.float64]:
        return np.array([getattr(self, field.name) for field in fields(self)], np.float64)


# Of the best ten for a question of LoCoMo one is what was asked for.
ODDS = log(9)
# The conversations of LoCoMo that the weights for questions were fitted on.
FITTED_ON = frozenset({"conv-26", "conv-30", "conv-41", "conv-42", "conv-43"})


@dataclass(frozen=True, slots=True)
class Fitted:
    """`middle` is the score at which one of the best ten is as likely what was asked for as not, `slope` how sharply
    that changes."""

    question: Weights
    statement: Weights
    middle: float
    slope: float

    def match(self, score: float) -> float:
        """From 0 to 1: how likely it is that this is what was asked for, if one in two were.

        Of the best ten one is, and a person who reads "15 %" under the right memory does not think of the other nine.
        """
        return 1 / (1 + exp(-max(-30.0, min(30.0, self.slope * (score - self.middle) + ODDS))))


# Fitted by `python -m benchmarks.memory DATA --fit`.
QUESTION = Weights(
    speaker=2.446, window=1.699, own=0.736, date=4.084, time_asked=2.369, time_other=0.495, topic=1.83, asks=-0.611,
    answers=0.767, pairs=0.526, first_person=0.488, number=1.184, dense=2.291, dense_high=-0.44, dense_before=0.222,
    dense_answers=0.598, coverage=1.237, moment=0.698, name=1.555, key=0.188,
)  # fmt: skip
# What is said without asking is answered by meaning: its words are seldom those of what it calls to mind.
STATEMENT = Weights(
    speaker=0.0, window=0.3, own=0.0, date=1.0, time_asked=0.0, time_other=0.0, topic=0.3, asks=-0.3,
    answers=0.0, pairs=0.0, first_person=0.2, number=0.0, dense=3.0, dense_high=0.0, dense_before=0.3,
    dense_answers=0.0, coverage=0.0, moment=0.0, name=0.0,
)  # fmt: skip
FITTED = Fitted(QUESTION, STATEMENT, middle=12.52, slope=0.662)
