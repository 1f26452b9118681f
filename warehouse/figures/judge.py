"""One KPI of one person in one span: numerator, denominator and value, or the cause of their absence.

Belongs here: the NULL rule, scope and coverage of every range of days that is read, one division. Not here:
SQL (compile.py), storage (actuals.py), scores (models).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.causes import Cause
from models.definitions.ranges import CURRENT, Days, Range
from models.measured import over_target
from models.money import divide, multiply, plain, round_half_up, total
from models.tables import FACTS
from warehouse.facts.sources import sources_of
from warehouse.figures.measures import Measure
from warehouse.figures.plan import KpiPlan, MeasuredPerson, Term
from warehouse.figures.run import Key, MeasureResults
from warehouse.raw.coverage import Account, Coverage
from warehouse.store.places import PLACES


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


Holder = tuple[str, str, str]  # fact, person, role
TargetOf = Callable[
    [MeasuredPerson, str], Decimal | None
]  # the target of a KPI for the duty's span; None = there is none


@dataclass(frozen=True)
class Evidence:
    """Everything an answer is made from."""

    figures: MeasureResults
    coverage: Coverage
    owned: Mapping[Holder, tuple[Owned, ...]]
    target_of: TargetOf

    def answer(self, duty: MeasuredPerson, kpi: KpiPlan) -> Answer:
        """The KPI of the person in the span."""
        for fact, reach, needs_past in kpi.reads:
            asked = Asked(duty, fact, reach)
            cause = self._unproven(asked)
            if cause is None and needs_past:
                cause = self._unread_past(asked)
            if cause is not None:
                return Answer(None, None, None, cause, 0)
        key = (duty.span.label, duty.person_id, duty.role_id)
        for term in kpi.terms:
            if self.figures.of(term.measure, key).n_null:
                return Answer(None, None, None, self.figures.gap(term.measure, key), self._rows(kpi, key))
        return self._divided(duty, kpi, key)

    def _divided(self, duty: MeasuredPerson, kpi: KpiPlan, key: Key) -> Answer:
        rows = self._rows(kpi, key)
        unknown = next((t.measure for t in kpi.terms if self.figures.of(t.measure, key).value is None), None)
        if unknown is not None:
            return Answer(None, None, None, _nothing(unknown, duty), rows)
        above, scale = self._sum(kpi.numerator, key), kpi.kpi.scale
        if not kpi.is_ratio:
            return Answer(_stored(above), None, _stored(kpi.kpi.bounded(multiply(above, scale))), None, rows)
        below, cause = self._below(duty, kpi, key)
        if below is None or cause is not None:
            return Answer(_stored(above), None if below is None else _stored(below), None, cause, rows)
        rate = divide(above, below) if kpi.target_of is None else over_target(above, below)
        value = kpi.kpi.bounded(multiply(rate, scale))
        return Answer(_stored(above), _stored(below), _stored(value), None, rows)

    def _below(self, duty: MeasuredPerson, kpi: KpiPlan, key: Key) -> tuple[Decimal | None, Cause | None]:
        if kpi.target_of is not None:
            target = self.target_of(duty, kpi.target_of)
            if target is None:
                return None, Cause(
                    "M210", f"no target of {kpi.target_of} for {duty.person_id} in {duty.span.label}"
                )
            return target, Cause("M201", f"the target of {kpi.target_of} is 0") if target == 0 else None
        below, least = self._sum(kpi.denominator, key), kpi.kpi.min_n
        if below <= 0 or below < least:
            wanted = f"at least {plain(least)} is needed" if least > 0 else "it must be above 0"
            return below, Cause("M201", f"the denominator is {plain(below)}, {wanted}")
        return below, None

    def _sum(self, terms: Iterable[Term], key: Key) -> Decimal:
        figures = [(term.sign, self.figures.of(term.measure, key).value or Decimal(0)) for term in terms]
        return total([value if sign > 0 else -value for sign, value in figures])

    def _rows(self, kpi: KpiPlan, key: Key) -> int:
        return sum(
            self.figures.of(measure, key).n_rows for measure in dict.fromkeys(t.measure for t in kpi.terms)
        )

    def _unproven(self, asked: "Asked") -> Cause | None:
        """Why the rows of a fact in the person's scope are not known to be whole; None when they are."""
        first, last = asked.days
        held = self.owned.get((asked.fact, asked.duty.person_id, asked.duty.role_id), ())
        scopes = [(o, days) for o in held if (days := _overlap(o, first, last)) is not None]
        if not scopes:
            kinds = " or ".join(FACTS[asked.fact].scopes)
            return Cause(
                "M205", f"{asked.duty.person_id} owns no {kinds} as {asked.duty.role_id} in {asked.when}"
            )
        return next(filter(None, (self._unfed(asked, fact, scopes) for fact in sources_of(asked.fact))), None)

    def _unfed(self, asked: "Asked", fact: str, scopes: Sequence[tuple[Owned, Days]]) -> Cause | None:
        """Why the accounts that feed a fact do not prove the days of the scopes."""
        feeding = [(account, days) for owned, days in scopes for account in self._accounts(fact, owned)]
        if not feeding:
            return Cause(
                "M206", f"no source feeds {fact} for {', '.join(sorted({o.scope_id for o, _ in scopes}))}"
            )
        open_days = [
            (account, clipped) for account, days in feeding if (clipped := account.clip(*days)) is not None
        ]
        if not open_days:
            return Cause("M209", f"no shop that feeds {fact} was open in {asked.when}")
        causes = (self.coverage.uncovered(account, *days) for account, days in open_days)
        return next((cause for cause in causes if cause is not None), None)

    def _unread_past(self, asked: "Asked") -> Cause | None:
        """Why the past of the shops is not known: a buyer may have bought before, in any of them."""
        first, last = asked.days
        for account in (a for fact in sources_of(asked.fact) for a in self.coverage.feeding(fact)):
            days = account.clip(account.active_from or first, last)
            cause = None if days is None else self.coverage.uncovered(account, *days)
            if cause is not None:
                return Cause(cause.code, f"whole history needed: {cause.text}")
        return None

    def _accounts(self, fact: str, owned: Owned) -> list[Account]:
        """A shop's own accounts; groups, queues and agents may receive rows from every account."""
        return self.coverage.feeding(fact, [owned.scope_id] if owned.scope_type == "shop" else None)


@dataclass(frozen=True)
class Asked:
    """One fact over one range of days that a duty's KPI reads."""

    duty: MeasuredPerson
    fact: str
    reach: Range

    @property
    def days(self) -> Days:
        """First and last day."""
        return self.duty.span.days_of(self.reach)

    @property
    def when(self) -> str:
        """The days as a reader names them."""
        first, last = self.days
        if self.reach == CURRENT:
            return self.duty.span.label
        if self.reach.kind == "all":
            return f"all days to {last}"
        return f"{first}" if first == last else f"{first} to {last}"


def _nothing(measure: Measure, duty: MeasuredPerson) -> Cause:
    asked = Asked(duty, measure.fact, measure.range)
    if measure.range.is_snapshot:
        return Cause("M211", f"no {measure.fact} is recorded for {asked.when}")
    return Cause("M211", f"no {measure.fact} to take the {measure.agg} of in {asked.when}")


def _overlap(owned: Owned, first: date, last: date) -> Days | None:
    start, end = max(owned.first, first), min(owned.last, last)
    return (start, end) if start <= end else None


def _stored(value: Decimal) -> Decimal:
    return round_half_up(value, PLACES)
