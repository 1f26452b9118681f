"""Scoring rules and their application to one figure, as sentences in Chinese and English.

Belongs here: what a rule says, and each step from actual to score. Not here: scores (scoring) or totals
(wording_total).
"""

from decimal import Decimal

from models.definitions.rules import Rule
from models.money import add, plain, round_half_up
from models.scoring.gap_points import GapPoints, Side
from models.scoring.linear import Linear
from models.scoring.piecewise import Piecewise
from models.scoring.rating import RatingRule
from models.scoring.step import Step as StepRule
from models.wording import Step, result, shown, span, term

RATERS = {"superior": "上级", "peer": "同级", "report": "下级", "self": "自评", "customer": "客户"}
_LOOKED_UP = {
    "actual": Step("实际值", "actual"),
    "attainment": Step("完成率", "attainment"),
    "against_target": Step("实际对目标", "actual against target"),
}
_ENDS = {"clamp": Step("持平", "level"), "zero": Step("0 分", "0"), "extend": Step("延长", "extended")}
_COUNTS = {
    "whole": Step("只计整数", "whole steps only"),
    "started": Step("不足一级按一级", "every started step"),
    "proportional": Step("按比例", "in proportion"),
}


def describe(rule: Rule, x: str) -> Step:
    """What the rule says; `x` is what it is read with, see `models.lines.looked_up`."""
    match rule:
        case Linear():
            return _describe_linear(rule)
        case GapPoints():
            return _describe_gap(rule)
        case StepRule():
            bands = "; ".join(f"{span(b, rule.closed)} → {shown(b.value)}" for b in rule.bands)
            return Step(f"分段得分（x = {_x(x).zh}）：{bands}", f"score by band (x = {_x(x).en}): {bands}")
        case Piecewise():
            return _describe_curve(rule, x)
        case RatingRule():
            zh = "，".join(f"{RATERS.get(t, t)} {shown(w)}" for t, w in rule.weights.items())
            en = ", ".join(f"{t} {shown(w)}" for t, w in rule.weights.items())
            return Step(f"评分加权平均：{zh}", f"weighted mean of ratings: {en}")


def _x(x: str) -> Step:
    return _LOOKED_UP[x]


def _describe_linear(rule: Linear) -> Step:
    ratio = "（目标 ÷ 实际）" if rule.is_inverse_ratio else ""
    ratio_en = " (target ÷ actual)" if rule.is_inverse_ratio else ""
    zero = rule.zero_below
    full, floor, cap = shown(rule.full), shown(rule.floor), shown(rule.cap)
    zh = f"完成率{ratio} × {full}，完成率限于 {floor} 至 {cap}"
    en = f"attainment{ratio_en} × {full}, attainment between {floor} and {cap}"
    return Step(
        zh if zero is None else f"{zh}，低于 {shown(zero)} 得 0 分",
        en if zero is None else f"{en}; 0 below {shown(zero)}",
    )


def _describe_curve(rule: Piecewise, x: str) -> Step:
    points = " ".join(f"({shown(a)}, {shown(b)})" for a, b in rule.points)
    below, above = _ENDS[rule.below], _ENDS[rule.above]
    return Step(
        f"折线得分（x = {_x(x).zh}）：{points}；低于首点{below.zh}，高于末点{above.zh}",
        f"score by line (x = {_x(x).en}): {points}; before the first {below.en}, after the last {above.en}",
    )


def _describe_gap(rule: GapPoints) -> Step:
    zh, en = [f"基准 {shown(rule.base)} 分"], [f"base {shown(rule.base)}"]
    unit = "（目标的比例）" if rule.gap == "relative" else ""
    unit_en = " of the target" if rule.gap == "relative" else ""
    for side, good in ((rule.over, True), (rule.under, False)):
        if side is not None:
            most, most_en = _most(side)
            per, per_points = shown(side.per), shown(side.points)
            zh.append(
                f"每{'优' if good else '差'}于目标 {per}{unit} {'加' if good else '扣'} {per_points} 分{most}"
            )
            sign = "+" if good else "−"
            en.append(
                f"{sign}{per_points} per {per}{unit_en} {'better' if good else 'worse'} than target{most_en}"
            )
    count = _COUNTS[rule.count_mode]
    return Step("，".join([*zh, count.zh]), ", ".join([*en, count.en]))


def _most(side: Side) -> tuple[str, str]:
    return (
        ("", "") if side.most is None else (f"（最多 {shown(side.most)}）", f" (at most {shown(side.most)})")
    )


