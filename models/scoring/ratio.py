"""`score.ratio`: the sum of numerators over the sum of denominators, never the mean of ratios."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from models.figure import is_divisor
from models.money import exact, total
from models.scoring.arguments import Arguments, mapping, number
from models.scoring.method import Inputs, ScoringMethod, Steps
from models.wording import Step, figure, shown, sum_of

NAME = "score.ratio"


@dataclass(frozen=True)
class RatioResult:
    """The rate is None unless scored."""

    status: str
    rate: Decimal | None


@exact
def ratio(parts: Iterable[tuple[Decimal | None, Decimal | None]], min_n: Decimal = Decimal(1)) -> RatioResult:
    """The rate of (numerator, denominator) parts; missing for a denominator below min_n or not above 0.

    >>> ratio([(Decimal(50), Decimal(100)), (Decimal(30), Decimal(300)), (Decimal(60), Decimal(100))]).rate
    Decimal('0.28')
    """
    # a list first: parts may be an iterator, and it is read twice
    pairs = [(n, d) for n, d in parts]
    known = [(n, d) for n, d in pairs if n is not None and d is not None]
    denominator = total([d for _, d in known])
    # one unknown part makes the whole unknown: leaving it out would be a guess that it was average
    if len(known) < len(pairs) or not is_divisor(denominator, min_n):
        return RatioResult("missing", None)
    return RatioResult("scored", total([n for n, _ in known]) / denominator)


def _read(inputs: Inputs) -> tuple[list[tuple[Decimal | None, Decimal | None]], Decimal]:
    a = Arguments(NAME, inputs, ("parts", "min_n"))
    parts = []
    for item in a.items("parts"):
        entry = mapping(NAME, "parts", item)
        Arguments(f"{NAME} parts", entry, ("num", "den"))
        parts.append((number(NAME, "num", entry.get("num")), number(NAME, "den", entry.get("den"))))
    return parts, a.number("min_n", 1)


def evaluate(inputs: Inputs) -> RatioResult:
    """`score.ratio` on golden inputs.

    >>> evaluate({"parts": [{"num": "1", "den": "1"}], "min_n": "5"})
    RatioResult(status='missing', rate=None)
    """
    return ratio(*_read(inputs))


def explain(inputs: Inputs) -> Steps:
    """Sum over sum, or why there is no rate."""
    parts, min_n = _read(inputs)
    rate = ratio(parts, min_n).rate
    above, below = ([part[i] for part in parts if part[i] is not None] for i in (0, 1))
    sums = f"({sum_of(n for n in above if n is not None)}) ÷ ({sum_of(d for d in below if d is not None)})"
    if rate is not None:
        return (figure("比率", "rate", sums, rate),)
    if len(above) < len(parts) or len(below) < len(parts):
        return (Step("有部分缺少数据：缺失", "a part has no figure: missing"),)
    least = shown(min_n)
    zh = f"{sums}：分母须大于 0 且不小于 {least}：缺失"
    return (Step(zh, f"{sums}: the denominator must be above 0 and at least {least}: missing"),)


METHOD = ScoringMethod(
    name=NAME,
    kind="calculation",
    zh="比率（分子之和 ÷ 分母之和）",
    evaluate=evaluate,
    explain=explain,
    used="for the value of every KPI with a denominator (models/measured); a role line scores it by another method",
)
