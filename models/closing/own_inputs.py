"""Which inputs of a period changed, person by person, and the inputs as they would be had only one person's changed.

Belongs here: telling apart the direct from the knock-on effect of what became known later. Not here: scoring (models/appraisal).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from models.appraisal.card_points import PointsByCard
from models.definitions import Definitions, FromReports
from models.definitions.rules import rule_of
from models.inputs import Actual, Person, Rating, Target
from models.periods import Period

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class ScoringInputs:
    """What a period is scored from; of people those who are here in it."""

    people: tuple[Person, ...]
    targets: tuple[Target, ...]
    ratings: tuple[Rating, ...]
    actuals: tuple[Actual, ...]
    # what people gave to totals or took from them stands in the ledger: of a locked period nobody changes it any more
    decided: PointsByCard = field(default_factory=dict)


def changed_inputs(before: ScoringInputs, now: ScoringInputs) -> dict[str, tuple[str, ...]]:
    """Names of the inputs that changed, by person; the target of a role is one of everybody in the role."""
    here = (*before.people, *now.people)
    of_role: dict[str, set[str]] = {}
    for row in here:
        of_role.setdefault(row.role_id, set()).add(row.person_id)
    found: dict[str, list[str]] = {}
    for name in ("people", "targets", "ratings", "actuals"):
        old, new = _grouped(getattr(before, name)), _grouped(getattr(now, name))
        changed = {owner for owner in {*old, *new} if old.get(owner) != new.get(owner)}
        people = {owner for scope, owner in changed if scope == "person"}
        for scope, role in changed:
            people |= of_role.get(role, set()) if scope == "role" else set()
        for person in people:
            found.setdefault(person, []).append(name)
    return {person: tuple(names) for person, names in sorted(found.items())}


def with_own(before: ScoringInputs, now: ScoringInputs, person: str) -> ScoringInputs:
    """Everybody's inputs as they were, and one person's as they are now."""

    def mixed(old: Iterable[T], new: Iterable[T], is_own: Callable[[T], bool]) -> tuple[T, ...]:
        return (*(row for row in old if not is_own(row)), *(row for row in new if is_own(row)))

    roles = {row.role_id for row in (*before.people, *now.people) if row.person_id == person}
    return ScoringInputs(
        decided=now.decided,
        people=mixed(before.people, now.people, lambda row: row.person_id == person),
        targets=mixed(
            before.targets,
            now.targets,
            lambda row: (
                (row.scope, row.scope_id) == ("person", person)
                or (row.scope == "role" and row.scope_id in roles)
            ),
        ),
        ratings=mixed(before.ratings, now.ratings, lambda row: row.person_id == person),
        actuals=mixed(before.actuals, now.actuals, lambda row: row.person_id == person),
    )


def depends_on_others(definitions: Definitions, period: Period, people: Iterable[Person]) -> bool:
    """Whether any line of the roles that are held looks at other people: a rank, peers, the totals of reports."""
    for role_id in {row.role_id for row in people}:
        for line in definitions.role(role_id, period.end).lines:
            kpi = definitions.kpi(line.kpi, period.end)
            if isinstance(kpi.measure, FromReports) or line.peer_target is not None:
                return True
            if rule_of(line, kpi).among:
                return True
    return False


def _grouped(rows: Iterable[Person | Target | Rating | Actual]) -> dict[tuple[str, str], list[object]]:
    """Rows by whose they are: of a person or of a role."""
    found: dict[tuple[str, str], list[object]] = {}
    for row in rows:
        owner = (row.scope, row.scope_id) if isinstance(row, Target) else ("person", row.person_id)
        found.setdefault(owner, []).append(row)
    return found
