"""Rules about one line of a role: method, target, bands, caps.

Not here: weights (roles.py) or the KPI itself (kpis.py).
"""

from collections.abc import Iterator
from decimal import Decimal

from models.definitions import Label
from models.lint.finding import Breach, LintedWorld, Severity, rule
from models.lint.meaning import is_share, share
from models.lint.reach import Scoring
from models.money import divide, multiply, plain
from models.units import UNITS

HIGH_FLOOR = Decimal("0.6")  # of full: from here on the scores of all lie too close together
FAR = Decimal("1.5")  # times the target; beyond it few ever come
SMALL_BONUS = Decimal(10)  # up to this weight a line may well be a bonus on top
MOST_CAP = Decimal(2)  # times full: above it one line makes up for another of the same weight
# Where real targets end and slips of the unit begin: 98 for 0.98 lies far above, 0.5 % divided by 100 twice far below.
# A share has 1 at most, and planned attainments lie somewhat above; a return on ads may well be 5 or 10.
MOST_SHARE, MOST_RATIO, LEAST_RATIO = Decimal("1.5"), Decimal(20), Decimal("0.001")
LEAST_MONEY = Decimal(1000)  # yuan a period: less looks like a number of 万元
ANOTHER_SCALE = Decimal(3)  # times apart: edges and target are not of one measure
LOOKS_LIKE_ATTAINMENT = Decimal(10)  # attainments lie about 1, and no sum of money is so small
_WHOLE_UNITS = frozenset(unit.id for unit in UNITS.values() if unit.is_whole)


def _at(s: Scoring, zh: str, en: str, severity: Severity | None = None) -> Breach:
    return Breach(
        s.role,
        f"{s.role.id} 的 {s.line.kpi}：{zh}",
        f"{s.role.id}, {s.line.kpi}: {en}",
        s.line.source,
        severity,
    )


@rule(
    "L040",
    "warning",
    name=Label("得分恒定", "The score never changes"),
    why=Label("人人同分的指标不起作用", "A KPI that gives everybody the same tells nobody apart"),
    remedy=Label("给出会变化的得分规则", "give it a rule whose score can differ"),
)
def _constant(world: LintedWorld) -> Iterator[Breach]:
    for s in world.scorings:
        low = s.traits.lowest
        if low == s.traits.highest:
            yield _at(s, f"总得 {plain(low)} 分", f"always scores {plain(low)}")


@rule(
    "L041",
    "warning",
    name=Label("最低分过高", "The floor is so high that scores stop separating"),
    why=Label("做得再差也有 60 分以上", "Whoever does worst still gets 60 or more"),
    remedy=Label("降低 floor 或末档得分", "lower the floor or the score of the worst band"),
)
def _high_floor(world: LintedWorld) -> Iterator[Breach]:
    for s in world.scorings:
        low, high = s.traits.lowest, s.traits.highest
        if low != high and not s.traits.only_adds and low >= multiply(HIGH_FLOOR, s.line.full):
            yield _at(s, f"最低也得 {plain(low)} 分", f"nobody scores below {plain(low)}")


@rule(
    "L042",
    "warning",
    name=Label("只加分不扣分", "Bonus only"),
    why=Label(
        "低于目标值不扣分，拉不开差距", "Below the target nothing is taken off, so nobody is told apart"
    ),
    remedy=Label("写明 under", "state under"),
)
def _bonus_only(world: LintedWorld) -> Iterator[Breach]:
    for s in world.scorings:
        if s.traits.only_adds and s.traits.adds:
            severity: Severity = "notice" if share(s.role, s.line) <= SMALL_BONUS else "warning"
            yield _at(s, "低于目标不扣分", "nothing is taken off below the target", severity)


@rule(
    "L043",
    "warning",
    name=Label("封顶与加分矛盾", "The cap contradicts the bonus"),
    why=Label(
        "公开方案写加到 41 分，又写满分 36", "A published plan promises up to 41 and counts 36 as full"
    ),
    remedy=Label("让 cap 等于 base 加 over.max", "let cap be base plus over.max"),
)
def _cap_contradicts(world: LintedWorld) -> Iterator[Breach]:
    for s in world.scorings:
        promised, cap = s.traits.promised, s.traits.cap
        if promised is not None and cap is not None and cap < promised:
            text = f"{plain(cap)} < {plain(promised)}"
            yield _at(s, f"封顶 {text}", f"cap {text}, which the bonus promises")


