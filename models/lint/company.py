"""Rules about what only a company knows: sources, ownership, targets and their history.

Pure: the facts come as arguments. Not here: where they are read (pipelines).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from models.definitions import Definitions, Label, Role, RoleLine
from models.formulas import denied
from models.inputs import Target
from models.lint.finding import Breach, LintedWorld, rule
from models.money import plain, round_half_up
from models.scoring.target_check import TargetRule
from models.tables import FACTS

FEWEST_EXAMPLES = 3  # one or two equal targets may be chance
OWN = "person"  # whose rows belong to the person named in them, without an entry in ownership.csv


@rule(
    "L090",
    "warning",
    name=Label("指标没有数据来源", "No source feeds the KPI"),
    why=Label("该项每期都会缺失", "The line would be missing in every period"),
    remedy=Label(
        "接入来源，或用文件导入该表，或从岗位中去掉",
        "connect a source, drop a file, or take the KPI out of the role",
    ),
)
def _unfed(world: LintedWorld) -> Iterator[Breach]:
    """One warning per table that is missing, with whom it concerns; each line of a role is told as a notice."""
    found = list(_lacking_lines(world))
    told: dict[tuple[tuple[str, ...], tuple[str, ...]], list[_Lacking]] = {}
    for lacking in found:
        names, also = ", ".join(lacking.absent), [f"{', '.join(t)} ({k})" for k, t in lacking.others]
        role, kpi = lacking.role, lacking.line.kpi
        zh, en = "，或 ".join([names, *also]), ", or ".join([names, *also])
        yield Breach(
            role,
            f"{role.id} 的 {kpi} 需要 {zh}",
            f"{role.id}: {kpi} needs {en}",
            lacking.line.source,
            "notice",
        )
        # a role that accepts it is not to be named for others
        if "L090" not in {a.code for a in role.accepts}:
            tables = tuple(sorted({table for _, absent in lacking.others for table in absent}))
            told.setdefault((lacking.absent, tables), []).append(lacking)
    for (absent, others), lines in told.items():
        zh, en = _who_lacks(lines)
        needed = [", ".join(absent), *others]
        yield Breach(
            lines[0].role,
            f"没有来源提供 {'，也没有 '.join(needed)}：{zh}",
            f"nothing feeds {', nor '.join(needed)}: {en}",
            lines[0].line.source,
        )


@dataclass(frozen=True)
class _Lacking:
    """A line of a role whose tables nothing fills: those of its KPI, and those of each alternative."""

    role: Role
    line: RoleLine
    absent: tuple[str, ...]
    others: tuple[tuple[str, tuple[str, ...]], ...]


def _lacking_lines(world: LintedWorld) -> Iterator[_Lacking]:
    # None is not the empty set: where nobody knows what is fed, nothing is said
    for role in _held(world) if world.context.facts is not None else ():
        for line in role.lines:
            absent = _absent(world, line.kpi)
            others = [] if not absent else _alternatives(world, role, line.kpi)
            lacking = tuple((name, tuple(_absent(world, name))) for name in others)
            # an alternative that is fed measures in its place
            if absent and all(tables for _, tables in lacking):
                yield _Lacking(role, line, tuple(absent), lacking)


def _who_lacks(lines: Sequence[_Lacking]) -> tuple[str, str]:
    """The KPIs that lack a table, with the roles that have them; roles with the same KPIs stand together."""
    kpis: dict[str, list[str]] = {}
    for lacking in lines:
        kpis.setdefault(lacking.role.id, []).append(lacking.line.kpi)
    roles: dict[tuple[str, ...], list[str]] = {}
    for role, names in kpis.items():
        roles.setdefault(tuple(names), []).append(role)
    zh = "；".join(f"{'、'.join(who)} 的 {'、'.join(names)}" for names, who in roles.items())
    en = "; ".join(f"{', '.join(names)} of {', '.join(who)}" for names, who in roles.items())
    return zh, en


def _absent(world: LintedWorld, kpi_id: str) -> list[str]:
    """The tables that a KPI reads and nothing fills."""
    return sorted(fact for fact in _tables(world, kpi_id) if not _is_fed(world, kpi_id, fact))


def _is_fed(world: LintedWorld, kpi_id: str, fact: str) -> bool:
    if fact not in (world.context.facts or frozenset()):
        return False
    left_out = frozenset.intersection(*(denied(a.where) for a in world.seen[kpi_id].all if a.fact == fact))
    # fed by rows that the KPI leaves out is not fed
    partly = world.context.partly.get(fact, frozenset())
    return not (partly and partly <= left_out)


def _tables(world: LintedWorld, kpi_id: str) -> set[str]:
    return {a.fact for a in world.seen[kpi_id].all}


def _alternatives(world: LintedWorld, role: Role, kpi_id: str) -> list[str]:
    """The alternatives of a KPI whose rows belong to the people of the role by the same scopes as its own."""
    held = (world.context.owned or {}).get(role.id, frozenset())

    def scopes(name: str) -> frozenset[str]:
        return frozenset(held & {scope for fact in _tables(world, name) for scope in FACTS[fact].scopes})

    return [name for name in world.kpis[kpi_id].or_else if scopes(name) == scopes(kpi_id)]


@rule(
    "L091",
    "warning",
    name=Label("岗位的负责范围用不到该表", "What the role owns never reaches the table"),
    why=Label(
        "按店铺负责的人，数不到只按仓库划分的行",
        "Who owns a shop is credited with nothing in a table that knows warehouses only",
    ),
    remedy=Label(
        "在 ownership.csv 中给出该表的范围类型，或换指标",
        "give the role a scope of that table in ownership.csv, or another KPI",
    ),
)
def _unreachable(world: LintedWorld) -> Iterator[Breach]:
    owned = world.context.owned
    for role in _held(world) if owned is not None else ():
        held = (owned or {}).get(role.id, frozenset())
        for line in role.lines:
            facts = {a.fact for a in world.seen[line.kpi].all}
            # one common scope is enough; `person` always is: such rows name their owner
            for fact in sorted(f for f in facts if not {OWN, *held} & set(FACTS[f].scopes)):
                scopes = ", ".join(FACTS[fact].scopes)
                yield Breach(
                    role,
                    f"{role.id} 的 {line.kpi} 需要范围 {scopes}",
                    f"{role.id}: {line.kpi} needs a scope of {fact}: {scopes}",
                    line.source,
                )


@rule(
    "L092",
    "warning",
    name=Label("照抄示例目标", "Example targets copied unchanged"),
    why=Label("别家的标准不是自家的目标", "Another company's standard is nobody's target"),
    remedy=Label(
        "按自己的历史定目标，写入 targets.csv", "set targets from the company's own history in targets.csv"
    ),
)
def _copied(world: LintedWorld) -> Iterator[Breach]:
    template = world.context.template
    if template is None:
        return
    for role in _held(world):
        names = copied_targets(world, role, template)
        # as shipped it says of itself that it is an example; copied, it passes for the company's own
        is_shipped = role == template.roles.get(role.id)
        if names:
            yield Breach(
                role,
                f"{role.id} 的 {len(names)} 个目标都是示例值：{', '.join(names)}",
                f"{role.id}: all {len(names)} targets are the examples: {', '.join(names)}",
                severity="notice" if is_shipped else None,
            )


def copied_targets(world: LintedWorld, role: Role, template: Definitions) -> list[str]:
    """The KPIs of the role whose targets nobody has gone through: all of them still the examples; else none."""
    lines = _examples(world, role, template)
    # one target that was changed shows that somebody went through them
    is_copied = len(lines) >= FEWEST_EXAMPLES and all(same for _, same in lines)
    return [name for name, _ in lines] if is_copied else []


def _examples(world: LintedWorld, role: Role, template: Definitions) -> list[tuple[str, bool]]:
    """KPIs of the role whose target a company must find itself, and whether it is still the example."""
    if role.id not in template.roles:
        return []
    shipped = {line.kpi: line.target for line in template.roles[role.id].lines}
    # a target of one person counts too: the company has thought about this KPI
    set_here = {t.kpi_id for t in world.context.targets if t.scope != "role" or t.scope_id == role.id}
    found = []
    for line in role.lines:
        seen = world.seen[line.kpi]
        # 0 is the natural aim of mistakes and incidents, and no figure of another company
        is_own = line.target in {None, "plan", 0} or seen.is_against_target or seen.is_manual
        if line.kpi in shipped and not is_own and line.kpi not in set_here:
            found.append((line.kpi, shipped[line.kpi] == line.target))
    return found


@rule(
    "L093",
    "warning",
    name=Label("盲目的目标", "A blind target"),
    why=Label(
        "平时 100 个询盘，目标 200 个：只会让人反感",
        "100 inquiries on average and a target of 200 only make people resent it",
    ),
    remedy=Label(
        "靠近历史水平；确需如此则写明批准人与理由",
        "move it towards the history, or name who approved it and why",
    ),
)
def _blind(world: LintedWorld) -> Iterator[Breach]:
    for target in world.context.targets:
        values = world.context.history.get((target.scope, target.scope_id, target.kpi_id))
        if values and target.kpi_id in world.kpis:
            yield from _against_history(world, target, list(values))


def _against_history(world: LintedWorld, target: Target, values: list[Decimal]) -> Iterator[Breach]:
    kpi = world.kpis[target.kpi_id]
    found = TargetRule(direction=kpi.direction).check(target.value, values)
    if found.status not in {"block", "warn"}:
        return
    stretch = "?" if found.stretch is None else plain(round_half_up(found.stretch, 2))
    hit = plain(round_half_up(found.hit_share or Decimal(0), 2))
    yield Breach(
        kpi,
        f"{target.scope_id} {target.period} 的 {kpi.id}：目标是均值的 {stretch} 倍，过去达到的比例 {hit}",
        f"{target.scope_id} {target.period}, {kpi.id}: stretch {stretch} against the mean, met in {hit} of the past periods",
        "targets.csv",
        severity="notice" if found.status == "warn" else None,
    )


@rule(
    "L094",
    "notice",
    name=Label("使用示例薪酬方案", "An example pay plan is in use"),
    why=Label("示例金额不是任何公司的工资", "Example amounts are nobody's pay"),
    remedy=Label(
        "复制方案，换成自己的金额，去掉 example", "copy the plan, put in your own amounts, remove example"
    ),
)
def _example_plan(world: LintedWorld) -> Iterator[Breach]:
    held = {role.id for role in _held(world)}
    for plan in world.pay_plans.values():
        roles = sorted(held & set(plan.roles))
        # the shipped folder by itself is all examples: only with a company there is somebody to pay
        if plan.example and world.context.template is not None and roles:
            yield Breach(
                plan,
                f"{plan.id} 是示例方案，用于 {', '.join(roles)}",
                f"{plan.id} is an example and pays {', '.join(roles)}",
            )


def _held(world: LintedWorld) -> list[Role]:
    """Roles that somebody holds; all of them where that is not known."""
    owned = world.context.owned
    # shipped roles that nobody holds would bury what concerns the company's people
    return [role for role in world.roles.values() if owned is None or role.id in owned]


RULES = (_unfed, _unreachable, _copied, _blind, _example_plan)
