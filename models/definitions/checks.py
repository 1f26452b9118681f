"""Checks across definitions: references, directions, dates and cycles.

Belongs here: what needs more than one definition to see. Not here: what one KPI or role shows by itself
(kpis, roles).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from models.definitions.alternatives import check_alternatives
from models.definitions.grades import GradeTable
from models.definitions.kpis import FromReports, Kpi, Ratio, TargetRef
from models.definitions.pay_checks import check_plans
from models.definitions.pay_plans import PayPlan
from models.definitions.rated_items import RatedItem
from models.definitions.reading import Problems
from models.definitions.references import check_references
from models.definitions.roles import Role, RoleLine
from models.definitions.rules import method_of, rule_of
from models.errors import DefinitionError
from models.values import nearest


class Versioned(Protocol):
    """What every definition has."""

    @property
    def id(self) -> str:
        """The stable name."""

    @property
    def effective_from(self) -> date:
        """First day in force."""

    @property
    def source(self) -> str:
        """File and line."""


@dataclass(frozen=True)
class Known:
    """All readable versions, and the ids that entries claim even where they could not be read."""

    kpis: Mapping[str, tuple[Kpi, ...]]
    roles: Mapping[str, tuple[Role, ...]]
    grade_tables: Mapping[str, tuple[GradeTable, ...]]
    pay_plans: Mapping[str, tuple[PayPlan, ...]]
    claimed: Mapping[str, frozenset[str]]


def check_all(known: Known, problems: Problems) -> None:
    """Collect everything wrong between definitions."""
    for versions in known.kpis.values():
        for kpi in versions:
            with problems.collect():
                _check_kpi(kpi, versions[0], known)
    with problems.collect():
        _check_cycles(known.kpis)
    check_references(known.kpis, known.claimed["kpis"], problems)
    check_alternatives(known.kpis, known.claimed["kpis"], problems)
    for role in (role for versions in known.roles.values() for role in versions):
        with problems.collect():
            _check_role(role, known)
        for line in role.lines:
            with problems.collect():
                _check_line(role, line, known)
    check_plans(known.pay_plans, known.kpis, known.claimed, problems)


def _refuse(code: str, what: str, where: str, remedy: str, actual: str = "") -> DefinitionError:
    return DefinitionError(code, what, where=where, actual=actual, remedy=remedy)


def _check_kpi(kpi: Kpi, first: Kpi, known: Known) -> None:
    # targets, scores and red lines of earlier periods are read by direction: a change would turn their history round
    if kpi.direction != first.direction or isinstance(kpi.measure, RatedItem) != isinstance(
        first.measure, RatedItem
    ):
        what = f"{kpi.id} changes direction or nature between versions"
        raise _refuse(
            "D219", what, kpi.source, "give the new KPI a new id", f"first version at {first.source}"
        )
    target = _target_of(kpi)
    # claimed, not read: a KPI that could not be read has a refusal of its own, which this one would only repeat
    if target is not None and target not in known.claimed["kpis"]:
        remedy = nearest(target, known.claimed["kpis"])
        raise _refuse("D208", f"the denominator names an unknown KPI {target}", kpi.source, remedy)


def _target_of(kpi: Kpi) -> str | None:
    if isinstance(kpi.measure, Ratio) and isinstance(kpi.measure.denominator, TargetRef):
        return kpi.measure.denominator.kpi
    return None


def _check_cycles(kpis: Mapping[str, tuple[Kpi, ...]]) -> None:
    """A KPI measured against a target of itself, directly or round a corner, measures nothing."""
    follows = {name: _target_of(versions[-1]) for name, versions in kpis.items()}
    for start in sorted(follows):  # so that two runs name the same KPI
        path: list[str] = []
        step: str | None = start
        while step is not None and step not in path:
            path.append(step)
            step = follows.get(step)
        # a walk that only runs into a circle is told by the members of the circle
        if step is not None and step == start:
            cycle = " -> ".join([*path, start])
            remedy = "let one of them count something"
            raise _refuse(
                "D211", "KPIs refer to each other in a circle", kpis[start][-1].source, remedy, cycle
            )


def _check_role(role: Role, known: Known) -> None:
    names = known.claimed["grade_tables"]
    if role.grade_table not in names:
        what = f"unknown grade table {role.grade_table}"
        raise _refuse(
            "D209", what, role.source, nearest(role.grade_table, names) if names else "add the table"
        )
    _check_started(role, role.grade_table, known.grade_tables.get(role.grade_table, ()), role.source)
    for name in role.next_roles:
        if name not in known.claimed["roles"]:
            raise _refuse(
                "D217", f"unknown next role {name}", role.source, nearest(name, known.claimed["roles"])
            )


def _check_started(role: Role, name: str, versions: tuple[Versioned, ...], where: str) -> None:
    # a role that is older than its KPI would need a figure that nobody had defined yet
    if versions and versions[0].effective_from > role.effective_from:
        what = f"{name} begins {versions[0].effective_from}, after the role's {role.effective_from}"
        raise _refuse("D218", what, where, f"let {name} begin no later", f"{name} at {versions[0].source}")


def _check_line(role: Role, line: RoleLine, known: Known) -> None:
    if line.kpi not in known.claimed["kpis"]:
        remedy = nearest(line.kpi, known.claimed["kpis"]) if known.claimed["kpis"] else "define the KPI"
        raise _refuse("D208", f"unknown KPI {line.kpi}", line.source, remedy, line.kpi)
    versions = known.kpis.get(line.kpi)
    if versions is None:
        return  # claimed but unreadable: already reported
    _check_started(role, line.kpi, versions, line.source)
    try:
        _check_rule(line, versions[0])  # direction and nature never change between versions (D219)
    except DefinitionError as error:
        # a rule knows its arguments and no file: the place of the line is put before whatever it names
        where = f"{line.source} ({error.where})" if error.where else line.source
        raise DefinitionError(
            error.code, error.what, where=where, actual=error.actual, remedy=error.remedy
        ) from None


def _check_rule(line: RoleLine, kpi: Kpi) -> None:
    takes = method_of(line).TAKES
    if isinstance(kpi.measure, RatedItem) != (takes == "rating"):
        what = f"{line.method} does not fit the measure of {kpi.id}"
        raise DefinitionError("D210", what, remedy="score.rating is for KPIs with rating, and only for them")
    # a scaled KPI would be multiplied twice: by its scale and by the full marks of the line
    if takes == "quotient" and not (isinstance(kpi.measure, Ratio) and kpi.scale == 1):
        what = f"{line.method} scores what is done ÷ what was due, and {kpi.id} is no such quotient"
        raise DefinitionError("D210", what, remedy="name a KPI with numerator and denominator, without scale")
    rule = rule_of(line, kpi)
    if isinstance(kpi.measure, FromReports) and (rule.among or line.peer_target):
        what = (
            f"{kpi.id} is known only when the reports have their totals, and people cannot be compared by it"
        )
        raise DefinitionError("D210", what, remedy="score it by itself, e.g. with score.step")
    if rule.needs_target and line.target is None and line.peer_target is None:
        raise DefinitionError(
            "D213", f"{line.method} needs a target", remedy="add target: <number> or target: plan"
        )
