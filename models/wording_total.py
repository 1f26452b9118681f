"""From contributions to total and grade, as sentences in Chinese and English."""

from collections.abc import Sequence
from decimal import Decimal

from models.definitions import GradeTable, Role
from models.money import round_half_up
from models.scoring.bands import find
from models.wording import Step, points, result, shown, span

POLICY = {
    "pending": Step("缺失：总分暂定，待补数据", "missing: the total waits for the data"),
    "zero": Step("缺失：按 0 分计", "missing: counts as 0"),
    "use_full": Step("缺失：按满分计", "missing: counts as full marks"),
    "exclude_redistribute": Step(
        "缺失：不计入，权重分给其他指标", "missing: left out, its weight goes to the others"
    ),
    "redistribute_to": Step("缺失：权重转给指定指标", "missing: its weight goes to the named KPIs"),
}
EXCLUDED = Step("不计入，权重分给其他指标", "left out, its weight goes to the others")


def contribution_steps(
    declared: Decimal, share: Decimal, score: Decimal, full: Decimal, contribution: Decimal
) -> tuple[Step, ...]:
    """Moved weight, if any, and the points that count."""
    moved: tuple[Step, ...] = ()
    if declared != share:
        text = f"{shown(declared)}% → {shown(share)}%"
        moved = (Step(f"权重 {text}（重新分配）", f"weight {text} (redistributed)"),)
    part = (
        f"{shown(score)} × {shown(share)}%"
        if full == 100
        else f"{shown(score)} ÷ {shown(full)} × {shown(share)}"
    )
    text = f"{part} {points(contribution)}"
    return (*moved, Step(f"贡献 = {text}", f"contribution = {text}"))


def total_steps(
    role: Role, base: Decimal, total: Decimal, contributions: Sequence[Decimal], table: GradeTable
) -> tuple[Step, ...]:
    """Sum, limits, rounding and grade."""
    text = f"{' + '.join(shown(c) for c in contributions)} {result(base)}"
    steps = [Step(f"基础分 = {text}", f"base = {text}")]
    limits = f"{shown(role.total_floor)} … {shown(role.total_cap)}"
    if not role.total_floor <= base <= role.total_cap:
        steps.append(Step(f"限于 {limits}", f"limited to {limits}"))
    steps.append(
        Step(
            f"总分 = {round_half_up(total, 2):f}（四舍五入）",
            f"total = {round_half_up(total, 2):f} (half up)",
        )
    )
    band = find(table.bands, total)
    where, factor = span(band, "left", f"{total:f}"), f"{band.value:f}"
    steps.append(
        Step(
            f"等级 {band.grade}：{where}，系数 {factor}", f"grade {band.grade}: {where}, coefficient {factor}"
        )
    )
    return tuple(steps)
