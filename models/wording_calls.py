"""The ordered arithmetic of one call of a scoring rule or of the total, in Chinese and English.

Belongs here: calls whose sentences the scorecard shares (wording_rules, wording_total). Not here: methods
that explain themselves beside their computation (scoring/rank and its neighbours, pay).
"""

from collections.abc import Callable
from decimal import Decimal

from models.money import divide, multiply
from models.scoring import gap_points, linear, piecewise, rating, step, total
from models.scoring.arguments import Arguments, mapping
from models.scoring.gap_points import GapPoints
from models.scoring.linear import Linear
from models.scoring.piecewise import Piecewise
from models.scoring.total import ScoreItem, TotalScore
from models.scoring.weights import Item
from models.wording import Step, result, shown, sum_of
from models.wording_rules import (
    RATERS,
    attainment_step,
    band_step,
    curve_step,
    describe,
    gap_steps,
    linear_step,
)
from models.wording_total import EXCLUDED, POLICY, contribution_steps, sum_steps

MISSING = Step("缺少数据：缺失", "a figure is absent: missing")
TARGET_ZERO = Step("目标为 0：不计入", "the target is 0: left out")
ExplainItem = Callable[[str, dict[str, object]], tuple[Step, ...]]


def explain_linear(inputs: dict[str, object]) -> tuple[Step, ...]:
    """Rule, attainment, score."""
    a = Arguments(linear.NAME, inputs, ("actual", "target", *linear.CONFIG))
    rule, actual, target = Linear.read(a), a.optional("actual"), a.optional("target")
    found = rule.score(actual, target)
    first = describe(rule, "actual")
    if actual is None or target is None:
        return first, MISSING
    if found.attainment is None or found.score is None:
        return first, TARGET_ZERO
    way = attainment_step(actual, target, found.attainment, rule)
    return first, way, linear_step(rule, found.attainment, found.score)


def explain_gap(inputs: dict[str, object]) -> tuple[Step, ...]:
    """Rule, distance, units, points."""
    a = Arguments(gap_points.NAME, inputs, ("actual", "target", *gap_points.CONFIG))
    rule, actual, target = GapPoints.read(a), a.optional("actual"), a.optional("target")
    found = rule.score(actual, target)
    first = describe(rule, "actual")
    if actual is None or target is None:
        return first, MISSING
    if found.units is None or found.score is None:
        return first, TARGET_ZERO
    return first, *gap_steps(rule, actual, target, found.units, found.score)


def explain_step(inputs: dict[str, object]) -> tuple[Step, ...]:
    """Table, then the band of x."""
    a = Arguments(step.NAME, inputs, ("x", *step.CONFIG))
    rule, x = step.Step.read(a), a.optional("x")
    first = describe(rule, "actual")
    return (first, MISSING) if x is None else (first, band_step(rule, x, rule.band(x).value))


def explain_piecewise(inputs: dict[str, object]) -> tuple[Step, ...]:
    """Curve, then the piece that holds x."""
    a = Arguments(piecewise.NAME, inputs, ("x", *piecewise.CONFIG))
    rule, x = Piecewise.read(a), a.optional("x")
    first = describe(rule, "actual")
    return (first, MISSING) if x is None else (first, curve_step(rule, x, rule.at(x)))


def explain_rating(inputs: dict[str, object]) -> tuple[Step, ...]:
    """Weights, mean of each type, weighted score."""
    ratings, scale, rule = rating.read(inputs)
    first = describe(rule, "actual")
    means = rule.means(ratings)
    score = rule.score(ratings, scale).score
    if score is None:
        return first, Step("没有评分：缺失", "nobody rated: missing")
    kept = rule.kept(ratings)
    steps = [_mean_step(name, kept[name], mean) for name, mean in means.items()]
    weights = sum_of(rule.weights[name] for name in means)
    parts = " + ".join(f"{shown(rule.weights[name])} × {shown(mean)}" for name, mean in means.items())
    text = f"({parts}) ÷ ({weights}) ÷ {shown(scale)} × 100 {result(score)}"
    return first, *steps, Step(f"得分 = {text}", f"score = {text}")


def _mean_step(name: str, scores: list[Decimal], mean: Decimal) -> Step:
    text = f"({sum_of(scores)}) ÷ {len(scores)} {result(mean)}"
    return Step(f"{RATERS.get(name, name)}平均 = {text}", f"mean of {name} = {text}")


def explain_total(
    inputs: dict[str, object], score_item: ScoreItem, explain_item: ExplainItem
) -> tuple[Step, ...]:
    """Every KPI with its score and contribution, then the fixed order down to the grade."""
    items, rule = total.read(inputs, score_item)
    scored = total.score_total(items, rule)
    entries = Arguments(total.NAME, inputs, total.ARGUMENTS).items("items")
    steps: list[Step] = []
    for number, (entry, item) in enumerate(zip(entries, items, strict=True)):
        own = [*_method_steps(entry, explain_item), *_item_steps(item, number, rule, scored)]
        steps += [Step(f"{item.kpi}：{s.zh}", f"{item.kpi}: {s.en}") for s in own]
    if scored.base is None or scored.total is None:
        return (*steps, _open_step(scored))
    counted = [
        total.contribution(score, share, item.full)
        for item, share in zip(items, scored.shares, strict=True)
        if (score := scored.kpi_scores[item.kpi]) is not None
    ]
    return (*steps, *sum_steps(rule, scored.base, scored.total, counted))


def _method_steps(entry: object, explain_item: ExplainItem) -> tuple[Step, ...]:
    inner = Arguments(total.NAME, mapping(total.NAME, "items", entry), total.ITEM_KEYS)
    if not inner.has("method"):
        return ()
    return explain_item(str(inner.inputs["method"]), inner.mapping("inputs") or {})


def _item_steps(item: Item, number: int, rule: total.TotalRule, scored: TotalScore) -> list[Step]:
    """What happened to one KPI's score and weight."""
    steps = []
    if any(v.type == "zero_kpi" and v.kpi == item.kpi for v in rule.vetoes):
        steps.append(Step("红线：得分 = 0", "red line: score = 0"))
    elif item.status != "scored":
        steps.append(POLICY[rule.missing] if item.status == "missing" else EXCLUDED)
    score = scored.kpi_scores[item.kpi]
    if score is None or scored.base is None:
        return steps
    points = total.contribution(score, scored.shares[number], item.full)
    dimension = rule.dimension_weights[item.dim]
    declared = divide(multiply(dimension, item.weight), Decimal(100))
    return [*steps, *contribution_steps(declared, scored.shares[number], score, item.full, points)]


def _open_step(scored: TotalScore) -> Step:
    if scored.status == "excluded":
        return Step("没有计入的指标：无总分", "no KPI counts: no total")
    return Step("有指标缺失：总分暂定，无等级", "a KPI is missing: no total and no grade yet")
