"""What blocks a period without being the line of a card: refused files, lint, plans, objections, money that nobody owns.

Belongs here: one function per sort, pure. Not here: lines (open_lines.py, remedies.py), where all this is read
(pipelines/closing/close.py).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.closing.blockers import Blocker, BlockerKind, BlockerOwner, Thing
from models.closing.kinds import KINDS, EntryKind
from models.closing.plan import PlanGap
from models.closing.remedies import CloseContext, meaning_of, remedy_of, shown
from models.closing.states import PeriodStanding
from models.definitions import Label
from models.errors import MeritError
from models.money import plain

_KEEPER = Label("维护公司文件夹的人", "whoever keeps the company folder")
_OVERLAP = "C120"  # the shares of a scope add up to more than the whole


@dataclass(frozen=True, kw_only=True)
class ShopMeasure:
    """One measure of one shop in the reconciliation of a month."""

    month: str
    platform: str
    shop_id: str
    measure: str
    unowned: Decimal
    difference: Decimal


@dataclass(frozen=True, kw_only=True)
class FileFinding:
    """An error that the linter or the reading of a file found, in both languages."""

    code: str
    where: str
    what: Label
    remedy: Label
    is_lint: bool = False


def finding_of(error: MeritError) -> FileFinding:
    """The refusal of a company file."""
    means, rest = meaning_of(error.code), f"{error.what} {error.actual}".strip()
    return FileFinding(
        code=error.code,
        where=error.where,
        what=Label(f"{means.zh}：{rest}", rest),
        remedy=Label(remedy_of(error.code).zh, error.remedy),
    )


def file_blockers(
    found: Iterable[FileFinding], everybody: frozenset[str], about: CloseContext
) -> list[Blocker]:
    """Errors with which no scoring starts, so that everybody waits for each of them."""
    blockers = []
    for one in found:
        kind = BlockerKind.LINT if one.is_lint else BlockerKind.FILE
        is_overlap = one.code == _OVERLAP
        blockers.append(
            Blocker(
                thing=Thing(
                    BlockerKind.OVERLAP if is_overlap else kind, f"{one.code} {one.where} {one.what.en}"
                ),
                code=one.code,
                what=one.what,
                owner=about.holders("dispatch", [None]) if is_overlap else BlockerOwner((), _KEEPER),
                remedy=one.remedy,
                command="kpi lint" if one.is_lint else about.score_again,
                place=one.where,
                people=everybody,
            )
        )
    return blockers


def stale_blockers(
    was: Mapping[str, str], now: Mapping[str, str], everybody: frozenset[str], about: CloseContext
) -> list[Blocker]:
    """Inputs whose content is another one than when the period was scored; nothing where it was not scored."""
    changed = sorted(name for name, digest in now.items() if was and was.get(name, digest) != digest)
    if not changed:
        return []
    names = shown(changed)
    return [
        Blocker(
            thing=Thing(BlockerKind.STALE, about.period.id),
            code="S136",
            what=Label(f"计分之后有改动：{names}", f"changed since the period was scored: {names}"),
            owner=BlockerOwner((), _KEEPER),
            remedy=remedy_of("S136"),
            command=about.score_again,
            people=everybody,
        )
    ]


# code, what is told and who frees them, by how the plan stands; each state is one thing to do
_PLAN_STATES: Mapping[str, tuple[str, Label]] = {
    "not_served": ("S130", Label("从未送达考核方案", "the plan was never served")),
    "changed": ("S130", Label("送达之后方案有改动", "the plan has changed since it was served")),
    "refused": ("S131", Label("方案被拒绝", "the plan was refused")),
    "waiting": ("S131", Label("尚未确认方案", "the plan is not confirmed")),
}


def plan_blockers(gaps: Iterable[PlanGap], about: CloseContext) -> Iterator[Blocker]:
    """People who would be scored under a plan that was not served or, where that is asked for, not confirmed."""
    by_state: dict[str, list[PlanGap]] = {}
    for gap in gaps:
        by_state.setdefault(gap.state, []).append(gap)
    for state, (code, what) in _PLAN_STATES.items():
        lacking = by_state.get(state, [])
        if not lacking:
            continue
        people = sorted({gap.person for gap in lacking})
        who = shown(map(about.person, people))
        is_ours = code == "S130"
        yield Blocker(
            thing=Thing(BlockerKind.PLAN, f"{about.period.id} {state}"),
            code=code,
            what=Label(f"{what.zh}：{who}", f"{what.en}: {who}"),
            # who has not answered answers by the own login
            owner=about.holders("plan", people)
            if is_ours
            else BlockerOwner(tuple(people), Label("本人", "the person")),
            remedy=remedy_of(code),
            command=f"kpi plan {'serve' if is_ours else 'confirm'} --period {about.period.id}",
            people=frozenset(people),
            details=tuple(
                Label(f"{about.person(g.person)}（{g.role}）", f"{about.person(g.person)} ({g.role})")
                for g in lacking
            ),
        )


def objection_blockers(stands: PeriodStanding, about: CloseContext) -> Iterator[Blocker]:
    """Objections that nobody has answered."""
    for person, standing in sorted(stands.people.items()):
        for objection in standing.open_objections:
            due = objection.answer_due
            until = Label(f"，最迟 {due}", f", due {due}") if due else Label("", "")
            kpi = about.kpi(objection.kpi)
            name = about.person(person)
            yield Blocker(
                thing=Thing(BlockerKind.OBJECTION, f"{person} {objection.number}"),
                code="S133",
                what=Label(
                    f"{name} 对「{kpi.zh}」的异议 {objection.number} 未答复{until.zh}：{objection.reason}",
                    f"objection {objection.number} of {name} to {kpi.en} is not answered{until.en}: {objection.reason}",
                ),
                owner=about.holders(
                    KINDS[EntryKind.ANSWERED].right or "score", [person], standing.prepared_by
                ),
                remedy=remedy_of("S133"),
                command=f"kpi answer {person} {objection.number} --outcome ... --reason ... --period {about.period.id}",
                people=frozenset({person}),
            )


def money_blockers(rows: Iterable[ShopMeasure], about: CloseContext) -> Iterator[Blocker]:
    """Money, orders or tickets of the accountable roles that nobody owns, and what does not add up: one blocker a shop."""
    shops: dict[tuple[str, str], list[ShopMeasure]] = {}
    for row in rows:
        shops.setdefault((row.platform, row.shop_id), []).append(row)
    for (platform, shop), measures in sorted(shops.items()):
        name = f"{platform} {shop}"
        unowned = [m for m in measures if m.unowned > 0]
        if unowned:
            yield Blocker(
                thing=Thing(BlockerKind.UNOWNED, name),
                code="S132",
                what=Label(f"{name} 有无人归属的业绩", f"{name}: what it did is not owned in full"),
                owner=about.holders("dispatch", [None]),
                remedy=remedy_of("S132"),
                command=about.score_again,
                place="ownership.csv",
                size=max(m.unowned for m in unowned),
                details=_amounts(unowned, [m.unowned for m in unowned]),
            )
        broken = [m for m in measures if m.difference != 0]
        if broken:
            yield Blocker(
                thing=Thing(BlockerKind.DIFFERENCE, name),
                code="S134",
                what=Label(f"{name} 对账有差额", f"{name} does not add up"),
                owner=BlockerOwner((), Label("工程师", "an engineer")),
                remedy=remedy_of("S134"),
                command=f"kpi export --period {about.period.id} --format csv",
                size=max(abs(m.difference) for m in broken),
                details=_amounts(broken, [m.difference for m in broken]),
            )


def _amounts(rows: Sequence[ShopMeasure], amounts: Sequence[Decimal]) -> tuple[Label, ...]:
    told = [f"{row.month} {row.measure} {plain(amount)}" for row, amount in zip(rows, amounts, strict=True)]
    return tuple(Label(text, text) for text in told)


def behind_blocker(
    last_run: date | None, due: date, everybody: frozenset[str], about: CloseContext
) -> list[Blocker]:
    """Days of a running month that were not run yet, of a company that has sources.

    Args:
        last_run: the newest day of the period with figures; None without any.
        due: the newest day of the period that is over.
        everybody: who waits.
        about: period and day.
    """
    if last_run is not None and last_run >= due:
        return []
    first = about.period.start if last_run is None else date.fromordinal(last_run.toordinal() + 1)
    if first > due:
        return []
    return [
        Blocker(
            thing=Thing(BlockerKind.SOURCE, "kpi run"),
            code="S135",
            what=Label(f"{first} 至 {due} 尚未运行", f"{first} to {due} were not run"),
            owner=BlockerOwner((), Label("维护 sources.yaml 的人", "whoever keeps sources.yaml")),
            remedy=remedy_of("S135"),
            command=f"kpi run --from {first} --to {due}",
            people=everybody,
        )
    ]
