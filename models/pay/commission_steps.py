"""The arithmetic of a commission as sentences in Chinese and English.

Belongs here: words of `pay.commission`, also where another method pays one. Not here: the commission.
"""

from decimal import Decimal

from models.money import divide, multiply
from models.pay.amounts import ONE
from models.pay.commission import CONFIG, NAME, Commission
from models.pay.modifiers import RATE_POINTS, Modifier, kept
from models.pay.slabs import Slab
from models.pay.wording import equation, exact, figure, line
from models.scoring.arguments import Arguments
from models.scoring.bands import span
from models.wording import Step, result

_COUNTS = {
    "whole": Step("只计整数", "whole steps only"),
    "started": Step("不足一级按一级", "every started step"),
    "proportional": Step("按比例", "in proportion"),
}


def explain(inputs: dict[str, object]) -> tuple[Step, ...]:
    """The arithmetic of `pay.commission` in order."""
    a = Arguments(NAME, inputs, ("basis", *CONFIG))
    return commission_steps(Commission.read(a), a.number("basis"))


def commission_steps(rule: Commission, basis: Decimal) -> tuple[Step, ...]:
    """From basis to pay line."""
    if rule.pays_nothing(basis):
        condition = f"{exact(basis)} ≤ 0"
        return (Step(f"基数 {condition}：提成 = 0.00", f"basis {condition}: commission = 0.00"),)
    steps = [_attainment(rule.target, basis)] if rule.target is not None else []
    steps += [_modifier(m) for m in rule.modifiers]
    lowered = rule.lowered()
    steps += _by_mode(lowered, basis)
    before, share = lowered.by_rate(basis), kept(rule.modifiers)
    factors = "".join(f" × {exact(factor)}" for factor in (share, rule.multiplier) if factor != ONE)
    return (*steps, line("提成", "commission", f"{exact(before)}{factors}", rule.raw(basis)))


def _attainment(target: Decimal, basis: Decimal) -> Step:
    formula = f"{exact(basis)} ÷ {exact(target)}"
    return figure("完成率", "attainment", formula, divide(basis, target))


def _modifier(m: Modifier) -> Step:
    sign = "<" if m.direction == "higher" else ">"
    fact = f"{exact(m.actual)}, {sign} {exact(m.limit)}"
    count = _COUNTS[m.count_mode]
    steps = f"{exact(m.shortfall())} ÷ {exact(m.per)} → {exact(m.steps())}"
    taken = f"{exact(m.steps())} × {exact(m.each)} {result(m.taken())}"
    is_rate = m.kind == RATE_POINTS
    zh, en = ("提成率减", "rate less") if is_rate else ("金额减（比例）", "amount less (share)")
    return Step(
        f"修正（实际 {fact} 时扣减）：级数 = {steps}（{count.zh}）；{zh} = {taken}",
        f"modifier (actual {fact} deducts): steps = {steps} ({count.en}); {en} = {taken}",
    )


def _by_mode(rule: Commission, basis: Decimal) -> list[Step]:
    before = rule.by_rate(basis)
    if rule.mode == "flat":
        return [figure("按比例提成", "flat commission", f"{exact(basis)} × {exact(rule.rate)}", before)]
    slab = rule.slab(basis)
    if rule.mode == "progressive":
        return _parts(rule, slab, basis, before)
    x = basis if rule.lookup is None else rule.lookup
    condition = span(slab, rule.closed, exact(x))
    if rule.mode == "lump_excess" and slab.low is not None:
        formula = f"({exact(basis)} − {exact(slab.low)}) × {exact(slab.value)}"
    else:
        formula = f"{exact(basis)} × {exact(slab.value)}"
    formula += "" if slab.lump == 0 else f" + {exact(slab.lump)}"
    return [
        Step(f"所在档：{condition}", f"slab: {condition}"),
        figure("档内提成", "commission of the slab", formula, before),
    ]


def _parts(rule: Commission, reached: Slab, basis: Decimal, before: Decimal) -> list[Step]:
    steps, terms = [], []
    for slab in rule.slabs:
        part = slab.part(basis)
        if part != 0:
            paid = multiply(part, slab.value)
            condition = span(slab, rule.closed)
            steps.append(
                figure(
                    f"本档（{condition}）",
                    f"slab ({condition})",
                    f"{exact(part)} × {exact(slab.value)}",
                    paid,
                )
            )
            terms.append(exact(paid))
    if reached.lump != 0:
        steps.append(equation("达到档的定额", "lump of the slab reached", exact(reached.lump)))
        terms.append(exact(reached.lump))
    if len(terms) > 1:
        steps.append(figure("各档合计", "sum of the slabs", " + ".join(terms), before))
    return steps