def attainment_step(actual: Decimal, target: Decimal, attainment: Decimal, rule: Linear) -> Step:
    """How the attainment came to be."""
    if target == 0:
        text = f"→ {shown(attainment)}"
        return Step(f"目标为 0：完成率 {text}", f"target 0: attainment {text}")
    if rule.is_inverse_ratio:
        if actual <= 0:
            text = f"= {shown(attainment)}"
            return Step(f"实际 ≤ 0：完成率取上限 {text}", f"actual ≤ 0: attainment is the cap {text}")
        text = f"{term(target)} ÷ {term(actual)} {result(attainment)}"
        return Step(f"完成率 = {text}", f"attainment = {text}")
    sign = "+" if rule.direction == "higher" else "−"
    text = f"1 {sign} ({shown(actual)} − {term(target)}) ÷ |{shown(target)}| {result(attainment)}"
    return Step(f"完成率 = {text}", f"attainment = {text}")


def linear_step(rule: Linear, attainment: Decimal, score: Decimal) -> Step:
    """From attainment to score."""
    r = shown(attainment)
    if rule.zero_below is not None and attainment < rule.zero_below:
        text = f"{r} < {shown(rule.zero_below)}"
        return Step(f"完成率 {text}，得分 = 0", f"attainment {text}, score = 0")
    inner = f"min({r}, {shown(rule.cap)})"
    if attainment < rule.floor:
        inner = f"max({r}, {shown(rule.floor)})"
    text = f"{inner} × {shown(rule.full)} {result(score)}"
    return Step(f"得分 = {text}", f"score = {text}")


def band_step(rule: StepRule, x: Decimal, score: Decimal) -> Step:
    """The band that holds x."""
    # Twelve decimals: six would print 0.3499999 as 0.35 beside "< 0.35".
    condition = span(rule.band(x), rule.closed, plain(round_half_up(x, 12)))
    return Step(f"{condition}，得分 = {shown(score)}", f"{condition}, score = {shown(score)}")


def curve_step(rule: Piecewise, x: Decimal, score: Decimal) -> Step:
    """The piece of the curve that holds x."""
    for (x0, y0), (x1, y1) in zip(rule.points, rule.points[1:], strict=False):
        if x0 < x < x1:
            rise = f"({shown(x)} − {term(x0)}) ÷ ({shown(x1)} − {term(x0)}) × ({shown(y1)} − {term(y0)})"
            text = f"{shown(y0)} + {rise} {result(score)}"
            return Step(f"得分 = {text}", f"score = {text}")
    text = f"x = {shown(x)}"
    return Step(f"{text}，得分 {result(score)}", f"{text}, score {result(score)}")


def gap_steps(
    rule: GapPoints, actual: Decimal, target: Decimal, units: Decimal, score: Decimal
) -> list[Step]:
    """Distance, units and points."""
    difference = rule.difference(actual, target)
    gap = f"({shown(actual)} − {term(target)})"
    gap = f"−{gap}" if rule.direction == "lower" else gap
    gap = f"{gap} ÷ |{shown(target)}|" if rule.gap == "relative" else gap
    steps = [
        Step(
            f"差距 = {gap} {result(difference)}（正为优）",
            f"gap = {gap} {result(difference)} (positive is better)",
        )
    ]
    side = rule.over if difference > 0 else rule.under
    if side is None or difference == 0:
        return [*steps, Step(f"得分 = {shown(score)}", f"score = {shown(score)}")]
    count = _COUNTS[rule.count_mode]
    counted = f"{shown(difference.copy_abs())} ÷ {shown(side.per)} → {shown(units)}"
    steps.append(Step(f"级数 = {counted}（{count.zh}）", f"units = {counted} ({count.en})"))
    return [*steps, _gap_score(rule, side, difference, units, score)]


def _gap_score(rule: GapPoints, side: Side, difference: Decimal, units: Decimal, score: Decimal) -> Step:
    sign = "+" if difference > 0 else "−"
    change = f"{shown(units)} × {shown(side.points)}"
    change = change if side.most is None else f"min({change}, {shown(side.most)})"
    raw = add(rule.base, rule.points(difference)[1])
    text = f"{shown(rule.base)} {sign} {change} {result(raw)}"
    if raw == score:
        return Step(f"得分 = {text}", f"score = {text}")
    limits = f"{shown(rule.floor)} … {'∞' if rule.cap is None else shown(rule.cap)}"
    return Step(
        f"得分 = {text}，限于 {limits}：{shown(score)}",
        f"score = {text}, limited to {limits}: {shown(score)}",
    )
