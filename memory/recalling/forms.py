"""Forms of one word that no stemmer brings together: what was "bought" is found by who asks what they "buy". Pure.

English, as PostgreSQL stems it; `memory/tests/test_forms.py` holds the table to that.
"""

GROUPS = [
    frozenset(line.split())
    for line in """
    becom becam
    begin began begun
    bite bit bitten
    blow blew blown
    break broke broken
    bring brought
    build built
    burn burnt
    buy bought
    catch caught
    choos chose chosen
    come came
    dig dug
    draw drew drawn
    dream dreamt
    drink drank drunk
    drive drove driven
    eat ate eaten
    fall fell fallen
    feed fed
    feel felt
    fight fought
    find found
    fli flew flown
    forget forgot forgotten
    forgiv forgav forgiven
    freez froze frozen
    give gave given
    go went gone
    grow grew grown
    hang hung
    hear heard
    hide hid hidden
    hold held
    keep kept
    know knew known
    lead led
    learn learnt
    leav left
    lend lent
    lose lost
    make made
    meet met
    pay paid
    ride rode ridden
    ring rang rung
    rise rose risen
    run ran
    see saw seen
    sell sold
    send sent
    shake shook shaken
    sing sang sung
    sink sank sunk
    sit sat
    sleep slept
    speak spoke spoken
    spend spent
    stand stood
    steal stole stolen
    stick stuck
    sweep swept
    swim swam swum
    take took taken
    teach taught
    tear tore torn
    tell told
    think thought
    throw threw thrown
    understand understood
    wake woke woken
    wear wore worn
    win won
    write wrote written
    child children
    foot feet
    man men
    mous mice
    person peopl
    tooth teeth
    wife wive
    woman women
    """.strip().splitlines()
]
_GROUP_OF = {form: group for group in GROUPS for form in group}


def forms(stem: str) -> tuple[str, ...]:
    """All that mean this stem, itself first; quoted as a tsquery has them, which is how `stem` comes."""
    others = _GROUP_OF.get(stem.strip("'"), frozenset()) - {stem.strip("'")}
    return (stem, *(f"'{other}'" for other in sorted(others)))
