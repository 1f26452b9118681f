"""`score.total`: from KPI scores to base, total, grade and coefficient, in one fixed order.

Belongs here: what a scorecard needs of its total, as figures and as sentences. Not here: a total that is called by name
(total_call), how the weights of missing KPIs move (weights). The order: 1 KPI scores, zero_kpi vetoes first; 2 missing
policy; 3 weighted sum = base; 4 plan points; 5 manager adjustment within its limit, then calibration; 6 floor and cap;
7 red lines; 8 round half-up; 9 grade from the rounded total, so what the person sees decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from models.money import exact, settle, total
from models.scoring.bands import Band, find, span
from models.scoring.weights import Item, apply_policy, check_weights, effective, move_missing
from models.wording import Step, figure, points, result, shown, sum_of, term

VETOES = ("zero_kpi", "deduct_pct", "cap_total", "zero_total")
POLICY = {
    "pending": Step("缺失：总分暂定，待补数据", "missing: the total waits for the data"),
    "zero": Step("缺失：按 0 分计", "missing: counts as 0"),
    "use_full": Step("缺失：按满分计", "missing: counts as full marks"),
    "exclude_redistribute": Step(
        "缺失：不计入，权重分给其他指标", "missing: left out, its weight goes to the others"
    ),
    "redistribute_to": Step("缺失：权重转给指定指标", "missing: its weight goes to the named KPIs"),
}
EXCLUDED = Step("不计入，权重分给其他指标", "left out, its weight goes to the others")


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


@dataclass(frozen=True, kw_only=True)
class TotalRule:
    """Everything but the items."""

    missing: str = "pending"
    redistribute_to: tuple[str, ...] = ()
    # one dimension without a name: a scorecard without dimensions is the same arithmetic
    dimension_weights: Mapping[str, Decimal] = field(default_factory=lambda: {"": Decimal(100)})
    plan_points: tuple[PlanPoints, ...] = ()
    manager_adjustment: Decimal = Decimal(0)
    # 0: where the plan grants nothing, an adjustment changes nothing
    manager_limit: Decimal = Decimal(0)
    # of the level above, which sees several departments: bounded by floor and cap alone
    calibration: Decimal = Decimal(0)
    # who and why, for the card; a total that is called by name knows neither
    manager_says: str = ""
    calibration_says: str = ""
    total_floor: Decimal = Decimal(0)
    # the total of a scorecard whose lines all reach the default cap of score.linear, 1.2 × 100
    total_cap: Decimal = Decimal(120)
    vetoes: tuple[Veto, ...] = ()
    grade_bands: tuple[Band, ...] = ()
    dp: int = 2


@dataclass(frozen=True, kw_only=True)
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
    # red lines first: a KPI with a confirmed breach is 0 also where its figure is missing, and waits for nothing
    known = apply_policy([_red_lined(item, rule.vetoes) for item in items], rule.missing)
    scores = {item.kpi: item.score for item in known}
    # before the next step: it moves what missing KPIs weigh after excluded ones gave theirs away
    shares: list[Decimal] | None = effective(known, rule.dimension_weights)
    if shares is not None and rule.missing == "redistribute_to":
        shares = move_missing(known, shares, list(rule.redistribute_to))
    status = _status(known, shares)
    if status != "scored" or shares is None:
        return TotalScore(
            status=status,
            base=None,
            total=None,
            kpi_scores=scores,
            grade=None,
            coefficient=None,
            shares=tuple(shares or ()),
        )
    base = total([_contribution(item, share) for item, share in zip(known, shares, strict=True)])
    # settle and not round: redistributed weights are quotients, and 89.99499…9 would cost a grade
    final = settle(stages(base, rule).red_lined, rule.dp)
    # closed on the left: exactly 90 is the grade that begins at 90
    band = find(rule.grade_bands, final) if rule.grade_bands else None
    grade, coefficient = (band.grade, band.value) if band else (None, None)
    return TotalScore(
        status="scored",
        base=base,
        total=final,
        kpi_scores=scores,
        grade=grade,
        coefficient=coefficient,
        shares=tuple(shares),
    )


@exact
def contribution(score: Decimal, share: Decimal, full: Decimal) -> Decimal:
    """Points that a score adds to the base.

    >>> contribution(Decimal(120), Decimal(30), Decimal(100))
    Decimal('36')
    """
    return score * share / full


def _contribution(item: Item, share: Decimal) -> Decimal:
    return Decimal(0) if item.score is None or share == 0 else contribution(item.score, share, item.full)


def _red_lined(item: Item, vetoes: tuple[Veto, ...]) -> Item:
    is_zeroed = any(v.type == "zero_kpi" and v.kpi == item.kpi for v in vetoes)
    # the status too, or a missing KPI would hand its weight to the others and the breach cost nothing
    return replace(item, status="scored", score=Decimal(0)) if is_zeroed else item


def _status(items: list[Item], shares: list[Decimal] | None) -> str:
    # a missing KPI that weighs nothing keeps nobody waiting
    if shares is None or any(i.status == "missing" and s > 0 for i, s in zip(items, shares, strict=True)):
        return "provisional"
    return "scored" if any(s > 0 for s in shares) else "excluded"


@dataclass(frozen=True, kw_only=True)
class Stages:
    """Points added to the base, and the total after each step of the fixed order, before rounding."""

    plan: tuple[Decimal, ...]
    manager: Decimal
    calibration: Decimal
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
    adjusted = total([base, *plan, manager, rule.calibration])
    limited = _clamp(adjusted, rule.total_floor, rule.total_cap)
    return Stages(
        plan=plan,
        manager=manager,
        calibration=rule.calibration,
        adjusted=adjusted,
        limited=limited,
        red_lined=_after_red_lines(limited, rule.vetoes),
    )


def _clamp(value: Decimal, low: Decimal | None, high: Decimal | None) -> Decimal:
    value = value if low is None else max(value, low)
    return value if high is None else min(value, high)


@exact
def _after_red_lines(value: Decimal, vetoes: tuple[Veto, ...]) -> Decimal:
    # added up and not multiplied: six cases at 20 % each would be 120 %, hence the limit at 0
    share = total(veto_values(vetoes, "deduct_pct"))
    value = value * max(Decimal(0), 1 - share) if share else value
    # after the deduction: a cap limits what is left, and the lowest of several holds
    value = min([value, *veto_values(vetoes, "cap_total")])
    return Decimal(0) if any(v.type == "zero_total" for v in vetoes) else value


def veto_values(vetoes: tuple[Veto, ...], kind: str) -> list[Decimal]:
    """The values of all red lines of one kind."""
    return [v.value for v in vetoes if v.type == kind and v.value is not None]


def contribution_steps(
    declared: Decimal, share: Decimal, score: Decimal, full: Decimal, counted: Decimal
) -> tuple[Step, ...]:
    """Moved weight, if any, and the points that count."""
    moved: tuple[Step, ...] = ()
    if declared != share:
        text = f"{shown(declared)}% → {shown(share)}%"
        moved = (Step(f"权重 {text}（重新分配）", f"weight {text} (redistributed)"),)
    part = (
        f"{shown(score)} × {shown(share)}%"
        if full == 100
        else f"{shown(score)} ÷ {shown(full)} × {shown(share)}"
    )
    text = f"{part} {points(counted)}"
    return (*moved, Step(f"贡献 = {text}", f"contribution = {text}"))


def sum_steps(
    rule: TotalRule, base: Decimal, final: Decimal, contributions: Sequence[Decimal]
) -> tuple[Step, ...]:
    """Base, adjustments, limits, red lines, rounding, grade; a step that changed nothing is not told."""
    found = stages(base, rule)
    text = f"{' + '.join(shown(c) for c in contributions)} {result(base)}"
    steps = [Step(f"基础分 = {text}", f"base = {text}"), *_adjustment_steps(rule, base, found)]
    if found.limited != found.adjusted:
        limits = f"{shown(rule.total_floor)} … {shown(rule.total_cap)}"
        steps.append(Step(f"限于 {limits}", f"limited to {limits}"))
    steps += _red_line_steps(rule, found)
    steps.append(Step(f"总分 = {final:f}（四舍五入）", f"total = {final:f} (half up)"))
    if rule.grade_bands:
        steps.append(_grade_step(rule, final))
    return tuple(steps)


def _adjustment_steps(rule: TotalRule, base: Decimal, found: Stages) -> list[Step]:
    steps = []
    for given, counted in zip(rule.plan_points, found.plan, strict=True):
        limits = f"{'−∞' if given.low is None else shown(given.low)} … {'∞' if given.high is None else shown(given.high)}"
        text = shown(counted)
        if counted != given.points:
            text = f"{shown(given.points)} → {text} ({limits})"
        steps.append(Step(f"计划加减分 {text}", f"plan points {text}"))
    if rule.manager_adjustment != 0:
        text = f"{shown(rule.manager_adjustment)} → {shown(found.manager)} (±{shown(rule.manager_limit)})"
        steps.append(_said("主管调整", "manager's adjustment", text, rule.manager_says))
    if found.calibration != 0:
        steps.append(_said("校准", "calibration", shown(found.calibration), rule.calibration_says))
    if steps:
        parts = [base, *found.plan, found.manager]
        if found.calibration != 0:
            # a manager who moved nothing is no part of what the level above did
            parts = [base, *found.plan, *([found.manager] if found.manager else []), found.calibration]
        formula = sum_of(parts)
        steps.append(figure("调整后", "adjusted", formula, found.adjusted))
    return steps


def _said(zh: str, en: str, text: str, says: str) -> Step:
    # as it was written: whoever gives a reason writes it in one language
    return (
        Step(f"{zh} {text}（{says}）", f"{en} {text} ({says})")
        if says
        else Step(f"{zh} {text}", f"{en} {text}")
    )


def _red_line_steps(rule: TotalRule, found: Stages) -> list[Step]:
    steps = []
    value = term(found.limited)
    deducted, caps = veto_values(rule.vetoes, "deduct_pct"), veto_values(rule.vetoes, "cap_total")
    if deducted:
        value = f"{value} × max(0, 1 − ({sum_of(deducted)}))"
    if caps:
        value = f"min({value}, {', '.join(shown(c) for c in caps)})"
    # alone: beside a total of 0 the other red lines would only be noise
    if any(v.type == "zero_total" for v in rule.vetoes):
        return [Step("红线：总分清零 = 0", "red line: the total is 0")]
    if deducted or caps:
        steps.append(figure("红线后", "after red lines", value, found.red_lined))
    return steps


def _grade_step(rule: TotalRule, final: Decimal) -> Step:
    band = find(rule.grade_bands, final)
    where, factor = span(band, "left", f"{final:f}"), f"{band.value:f}"
    grade = band.grade or "–"
    return Step(f"等级 {grade}：{where}，系数 {factor}", f"grade {grade}: {where}, coefficient {factor}")
