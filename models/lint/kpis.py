"""Rules about what one KPI counts: rows, costs, losses, units, currencies.

Not here: its texts and dates (texts.py), how a role scores it (scoring.py) or weighs it (roles.py).
"""

from collections.abc import Iterator

from models.definitions import Aggregate, Kpi, KpiRef, Label, Ratio, TargetRef
from models.lint import meaning
from models.lint.finding import Breach, LintedWorld, rule
from models.lint.meaning import Seen
from models.tables import FACTS
from models.units import unit_of

_OWN = "own currency"  # the unit that models/tables gives to amounts as the platform states them


@rule(
    "L004",
    "notice",
    name=Label("两个指标含义相同", "Two KPIs measure the same thing"),
    why=Label(
        "同一件事记两次分；改一个忘了另一个",
        "The same work is scored twice, and one is changed while the other is not",
    ),
    remedy=Label("保留一个；同一岗位内必须去掉一个", "keep one of them; inside one role this must be mended"),
)
def _same_measure(world: LintedWorld) -> Iterator[Breach]:
    first_with: dict[object, Kpi] = {}
    for seen in world.seen.values():
        # from reports, or with references that do not resolve: there is nothing to compare
        if not seen.all and not seen.is_manual:
            continue
        kpi = seen.kpi
        key = _meaning(seen)
        first = first_with.setdefault(key, kpi)
        if first is not kpi:
            both = [r.id for r in world.roles.values() if {first.id, kpi.id} <= {x.kpi for x in r.lines}]
            zh, en = (f"（岗位 {both[0]}）", f" (role {both[0]})") if both else ("", "")
            yield Breach(
                kpi,
                f"{kpi.id} 与 {first.id} 的计算相同{zh}",
                f"{kpi.id} is measured exactly as {first.id}{en}",
                severity="warning" if both else None,
            )


def _meaning(seen: Seen) -> object:
    """What two KPIs would share if they were one; places in the text do not count."""
    kpi = seen.kpi
    if not seen.all:
        return kpi.measure
    return seen.above, seen.below, tuple(_targets(kpi)), kpi.scale, kpi.floor, kpi.cap


@rule(
    "L005",
    "notice",
    name=Label("没有岗位使用的指标", "A KPI that no role uses"),
    why=Label("可作备选；也可能是拼错了名字", "It may be an optional swap, or a misspelt name"),
    remedy=Label("确认是否备选，或删除", "keep it as a swap, or remove it"),
)
def _unused_kpi(world: LintedWorld) -> Iterator[Breach]:
    used = {line.kpi for role in world.roles.values() for line in role.lines}
    used |= {ref for kpi in world.kpis.values() for ref in (*referred(kpi), *kpi.or_else)}
    # sources and lines are among the names too: at worst an unused KPI of such a name is not told
    used |= {ref.name for plan in world.pay_plans.values() for line in plan.lines for ref in line.refs}
    for kpi in world.kpis.values():
        if kpi.id not in used:
            yield Breach(kpi, f"没有岗位使用 {kpi.id}", f"no role uses {kpi.id}")


@rule(
    "L100",
    "warning",
    name=Label("比率未写明可能范围", "A rate does not say what it can be"),
    why=Label(
        "分子与分母来自不同文件时，超过 100 % 的比率会被当作好成绩",
        "a rate above 100 %, whose two files do not cover the same things, is taken for a good one",
    ),
    remedy=Label(
        "占比写 bounds: {lower: 0, upper: 1}；可超出者只写一端，或写 bounds: none",
        "write bounds: {lower: 0, upper: 1} for a share; one end, or bounds: none, where it may go beyond",
    ),
)
def _unbounded_rate(world: LintedWorld) -> Iterator[Breach]:
    for kpi in world.kpis.values():
        measured = isinstance(kpi.measure, Ratio) and not isinstance(kpi.measure.denominator, TargetRef)
        if measured and unit_of(kpi.unit).is_ratio and kpi.bounds is None:
            yield Breach(kpi, f"{kpi.id} 未写 bounds", f"{kpi.id} declares no bounds")


