"""What `kpi adjust` prints: the total before and after, and the grades of departments where a card was calibrated.

Not here: computing either (pipelines/closing).
"""

from models.closing.kinds import EntryKind
from models.money import round_half_up
from models.periods import Period
from pipelines.closing.adjusting import Adjusted, AdjustmentAsked, CardResult
from pipelines.closing.distribution import distribution
from pipelines.closing.signing import Signing
from pipelines.commands.decided import told


def show(signing: Signing, period: Period, kind: EntryKind, asked: AdjustmentAsked, found: Adjusted) -> int:
    """Print all of it; returns 1 when the adjustment was refused."""
    if found.decisions.refused:
        return told(kind, found.decisions)
    key = (asked.person, asked.role)
    if found.untold is not None:
        print(found.untold.render())
        print("the total after scoring could not be computed now / 目前无法预算计分后的总分")
    else:
        before, after = _said(found.before[key]), _said(found.after[key])
        print(f"{asked.person} {asked.role}：总分 {before} → {after}（重新计分后）")
        print(f"{asked.person} {asked.role}: total {before} -> {after} (once it is scored again)")
        if kind == EntryKind.CALIBRATED:
            _show_grades(signing, period, found)
    if not found.decisions.entered and not found.decisions.made_before:
        print("预览，未记录 preview: nothing was entered")
        return 0
    print(f"next 下一步: kpi score --period {period.id}, then kpi review --period {period.id}")
    return told(kind, found.decisions)


def _said(result: CardResult) -> str:
    total = "—" if result.total is None else f"{round_half_up(result.total, 2):f}"
    return f"{total} {result.grade or '—'}"


def _show_grades(signing: Signing, period: Period, found: Adjusted) -> None:
    print("等级人数 people by grade: 部门 department, 等级 grade, 前 before, 后 after, 名额 places")
    for line in distribution(signing, period, found):
        places = "" if line.places is None else f"  {line.places}"
        print(f"  {line.dept or '—'}  {line.grade}  {line.before} → {line.after}{places}")
