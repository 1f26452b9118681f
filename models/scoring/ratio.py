"""`score.ratio`: the sum of numerators over the sum of denominators, never the mean of ratios."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from models.money import divide, total
from models.scoring.arguments import Arguments, mapping, number

NAME = "score.ratio"


@dataclass(frozen=True)
class RatioResult:
    """The rate is None unless scored."""

    status: str
    rate: Decimal | None


def ratio(parts: Iterable[tuple[Decimal | None, Decimal | None]], min_n: Decimal = Decimal(1)) -> RatioResult:
    """The rate of (numerator, denominator) parts; missing for a denominator of 0 or below min_n.

    >>> ratio([(Decimal(50), Decimal(100)), (Decimal(30), Decimal(300)), (Decimal(60), Decimal(100))]).rate
    Decimal('0.28')
    """
    pairs = [(n, d) for n, d in parts]
    known = [(n, d) for n, d in pairs if n is not None and d is not None]
    denominator = total([d for _, d in known])
    if len(known) < len(pairs) or denominator == 0 or denominator < min_n:
        return RatioResult("missing", None)
    return RatioResult("scored", divide(total([n for n, _ in known]), denominator))


def evaluate(inputs: dict[str, object]) -> RatioResult:
    """`score.ratio` on golden inputs.

    >>> evaluate({"parts": [{"num": "1", "den": "1"}], "min_n": "5"})
    RatioResult(status='missing', rate=None)
    """
    a = Arguments(NAME, inputs, ("parts", "min_n"))
    parts = []
    for item in a.items("parts"):
        entry = mapping(NAME, "parts", item)
        Arguments(f"{NAME} parts", entry, ("num", "den"))
        parts.append((number(NAME, "num", entry.get("num")), number(NAME, "den", entry.get("den"))))
    return ratio(parts, a.number("min_n", 1))