@rule(
    "L101",
    "warning",
    name=Label("投产比写成了比率", "A multiple declared a ratio"),
    why=Label(
        "每花 1 元带回 4.02 元显示成 402 %，目标 4 显示成 400 %",
        "4.02 for each one spent is shown as 402 %, and a target of 4 as 400 %",
    ),
    remedy=Label("unit: multiple；目标不变", "write unit: multiple; targets stay as they are"),
)
def _multiple_as_ratio(world: LintedWorld) -> Iterator[Breach]:
    for seen in world.seen.values():
        kpi = seen.kpi
        if unit_of(kpi.unit).is_ratio and meaning.is_return(seen):
            yield Breach(
                kpi,
                f"{kpi.id} 是销售或利润 ÷ 费用，单位却是 ratio",
                f"{kpi.id} divides sales or profit by what was spent, and its unit is ratio",
            )


def referred(kpi: Kpi) -> Iterator[str]:
    """Other KPIs that the KPI adds or is measured against."""
    yield from (item.kpi for item in kpi.items if isinstance(item, KpiRef))
    yield from _targets(kpi)


def _targets(kpi: Kpi) -> Iterator[str]:
    if isinstance(kpi.measure, Ratio) and isinstance(kpi.measure.denominator, TargetRef):
        yield kpi.measure.denominator.kpi


@rule(
    "L006",
    "notice",
    name=Label("比率没有最小样本", "A ratio of counts without min_n"),
    why=Label("1 次询单、1 次成交就是 100 %", "One inquiry and one sale are 100 %"),
    remedy=Label(
        "写明 min_n，例如 20；样本不足时缺失而不是满分",
        "state min_n, e.g. 20: a small sample is missing, not perfect",
    ),
)
def _tiny_denominator(world: LintedWorld) -> Iterator[Breach]:
    for seen in world.seen.values():
        only_counts = bool(seen.below) and all(a.agg in meaning.COUNTS for a in seen.below)
        if (
            only_counts
            and unit_of(seen.kpi.unit).is_ratio
            and seen.kpi.min_n <= 1  # 1 is the default: one row is enough
            and not _compares_periods(seen)  # L007 says it of growth
        ):
            yield Breach(seen.kpi, f"{seen.kpi.id} 没有 min_n", f"{seen.kpi.id} has no min_n")


@rule(
    "L007",
    "warning",
    name=Label("增长率没有最小基数", "A growth KPI without min_n"),
    why=Label("基数接近零时增长率没有意义", "From a base near zero any growth looks miraculous"),
    remedy=Label("写明 min_n，即基数的下限", "state min_n, the smallest base that counts"),
)
def _growth_without_base(world: LintedWorld) -> Iterator[Breach]:
    for seen in world.seen.values():
        # 1 is the default: from a base of one row any growth looks miraculous
        if _compares_periods(seen) and seen.kpi.min_n <= 1:
            yield Breach(
                seen.kpi,
                f"{seen.kpi.id} 与以前比较而没有 min_n",
                f"{seen.kpi.id} compares with the past without min_n",
            )


def _compares_periods(seen: Seen) -> bool:
    """Whether a sum of the past is divided by; a median of ranks is never near zero."""
    return any(a.range.is_shifted and (a.agg == "sum" or a.agg in meaning.COUNTS) for a in seen.below)


