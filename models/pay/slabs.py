"""Slabs: bands that carry a rate, a lump sum, or both, and the parts of a basis inside them.

Belongs here: reading, the part inside each slab and its sentence, the slab that is reached. Not here: the tiling rule
(scoring.bands) or what a commission pays (commission).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from models.pay.amounts import ZERO
from models.pay.wording import figure, operand
from models.scoring.arguments import Arguments, mapping
from models.scoring.bands import Band, find, span, tile
from models.wording import Step

Closed = Literal["left", "right"]


@dataclass(frozen=True)
class Slab(Band):
    """A band whose value is the rate."""

    lump: Decimal = ZERO

    def times(self, factor: Decimal) -> "Slab":
        """The slab with its edges multiplied: 1.2 of a target as money.

        >>> str(Slab(Decimal("0.8"), Decimal("1.2"), Decimal("0.01")).times(Decimal(500000)))
        '400000 .. 600000'
        """
        low = None if self.low is None else self.low * factor
        return replace(self, low=low, high=None if self.high is None else self.high * factor)

    def part(self, basis: Decimal) -> Decimal:
        """How much of the way from 0 to the basis lies inside; negative for a negative basis.

        >>> Slab(Decimal(100), Decimal(300), Decimal("0.01")).part(Decimal(250))
        Decimal('150')
        """
        # a difference of two clamped points, so that a negative basis goes through the same slabs downwards
        return self._within(basis) - self._within(ZERO)

    def _within(self, x: Decimal) -> Decimal:
        x = x if self.low is None else max(x, self.low)
        return x if self.high is None else min(x, self.high)


def read_slabs(
    a: Arguments, name: str, keys: tuple[str, ...] = ("rate",), *, lumps: bool = True
) -> tuple[Slab, ...]:
    """Slabs that tile the whole line.

    Raises:
        DefinitionError: `bands_gap` or `bands_overlap`.
    """
    # all are slabs; the test tells the type checker, to which `tile` returns bands
    return tuple(slab for slab in tile(slab_list(a, name, keys, lumps=lumps)) if isinstance(slab, Slab))


def slab_list(
    a: Arguments, name: str, keys: tuple[str, ...] = ("rate",), *, lumps: bool = True
) -> list[Slab]:
    """Slabs from a list of {min, max, rate, lump}; `keys` are the names the rate may have."""
    return [_slab(a, name, item, keys, lumps) for item in a.items(name)]


def _slab(a: Arguments, name: str, item: object, keys: tuple[str, ...], lumps: bool) -> Slab:
    entry = mapping(a.method, name, item)
    known = ("min", "max", *keys, *(("lump",) if lumps else ()))
    inner = Arguments(f"{a.method} {name}", entry, known)
    rates = [inner.number(key) for key in keys if inner.has(key)]
    # a slab may hold a lump alone: its rate is 0 then, and not forgotten
    if len(rates) > 1 or (not rates and not inner.has("lump")):
        raise a.invalid(name, f"need one {' or '.join(keys)} each")
    rate = rates[0] if rates else ZERO
    return Slab(inner.optional("min"), inner.optional("max"), rate, lump=inner.number("lump", 0))


def paid_in_slabs(slabs: Sequence[Slab], basis: Decimal) -> list[tuple[Slab, Decimal, Decimal]]:
    """Each slab that holds a part of the basis, with that part and what its rate pays on it."""
    parts = [(slab, slab.part(basis)) for slab in slabs]
    return [(slab, part, part * slab.value) for slab, part in parts if part != 0]


def progressive(slabs: Sequence[Slab], basis: Decimal) -> Decimal:
    """Each part at the rate of its own slab, added up.

    >>> low, high = Slab(None, Decimal(100), Decimal("0.1")), Slab(Decimal(100), None, Decimal("0.2"))
    >>> progressive([low, high], Decimal(150))
    Decimal('20.0')
    """
    return sum((slab.part(basis) * slab.value for slab in slabs), ZERO)


def slab_steps(slabs: Sequence[Slab], basis: Decimal, name: Step, closed: Closed = "left") -> list[Step]:
    """`slab (x < 100000) = 100000 × 0.01 = 1000` for each part of the basis; `name` says what a slab is called."""
    steps = []
    for slab, part, paid in paid_in_slabs(slabs, basis):
        condition = span(slab, closed)
        zh, en = f"{name.zh}（{condition}）", f"{name.en} ({condition})"
        steps.append(figure(zh, en, f"{operand(part)} × {operand(slab.value)}", paid))
    return steps


def reached(slabs: Sequence[Slab], x: Decimal, closed: Closed) -> Slab:
    """The slab that holds x."""
    found = find(slabs, x, closed)
    # `find` returns a band by its type; the object is one of the slabs
    return next(slab for slab in slabs if slab is found)