@rule(
    "L044",
    "warning",
    name=Label("最高档远高于目标", "The best band begins far beyond the target"),
    why=Label("够不着的档位等于没有", "A band that nobody reaches might as well not be there"),
    remedy=Label("最高档从目标附近开始", "let the best band begin near the target"),
)
def _far_band(world: LintedWorld) -> Iterator[Breach]:
    for s in world.scorings:
        x, edge = s.at_target, _best_edge(s)
        # a multiple of what is not above 0 means nothing; a table in another unit is told by L052
        if x is None or x <= 0 or edge is None or _is_other_scale(s):
            continue
        is_far = edge >= multiply(FAR, x) if s.kpi.direction == "higher" else multiply(FAR, edge) <= x
        if is_far:
            yield _at(
                s,
                f"最高档从 {plain(edge)} 开始，目标 {plain(x)}",
                f"the best band begins at {plain(edge)}, the target is {plain(x)}",
            )


def _best_edge(s: Scoring) -> Decimal | None:
    low, high = s.traits.best
    return low if s.kpi.direction == "higher" else high


@rule(
    "L045",
    "warning",
    name=Label("达到目标仍不及格", "Reaching the target does not pass"),
    why=Label("目标就是说好要做到的", "The target is what was agreed"),
    remedy=Label("目标处至少得满分的六成", "score at least 60 % of full at the target"),
)
def _target_fails(world: LintedWorld) -> Iterator[Breach]:
    for s in world.scorings:
        score = s.rule.at_target(s.target)
        # six tenths of full is where Chinese schools and offices draw the line of passing (及格)
        if score is not None and score < multiply(HIGH_FLOOR, s.line.full) and not _is_other_scale(s):
            yield _at(s, f"达到目标得 {plain(score)} 分", f"the target scores {plain(score)}")


@rule(
    "L046",
    "warning",
    name=Label("目标为零而不用差距计分", "A target of 0 without gap points"),
    why=Label("零不能做除数，该项总被排除", "Nothing is divided by 0, so the line would always be left out"),
    remedy=Label("用 score.gap_points，gap: absolute", "use score.gap_points with gap: absolute"),
)
def _zero_target(world: LintedWorld) -> Iterator[Breach]:
    for s in world.scorings:
        if s.target == 0 and s.traits.leaves_out_target_zero:
            yield _at(s, "目标为 0，无法计分", "with a target of 0 it is never scored")


@rule(
    "L047",
    "warning",
    name=Label("反比计分而目标可能为零", "Target ÷ actual with a target that may be 0"),
    why=Label("目标 ÷ 实际要求目标大于零", "Target ÷ actual needs a target above 0"),
    remedy=Label("inverse: mirror，或写明大于零的目标", "inverse: mirror, or state a target above 0"),
)
def _inverse_of_plan(world: LintedWorld) -> Iterator[Breach]:
    for s in world.scorings:
        if s.traits.needs_target_above_zero and s.target is None:
            yield _at(
                s, "inverse: ratio，目标来自 targets.csv", "inverse: ratio with a target from targets.csv"
            )


@rule(
    "L048",
    "error",
    name=Label("每级差距与单位不符", "The gap's step does not fit the unit"),
    why=Label(
        "比率的 1 是 100 个百分点，永远扣不到", "1 of a ratio is 100 points: nothing would ever be taken off"
    ),
    remedy=Label("比率写 0.01，计数写 1", "0.01 for a ratio, 1 for a count"),
)
def _odd_step(world: LintedWorld) -> Iterator[Breach]:
    for s in world.scorings:
        for per, points in s.traits.units:
            if _is_odd(s, per, points):
                yield _at(
                    s,
                    f"单位 {s.kpi.unit}，每级 {plain(per)}",
                    f"unit {s.kpi.unit}, step {plain(per)}",
                )


def _is_odd(s: Scoring, per: Decimal, points: Decimal) -> bool:
    # of a relative gap, 1 is the whole target
    if s.traits.is_relative:
        return per >= 1
    if s.kpi.unit == "ratio":
        # a ratio with a target such as 5 (a return on ads) may well lose points by whole units
        return per >= 1 and (s.target is None or s.target < FAR)
    return s.kpi.unit in _WHOLE_UNITS and per < 1 and points > 0  # half a piece never happens


@rule(
    "L049",
    "error",
    name=Label("比率目标像是写错单位", "A ratio target in the wrong unit"),
    why=Label("98 与 0.98，0.5 与 0.5 %", "98 and 0.98, 0.5 and 0.5 %"),
    remedy=Label("百分之八写 0.08", "write 8 % as 0.08"),
)
def _ratio_slip(world: LintedWorld) -> Iterator[Breach]:
    for s in world.scorings:
        if s.kpi.unit != "ratio" or s.target is None:
            continue
        seen = world.seen[s.kpi.id]
        most = MOST_SHARE if is_share(seen) or seen.is_against_target or not seen.all else MOST_RATIO
        if s.target > most:
            yield _at(s, f"比率目标 {plain(s.target)}", f"a ratio with the target {plain(s.target)}")
        elif 0 < s.target < LEAST_RATIO:
            yield _at(
                s, f"比率目标 {plain(s.target)}", f"a ratio with the target {plain(s.target)}", "warning"
            )