@rule(
    "L008",
    "error",
    name=Label("计入了应剔除的订单", "Excluded orders are counted"),
    why=Label("刷单、内部、测试订单不得计入任何指标", "Fake, internal and test orders never enter a KPI"),
    remedy=Label("条件中加上 not is_excluded", "add `not is_excluded` to the where"),
)
def _counts_excluded(world: LintedWorld) -> Iterator[Breach]:
    for seen in world.seen.values():
        # only some tables know excluded rows: elsewhere there is nothing to leave out
        marked = [a for a in seen.all if FACTS[a.fact].column("is_excluded") is not None]
        # any use of the mark counts: who writes it turned round is looking at excluded orders on purpose
        for fact in sorted({a.fact for a in marked if "is_excluded" not in meaning.filtered(a)}):
            yield Breach(
                seen.kpi,
                f"{seen.kpi.id} 统计 {fact} 时没有剔除无效订单",
                f"{seen.kpi.id} counts {fact} rows that are excluded",
            )


@rule(
    "L009",
    "error",
    name=Label("把比率相加", "Rates are added up"),
    why=Label(
        "各日转化率的平均 40 %，真实转化率 28 %",
        "The mean of monthly rates said 40 % where the true rate was 28 %",
    ),
    remedy=Label("分子之和除以分母之和", "divide the sum of numerators by the sum of denominators"),
)
def _sum_of_rates(world: LintedWorld) -> Iterator[Breach]:
    for seen in world.seen.values():
        kpi = seen.kpi
        for name in sorted({n for a in seen.all if (n := meaning.rate_column(a))}):
            yield Breach(kpi, f"{kpi.id} 把比率列 {name} 相加", f"{kpi.id} adds up the rate {name}")


@rule(
    "L010",
    "error",
    name=Label("方向写反", "The direction is reversed"),
    why=Label(
        "退款、差错越多得分越高，或销售越多得分越低",
        "More refunds or mistakes would score higher, or more sales lower",
    ),
    remedy=Label("改 direction", "change direction"),
)
def _reversed_direction(world: LintedWorld) -> Iterator[Breach]:
    for seen in world.seen.values():
        kpi = seen.kpi
        # both tests need the whole figure to be of one kind: what is mixed may be right either way
        if kpi.direction == "higher" and meaning.is_bad_news(seen):
            yield Breach(
                kpi,
                f"{kpi.id} 统计的是损失或差错，却越高越好",
                f"{kpi.id} counts losses or mistakes, and higher is better",
            )
        if kpi.direction == "lower" and seen.is_sum and meaning.is_sales(seen):
            yield Breach(kpi, f"{kpi.id} 统计销售，却越低越好", f"{kpi.id} counts sales, and lower is better")


@rule(
    "L011",
    "error",
    name=Label("超支得高分", "Overspending scores high"),
    why=Label(
        "公开方案中费用控制率达到 100 % 以上得满分",
        "A published plan gives full marks for using 100 % of the budget and more",
    ),
    remedy=Label(
        "direction: lower；按投放量考核时在条件中写明 ROI 下限",
        "direction: lower; where spending is wanted, put the least return into the where",
    ),
)
def _rewards_overspending(world: LintedWorld) -> Iterator[Breach]:
    for seen in world.seen.values():
        kpi = seen.kpi
        if kpi.direction != "higher" or not meaning.costs_only(seen):
            continue
        # a further condition may be the least return, which makes spending worth while
        is_plain = all(meaning.filtered(a) <= {"is_excluded"} for a in seen.above)
        if seen.below or seen.is_against_target or is_plain:
            yield Breach(kpi, f"{kpi.id} 花得越多得分越高", f"{kpi.id} scores higher the more is spent")


@rule(
    "L012",
    "warning",
    name=Label("评分冒充结果", "A rating is declared a result"),
    why=Label("结果指标应能从数据算出", "A result is counted, a rating is an opinion"),
    remedy=Label("kind: behaviour 或 process", "kind: behaviour or process"),
)
def _rating_as_result(world: LintedWorld) -> Iterator[Breach]:
    for seen in world.seen.values():
        kpi = seen.kpi
        if seen.is_manual and kpi.kind == "result":
            yield Breach(
                kpi, f"{kpi.id} 是人工评分，却标为结果", f"{kpi.id} is a rating and calls itself a result"
            )


