"""From contributions to total and grade, as sentences in Chinese and English.

Belongs here: redistributed weights, the sum, and each later step that changed something. Not here: how a KPI
score came to be (wording_rules) or the sentences of a whole call (wording_calls).
"""

from collections.abc import Sequence
from decimal import Decimal

from models.scoring.bands import find
from models.scoring.total import Stages, TotalRule, stages, veto_values
from models.wording import Step, figure, points, result, shown, span, sum_of, term

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


def contribution_steps(
    declared: Decimal, share: Decimal, score: Decimal, full: Decimal, contribution: Decimal
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
    text = f"{part} {points(contribution)}"
    return (*moved, Step(f"贡献 = {text}", f"contribution = {text}"))


def sum_steps(
    rule: TotalRule, base: Decimal, total: Decimal, contributions: Sequence[Decimal]
) -> tuple[Step, ...]:
    """Base, adjustments, limits, red lines, rounding, grade; a step that changed nothing is not told."""
    found = stages(base, rule)
    text = f"{' + '.join(shown(c) for c in contributions)} {result(base)}"
    steps = [Step(f"基础分 = {text}", f"base = {text}"), *_adjustment_steps(rule, base, found)]
    if found.limited != found.adjusted:
        limits = f"{shown(rule.total_floor)} … {shown(rule.total_cap)}"
        steps.append(Step(f"限于 {limits}", f"limited to {limits}"))
    steps += _red_line_steps(rule, found)
    steps.append(Step(f"总分 = {total:f}（四舍五入）", f"total = {total:f} (half up)"))
    if rule.grade_bands:
        steps.append(_grade_step(rule, total))
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
        steps.append(Step(f"主管调整 {text}", f"manager's adjustment {text}"))
    if steps:
        formula = sum_of([base, *found.plan, found.manager])
        steps.append(figure("调整后", "adjusted", formula, found.adjusted))
    return steps


def _red_line_steps(rule: TotalRule, found: Stages) -> list[Step]:
    steps = []
    value = term(found.limited)
    deducted, caps = veto_values(rule.vetoes, "deduct_pct"), veto_values(rule.vetoes, "cap_total")
    if deducted:
        value = f"{value} × max(0, 1 − ({sum_of(deducted)}))"
    if caps:
        value = f"min({value}, {', '.join(shown(c) for c in caps)})"
    if any(v.type == "zero_total" for v in rule.vetoes):
        return [Step("红线：总分清零 = 0", "red line: the total is 0")]
    if deducted or caps:
        steps.append(figure("红线后", "after red lines", value, found.red_lined))
    return steps


def _grade_step(rule: TotalRule, total: Decimal) -> Step:
    band = find(rule.grade_bands, total)
    where, factor = span(band, "left", f"{total:f}"), f"{band.value:f}"
    grade = band.grade or "–"
    return Step(f"等级 {grade}：{where}，系数 {factor}", f"grade {grade}: {where}, coefficient {factor}")
