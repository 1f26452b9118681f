"""One KPI of one person in one span: numerator, denominator and value, or the cause of their absence.

Belongs here: the NULL rule, scope and coverage, one division. Not here: SQL (compile.py), storage
(actuals.py), scores (models).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.causes import Cause
from models.money import divide, multiply, round_half_up, total
from models.tables import FACTS
from warehouse.coverage import Account, Coverage
from warehouse.figures import Figures
from warehouse.plan import Duty, KpiPlan, Span, Term

PLACES = 10  # scale of the stored columns; what is compared with a threshold is exactly what is stored


@dataclass(frozen=True)
class Owned:
    """One scope a person holds in a role, for a range of days."""

    scope_type: str
    scope_id: str
    first: date
    last: date


@dataclass(frozen=True)
class Answer:
    """The figures of a KPI; exactly one of value and cause is set."""

    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    cause: Cause | None
    n_rows: int


TargetOf = Callable[
    [Duty, str], Decimal | None
]  # the target of a KPI for the duty's span; None = there is none


@dataclass(frozen=True)
class Evidence:
    """Everything an answer is made from."""

    figures: Figures
    coverage: Coverage
    owned: dict[tuple[str, str], tuple[Owned, ...]]
    target_of: TargetOf

    def answer(self, duty: Duty, kpi: KpiPlan) -> Answer:
        """The KPI of the person in the span."""
        for fact in kpi.facts:
            cause = self._unproven(duty, fact)
            if cause is None and fact in kpi.history_facts:
                cause = self._unread_past(duty, fact)
            if cause is not None:
                return Answer(None, None, None, cause, 0)
        key = (duty.span.label, duty.person_id, duty.role_id)
        for term in kpi.terms:
            if self.figures.of(term.measure, key).n_null:
                return Answer(None, None, None, self.figures.gap(term.measure, key), self._rows(kpi, key))
        return self._divided(duty, kpi, key)

    def _divided(self, duty: Duty, kpi: KpiPlan, key: tuple[str, str, str]) -> Answer:
        rows = self._rows(kpi, key)
        above = self._sum(kpi.numerator, key)
        if above is None:
            return Answer(
                None, None, None, Cause("M211", f"no {kpi.facts[0]} to take the statistic of"), rows
            )
        if not kpi.is_ratio:
            return Answer(_stored(above), None, _stored(multiply(above, kpi.scale)), None, rows)
        below, cause = self._below(duty, kpi, key)
        if below is None or cause is not None:
            return Answer(_stored(above), None if below is None else _stored(below), None, cause, rows)
        return Answer(
            _stored(above), _stored(below), _stored(multiply(divide(above, below), kpi.scale)), None, rows
        )

    def _below(
        self, duty: Duty, kpi: KpiPlan, key: tuple[str, str, str]
    ) -> tuple[Decimal | None, Cause | None]:
        if kpi.target_of is not None:
            target = self.target_of(duty, kpi.target_of)
            if target is None:
                return None, Cause(
                    "M210", f"no target of {kpi.target_of} for {duty.person_id} in {duty.span.label}"
                )
            return target, Cause("M201", f"the target of {kpi.target_of} is 0") if target == 0 else None
        below = self._sum(kpi.denominator, key) or Decimal(0)
        if below == 0 or below < kpi.min_n:
            return below, Cause("M201", f"the denominator is {below:f}, at least {kpi.min_n:f} is needed")
        return below, None

    def _sum(self, terms: Iterable[Term], key: tuple[str, str, str]) -> Decimal | None:
        signed: list[Decimal] = []
        for term in terms:
            value = self.figures.of(term.measure, key).value
            if value is None:
                return None
            signed.append(value if term.sign > 0 else -value)
        return total(signed)

    def _rows(self, kpi: KpiPlan, key: tuple[str, str, str]) -> int:
        return sum(
            self.figures.of(measure, key).n_rows for measure in dict.fromkeys(t.measure for t in kpi.terms)
        )

    def _unproven(self, duty: Duty, fact: str) -> Cause | None:
        """Why the rows of a fact in the person's scope are not known to be whole; None when they are."""
        held = [
            o
            for o in self.owned.get((duty.person_id, duty.role_id), ())
            if o.scope_type in FACTS[fact].scopes
        ]
        scopes = [(o, days) for o in held if (days := _overlap(o.first, o.last, duty.span)) is not None]
        if not scopes:
            kinds = " or ".join(FACTS[fact].scopes)
            return Cause("M205", f"{duty.person_id} owns no {kinds} as {duty.role_id} in {duty.span.label}")
        asked = [(account, days) for owned, days in scopes for account in self._accounts(fact, owned)]
        if not asked:
            return Cause(
                "M206", f"no source feeds {fact} for {', '.join(sorted({o.scope_id for o, _ in scopes}))}"
            )
        open_days = [
            (a, clipped) for a, (first, last) in asked if (clipped := a.clip(first, last)) is not None
        ]
        if not open_days:
            return Cause("M209", f"no shop that feeds {fact} was open in {duty.span.label}")
        causes = (self.coverage.uncovered(account, *days) for account, days in open_days)
        return next((cause for cause in causes if cause is not None), None)

    def _unread_past(self, duty: Duty, fact: str) -> Cause | None:
        """Why the past of the shops is not known: a buyer may have bought before, in any of them."""
        for account in self.coverage.feeding(fact):
            opened = account.active_from or duty.span.start
            days = account.clip(opened, duty.span.end)
            cause = None if days is None else self.coverage.uncovered(account, *days)
            if cause is not None:
                return Cause(cause.code, f"whole history needed: {cause.text}")
        return None

    def _accounts(self, fact: str, owned: Owned) -> list[Account]:
        """A shop's own accounts; groups, queues and agents may receive rows from every account."""
        return self.coverage.feeding(fact, [owned.scope_id] if owned.scope_type == "shop" else None)


def _overlap(first: date, last: date, span: Span) -> tuple[date, date] | None:
    start, end = max(first, span.start), min(last, span.end)
    return (start, end) if start <= end else None


def _stored(value: Decimal) -> Decimal:
    return round_half_up(value, PLACES)
