"""The slot is chosen so that most of the prompt is already computed and least of others' work is lost."""

from inference.text.parking import Parked, Parking
from inference.text.sequence import Sequence
from inference.text.slots import Placement, Slots

PERSONA = list(range(100, 200))


def sequence(*tokens: int, conversation: str = "") -> Sequence:
    return Sequence(list(tokens), most=100, conversation=conversation)


def finish(slots: Slots, one: Sequence) -> None:
    """It has read its prompt and leaves."""
    assert one.slot is not None
    one.computed = slots[one.slot].filled = len(one.tokens)
    slots.leave(one)


def run(slots: Slots, one: Sequence) -> Placement:
    placement = slots.take(one)
    finish(slots, one)
    return placement


def test_a_chat_that_goes_on_gets_its_slot_back_and_reads_only_what_is_new() -> None:
    slots = Slots(3, Parking(0))
    mine, others = [*PERSONA, *range(40)], [*PERSONA, *range(50, 90)]
    first = run(slots, sequence(*mine, conversation="mine"))
    run(slots, sequence(*others, conversation="theirs"))
    again = slots.take(sequence(*mine, 4, 5, conversation="mine"))
    assert (again.slot, again.keep, again.park, again.copied_from) == (first.slot, len(mine), "", None)


def test_the_last_token_is_computed_even_when_all_is_there() -> None:
    slots = Slots(1, Parking(0))
    run(slots, sequence(*PERSONA, conversation="mine"))
    assert slots.take(sequence(*PERSONA, conversation="mine")).keep == len(PERSONA) - 1


def test_a_persona_that_another_chat_has_read_is_copied_not_taken() -> None:
    slots = Slots(2, Parking(0))
    theirs = run(slots, sequence(*PERSONA, *range(50), conversation="theirs"))
    mine = slots.take(sequence(*PERSONA, 7, conversation="mine"))
    assert mine.slot != theirs.slot
    assert (mine.copied_from, mine.keep) == (theirs.slot, len(PERSONA))


def test_it_is_copied_from_one_who_is_still_talking() -> None:
    slots = Slots(2, Parking(0))
    theirs = sequence(*PERSONA, 5, 6, conversation="theirs")
    slots.take(theirs)
    assert theirs.slot is not None
    theirs.computed = slots[theirs.slot].filled = len(PERSONA) - 10
    mine = slots.take(sequence(*PERSONA, 7, conversation="mine"))
    assert (mine.copied_from, mine.keep) == (theirs.slot, len(PERSONA) - 10)


def test_too_little_to_share_is_read_again() -> None:
    slots = Slots(2, Parking(0))
    run(slots, sequence(1, 2, 3, *PERSONA, conversation="theirs"))
    mine = slots.take(sequence(1, 2, 3, 7, conversation="mine"))
    assert (mine.copied_from, mine.keep) == (None, 0)


def test_whoever_loses_the_slot_is_parked_under_its_name() -> None:
    slots = Slots(1, Parking(0))
    theirs = [*PERSONA, 1, 2]
    run(slots, sequence(*theirs, conversation="theirs"))
    mine = slots.take(sequence(7, 8, 9, conversation="mine"))
    assert (mine.park, mine.parked_tokens, mine.keep) == ("theirs", theirs, 0)


def test_little_is_not_worth_parking() -> None:
    slots = Slots(1, Parking(0))
    run(slots, sequence(1, 2, 3, conversation="theirs"))
    assert slots.take(sequence(7, 8, 9, conversation="mine")).park == ""


def test_a_parked_chat_is_loaded_and_no_longer_parked() -> None:
    parking = Parking(1000)
    slots = Slots(2, parking)
    held = Parked("mine", [*PERSONA, 1, 2], bytearray(10))
    parking.put(held)
    mine = slots.take(sequence(*PERSONA, 1, 2, 3, conversation="mine"))
    assert (mine.loaded, mine.keep, len(parking)) == (held, len(PERSONA) + 2, 0)


def test_a_parked_chat_of_somebody_else_stays_parked() -> None:
    parking = Parking(1000)
    held = Parked("theirs", [*PERSONA, 1, 2], bytearray(10))
    parking.put(held)
    mine = Slots(2, parking).take(sequence(*PERSONA, 9, conversation="mine"))
    assert (mine.loaded, mine.keep, len(parking)) == (held, len(PERSONA), 1)


def test_with_nothing_to_share_the_slot_left_alone_longest_goes() -> None:
    slots = Slots(2, Parking(0))
    oldest = run(slots, sequence(1, 1, 1))
    run(slots, sequence(2, 2, 2))
    assert slots.take(sequence(3, 3, 3)).slot == oldest.slot


def test_what_nobody_knows_is_never_reused() -> None:
    slots = Slots(1, Parking(0))
    lost = sequence(*PERSONA, conversation="mine")
    slots.take(lost)
    lost.computed = slots[0].filled = len(PERSONA)
    slots.leave(lost, known=False)
    assert slots.take(sequence(*PERSONA, 1, conversation="mine")).keep == 0
