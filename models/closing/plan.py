"""The plan that one person is measured by in one role and period: its content, its hash, and what is open about it at the close.

A plan is the role as it is in force on the period's last day (by that version the period is scored), the KPIs that it uses, the
targets of this person and the grade table. Whoever confirms it confirms the hash of all that, so that another role's definition
changes nobody's hash, and neither do the order of a file, its comments or the place of a definition.

Belongs here: the content, the hash, the gaps. Not here: who was served what and said what (plan_record.py), targets that nobody
can reach (blind_targets.py), the page (pipelines/render/plan_page.py).
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, get_args

from models.appraisal.targets import ResolvedTarget, TargetBook
from models.closing.entries import canonical
from models.closing.plan_record import PlanRecord, PlanState, ServedPlan
from models.definitions import Definitions, Kpi, KpiRef, Ratio, Role, TargetRef
from models.definitions.rules import rule_of
from models.inputs import Person, assignments
from models.money import plain
from models.periods import Period
from models.values import ReadingError, read_decimal

PlanConfirmation = Literal["required", "recorded", "off"]
PLAN_CONFIRMATIONS: tuple[PlanConfirmation, ...] = get_args(PlanConfirmation)
# where a definition stands and since when, what a linter was told, and what comes after the role: no part of what is agreed
_NOT_AGREED = frozenset({"source", "accepts", "effective_from", "next_roles", "requirements"})
# lists whose order says nothing: a file that is sorted anew is the same plan
_UNORDERED = frozenset(
    {"dimensions", "lines", "duties", "red_lines", "redistribute_to", "numerator", "denominator", "keys", "bands"}
)  # fmt: skip
PlanKey = tuple[str, str]  # person and role


@dataclass(frozen=True, kw_only=True)
class AgreedPlan:
    """What one person is measured by in one role; `begins` is the first day of the newest definition in it."""

    person: str
    role: Role
    period: Period
    kpis: Mapping[str, Kpi]
    targets: Mapping[str, ResolvedTarget]
    begins: date
    hash: str

    @property
    def key(self) -> PlanKey:
        """Person and role."""
        return self.person, self.role.id

    def divides_by(self, kpi: str) -> str:
        """The KPI whose target this one is divided by; empty where it is divided by none."""
        return _against(self.kpis[kpi])

    @property
    def lacking_targets(self) -> list[str]:
        """KPIs whose target the plan needs and nobody has stated: who agrees to it would not know to what."""
        lines = {line.kpi: line for line in self.role.lines}
        needed = [
            line.kpi
            for line in lines.values()
            if line.peer_target is None
            and (line.target == "plan" or rule_of(line, self.kpis[line.kpi]).needs_target)
        ]
        divided = [_against(self.kpis[name]) for name in lines]
        return [kpi for kpi in dict.fromkeys([*needed, *divided]) if kpi and kpi not in self.targets]


@dataclass(frozen=True)
class PlanStanding:
    """How the present plan of one person in one role stands, with all that was served before."""

    plan: AgreedPlan
    name: str
    record: PlanRecord

    @property
    def state(self) -> PlanState:
        """Of the plan as it is now."""
        return self.record.state(self.plan.hash)


@dataclass(frozen=True, kw_only=True)
class PlanGap:
    """One plan by which somebody would be scored without having been served it, or without having agreed."""

    person: str
    role: str
    state: PlanState
    newest: ServedPlan | None = None


def agreed_plans(
    definitions: Definitions, targets: TargetBook, people: Iterable[Person], period: Period
) -> dict[PlanKey, AgreedPlan]:
    """The plan of everybody who holds a role in the period, by person and role.

    A role that is settled by another cycle has its plan in that one: who is settled by the quarter agrees once a quarter.

    Raises:
        CompanyError: C160 for two targets of one KPI.
        DefinitionError: D217 or D218 for a role that is not defined.
    """
    found = {}
    for row in assignments(people, period):
        if definitions.role(row.role_id, period.end).cycle == period.kind:
            plan = agreed_plan(definitions, targets, row.person_id, row.role_id, period)
            found[plan.key] = plan
    return found


def agreed_plan(
    definitions: Definitions, targets: TargetBook, person: str, role_id: str, period: Period
) -> AgreedPlan:
    """The plan of one person in one role."""
    role = definitions.role(role_id, period.end)
    kpis = _kpis_of(definitions, (line.kpi for line in role.lines), period.end)
    table = definitions.grade_table(role.grade_table, period.end)
    named = {line.kpi for line in role.lines} | {_against(kpi) for kpi in kpis.values()} - {""}
    found = {kpi: targets.resolve(person, role_id, kpi, period) for kpi in sorted(named)}
    stated = {kpi: target for kpi, target in found.items() if target is not None}
    content = {
        "role": _said(role),
        "kpis": {name: _said(kpi) for name, kpi in kpis.items()},
        "targets": {kpi: _target(target) for kpi, target in stated.items()},
        "grades": [[_said(x) for x in (band.low, band.high, band.grade, band.value)] for band in table.bands],
    }
    newest = max(role.effective_from, table.effective_from, *(kpi.effective_from for kpi in kpis.values()))
    return AgreedPlan(
        person=person,
        role=role,
        period=period,
        kpis=kpis,
        targets=stated,
        begins=max(newest, period.start),
        hash=hashlib.sha256(canonical({"plan": 1, **content}).encode()).hexdigest(),
    )


def kpi_content(definitions: Definitions, kpi: str, on: date) -> str:
    """A KPI with all that it is made of, as one text: equal for two days on which it means the same.

    Raises:
        DefinitionError: D217 or D218 when it is not in force.
    """
    return canonical({name: _said(one) for name, one in _kpis_of(definitions, [kpi], on).items()})


def _kpis_of(definitions: Definitions, names: Iterable[str], on: date) -> dict[str, Kpi]:
    """Every KPI that a figure of these may come from: themselves, their alternatives, what these are made of and divided by."""
    found: dict[str, Kpi] = {}
    left = [*names]
    while left:
        name = left.pop()
        if name not in found:
            kpi = found[name] = definitions.kpi(name, on)
            left += [*kpi.or_else, *(item.kpi for item in kpi.items if isinstance(item, KpiRef))]
            left += filter(None, [_against(kpi)])
    return dict(sorted(found.items()))


def _against(kpi: Kpi) -> str:
    """The KPI whose target this one is divided by."""
    measure = kpi.measure
    return (
        measure.denominator.kpi
        if isinstance(measure, Ratio) and isinstance(measure.denominator, TargetRef)
        else ""
    )


def stated_value(target: ResolvedTarget) -> Decimal:
    """The target for the whole period: who comes or leaves in its middle agreed to the whole, and answers for a part."""
    return target.value if target.days is None else target.days.stated


def _target(target: ResolvedTarget) -> dict[str, Any]:
    # in which row it stands and on what it rests are reasons, not the agreement
    stands = target.days is not None and target.value == target.days.stated
    return {"value": plain(stated_value(target)), **({"stands": True} if stands else {})}


def _said(value: Any, name: str = "") -> Any:
    """A definition as plain values: 0.1 and 0.10 are one number, and what has its default says nothing.

    So a later version of the product that knows one more key, with a default, asks nobody again.
    """
    if is_dataclass(value):
        told = {f.name: _said(getattr(value, f.name), f.name) for f in fields(value) if _is_told(f, value)}
        # `Sum` and `Ratio`, `And` and `Or` have the same fields
        return {"is": type(value).__name__, **told}
    if isinstance(value, Mapping):
        # the arguments of a method, as they are written
        return {str(key): _said(_number(item), str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        items = [_said(item if is_dataclass(item) else _number(item)) for item in value]
        return sorted(items, key=lambda item: canonical({"": item})) if name in _UNORDERED else items
    if isinstance(value, frozenset | set):
        return sorted(map(str, value))
    return plain(value) if isinstance(value, Decimal) else value


def _number(written: Any) -> Any:
    """A number that is kept as text, as a number."""
    try:
        return read_decimal(written) if isinstance(written, str) else written
    except ReadingError:
        return written


def _is_told(field: "Field[Any]", value: Any) -> bool:
    # `compare` is off for places in a text
    if field.name in _NOT_AGREED or not field.compare:
        return False
    default = field.default_factory() if field.default_factory is not MISSING else field.default
    return bool(getattr(value, field.name) != default)


def plan_gaps(
    plans: Mapping[PlanKey, str], records: Mapping[PlanKey, PlanRecord], mode: PlanConfirmation
) -> list[PlanGap]:
    """Who would be scored under something that was never served or, where that is required, not confirmed; sorted.

    Args:
        plans: hash of the present plan of everybody who is scored, by person and role.
        records: what was served and answered, as `plan_records` folds it.
        mode: `off` asks for nothing, `recorded` for the service of the present plan, `required` for its confirmation too.
    """
    if mode == "off":
        return []
    asked = {"not_served", "changed"} | ({"waiting", "refused"} if mode == "required" else set())
    gaps = []
    for (person, role), plan_hash in sorted(plans.items()):
        record = records.get((person, role), PlanRecord())
        state = record.state(plan_hash)
        if state in asked:
            gaps.append(PlanGap(person=person, role=role, state=state, newest=record.newest))
    return gaps
