"""`score.total`: from KPI scores to base, total, grade and coefficient, in one fixed order.

Order: 1 KPI scores, zero_kpi vetoes first; 2 missing policy; 3 weighted sum = base; 4 plan points; 5
manager adjustment within its limit; 6 floor and cap; 7 red lines; 8 round half-up; 9 grade from the rounded
total, so what the person sees decides.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from models.money import divide, multiply, settle, subtract, total
from models.scoring.arguments import Arguments, mapping, number, required_number
from models.scoring.bands import Band, find, read_bands
from models.scoring.weights import POLICIES, Item, apply_policy, check_weights, effective, move_missing

NAME = "score.total"
STATUSES = ("scored", "missing", "excluded")
VETOES = ("zero_kpi", "deduct_pct", "cap_total", "zero_total")
ONE = Decimal(1)


@dataclass(frozen=True)
class Veto:
    """A confirmed red line."""

    type: str
    value: Decimal | None = None
    kpi: str | None = None


@dataclass(frozen=True)
class PlanPoints:
    """Points of a period plan, clamped to their own limits."""

    points: Decimal
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True)
class TotalRule:
    """Everything but the items."""

    missing: str = "pending"
    redistribute_to: tuple[str, ...] = ()
    dimension_weights: Mapping[str, Decimal] = field(default_factory=lambda: {"": Decimal(100)})
    plan_points: tuple[PlanPoints, ...] = ()
    manager_adjustment: Decimal = Decimal(0)
    manager_limit: Decimal = Decimal(0)
    total_floor: Decimal = Decimal(0)
    total_cap: Decimal = Decimal(120)
    vetoes: tuple[Veto, ...] = ()
    grade_bands: tuple[Band, ...] = ()
    dp: int = 2


@dataclass(frozen=True)
class TotalScore:
    """The result; `shares` is each item's percent of the whole after redistribution."""

    status: str
    base: Decimal | None
    total: Decimal | None
    kpi_scores: dict[str, Decimal | None]
    grade: str | None
    coefficient: Decimal | None
    shares: tuple[Decimal, ...] = ()


def score_total(items: list[Item], rule: TotalRule) -> TotalScore:
    """The total of KPI scores under a rule.

    >>> rows = [Item(k, "", Decimal(50), "scored", Decimal(s)) for k, s in (("a", 96), ("b", 84))]
    >>> score_total(rows, TotalRule(vetoes=(Veto("deduct_pct", Decimal("0.4")),))).total
    Decimal('54.00')

    Raises:
        DefinitionError: `weights_sum`.
    """
    check_weights(items, rule.dimension_weights)
    known = apply_policy([_red_lined(item, rule.vetoes) for item in items], rule.missing)
    scores = {item.kpi: item.score for item in known}
    shares: list[Decimal] | None = effective(known, rule.dimension_weights)
    if shares is not None and rule.missing == "redistribute_to":
        shares = move_missing(known, shares, list(rule.redistribute_to))
    status = _status(known, shares)
    if status != "scored" or shares is None:
        return TotalScore(status, None, None, scores, None, None, tuple(shares or ()))
    base = total([_contribution(item, share) for item, share in zip(known, shares, strict=True)])
    final = settle(stages(base, rule).red_lined, rule.dp)
    band = find(rule.grade_bands, final) if rule.grade_bands else None
    grade, coefficient = (band.grade, band.value) if band else (None, None)
    return TotalScore("scored", base, final, scores, grade, coefficient, tuple(shares))


def contribution(score: Decimal, share: Decimal, full: Decimal) -> Decimal:
    """Points that a score adds to the base.

    >>> contribution(Decimal(120), Decimal(30), Decimal(100))
    Decimal('36')
    """
    return divide(multiply(score, share), full)


def _contribution(item: Item, share: Decimal) -> Decimal:
    return Decimal(0) if item.score is None or share == 0 else contribution(item.score, share, item.full)


def _red_lined(item: Item, vetoes: tuple[Veto, ...]) -> Item:
    is_zeroed = any(v.type == "zero_kpi" and v.kpi == item.kpi for v in vetoes)
    return replace(item, status="scored", score=Decimal(0)) if is_zeroed else item


def _status(items: list[Item], shares: list[Decimal] | None) -> str:
    if shares is None or any(i.status == "missing" and s > 0 for i, s in zip(items, shares, strict=True)):
        return "provisional"
    return "scored" if any(s > 0 for s in shares) else "excluded"


@dataclass(frozen=True)
class Stages:
    """Points added to the base, and the total after each step of the fixed order, before rounding."""

    plan: tuple[Decimal, ...]
    manager: Decimal
    adjusted: Decimal
    limited: Decimal
    red_lined: Decimal


def stages(base: Decimal, rule: TotalRule) -> Stages:
    """Steps 4 to 7 on a base.

    >>> found = stages(Decimal(118), TotalRule(plan_points=(PlanPoints(Decimal(8), high=Decimal(5)),)))
    >>> str(found.adjusted), str(found.limited)
    ('123', '120')
    """
    plan = tuple(_clamp(p.points, p.low, p.high) for p in rule.plan_points)
    manager = _clamp(rule.manager_adjustment, rule.manager_limit.copy_negate(), rule.manager_limit)
    adjusted = total([base, *plan, manager])
    limited = _clamp(adjusted, rule.total_floor, rule.total_cap)
    return Stages(plan, manager, adjusted, limited, _after_red_lines(limited, rule.vetoes))


def _clamp(value: Decimal, low: Decimal | None, high: Decimal | None) -> Decimal:
    value = value if low is None else max(value, low)
    return value if high is None else min(value, high)


