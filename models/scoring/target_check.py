"""`target.check`: a target against the person's own history, so that nobody is handed a blind one."""

from dataclasses import dataclass
from decimal import Decimal

from models.money import exact, total
from models.scoring.arguments import Arguments, number
from models.scoring.method import Inputs, ScoringMethod, Steps
from models.scoring.rank import DIRECTIONS
from models.wording import Step, figure, shown, sum_of

NAME = "target.check"
ARGUMENTS = ("target", "history", "direction", "warn_ratio", "block_ratio", "min_hit_share")
_VERDICTS = {
    "block": Step("拦截：需审批人与理由", "blocked: needs a named approver and a reason"),
    "warn": Step("警告", "warning"),
    "ok": Step("通过", "accepted"),
}


@dataclass(frozen=True)
class TargetCheck:
    """Status is ok, warn, block, no_baseline or missing; without a positive mean there is no stretch."""

    status: str
    stretch: Decimal | None
    hit_share: Decimal | None


@dataclass(frozen=True)
class TargetRule:
    """Where a target is questioned and where it is stopped."""

    direction: str = "higher"
    warn_ratio: Decimal = Decimal("1.2")
    block_ratio: Decimal = Decimal("1.5")
    min_hit_share: Decimal = Decimal("0.2")

    @exact
    def check(self, target: Decimal | None, history: list[Decimal]) -> TargetCheck:
        """The verdict.

        >>> TargetRule().check(Decimal(200), [Decimal(95), Decimal(105)])
        TargetCheck(status='block', stretch=Decimal('2'), hit_share=Decimal('0'))
        """
        if target is None:
            return TargetCheck("missing", None, None)
        # newcomers have none: their target is neither accepted nor questioned
        if not history:
            return TargetCheck("no_baseline", None, None)
        hits = sum(x >= target if self.direction == "higher" else x <= target for x in history)
        hit_share = Decimal(hits) / len(history)
        stretch = self._stretch(target, total(history), Decimal(len(history)))
        # before the warning: what is stopped has been questioned too
        if stretch is not None and stretch >= self.block_ratio:
            return TargetCheck("block", stretch, hit_share)
        # either is enough: a mean can hide that the target was met only in the one best month
        is_far = stretch is not None and stretch >= self.warn_ratio
        return TargetCheck("warn" if is_far or hit_share < self.min_hit_share else "ok", stretch, hit_share)

    @exact
    def _stretch(self, target: Decimal, whole: Decimal, n: Decimal) -> Decimal | None:
        """How far the target lies beyond the mean; only the hit share speaks about zero and losses."""
        if whole <= 0 or (self.direction == "lower" and target <= 0):
            return None
        # One division, not two: a stretch of exactly 1.2 has to meet a ratio of 1.2.
        return target * n / whole if self.direction == "higher" else whole / (target * n)


@exact
def mean(values: list[Decimal]) -> Decimal:
    """The arithmetic mean of at least one value."""
    return total(values) / len(values)


def _read(inputs: Inputs) -> tuple[TargetRule, Decimal | None, list[Decimal]]:
    a = Arguments(NAME, inputs, ARGUMENTS)
    rule = TargetRule(
        a.choice("direction", DIRECTIONS, "higher"),
        a.number("warn_ratio", Decimal("1.2")),
        a.number("block_ratio", Decimal("1.5")),
        a.number("min_hit_share", Decimal("0.2")),
    )
    if rule.block_ratio < rule.warn_ratio:
        raise a.invalid("block_ratio", "is below warn_ratio")
    history = [number(NAME, "history", value) for value in a.items("history", required=False)]
    # a month without a figure neither met the target nor missed it
    return rule, a.optional("target"), [value for value in history if value is not None]


def evaluate(inputs: Inputs) -> TargetCheck:
    """`target.check` on golden inputs.

    >>> evaluate({"target": "110", "history": ["100", "120"]}).status
    'ok'
    """
    rule, target, history = _read(inputs)
    return rule.check(target, history)


def explain(inputs: Inputs) -> Steps:
    """Mean, stretch, hits, verdict."""
    rule, target, history = _read(inputs)
    found = rule.check(target, history)
    if target is None or found.hit_share is None:
        what = Step("没有目标", "no target") if target is None else Step("没有历史数据", "no history")
        return (Step(f"{what.zh}：无从比较", f"{what.en}: nothing to compare"),)
    average = mean(history)
    n = len(history)
    steps = [figure("历史均值", "mean of the history", f"({sum_of(history)}) ÷ {n}", average)]
    if found.stretch is not None:
        up, down = (target, average) if rule.direction == "higher" else (average, target)
        steps.append(figure("拉伸倍数", "stretch", f"{shown(up)} ÷ {shown(down)}", found.stretch))
    else:
        steps.append(
            Step("均值或目标不为正：只看达成比例", "mean or target not above 0: only the hit share counts")
        )
    hits = sum(x >= target if rule.direction == "higher" else x <= target for x in history)
    steps.append(figure("历史达成比例", "share of periods that met it", f"{hits} ÷ {n}", found.hit_share))
    verdict = _VERDICTS[found.status]
    warn, block, least = shown(rule.warn_ratio), shown(rule.block_ratio), shown(rule.min_hit_share)
    zh = f"倍数 ≥ {warn} 或达成比例 < {least} 警告，倍数 ≥ {block} 拦截：{verdict.zh}"
    en = f"stretch ≥ {warn} or hit share < {least} warns, stretch ≥ {block} blocks: {verdict.en}"
    return (*steps, Step(zh, en))


METHOD = ScoringMethod(
    name=NAME,
    kind="calculation",
    zh="目标合理性检查",
    evaluate=evaluate,
    explain=explain,
    used="by the linter, where it knows a person's history of a KPI (models/lint/company)",
)
