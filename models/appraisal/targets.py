"""Which target applies to a person, and how much of it is due by a day.

Belongs here: resolution order and calendar pro-rating. Not here: how far a target is reached (figure), whether it is sensible
(scoring/target_check).

What adds up over days (`definitions.composites.is_additive`) counts for the calendar days that the person is in the role: of a
month's 31 days somebody who leaves on the 15th answers for 15. A ratio, an average or a level holds as it is, on every day.
A row of targets.csv with `pro_rate` no stands as it is, too. Nothing is rounded.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from models.definitions import Definitions
from models.definitions.composites import is_additive
from models.errors import CompanyError
from models.inputs import Person, Target
from models.money import exact
from models.periods import Period
from models.wording import Step, result, shown

_SCOPES = {
    "person": Step("个人目标", "the person's target"),
    "role": Step("岗位目标", "the role's target"),
    "definition": Step("岗位定义", "role definition"),
    "peers": Step("同岗均值", "mean of the peers"),
}


@dataclass(frozen=True)
class DaysInRole:
    """The target as stated, and on how many of the period's days its person is in the role: on fewer than all."""

    stated: Decimal
    here: int
    of: int


@dataclass(frozen=True)
class ResolvedTarget:
    """A target and where it stands: person, role (targets.csv), definition, or the peers whose mean it is.

    `days` only where the person is not in the role all period and the figure adds up over days.
    """

    value: Decimal
    scope: str
    basis: str = ""
    days: DaysInRole | None = None

    @property
    def step(self) -> Step:
        """The target as a line of arithmetic.

        >>> days = DaysInRole(Decimal(100000), 15, 31)
        >>> ResolvedTarget(Decimal(100000) * 15 / 31, "role", days=days).step.en
        "target = 100000 × 15 ÷ 31 ≈ 48387.096774 (the role's target; 15 of 31 days in the role)"
        """
        scope, days = _SCOPES[self.scope], self.days
        if days is None:
            return Step(
                f"目标 = {shown(self.value)}（{scope.zh}）", f"target = {shown(self.value)} ({scope.en})"
            )
        zh, en = f"在岗 {days.here} 天，共 {days.of} 天", f"{days.here} of {days.of} days in the role"
        if self.value == days.stated:
            zh, en, text = f"{zh}，不折算", f"{en}, stands as stated", f"= {shown(self.value)}"
        else:
            text = f"= {shown(days.stated)} × {days.here} ÷ {days.of} {result(self.value)}"
        return Step(f"目标 {text}（{scope.zh}；{zh}）", f"target {text} ({scope.en}; {en})")


class TargetBook:
    """All stated targets, looked up by KPI, period and whom they are for; `people` says who is in a role on which days."""

    def __init__(
        self, definitions: Definitions, targets: Iterable[Target], people: Iterable[Person] = ()
    ) -> None:
        self._definitions = definitions
        self._stated: dict[tuple[str, str, str, str], list[Target]] = defaultdict(list)
        for row in targets:
            self._stated[row.kpi_id, row.period, row.scope, row.scope_id].append(row)
        self._rows: dict[tuple[str, str], list[Person]] = defaultdict(list)
        for person in people:
            self._rows[person.person_id, person.role_id].append(person)
        self._additive: dict[tuple[str, date], bool] = {}

    @exact
    def resolve(self, person_id: str, role_id: str, kpi_id: str, period: Period) -> ResolvedTarget | None:
        """The person's own target, else the role's, else the role definition's; None when there is none.

        Raises:
            CompanyError: C160 when a scope has two targets of one KPI for one period.
        """
        is_divided = True
        for scope, scope_id in (("person", person_id), ("role", role_id)):  # the nearer one first
            if held := self._stated.get((kpi_id, period.id, scope, scope_id)):
                row = _newest(held)
                found, is_divided = ResolvedTarget(row.value, scope, row.basis), row.pro_rate
                break
        else:
            declared = _declared(self._definitions, role_id, kpi_id, period.end)
            if declared is None:
                return None
            found = declared
        here = self._days(person_id, role_id, period.start, period.end)
        if here == period.days or not self._adds_up(kpi_id, period.end):
            return found
        value = found.value * here / period.days if is_divided else found.value
        return replace(found, value=value, days=DaysInRole(found.value, here, period.days))

    @exact
    def due(
        self, person_id: str, role_id: str, kpi_id: str, period: Period, days: tuple[date, date]
    ) -> Decimal | None:
        """The part of a period's target that falls on some days of it, each day in the role counting the same.

        What does not add up has no part: its target holds on every day.
        """
        found = self.resolve(person_id, role_id, kpi_id, period)
        if found is None or not self._adds_up(kpi_id, period.end):
            return None if found is None else found.value
        first, last = max(days[0], period.start), min(days[1], period.end)
        if (first, last) == (period.start, period.end):
            return found.value
        all_days = self._days(person_id, role_id, period.start, period.end)
        return found.value * self._days(person_id, role_id, first, last) / all_days

    def _days(self, person_id: str, role_id: str, first: date, last: date) -> int:
        """The days in the role; every day for somebody of whom nothing is known."""
        rows = self._rows.get((person_id, role_id))
        if not rows:
            return max((last - first).days + 1, 0)
        return sum(row.days_within(first, last) for row in rows)

    def _adds_up(self, kpi_id: str, on: date) -> bool:
        # the version in force at the period's end: by that one it is scored
        if (kpi_id, on) not in self._additive:
            kpi = self._definitions.kpi(kpi_id, on)
            self._additive[kpi_id, on] = is_additive(kpi, lambda name: self._definitions.kpi(name, on))
        return self._additive[kpi_id, on]


def _newest(held: list[Target]) -> Target:
    latest = max(t.version for t in held)
    found = [t for t in held if t.version == latest]
    # two rows that say the same are no contradiction
    if len({(t.value, t.pro_rate) for t in found}) > 1:
        one = found[0]
        raise CompanyError(
            "C160",
            f"{one.scope} {one.scope_id} has two targets of {one.kpi_id} for {one.period}",
            where="targets.csv",
            actual=" and ".join(sorted(str(t.value) for t in found)),
            remedy="keep one of them, or give the newer a higher version",
        )
    return found[0]


def _declared(definitions: Definitions, role_id: str, kpi_id: str, on: date) -> ResolvedTarget | None:
    line = next((x for x in definitions.role(role_id, on).lines if x.kpi == kpi_id), None)
    # `plan` and the mean of peers are no numbers yet
    if line is None or not isinstance(line.target, Decimal):
        return None
    return ResolvedTarget(line.target, "definition")