@rule(
    "L050",
    "warning",
    name=Label("金额目标像是万元", "A money target that looks like 万元"),
    why=Label("“元”与“万元”混用", "Yuan and ten thousands of yuan get mixed up"),
    remedy=Label("一律写元", "always write yuan"),
)
def _money_slip(world: LintedWorld) -> Iterator[Breach]:
    for s in world.scorings:
        if (
            s.kpi.unit == "CNY"
            and world.seen[s.kpi.id].is_sum
            and s.target is not None
            and 0 < s.target < LEAST_MONEY
        ):
            yield _at(
                s, f"金额目标只有 {plain(s.target)} 元", f"a sum of money with the target {plain(s.target)}"
            )


@rule(
    "L051",
    "warning",
    name=Label("封顶过高", "The cap is too high"),
    why=Label("一个指标就能补偿其余全部", "One KPI would make up for all the others"),
    remedy=Label("cap 不超过 2，常用 1.2", "keep cap at 2 or less; 1.2 is common"),
)
def _high_cap(world: LintedWorld) -> Iterator[Breach]:
    for s in world.scorings:
        cap = s.traits.most_attainment
        if cap is not None and cap > MOST_CAP:
            yield _at(s, f"封顶 {plain(cap)} 倍", f"capped at {plain(cap)} times full")


@rule(
    "L052",
    "error",
    name=Label("查表的量与表不符", "The table is in another unit than what is looked up"),
    why=Label(
        "表按完成率写，却拿实际值去查",
        "The table is written for attainment and the actual is looked up in it",
    ),
    remedy=Label(
        "写 x: attainment，或把表改成实际值", "write x: attainment, or put actual values into the table"
    ),
)
def _other_scale(world: LintedWorld) -> Iterator[Breach]:
    for s in world.scorings:
        if _is_other_scale(s):
            shown = ", ".join(plain(e) for e in s.traits.edges)
            yield _at(s, f"表的边界 {shown}，查的是实际值", f"edges {shown} against the actual value")


def _is_other_scale(s: Scoring) -> bool:
    found = [abs(edge) for edge in s.traits.edges if edge != 0]
    if s.by_attainment or not found:
        return False
    if s.target is None or s.target <= 0:
        # without a target only money can be told apart from attainment: ratios and counts may be as small
        return s.kpi.unit == "CNY" and max(found) <= LOOKS_LIKE_ATTAINMENT
    return multiply(max(found), ANOTHER_SCALE) < s.target or divide(min(found), ANOTHER_SCALE) > s.target


@rule(
    "L053",
    "warning",
    name=Label("满分不可能得到", "Full marks cannot be reached"),
    why=Label("公开方案把不低于 70 误写成不超过 70", "A published plan caps at 70 by a typo"),
    remedy=Label("让最好的一档等于满分", "let the best band give full marks"),
)
def _no_full_marks(world: LintedWorld) -> Iterator[Breach]:
    for s in world.scorings:
        best = s.traits.highest
        if best is not None and best < s.line.full and best != s.traits.lowest:  # a constant score is L040's
            yield _at(
                s,
                f"最高只得 {plain(best)}，满分 {plain(s.line.full)}",
                f"at best {plain(best)} of {plain(s.line.full)}",
            )


@rule(
    "L054",
    "error",
    name=Label("得分超出满分两倍", "Scores beyond twice full marks"),
    why=Label("分值制与百分制混用", "Points and percent scores got mixed up"),
    remedy=Label("表中的分数与 full 用同一尺度", "let the table and full use one scale"),
)
def _beyond_full(world: LintedWorld) -> Iterator[Breach]:
    for s in world.scorings:
        best = s.traits.highest
        # tables only: everything else is reckoned from `full` and cannot be on another scale
        if s.traits.is_table and best is not None and best > multiply(MOST_CAP, s.line.full):
            yield _at(
                s,
                f"最高 {plain(best)}，满分 {plain(s.line.full)}",
                f"up to {plain(best)} where full is {plain(s.line.full)}",
            )


RULES = (
    _constant,
    _high_floor,
    _bonus_only,
    _cap_contradicts,
    _far_band,
    _target_fails,
    _zero_target,
    _inverse_of_plan,
    _odd_step,
    _ratio_slip,
    _money_slip,
    _high_cap,
    _other_scale,
    _no_full_marks,
    _beyond_full,
)
