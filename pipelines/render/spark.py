"""Geometry of the small inline pictures of the board. Coordinates only; markup is in the template."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from models.money import round_half_up

WIDTH, HEIGHT, MARGIN = Decimal(108), Decimal(26), Decimal(3)  # as the viewBox in templates/board.html.j2
PLACES = 1  # a tenth of a pixel: no eye sees less, and the page stays small


@dataclass(frozen=True, kw_only=True)
class Spark:
    """A line with gaps: `paths` join neighbouring days, `dots` are lonely days, `gaps` are missing days."""

    paths: tuple[str, ...]
    dots: tuple[tuple[Decimal, Decimal], ...]
    gaps: tuple[Decimal, ...]
    end: tuple[Decimal, Decimal] | None
    n_values: int
    n_missing: int


def sparkline(values: Sequence[Decimal | None]) -> Spark:
    """Points of the values from left to right; a missing value is a gap, never a zero."""
    known = [v for v in values if v is not None]
    if not known:
        gaps = tuple(_x(i, len(values)) for i in range(len(values)))
        return Spark(paths=(), dots=(), gaps=gaps, end=None, n_values=0, n_missing=len(values))
    low, high = min(known), max(known)
    points = [None if v is None else (_x(i, len(values)), _y(v, low, high)) for i, v in enumerate(values)]
    runs = _runs(points)
    return Spark(
        paths=tuple("M" + " L".join(f"{x},{y}" for x, y in run) for run in runs if len(run) > 1),
        dots=tuple(run[0] for run in runs if len(run) == 1),
        gaps=tuple(_x(i, len(values)) for i, v in enumerate(values) if v is None),
        end=points[-1],
        n_values=len(known),
        n_missing=len(values) - len(known),
    )


def _runs(points: Sequence[tuple[Decimal, Decimal] | None]) -> list[list[tuple[Decimal, Decimal]]]:
    runs: list[list[tuple[Decimal, Decimal]]] = [[]]
    for point in points:
        if point is not None:
            runs[-1].append(point)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _x(index: int, count: int) -> Decimal:
    # at least 1: a single value has no neighbour to be apart from
    return round_half_up(MARGIN + (WIDTH - 2 * MARGIN) * index / max(count - 1, 1), PLACES)


def _y(value: Decimal, low: Decimal, high: Decimal) -> Decimal:
    if low == high:  # a flat line belongs in the middle, neither best nor worst
        return round_half_up(HEIGHT / 2, PLACES)
    # from below: in SVG y grows downwards
    return round_half_up(HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * (value - low) / (high - low), PLACES)
