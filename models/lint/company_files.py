"""Rules about single rows of the company's files: ratings that count for nothing or wrongly, targets and rates nobody can mean.

Pure: the rows come as arguments. Not here: what contradicts itself and is refused (connectors/file_drop/checks.py), what the
company feeds and owns (company.py).
"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from models.definitions import Label
from models.definitions.rated_items import RatedItem
from models.inputs import Person
from models.lint.finding import Breach, LintedWorld, Severity, rule
from models.lint.rows import FileRow, StatedRate, StatedRating, StatedTarget
from models.money import plain
from models.periods import Period
from models.units import unit_of
from models.values import closest

HIGHEST_RATE = Decimal("1.5")  # a target of 150 % is ambitious; 8 was meant to be 8 %
SURELY_NO_RATE = Decimal(5)
JUMP = Decimal("1.5")  # no currency moves by half between two days that people quote
QUOTED_TOGETHER = timedelta(
    days=40
)  # rates of a month apart may differ more, those of a year apart prove nothing


@rule(
    "L113",
    "error",
    name=Label("评分项不存在", "A rating of an unknown item"),
    why=Label("没有指标读取它，这个分数不算数", "No KPI reads it, so the score counts for nothing"),
    remedy=Label("改成指标库中的评分项", "write the item of a KPI that people rate"),
)
def _unknown_item(world: LintedWorld) -> Iterator[Breach]:
    items = {k.measure.item for k in world.kpis.values() if isinstance(k.measure, RatedItem)}
    for rating in world.context.ratings:
        if rating.item_id not in items:
            near = closest(rating.item_id, items)
            zh, en = (f"，是否应为 {near[0]}？", f"; did you mean {near[0]}?") if near else ("", "")
            yield _at(
                rating,
                f"{rating.item_id!r} 不是评分项{zh}",
                f"{rating.item_id!r} is no item that people rate{en}",
            )


@rule(
    "L114",
    "warning",
    name=Label("被评人的岗位没有该评分项", "A rating that no line of the role reads"),
    why=Label("评了也不进入考核表", "It enters no appraisal sheet"),
    remedy=Label(
        "核对人员、周期与评分项，或在岗位中加入该指标",
        "check person, period and item, or give the role the KPI",
    ),
)
def _unread_rating(world: LintedWorld) -> Iterator[Breach]:
    items = {k.id: k.measure.item for k in world.kpis.values() if isinstance(k.measure, RatedItem)}
    for rating in world.context.ratings:
        held = {p.role_id for p in _rows_of(world, rating.person_id, rating.period)}
        read = {
            items.get(line.kpi) for name in held if name in world.roles for line in world.roles[name].lines
        }
        if rating.item_id in items.values() and rating.item_id not in read:
            roles = ", ".join(sorted(held)) or "—"
            yield _at(
                rating,
                f"{rating.person_id} 在 {rating.period} 的岗位（{roles}）没有 {rating.item_id}",
                f"{rating.person_id} holds {roles} in {rating.period}, which has no {rating.item_id}",
            )


@rule(
    "L115",
    "error",
    name=Label("自己给自己评上级分", "Somebody rates the own work as superior, peer or report"),
    why=Label(
        "任何人不得给自己打分，自评须写 self", "Nobody scores oneself; one's own view has the type self"
    ),
    remedy=Label("写真正的评分人，或将类型改为 self", "name who really rated, or write self"),
)
def _self_as_other(world: LintedWorld) -> Iterator[Breach]:
    for rating in world.context.ratings:
        if rating.rater_id == rating.person_id and rating.rater_type != "self":
            yield _at(
                rating,
                f"{rating.person_id} 以 {rating.rater_type} 的身份给自己评分",
                f"{rating.person_id} rates the own {rating.item_id} as {rating.rater_type}",
            )


@rule(
    "L116",
    "warning",
    name=Label("评分人身份不符", "A rater who is not what the row says"),
    why=Label("上级分的权重给了别人", "The weight of a superior goes to somebody else"),
    remedy=Label(
        "核对 rater_id 与 people.csv 中的上级，或改评分人类型",
        "check rater_id against the managers in people.csv, or correct rater_type",
    ),
)
def _wrong_rater(world: LintedWorld) -> Iterator[Breach]:
    known = {person.person_id for person in world.context.people}
    for rating in world.context.ratings if known else ():
        own = _rows_of(world, rating.person_id, rating.period)
        # whose manager is outside of people.csv, such as an owner, is rated from outside too
        has_boss = any(row.manager_id for row in own)
        if rating.rater_id not in known:
            if has_boss and rating.rater_type != "customer":
                yield _at(
                    rating,
                    f"评分人 {rating.rater_id} 不在 people.csv 中",
                    f"the rater {rating.rater_id} is not in people.csv",
                )
        elif rating.rater_type == "superior" and has_boss and _is_strange(world, rating):
            yield _at(
                rating,
                f"{rating.rater_id} 在 {rating.period} 不是 {rating.person_id} 的上级",
                f"{rating.rater_id} is no superior of {rating.person_id} in {rating.period}",
            )


def _is_strange(world: LintedWorld, rating: StatedRating) -> bool:
    # who rates himself is another rule's
    return rating.rater_id != rating.person_id and rating.rater_id not in _above(world, rating)


def _above(world: LintedWorld, rating: StatedRating) -> set[str]:
    """Everybody above the rated person on some day of the period."""
    found: set[str] = set()
    todo = [rating.person_id]
    while todo:
        for row in _rows_of(world, todo.pop(), rating.period):
            if row.manager_id and row.manager_id not in found:
                found.add(row.manager_id)
                todo.append(row.manager_id)
    return found


def _rows_of(world: LintedWorld, person_id: str, period: str) -> list[Person]:
    span = Period.parse(period)
    return [p for p in world.context.people if p.person_id == person_id and p.overlaps(span)]


@rule(
    "L117",
    "warning",
    name=Label("比率的目标过大", "A target no rate reaches"),
    why=Label(
        "8 与 8% 差一百倍：完成率会是 1%", "8 and 8 % are a hundred times apart: the attainment would be 1 %"
    ),
    remedy=Label(
        "写 0.08 或 8%；倍数（如 ROI）的指标单位应为倍",
        "write 0.08 or 8%; a multiple such as ROI has the unit of a multiple",
    ),
)
def _no_rate(world: LintedWorld) -> Iterator[Breach]:
    for target in world.context.stated_targets:
        kpi = world.kpis.get(target.kpi_id)
        if kpi is None or not unit_of(kpi.unit).is_ratio or target.value <= HIGHEST_RATE:
            continue
        yield _at(
            target,
            f"{kpi.id} 的目标为 {plain(target.value)}，即 {plain(target.value * 100)}%",
            f"the target of {kpi.id} is {plain(target.value)}, which is {plain(target.value * 100)} %",
            severity="error" if target.value > SURELY_NO_RATE else None,
        )


@rule(
    "L118",
    "error",
    name=Label("汇率跳变过半", "An exchange rate that jumps by more than half"),
    why=Label(
        "写反的汇率会让所有外币金额错几十倍",
        "A rate typed upside down makes all foreign money wrong many times over",
    ),
    remedy=Label(
        "核对两行；汇率是 1 单位外币折合的本位币",
        "check both rows; a rate is company currency per unit of the foreign one",
    ),
)
def _jumping_rate(world: LintedWorld) -> Iterator[Breach]:
    by_pair: dict[tuple[str, str], list[StatedRate]] = {}
    for rate in world.context.rates:
        by_pair.setdefault((rate.currency, rate.base_currency), []).append(rate)
    for (currency, base), rates in sorted(by_pair.items()):
        for before, after in pairwise(sorted(rates, key=lambda r: r.rate_date)):
            low, high = sorted((before.rate, after.rate))
            if after.rate_date - before.rate_date <= QUOTED_TOGETHER and high > low * JUMP:
                told = f"{currency}/{base} {before.rate_date}: {plain(before.rate)}, {after.rate_date}: {plain(after.rate)}"
                yield _at(after, told, f"{told} (the row before is {before.where})")


@rule(
    "L119",
    "warning",
    name=Label("同一评分项用了两种满分", "One item rated on two scales"),
    why=Label(
        "5 分制的 4 分写成 100 分制就只有 4%", "4 of 5 written down as 4 of 100 is 4 % of the full marks"
    ),
    remedy=Label(
        "核对 scale_max；同一期间的同一评分项请用同一满分",
        "check scale_max; let everybody rate an item of a period on one scale",
    ),
)
def _two_scales(world: LintedWorld) -> Iterator[Breach]:
    by_item: dict[tuple[str, str], list[StatedRating]] = {}
    for rating in world.context.ratings:
        by_item.setdefault((rating.period, rating.item_id), []).append(rating)
    for (period, item), ratings in sorted(by_item.items()):
        counts = Counter(rating.scale_max for rating in ratings)
        usual = max(counts, key=lambda scale: (counts[scale], -scale))
        for scale in sorted(counts.keys() - {usual}):
            first = next(rating for rating in ratings if rating.scale_max == scale)
            n, most = counts[scale], counts[usual]
            yield _at(
                first,
                f"{item} 在 {period} 有 {n} 个评分满分为 {plain(scale)}，另有 {most} 个满分为 {plain(usual)}",
                f"{item} in {period}: {n} rated on a scale to {plain(scale)}, {most} on one to {plain(usual)}",
            )


def _at(
    row: StatedRating | StatedTarget | StatedRate, zh: str, en: str, severity: Severity | None = None
) -> Breach:
    return Breach(FileRow(row.where), zh, en, row.where, severity)


RULES = (_unknown_item, _unread_rating, _self_as_other, _wrong_rater, _no_rate, _jumping_rate, _two_scales)