@rule(
    "L013",
    "error",
    name=Label("统计未核实的事故", "Unconfirmed incidents count"),
    why=Label("只有核实的红线事件才能影响分数", "Only a confirmed incident may cost anybody points"),
    remedy=Label("条件中加上 confirmed", "add `confirmed` to the where"),
)
def _unconfirmed_incidents(world: LintedWorld) -> Iterator[Breach]:
    for seen in world.seen.values():
        kpi = seen.kpi
        parts = [a for a in seen.all if a.fact == "incident"]
        if any("confirmed" not in meaning.filtered(a) for a in parts):
            yield Breach(
                kpi, f"{kpi.id} 统计未核实的事件", f"{kpi.id} counts incidents that nobody confirmed"
            )


@rule(
    "L016",
    "error",
    name=Label("单位与公式不符", "The unit does not fit the formula"),
    why=Label("0.5 与 0.5 %、件与元混用", "0.5 and 0.5 %, pieces and money get mixed up"),
    remedy=Label(
        "比率要有分母，金额要加总金额，计数要数行", "a ratio divides, CNY sums money, a count counts"
    ),
)
def _unit_against_formula(world: LintedWorld) -> Iterator[Breach]:
    for seen in world.seen.values():
        kpi, above = seen.kpi, seen.above
        # with no aggregate, all() would be true
        only_counts = bool(above) and all(a.agg in meaning.COUNTS for a in above)
        # a median or a maximum of shares is a share without dividing, and so is the state of one day
        moving = bool(above) and all(a.agg == "sum" or a.agg in meaning.COUNTS for a in above)
        is_snapshot = any(a.range.is_snapshot for a in above)
        if unit_of(kpi.unit).is_ratio and seen.is_sum and moving and not is_snapshot:
            yield Breach(kpi, f"{kpi.id} 是比率而没有分母", f"{kpi.id} is a ratio without a denominator")
        elif unit_of(kpi.unit).is_money and only_counts:
            yield Breach(kpi, f"{kpi.id} 是金额而只数行数", f"{kpi.id} is money and counts rows")
        elif (
            unit_of(kpi.unit).is_whole
            and seen.is_sum
            and any(_is_money(a.fact, c) for a in above for c in meaning.named(a))
        ):
            yield Breach(kpi, f"{kpi.id} 是计数而加总金额", f"{kpi.id} is a count and sums money")


def _is_money(fact: str, name: str) -> bool:
    column = FACTS[fact].column(name)
    return column is not None and "currency" in column.unit


@rule(
    "L017",
    "error",
    name=Label("加总原币金额", "Own-currency amounts are added up"),
    why=Label("英镑和人民币直接相加", "Pounds and yuan would be added as if they were one"),
    remedy=Label("用 _base 结尾的列", "use the column that ends in _base"),
)
def _mixed_currencies(world: LintedWorld) -> Iterator[Breach]:
    for seen in world.seen.values():
        kpi = seen.kpi
        for fact, name in sorted({(a.fact, c) for a in seen.all for c in _own_money(a)}):
            yield Breach(
                kpi,
                f"{kpi.id} 加总原币列 {fact}.{name}",
                f"{kpi.id} adds up {fact}.{name} in its own currency",
            )


def _own_money(aggregate: Aggregate) -> Iterator[str]:
    for column in FACTS[aggregate.fact].columns:
        if (
            column.unit == _OWN
            and aggregate.agg not in meaning.COUNTS
            and column.name in meaning.named(aggregate)
        ):
            yield column.name


RULES = (
    _same_measure,
    _unused_kpi,
    _tiny_denominator,
    _growth_without_base,
    _counts_excluded,
    _sum_of_rates,
    _reversed_direction,
    _rewards_overspending,
    _rating_as_result,
    _unconfirmed_incidents,
    _unit_against_formula,
    _mixed_currencies,
    _unbounded_rate,
    _multiple_as_ratio,
)