def _after_red_lines(value: Decimal, vetoes: tuple[Veto, ...]) -> Decimal:
    share = total(veto_values(vetoes, "deduct_pct"))
    value = multiply(value, max(Decimal(0), subtract(ONE, share))) if share else value
    value = min([value, *veto_values(vetoes, "cap_total")])
    return Decimal(0) if any(v.type == "zero_total" for v in vetoes) else value


def veto_values(vetoes: tuple[Veto, ...], kind: str) -> list[Decimal]:
    """The values of all red lines of one kind."""
    return [v.value for v in vetoes if v.type == kind and v.value is not None]


ARGUMENTS = (
    *("items", "missing", "redistribute_to", "dimension_weights", "plan_points", "manager_adjustment"),
    *("manager_limit", "total_floor", "total_cap", "vetoes", "grade_bands", "dp"),
)
ITEM_KEYS = ("kpi", "dim", "weight", "full", "method", "inputs", "score", "status")
ScoreItem = Callable[[str, dict[str, object]], Mapping[str, object]]


def evaluate(inputs: dict[str, object], score_item: ScoreItem) -> TotalScore:
    """`score.total` on golden inputs; `score_item` runs the method of an item."""
    return score_total(*read(inputs, score_item))


def read(inputs: dict[str, object], score_item: ScoreItem) -> tuple[list[Item], TotalRule]:
    """The items, scored, and everything else."""
    a = Arguments(NAME, inputs, ARGUMENTS)
    rule = _read_rule(a)
    has_dimensions = a.has("dimension_weights")
    items = [_read_item(a, entry, has_dimensions, score_item) for entry in a.items("items")]
    _check_names(a, rule, items)
    return items, rule


def _read_rule(a: Arguments) -> TotalRule:
    weights = a.mapping("dimension_weights")
    dp = a.whole("dp", 2)
    if dp > 10:
        raise a.invalid("dp", "must be a whole number from 0 to 10")
    if a.number("manager_limit", 0) < 0:
        raise a.invalid("manager_limit", "must be 0 or more")
    if a.number("total_cap", 120) < a.number("total_floor", 0):
        raise a.invalid("total_cap", "is below total_floor")
    return TotalRule(
        missing=a.choice("missing", POLICIES, "pending"),
        redistribute_to=tuple(str(k) for k in a.items("redistribute_to", required=False)),
        dimension_weights={"": Decimal(100)} if weights is None else _numbers(weights),
        plan_points=tuple(_read_points(a, p) for p in a.items("plan_points", required=False)),
        manager_adjustment=a.number("manager_adjustment", 0),
        manager_limit=a.number("manager_limit", 0),
        total_floor=a.number("total_floor", 0),
        total_cap=a.number("total_cap", 120),
        vetoes=tuple(_read_veto(a, v) for v in a.items("vetoes", required=False)),
        grade_bands=read_bands(a, "grade_bands", "coefficient", with_grade=True)
        if a.has("grade_bands")
        else (),
        dp=dp,
    )


def _numbers(entries: dict[str, object]) -> dict[str, Decimal]:
    return {name: required_number(NAME, f"dimension {name}", value) for name, value in entries.items()}


def _read_points(a: Arguments, value: object) -> PlanPoints:
    entry = mapping(a.method, "plan_points", value)
    Arguments(f"{NAME} plan_points", entry, ("points", "min", "max"))
    low, high = number(NAME, "min", entry.get("min")), number(NAME, "max", entry.get("max"))
    return PlanPoints(required_number(NAME, "plan_points points", entry.get("points")), low, high)


def _read_veto(a: Arguments, value: object) -> Veto:
    entry = mapping(a.method, "vetoes", value)
    inner = Arguments(f"{NAME} vetoes", entry, ("type", "value", "kpi"))
    kind = inner.choice("type", VETOES)
    needed = {"deduct_pct": "value", "cap_total": "value", "zero_kpi": "kpi"}.get(kind)
    if needed and not inner.has(needed):
        raise inner.invalid(needed, f"is required for {kind}")
    if (inner.optional("value") or 0) < 0:
        raise inner.invalid("value", "must be 0 or more: a red line never adds")
    kpi = entry.get("kpi")
    return Veto(kind, inner.optional("value"), None if kpi is None else str(kpi))


def _read_item(a: Arguments, value: object, has_dimensions: bool, score_item: ScoreItem) -> Item:
    entry = mapping(a.method, "items", value)
    inner = Arguments(f"{NAME} items", entry, ITEM_KEYS)
    full = inner.number("full", 100)
    if full <= 0:
        raise inner.invalid("full", "must be above 0")
    status, score = _scored(inner, score_item)
    dim = str(entry.get("dim")) if has_dimensions else ""
    return Item(str(entry.get("kpi")), dim, inner.number("weight"), status, score, full)


def _scored(item: Arguments, score_item: ScoreItem) -> tuple[str, Decimal | None]:
    if item.has("method"):
        method = str(item.inputs["method"])
        result = score_item(method, item.mapping("inputs") or {})
        if "score" not in result or result.get("status") not in STATUSES:
            raise item.invalid("method", "yields no score")
        status, score = str(result.get("status")), number(NAME, "score", result.get("score"))
    else:
        status, score = item.choice("status", STATUSES, "scored"), item.optional("score")
    status = "missing" if status == "scored" and score is None else status
    return status, score if status == "scored" else None


def _check_names(a: Arguments, rule: TotalRule, items: list[Item]) -> None:
    names = [item.kpi for item in items]
    if len(set(names)) < len(names):
        raise a.invalid("items", "names one KPI twice")
    unknown = [k for k in rule.redistribute_to if k not in names]
    unknown += [v.kpi for v in rule.vetoes if v.kpi is not None and v.kpi not in names]
    if unknown:
        raise a.invalid("items", f"lack the KPI {unknown[0]}")
