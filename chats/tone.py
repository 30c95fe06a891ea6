"""How a message sounds moves how freely the reply is chosen: bolder to the delighted, calmer to the upset. Pure."""

from dataclasses import replace

from inference.text.sampling import SamplingParams

DELIGHTED, UPSET = 0.5, -0.3
# At the far ends of the scale; in between in proportion, so that one word more is never a leap.
MOST_TEMPERATURE, MOST_TOP_P = 0.2, 0.05
TEMPERATURES, TOP_PS = (0.1, 1.5), (0.5, 1.0)


def toned(params: SamplingParams, compound: float) -> SamplingParams:
    """`params` for a reply to a message whose compound sentiment is -1 to 1; near the middle they stay the same."""
    if compound > DELIGHTED:
        share = (compound - DELIGHTED) / (1 - DELIGHTED)
    elif compound < UPSET:
        share = (compound - UPSET) / (1 + UPSET)
    else:
        return params
    return replace(
        params,
        temperature=_moved(params.temperature, share * MOST_TEMPERATURE, TEMPERATURES),
        top_p=_moved(params.top_p, share * MOST_TOP_P, TOP_PS),
    )


def _moved(value: float, by: float, bounds: tuple[float, float]) -> float:
    """Moved, but not over the bounds; a value that was beyond them stays where it was put."""
    low, high = min(bounds[0], value), max(bounds[1], value)
    return round(min(max(value + by, low), high), 3)
