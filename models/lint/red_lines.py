"""Rules about the red lines (红线) of a role. Not here: what a red line does to a total (models/definitions/red_lines)."""

from collections.abc import Iterator
from decimal import Decimal

from models.definitions import Label
from models.lint.finding import Breach, LintedWorld, rule
from models.money import plain


@rule(
    "L035",
    "error",
    name=Label("红线依据主观评分", "A red line rests on an opinion"),
    why=Label(
        "只有核实的事件和可计算的数才能触及红线",
        "Only confirmed incidents and counted figures may cross a red line",
    ),
    remedy=Label("用事件或数据指标设红线", "draw the line on incidents or on a counted KPI"),
)
def _line_on_opinion(world: LintedWorld) -> Iterator[Breach]:
    for role in world.roles.values():
        for line in role.red_lines:
            if world.seen[line.kpi].is_manual:
                zh, en = (
                    f"{role.id} 的红线 {line.kpi} 是人工评分",
                    f"{role.id}: the red line {line.kpi} is a rating",
                )
                yield Breach(role, zh, en, line.source)


@rule(
    "L038",
    "error",
    name=Label("达到目标也触及红线", "Reaching the target crosses the red line"),
    why=Label("做到约定的目标却被扣分", "Whoever does what was agreed would be punished"),
    remedy=Label("让红线比目标更宽", "let the limit be worse than the target"),
)
def _line_before_target(world: LintedWorld) -> Iterator[Breach]:
    for role in world.roles.values():
        # `plan` stands in targets.csv, which definitions alone do not know
        targets = {x.kpi: x.target for x in role.lines if isinstance(x.target, Decimal)}
        for line in role.red_lines:
            target = targets.get(line.kpi)
            # the limit itself is not crossed, so limit and target may be equal
            if target is not None and line.is_crossed(target, world.kpis[line.kpi].direction):
                shown = f"{plain(line.worse_than)} / {plain(target)}"
                yield Breach(
                    role,
                    f"{role.id} 的 {line.kpi}：红线与目标 {shown}",
                    f"{role.id}, {line.kpi}: limit and target {shown}",
                    line.source,
                )


RULES = (_line_on_opinion, _line_before_target)
