"""Seeded building blocks of random inputs: numbers as text, bands, curves, weights that sum to 100.

Belongs here: what several generators draw. Not here: a method's inputs (generate_scores.py, generate_pay.py).
"""

from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import Any

NULL_SHARE, DEFECT_SHARE = 0.03, 0.04


def text(units: int, places: int) -> str:
    """An integer of 10**-places as decimal text."""
    digits = f"{abs(units):0{places + 1}d}"
    sign = "-" if units < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def near(r: Random, units: int) -> int:
    """On an edge, one unit beside it, or somewhere around."""
    return units + r.choice((0, 0, 0, 1, -1, r.randint(-500, 500)))


def money(r: Random, low: int = 0) -> str:
    """An amount: mostly hundreds to millions, now and then a tiny, a huge (30 digits) or a half-fen one."""
    kind = r.random()
    if kind < 0.05:
        return r.choice(("0", "0.00", "0.01", "0.005", "0.015", "0.001", "0.0049"))
    if kind < 0.10:
        return text(r.randint(10**26, 10**28), r.choice((0, 2, 3)))
    sign = -1 if low < 0 and kind < 0.25 else 1
    if kind < 0.30:
        return text(sign * r.randint(1, 10**9), 4)
    if kind < 0.36:  # many of these end in exactly half a fen once a rate has been applied
        return text(sign * r.randint(1, 10**6) * 10**5 + r.choice((125, 375, 500, 625, 1250)), 3)
    if kind < 0.45:
        return text(sign * r.randint(1, 400) * 2500, 0)
    return text(sign * r.randint(1, 10 ** r.randint(3, 10)), 2)


def rate(r: Random) -> str:
    """A share of 1: round ones, fine ones, 0 and 1."""
    return r.choice(
        ("0", "1", "0.05", "0.1", "0.125", text(r.randint(1, 9999), 4), text(r.randint(1, 40), 2))
    )


def factor(r: Random) -> str:
    """A coefficient as grade tables print it."""
    return r.choice(("0", "0.8", "1", "1.0", "1.2", "1.5", text(r.randint(0, 2000), 3)))


def maybe(r: Random, value: str) -> str | None:
    """The value, or now and then no data."""
    return None if r.random() < NULL_SHARE else value


def some(r: Random, **options: Any) -> dict[str, Any]:
    """About half of the optional arguments: what is left out takes the printed default."""
    return {key: value for key, value in options.items() if r.random() < 0.5}


def cuts(r: Random, low: int, high: int, most: int = 5) -> list[int]:
    """Ascending distinct edges in units, 1 to `most` of them."""
    return sorted(r.sample(range(low, high), r.randint(1, most)))


def bands(r: Random, edges: Sequence[int], places: int, **values: Any) -> list[dict[str, Any]]:
    """Bands that tile the line at the edges, sometimes shuffled, sometimes with one documented defect.

    Each of `values` is a function that draws the value of one band.
    """
    marks: list[str | None] = [None, *(text(e, places) for e in edges), None]
    table = [
        {"min": low, "max": high, **{key: draw(r) for key, draw in values.items()}}
        for low, high in pairwise(marks)
    ]
    if r.random() < DEFECT_SHARE:
        _spoil(r, table, edges, places)
    if r.random() < 0.3:
        r.shuffle(table)
    return table


def _spoil(r: Random, table: list[dict[str, Any]], edges: Sequence[int], places: int) -> None:
    kind = r.choice(("low end", "high end", "gap", "overlap"))
    at = r.randrange(len(edges))
    if kind == "low end":
        table[0]["min"] = text(edges[0] - 1000, places)
    elif kind == "high end":
        table[-1]["max"] = text(edges[-1] + 1000, places)
    else:
        table[at + 1]["min"] = text(edges[at] + (1 if kind == "gap" else -1), places)


def points(r: Random, places: int, below: str, above: str) -> list[list[str]]:
    """A curve: ascending, with jumps inside, one point only, or out of order now and then.

    A side that extends gets two different points there: the line to extend through a jump is not defined.
    """
    count = r.randint(2 if "extend" in (below, above) else 1, 5)
    xs = sorted(r.randint(-300, 1500) for _ in range(count))
    if "extend" in (below, above):
        xs = sorted(set(xs)) if len(set(xs)) > 1 else [0, 700]
        if len(xs) > 3:
            xs[2] = xs[1]
    line = [[text(x * 10 ** (places - 3), places), text(r.randint(0, 24) * 500, 2)] for x in xs]
    if len(set(xs)) > 1 and r.random() < DEFECT_SHARE:
        line.reverse()
    return line


def hundred(r: Random, count: int) -> list[str]:
    """Weights that sum to exactly 100: whole, fractional, some of them 0."""
    places = r.choice((0, 0, 1, 2))
    whole = 100 * 10**places
    marks = sorted(r.choice((r.randint(0, whole), whole * r.randint(0, 10) // 10)) for _ in range(count - 1))
    marks = [0, *marks, whole]
    return [text(b - a, places) for a, b in pairwise(marks)]


def people(r: Random, least: int = 1, most: int = 12) -> list[str]:
    """Ids in no order."""
    ids = [f"e{n:02d}" for n in range(r.randint(least, most))]
    r.shuffle(ids)
    return ids
