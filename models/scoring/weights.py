"""Weights of a scorecard and how they move when a KPI is missing or excluded.

Belongs here: the sum rule and redistribution. Not here: what a total is made of (total).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, replace
from decimal import Decimal

from models.errors import DefinitionError
from models.money import exact, plain, total

HUNDRED = Decimal(100)
POLICIES = ("pending", "zero", "use_full", "exclude_redistribute", "redistribute_to")


@dataclass(frozen=True)
class Item:
    """One KPI of a scorecard; `weight` is a percentage of its dimension."""

    kpi: str
    dim: str
    weight: Decimal
    status: str
    score: Decimal | None
    _: KW_ONLY
    full: Decimal = HUNDRED


def check_weights(items: list[Item], dimension_weights: Mapping[str, Decimal]) -> None:
    """Refuse weights that do not sum to exactly 100 in each dimension and over the dimensions.

    Raises:
        DefinitionError: `weights_sum`.
    """
    _check_sum("the dimensions", list(dimension_weights.values()))
    members: dict[str, list[Decimal]] = defaultdict(list)
    for item in items:
        # checked before the sums: the KPI would be outside of every sum, and 100 come out all the same
        if item.dim not in dimension_weights:
            what = f"{item.kpi} is in dimension {item.dim!r}, which has no weight"
            raise DefinitionError("weights_sum", what, remedy="give every dimension a weight")
        members[item.dim].append(item.weight)
    for name in dimension_weights:
        _check_sum(f"dimension {name}" if name else "the KPIs", members[name])


@exact
def _check_sum(what: str, weights: list[Decimal]) -> None:
    if any(w < 0 for w in weights):
        raise DefinitionError("weights_sum", f"a weight of {what} is negative", remedy="weights are 0 to 100")
    # decimals are exact here: 33.3 three times is 99.9 and refused, whereas binary floats would need a tolerance
    found = total(weights)
    if found != HUNDRED:
        shown = f"{' + '.join(plain(w) for w in weights) or '0'} = {plain(found)}"
        remedy = f"change the weights by {plain(HUNDRED - found)}"
        raise DefinitionError(
            "weights_sum", f"weights of {what} must sum to exactly 100", actual=shown, remedy=remedy
        )


def apply_policy(items: list[Item], missing: str) -> list[Item]:
    """The items after the policies zero and use_full (a score) and exclude_redistribute (left out)."""
    return [_with_policy(item, missing) if item.status == "missing" else item for item in items]


def _with_policy(item: Item, missing: str) -> Item:
    match missing:
        case "zero":
            return replace(item, status="scored", score=Decimal(0))
        case "use_full":
            return replace(item, status="scored", score=item.full)
        case "exclude_redistribute":
            return replace(item, status="excluded", score=None)
        # pending waits for the data; redistribute_to moves weights and no scores (move_missing)
        case _:
            return item


@exact
def effective(items: list[Item], dimension_weights: Mapping[str, Decimal]) -> list[Decimal]:
    """Percent of the whole that each item weighs once excluded items have given theirs away.

    Inside a dimension the others take it over in proportion; a dimension with nothing left gives its weight
    to the other dimensions.

    >>> half = Decimal(50)
    >>> rows = [Item("a", "", half, "scored", Decimal(90)), Item("b", "", half, "excluded", None)]
    >>> effective(rows, {"": Decimal(100)})
    [Decimal('100'), Decimal('0')]
    """
    left: dict[str, Decimal] = defaultdict(Decimal)
    for item in items:
        # a missing KPI keeps its weight here: whether it moves is the policy's to say
        if item.status != "excluded":
            left[item.dim] += item.weight
    alive = total([w for name, w in dimension_weights.items() if left[name] > 0])
    return [_share(item, left[item.dim], dimension_weights[item.dim], alive) for item in items]


@exact
def _share(item: Item, left: Decimal, dimension: Decimal, alive: Decimal) -> Decimal:
    if item.status == "excluded" or left == 0 or alive == 0:
        return Decimal(0)
    if left == HUNDRED and alive == HUNDRED:
        return item.weight * dimension / HUNDRED  # the usual case stays free of remainders
    # one division at the end: every one before would cut digits of its own
    return item.weight * dimension * HUNDRED / (left * alive)


@exact
def move_missing(items: list[Item], shares: list[Decimal], takers: list[str]) -> list[Decimal] | None:
    """Shares after missing items gave theirs to the named KPIs; None if no named KPI is scored."""
    named = [item.kpi in takers and item.status == "scored" for item in items]
    base = total([s for s, is_taker in zip(shares, named, strict=True) if is_taker])
    moved = total([s for s, item in zip(shares, items, strict=True) if item.status == "missing"])
    if moved == 0:
        return shares
    # after moved == 0: with nothing missing it does not matter that no taker is scored
    if base == 0:
        return None
    result = []
    for item, share, is_taker in zip(items, shares, named, strict=True):
        extra = moved * share / base if is_taker else Decimal(0)
        result.append(Decimal(0) if item.status == "missing" else share + extra)
    return result
