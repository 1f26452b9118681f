"""What was served to somebody as the plan of a period, and what the person said: a fold over entries. Pure.

A plan that changes is served again; the newest one served counts, and an answer to an older one stays in the record and leads
nowhere. A blind target that an approver allowed is allowed for its value alone: another value asks again.

Belongs here: the fold, and whether a next entry fits. Not here: what a plan is (plan.py), who may serve it (rights.py).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from models.closing.entries import Entry
from models.closing.kinds import EntryKind
from models.definitions import Label
from models.errors import SigningError

PlanState = Literal["not_served", "waiting", "confirmed", "refused", "changed"]
PLAN_STATES: Mapping[PlanState, Label] = {
    "not_served": Label("未送达", "not served"),
    "changed": Label("送达后已变更", "changed since it was served"),
    "refused": Label("已拒绝", "refused"),
    "waiting": Label("已送达，未答复", "served, no answer"),
    "confirmed": Label("已确认", "confirmed"),
}
PlanAnswer = Literal["confirmed", "refused"]
_ANSWERS: Mapping[str, PlanAnswer] = {
    EntryKind.PLAN_CONFIRMED: "confirmed",
    EntryKind.PLAN_REFUSED: "refused",
}
AllowanceKey = tuple[str, str, str, str]  # person, role, KPI, target as text


@dataclass(frozen=True, kw_only=True)
class ServedPlan:
    """One plan as it was served: `on` which day and by whom, `begins` with which day of the period, and the answer."""

    plan_hash: str
    on: date
    by: str
    begins: date
    page: str
    answer: PlanAnswer | None = None
    answered_on: date | None = None
    reason: str = ""


@dataclass(frozen=True)
class PlanRecord:
    """All that was served to one person in one role of one period, the oldest first."""

    served: tuple[ServedPlan, ...] = ()

    @property
    def newest(self) -> ServedPlan | None:
        """The one that counts."""
        return self.served[-1] if self.served else None

    def state(self, plan_hash: str) -> PlanState:
        """How the present plan stands with the person."""
        newest = self.newest
        if newest is None:
            return "not_served"
        if newest.plan_hash != plan_hash:
            return "changed"
        return newest.answer or "waiting"

    def needs_serving(self, plan_hash: str) -> bool:
        """Whether the present plan is another one than was served last."""
        return self.state(plan_hash) in ("not_served", "changed")

    def check_answer(self, plan_hash: str, answer: PlanAnswer, where: str) -> bool:
        """Whether an answer to the present plan is to be entered: False when it was given.

        Raises:
            SigningError: S151 nothing was served, S152 it has changed since, S153 a confirmed plan is not refused any more.
        """
        state = self.state(plan_hash)
        if state == "not_served":
            raise SigningError("S151", "no plan was served", where=where)
        if state == "changed":
            raise SigningError("S152", "the plan has changed since it was served", where=where)
        if state == "confirmed" and answer == "refused":
            on = self.newest.answered_on if self.newest else None
            raise SigningError("S153", f"the plan was confirmed on {on}", where=where)
        return state != answer


@dataclass(frozen=True)
class AllowedTarget:
    """A blind target that may be served all the same: who said so, and why."""

    by: str
    reason: str


def plan_records(entries: Iterable[Entry]) -> dict[tuple[str, str], PlanRecord]:
    """What was served and answered in a period, by person and role."""
    found: dict[tuple[str, str], PlanRecord] = {}
    for entry in entries:
        if entry.kind == EntryKind.PLAN_SERVED:
            key = entry.person, str(entry.says["role"])
            found[key] = PlanRecord((*found.get(key, PlanRecord()).served, _served(entry)))
        elif entry.kind in _ANSWERS:
            key = entry.person, str(entry.says["role"])
            found[key] = _answered(found.get(key, PlanRecord()), entry)
    return found


def _served(entry: Entry) -> ServedPlan:
    says = entry.says
    on = date.fromisoformat(says["on"])
    return ServedPlan(
        plan_hash=says["plan_hash"],
        on=on,
        by=entry.actor,
        begins=date.fromisoformat(says.get("begins", says["on"])),
        page=says.get("page", ""),
    )


def _answered(before: PlanRecord, entry: Entry) -> PlanRecord:
    says, newest = entry.says, before.newest
    if newest is None or newest.plan_hash != says["plan_hash"]:
        return before
    told = replace(
        newest,
        answer=_ANSWERS[entry.kind],
        answered_on=date.fromisoformat(says["on"]),
        reason=says.get("reason", ""),
    )
    return PlanRecord((*before.served[:-1], told))


def allowed_targets(entries: Iterable[Entry]) -> dict[AllowanceKey, AllowedTarget]:
    """The blind targets that somebody allowed in a period; the newest word about one counts."""
    found = {}
    for entry in entries:
        if entry.kind == EntryKind.PLAN_TARGET_ALLOWED:
            says = entry.says
            key = entry.person, str(says["role"]), str(says["kpi"]), str(says["target"])
            found[key] = AllowedTarget(entry.actor, str(says["reason"]))
    return found
