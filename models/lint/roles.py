"""Rules about one role as a whole: duties, kinds, weights, counterweights, policies.

Not here: how one line is scored (scoring.py) or paid (pay.py).
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from models.definitions import Label, Role, RoleLine
from models.lint import meaning
from models.lint.finding import Breach, Holder, LintedWorld, Severity, rule
from models.lint.meaning import Seen, share, weight_where
from models.money import plain
from models.scoring import rating
from models.values import nearest

# Marks of ours, in points of the 100 that a role's weights sum to; what each prevents is the `why` of its rule.
MOST_MANUAL = Decimal(30)
MOST_ONE = Decimal(50)
LEAST_ONE = Decimal(5)
FEWEST, MOST = 3, 12
MOST_BY_MANAGER = Decimal(10)
MOST_SELF = Decimal(20)
VOLUME_FROM = Decimal(15)  # a smaller weight tempts nobody to trade quality for numbers


def _lines(world: LintedWorld) -> Iterator[tuple[Role, RoleLine]]:
    for role in world.roles.values():
        for line in role.lines:
            yield role, line


def _seen(world: LintedWorld, role: Role) -> list[Seen]:
    return [world.seen[line.kpi] for line in role.lines]


def _of_kind(world: LintedWorld, role: Role, kinds: Sequence[str]) -> Decimal:
    return weight_where(role, [(line, world.kpis[line.kpi].kind in kinds) for line in role.lines])


@rule(
    "L020",
    "warning",
    name=Label("指标没有对应职责", "A KPI line without a duty"),
    why=Label("指标应来自岗位职责", "KPIs are derived from core duties"),
    remedy=Label("写明 duty", "name its duty"),
)
def _line_without_duty(world: LintedWorld) -> Iterator[Breach]:
    for role, line in _lines(world):
        if line.duty is None:
            yield Breach(
                role,
                f"{role.id} 的 {line.kpi} 没有对应职责",
                f"{role.id}: {line.kpi} measures no duty",
                line.source,
            )


@rule(
    "L021",
    "warning",
    name=Label("只有一类指标", "Only one kind of indicator"),
    why=Label(
        "只看结果则看运气，只看过程则忙而无果", "Results alone reward luck, process alone rewards being busy"
    ),
    remedy=Label(
        "结果与过程指标搭配；支持岗位只有过程指标时可保留",
        "pair results with process; a support post may have process only",
    ),
)
def _one_kind(world: LintedWorld) -> Iterator[Breach]:
    for role in world.roles.values():
        kinds = {seen.kpi.kind for seen in _seen(world, role)}
        if len(kinds) == 1:
            kind = next(iter(kinds))
            # a support post may have nothing but process
            severity: Severity = "notice" if kind == "process" else "warning"
            yield Breach(
                role,
                f"{role.id} 只有 {kind} 一类指标",
                f"{role.id} has {kind} indicators only",
                severity=severity,
            )


@rule(
    "L022",
    "warning",
    name=Label("行为权重超过结果", "Behaviour outweighs results"),
    why=Label("先看业绩，后看行为", "KPI first, behaviour second"),
    remedy=Label("降低行为维度的权重", "lower the weight of behaviour"),
)
def _behaviour_outweighs(world: LintedWorld) -> Iterator[Breach]:
    for role in world.roles.values():
        behaviour, result = (_of_kind(world, role, [kind]) for kind in ("behaviour", "result"))
        # a post without results is held against its process
        result = result or _of_kind(world, role, ["process"])
        if behaviour > result:
            yield Breach(
                role,
                f"{role.id}：行为 {plain(behaviour)}，业绩 {plain(result)}",
                f"{role.id}: behaviour {plain(behaviour)} against results {plain(result)}",
            )


@rule(
    "L023",
    "warning",
    name=Label("主观评分超过 30", "Subjective weight over 30"),
    why=Label("评分容易偏高，难以申诉", "Ratings inflate, and nobody can appeal against an opinion"),
    remedy=Label("人工评分合计不超过 30", "keep manual ratings at 30 or less in all"),
)
def _too_subjective(world: LintedWorld) -> Iterator[Breach]:
    for role in world.roles.values():
        manual = weight_where(role, [(line, world.seen[line.kpi].is_manual) for line in role.lines])
        if manual > MOST_MANUAL:
            yield Breach(
                role,
                f"{role.id} 的人工评分占 {plain(manual)}",
                f"{role.id}: manual ratings weigh {plain(manual)}",
            )


@rule(
    "L024",
    "warning",
    name=Label("单个指标权重超过 50", "One KPI weighs over 50"),
    why=Label("其余指标形同虚设", "The others might as well not be there"),
    remedy=Label("拆分或降低", "split it or lower it"),
)
def _too_heavy(world: LintedWorld) -> Iterator[Breach]:
    for role, line in _lines(world):
        if share(role, line) > MOST_ONE:
            weight = plain(share(role, line))
            yield Breach(
                role,
                f"{role.id} 的 {line.kpi} 占 {weight}",
                f"{role.id}: {line.kpi} weighs {weight}",
                line.source,
            )


@rule(
    "L025",
    "notice",
    name=Label("单个指标权重低于 5", "One KPI weighs less than 5"),
    why=Label("权重太小，不会影响行为", "So little steers nobody"),
    remedy=Label("合并或提高到 5", "merge it, or raise it to 5"),
)
def _too_light(world: LintedWorld) -> Iterator[Breach]:
    for role, line in _lines(world):
        if share(role, line) < LEAST_ONE:
            weight = plain(share(role, line))
            yield Breach(
                role,
                f"{role.id} 的 {line.kpi} 只占 {weight}",
                f"{role.id}: {line.kpi} weighs only {weight}",
                line.source,
            )


@rule(
    "L026",
    "warning",
    name=Label("指标少于 3 个", "Fewer than 3 KPIs"),
    why=Label("一两个数字说明不了一个岗位", "One or two figures do not describe a post"),
    remedy=Label("补充职责对应的指标", "add the KPIs of the other duties"),
)
def _too_few(world: LintedWorld) -> Iterator[Breach]:
    for role in world.roles.values():
        if len(role.lines) < FEWEST:
            yield Breach(
                role, f"{role.id} 只有 {len(role.lines)} 个指标", f"{role.id} has {len(role.lines)} KPIs"
            )


@rule(
    "L027",
    "warning",
    name=Label("指标多于 12 个", "More than 12 KPIs"),
    why=Label("什么都考核等于什么都不考核", "Who measures everything steers nothing"),
    remedy=Label("保留最能体现职责的", "keep those that speak for the duties"),
)
def _too_many(world: LintedWorld) -> Iterator[Breach]:
    for role in world.roles.values():
        if len(role.lines) > MOST:
            yield Breach(
                role, f"{role.id} 有 {len(role.lines)} 个指标", f"{role.id} has {len(role.lines)} KPIs"
            )


@rule(
    "L028",
    "warning",
    name=Label("考核速度而不看质量", "Speed without quality"),
    why=Label(
        "“您好”自动回复、为赶时限关单",
        "An automatic hello answers in a second, and closing early beats the clock",
    ),
    remedy=Label(
        "加上满意度、重开、质检或转化指标", "add satisfaction, reopens, quality checks or conversion"
    ),
)
def _speed_alone(world: LintedWorld) -> Iterator[Breach]:
    for role in world.roles.values():
        # one guard is enough: it stands on the same scorecard
        if any(meaning.guards_quality(seen) for seen in _seen(world, role)):
            continue
        for line in role.lines:
            if meaning.is_speed(world.seen[line.kpi]):
                yield Breach(
                    role,
                    f"{role.id} 考核 {line.kpi} 而没有质量指标",
                    f"{role.id}: {line.kpi} has no quality beside it",
                    line.source,
                )


@rule(
    "L029",
    "warning",
    name=Label("考核数量而不看质量", "Volume without quality"),
    why=Label("拆包裹、空播时长、凑件数", "Parcels get split and hours get streamed to nobody"),
    remedy=Label("加上差错、一次通过率或业绩指标", "add errors, first-pass rate or a result"),
)
def _volume_alone(world: LintedWorld) -> Iterator[Breach]:
    for role in world.roles.values():
        # a result guards as well: hollow output does not bring it about
        if any(meaning.guards_quality(seen) or seen.kpi.kind == "result" for seen in _seen(world, role)):
            continue
        for line in role.lines:
            if meaning.is_volume(world.seen[line.kpi]) and share(role, line) >= VOLUME_FROM:
                yield Breach(
                    role,
                    f"{role.id} 考核 {line.kpi} 而没有质量指标",
                    f"{role.id}: {line.kpi} has no quality beside it",
                    line.source,
                )


@rule(
    "L030",
    "warning",
    name=Label("晋升路径成环", "Promotion goes in a circle"),
    why=Label("升来升去回到原岗位", "Nobody is promoted to where they began"),
    remedy=Label("去掉其中一个 next_roles", "take one of the next_roles out"),
)
def _promotion_circle(world: LintedWorld) -> Iterator[Breach]:
    for start, role in sorted(world.roles.items()):
        reached: set[str] = set()
        todo = list(role.next_roles)
        while todo:
            name = todo.pop()
            # without the first test a circle beyond the start would never end
            if name not in reached and name in world.roles:
                reached.add(name)
                todo += world.roles[name].next_roles
        # only who comes back to the own post: a post that merely leads into a circle is not at fault
        if start in reached:
            yield Breach(
                role, f"从 {start} 晋升又回到 {start}", f"promotion from {start} leads back to {start}"
            )


@rule(
    "L031",
    "warning",
    name=Label("缺数据记零分", "Missing data scores zero"),
    why=Label("数据晚到不是员工的错", "A late feed is not the person's fault"),
    remedy=Label("missing: pending", "missing: pending"),
)
def _missing_is_zero(world: LintedWorld) -> Iterator[Breach]:
    for role in world.roles.values():
        if role.missing == "zero":
            yield Breach(role, f"{role.id} 缺数据时记零分", f"{role.id} scores zero where data is missing")


@rule(
    "L032",
    "warning",
    name=Label("上级调分幅度过大", "The manager may move too many points"),
    why=Label("调分应有限、有理由、可见", "Adjustments are bounded, reasoned and visible"),
    remedy=Label("manager_limit 不超过 10", "keep manager_limit at 10 or less"),
)
def _wide_adjustment(world: LintedWorld) -> Iterator[Breach]:
    for role in world.roles.values():
        if role.manager_limit > MOST_BY_MANAGER:
            limit = plain(role.manager_limit)
            yield Breach(
                role, f"{role.id} 的上级可调 {limit} 分", f"{role.id}: the manager may move {limit} points"
            )


@rule(
    "L036",
    "warning",
    name=Label("自评权重过高", "Self-rating weighs too much"),
    why=Label("自评默认不计分", "Self-ratings count nothing unless somebody says so"),
    remedy=Label("self 不超过 20", "keep self at 20 or less"),
)
def _self_rating(world: LintedWorld) -> Iterator[Breach]:
    for role, line in _lines(world):
        if line.method == rating.NAME and (own := _self_share(line)) > MOST_SELF:
            yield Breach(
                role,
                f"{role.id} 的 {line.kpi} 自评占 {plain(own)}",
                f"{role.id}: {line.kpi} is {plain(own)} % self-rating",
                line.source,
            )


def _self_share(line: RoleLine) -> Decimal:
    weights = line.args.get("weights")
    # arguments of a line are kept as the text that was read
    given = {k: Decimal(str(v)) for k, v in weights.items()} if isinstance(weights, dict) else {}
    return meaning.percent(given.get("self", Decimal(0)), sum(given.values(), Decimal(0)))


@rule(
    "L037",
    "warning",
    name=Label("缺失权重转给人工评分", "Missing weight goes to a rating"),
    why=Label("数据缺失时分数变成主观意见", "Where data is missing, opinion would decide"),
    remedy=Label("redistribute_to 指向业绩指标", "let redistribute_to name a measured KPI"),
)
def _weight_to_opinion(world: LintedWorld) -> Iterator[Breach]:
    for role in world.roles.values():
        for name in role.redistribute_to:
            if world.seen[name].is_manual:
                yield Breach(
                    role, f"{role.id} 把缺失权重转给 {name}", f"{role.id} gives missing weight to {name}"
                )


@rule(
    "L039",
    "warning",
    name=Label("接受了不存在的发现", "An accepted finding does not occur"),
    why=Label("留着会掩盖将来的问题", "Left standing, it would hide a later one"),
    remedy=Label("从 accepts 中删去，或改正代码", "take it out of accepts, or correct the code"),
)
def stale_acceptance(_: LintedWorld) -> Iterator[Breach]:
    """Nothing by itself: `lint` knows what was found."""
    return iter(())  # a rule all the same, so that lists and pages of rules have it


def stale(holder: Holder, code: str, known: list[str], where: str) -> Breach:
    """The finding for an accepted code that nothing was found for; a code that no rule has is a slip."""
    hint = "" if code in known else f" ({nearest(code, known)})"
    return Breach(
        holder,
        f"{holder.id} 接受 {code}，但没有这样的发现",
        f"{holder.id} accepts {code}, which finds nothing{hint}",
        where,
        # an old acceptance is untidy, a misspelt one accepts nothing
        "notice" if code in known else "warning",
    )


RULES = (
    _line_without_duty,
    _one_kind,
    _behaviour_outweighs,
    _too_subjective,
    _too_heavy,
    _too_light,
    _too_few,
    _too_many,
    _speed_alone,
    _volume_alone,
    _promotion_circle,
    _missing_is_zero,
    _wide_adjustment,
    _self_rating,
    _weight_to_opinion,
    stale_acceptance,
)
