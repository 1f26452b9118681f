"""Rules about grade tables, and about totals that a role can and cannot reach.

Not here: scores of single lines (scoring.py).
"""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from models.definitions import Label, Role
from models.lint.finding import Breach, LintedWorld, rule
from models.lint.meaning import HUNDRED, share
from models.money import add, divide, multiply, plain, subtract

# 1.5 is a common best; above 2 a misplaced point is likelier than such pay
MOST_COEFFICIENT = Decimal(2)
MOST_JUMP = Decimal(1)  # coefficients multiply the performance base: 1 is all of it
PASSING = Decimal(1)  # pays the performance base in full
FEWEST_GRADES = 3  # two only say passed or not
FULL = HUNDRED  # of the total, whose weights sum to 100


@rule(
    "L033",
    "warning",
    name=Label("总分封顶低于满分", "The total is capped below 100"),
    why=Label("项项满分也得不到满分", "Full marks on every line would not be full marks"),
    remedy=Label("total_cap 不低于 100", "let total_cap be 100 or more"),
)
def _low_total_cap(world: LintedWorld) -> Iterator[Breach]:
    for role in world.roles.values():
        if role.total_cap < FULL:
            cap = plain(role.total_cap)
            yield Breach(role, f"{role.id} 的总分封顶 {cap}", f"{role.id}: the total is capped at {cap}")


@rule(
    "L034",
    "warning",
    name=Label("总分下限高于最低等级", "The total's floor is above the lowest grade"),
    why=Label("没有人会不合格", "Nobody could fail"),
    remedy=Label("降低 total_floor", "lower total_floor"),
)
def _high_total_floor(world: LintedWorld) -> Iterator[Breach]:
    for role in world.roles.values():
        lowest = world.definitions.grade_tables[role.grade_table].bands[0]
        # an edge belongs to the band above: a floor equal to it is already out of the lowest grade
        if lowest.high is not None and role.total_floor >= lowest.high:
            floor = plain(role.total_floor)
            yield Breach(
                role, f"{role.id} 的总分至少 {floor}", f"{role.id}: the total is never below {floor}"
            )


@rule(
    "L060",
    "warning",
    name=Label("没有不合格等级", "No failing grade"),
    why=Label(
        "最低等级也全额发放，考核与薪酬脱钩",
        "Where the lowest grade is paid in full, scores and pay have nothing to do with each other",
    ),
    remedy=Label("最低等级的系数低于 1", "give the lowest grade a coefficient below 1"),
)
def _no_failing_grade(world: LintedWorld) -> Iterator[Breach]:
    for table in world.definitions.grade_tables.values():
        lowest = table.bands[0].value
        if lowest >= PASSING:
            yield Breach(
                table,
                f"{table.id} 的最低系数 {plain(lowest)}",
                f"{table.id}: the lowest coefficient is {plain(lowest)}",
            )


@rule(
    "L061",
    "warning",
    name=Label("相邻等级系数落差过大", "A jump between neighbouring grades"),
    why=Label(
        "0.01 分之差不应差一份绩效工资", "A hundredth of a point should not cost a whole performance pay"
    ),
    remedy=Label("增加中间等级，或缩小落差", "add a grade between them, or narrow the jump"),
)
def _grade_cliff(world: LintedWorld) -> Iterator[Breach]:
    for table in world.definitions.grade_tables.values():
        for below, above in pairwise(table.bands):
            jump = subtract(above.value, below.value)
            # upwards only: the loader refuses a coefficient that falls (D224)
            if jump > MOST_JUMP:
                yield Breach(
                    table,
                    f"{table.id}：{below.grade} 到 {above.grade} 相差 {plain(jump)}",
                    f"{table.id}: {below.grade} to {above.grade} is a jump of {plain(jump)}",
                    above.where,
                )


@rule(
    "L062",
    "warning",
    name=Label("系数高于 2", "A coefficient above 2"),
    why=Label("常见最高 1.5；2 以上多为笔误", "1.5 is a common best; above 2 it is mostly a slip"),
    remedy=Label("核对系数", "check the coefficient"),
)
def _high_coefficient(world: LintedWorld) -> Iterator[Breach]:
    for table in world.definitions.grade_tables.values():
        for band in table.bands:
            if band.value > MOST_COEFFICIENT:
                value = plain(band.value)
                yield Breach(
                    table,
                    f"{table.id} 的 {band.grade} 系数 {value}",
                    f"{table.id}: {band.grade} has {value}",
                    band.where,
                )


@rule(
    "L063",
    "notice",
    name=Label("两个等级系数相同", "Two grades with one coefficient"),
    why=Label("等级不同而待遇相同", "The grade differs and the pay does not"),
    remedy=Label("合并等级，或给出不同系数", "merge them, or give them different coefficients"),
)
def _same_coefficient(world: LintedWorld) -> Iterator[Breach]:
    for table in world.definitions.grade_tables.values():
        for below, above in pairwise(table.bands):
            if below.value == above.value:
                text = f"{below.grade} = {above.grade} = {plain(above.value)}"
                yield Breach(table, f"{table.id}：{text}", f"{table.id}: {text}", above.where)


@rule(
    "L064",
    "warning",
    name=Label("等级少于 3 个", "Fewer than 3 grades"),
    why=Label("拉不开差距", "People are hardly told apart"),
    remedy=Label("常用 S A B C D 五级", "five grades are common: S A B C D"),
)
def _few_grades(world: LintedWorld) -> Iterator[Breach]:
    for table in world.definitions.grade_tables.values():
        if len(table.bands) < FEWEST_GRADES:
            yield Breach(
                table,
                f"{table.id} 只有 {len(table.bands)} 个等级",
                f"{table.id} has {len(table.bands)} grades",
            )


@rule(
    "L065",
    "error",
    name=Label("最高等级不可能得到", "The best grade cannot be reached"),
    why=Label("承诺了得不到的待遇", "It promises what nobody can earn"),
    remedy=Label("提高封顶，或降低最高等级的下限", "raise the caps, or lower the edge of the best grade"),
)
def _unreachable_grade(world: LintedWorld) -> Iterator[Breach]:
    for role in world.roles.values():
        best, edge = _best_total(world, role), world.definitions.grade_tables[role.grade_table].bands[-1].low
        # a table of one grade has no edge, and that grade is always reached
        if edge is not None and best < edge:
            text = f"{plain(best)} < {plain(edge)}"
            yield Breach(role, f"{role.id} 的总分最高 {text}", f"{role.id}: the best total is {text}")


def _best_total(world: LintedWorld, role: Role) -> Decimal:
    best = Decimal(0)
    for s in world.scorings:
        if s.role is role:
            score = s.traits.highest
            if score is None:
                return role.total_cap  # a line without a limit can make up for all others
            best = add(best, divide(multiply(score, share(role, s.line)), s.line.full))
    return min(best, role.total_cap)


RULES = (
    _low_total_cap,
    _high_total_floor,
    _no_failing_grade,
    _grade_cliff,
    _high_coefficient,
    _same_coefficient,
    _few_grades,
    _unreachable_grade,
)
