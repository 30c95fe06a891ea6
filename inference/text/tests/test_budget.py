"""How a context is shared."""

from hypothesis import given
from hypothesis import strategies as st

from inference.text.budget import TokenBudget, fit_first, fit_newest

COSTS = st.lists(st.integers(0, 50), max_size=20)


def test_the_shares_of_a_context() -> None:
    budget = TokenBudget(1000)
    assert (budget.system, budget.recalled, budget.reply) == (200, 250, 200)
    assert budget.history(spent=450) == 350


@given(st.integers(0, 100_000), st.integers(0, 200_000))
def test_history_gets_what_is_left_and_never_less_than_nothing(context: int, spent: int) -> None:
    budget = TokenBudget(context)
    assert budget.history(spent=spent) == max(0, context - budget.reply - spent)


@given(COSTS, st.integers(0, 500))
def test_the_newest_fit_and_one_more_would_not(costs: list[int], room: int) -> None:
    items = list(range(len(costs)))
    kept = fit_newest(items, costs, room)
    assert kept == items[len(items) - len(kept) :]
    assert sum(costs[item] for item in kept) <= room
    if len(kept) < len(items):
        assert sum(costs[item] for item in kept) + costs[len(items) - len(kept) - 1] > room


@given(COSTS, st.integers(0, 500))
def test_the_best_fit_and_what_was_left_out_would_not(costs: list[int], room: int) -> None:
    kept = fit_first(list(range(len(costs))), costs, room)
    left = room
    for item, cost in enumerate(costs):
        assert (item in kept) == (cost <= left)
        left -= cost if item in kept else 0
