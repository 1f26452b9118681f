"""`score.total` called by name: items, policies and red lines from its inputs, and every sentence from KPI to grade.

Belongs here: the call. Not here: the total itself and the sentences that scorecards print too (total).
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

from models.money import exact
from models.scoring.arguments import Arguments, mapping, number, required_number
from models.scoring.bands import read_bands
from models.scoring.method import Inputs, ScoringMethod, Steps
from models.scoring.total import (
    EXCLUDED,
    POLICY,
    VETOES,
    PlanPoints,
    TotalRule,
    TotalScore,
    Veto,
    contribution,
    contribution_steps,
    score_total,
    sum_steps,
)
from models.scoring.weights import POLICIES, Item
from models.wording import Step

NAME = "score.total"
# Of one KPI; only a total can be provisional.
STATUSES = ("scored", "missing", "excluded")
ARGUMENTS = (
    *("items", "missing", "redistribute_to", "dimension_weights", "plan_points", "manager_adjustment"),
    *("manager_limit", "calibration", "total_floor", "total_cap", "vetoes", "grade_bands", "dp"),
)
ITEM_KEYS = ("kpi", "dim", "weight", "full", "method", "inputs", "score", "status")
ScoreItem = Callable[[str, Inputs], Mapping[str, object]]
ExplainItem = Callable[[str, Inputs], Steps]


def method(score_item: ScoreItem, explain_item: ExplainItem) -> ScoringMethod:
    """`score.total`, whose items name methods themselves: how those are run is the caller's to say.

    >>> total = method(lambda name, inputs: {"status": "scored", "score": Decimal(80)}, lambda name, inputs: ())
    >>> str(total.evaluate({"items": [{"kpi": "a", "weight": "100", "method": "score.any", "inputs": {}}]}).total)
    '80.00'
    """
    return ScoringMethod(
        name=NAME,
        kind="total",
        zh="总分",
        evaluate=lambda inputs: score_total(*_read(inputs, score_item)),
        explain=lambda inputs: _explain(inputs, score_item, explain_item),
        used="for every scorecard (models/scorecard), whose lines are its items",
    )


def _read(inputs: Inputs, score_item: ScoreItem) -> tuple[list[Item], TotalRule]:
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
        calibration=a.number("calibration", 0),
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
    # null counts as absent: zero_total and zero_kpi have no value
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
    # without weights for them, dimensions are only headings
    dim = str(entry.get("dim")) if has_dimensions else ""
    return Item(str(entry.get("kpi")), dim, inner.number("weight"), status, score, full=full)


def _scored(item: Arguments, score_item: ScoreItem) -> tuple[str, Decimal | None]:
    if item.has("method"):
        method = str(item.inputs["method"])
        result = score_item(method, item.mapping("inputs") or {})
        # an item may name any method; ranks and targets have no score of one KPI, and would count as 0
        if "score" not in result or result.get("status") not in STATUSES:
            raise item.invalid("method", "yields no score")
        status, score = str(result.get("status")), number(NAME, "score", result.get("score"))
    else:
        status, score = item.choice("status", STATUSES, "scored"), item.optional("score")
    # a call by hand may state neither: without a score nothing was scored, whatever it says
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


def _explain(inputs: Inputs, score_item: ScoreItem, explain_item: ExplainItem) -> Steps:
    """Every KPI with its score and contribution, then the fixed order down to the grade."""
    items, rule = _read(inputs, score_item)
    scored = score_total(items, rule)
    entries = Arguments(NAME, inputs, ARGUMENTS).items("items")
    steps: list[Step] = []
    for position, (entry, item) in enumerate(zip(entries, items, strict=True)):
        own = [*_method_steps(entry, explain_item), *_item_steps(item, position, rule, scored)]
        steps += [Step(f"{item.kpi}：{s.zh}", f"{item.kpi}: {s.en}") for s in own]
    if scored.base is None or scored.total is None:
        return (*steps, _open_step(scored))
    counted = [
        contribution(score, share, item.full)
        for item, share in zip(items, scored.shares, strict=True)
        if (score := scored.kpi_scores[item.kpi]) is not None
    ]
    return (*steps, *sum_steps(rule, scored.base, scored.total, counted))


def _method_steps(entry: object, explain_item: ExplainItem) -> Steps:
    inner = Arguments(NAME, mapping(NAME, "items", entry), ITEM_KEYS)
    if not inner.has("method"):
        return ()
    return explain_item(str(inner.inputs["method"]), inner.mapping("inputs") or {})


@exact
def _item_steps(item: Item, number: int, rule: TotalRule, scored: TotalScore) -> list[Step]:
    """What happened to one KPI's score and weight."""
    steps = []
    if any(v.type == "zero_kpi" and v.kpi == item.kpi for v in rule.vetoes):
        steps.append(Step("红线：得分 = 0", "red line: score = 0"))
    elif item.status != "scored":
        steps.append(POLICY[rule.missing] if item.status == "missing" else EXCLUDED)
    score = scored.kpi_scores[item.kpi]
    if score is None or scored.base is None:
        return steps
    points = contribution(score, scored.shares[number], item.full)
    dimension = rule.dimension_weights[item.dim]
    declared = dimension * item.weight / 100
    return [*steps, *contribution_steps(declared, scored.shares[number], score, item.full, points)]


def _open_step(scored: TotalScore) -> Step:
    if scored.status == "excluded":
        return Step("没有计入的指标：无总分", "no KPI counts: no total")
    return Step("有指标缺失：总分暂定，无等级", "a KPI is missing: no total and no grade yet")
