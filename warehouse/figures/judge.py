"""One KPI of one person in one span: numerator, denominator and value, or the cause of their absence.

Belongs here: the NULL rule, scope and coverage of every range of days that is read, sums of signed terms. Not here: SQL
(compile.py), value, bounds and causes of arithmetic (models.figure), storage (actuals.py), scores (models).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from models.causes import Cause
from models.definitions.ranges import CURRENT, Days, Range
from models.figure import Figure, FigureStatus, divided, divided_by_target, summed
from models.money import exact, round_half_up, total
from models.tables import FACTS
from warehouse.facts.sources import sources_of
from warehouse.figures.measures import KEYED, Measure
from warehouse.figures.plan import KpiPlan, MeasuredPerson, Term
from warehouse.figures.run import MeasureResult, MeasureResults
from warehouse.raw.coverage import Account, Coverage, days_between
from warehouse.store.places import PLACES


@dataclass(frozen=True)
class Owned:
    """One scope a person holds in a role, for a range of days.

    `absent_on`: of own rows and an agent's in an earlier period, the first day on which nobody was at work to make them.
    """

    scope_type: str
    scope_id: str
    first: date
    last: date
    absent_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What is known of a KPI; exactly one of value and cause is set.

    Numerator and denominator are as they are stored; the value is what they give, not yet rounded.
    """

    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    cause: Cause | None
    n_rows: int
    measured_as: KpiPlan | None = None  # the alternative that stands in the place of the KPI; None = itself

    @classmethod
    def absent(cls, cause: Cause, n_rows: int = 0) -> "Judged":
        """No figure, and why."""
        return cls(numerator=None, denominator=None, value=None, cause=cause, n_rows=n_rows)

    @property
    def status(self) -> FigureStatus:
        """Scored with a value, else missing."""
        return "missing" if self.value is None else "scored"


# fact, person, role, and of an earlier period its range and the span that it is compared with
Holder = tuple[str, str, str, str, str]
TargetOf = Callable[
    [MeasuredPerson, str], Decimal | None
]  # the target of a KPI for the duty's span; None = there is none


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Everything a figure is judged by."""

    figures: MeasureResults
    coverage: Coverage
    owned: Mapping[Holder, tuple[Owned, ...]]
    target_of: TargetOf
    unstated: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)  # unstated.py
    _answers: dict[tuple[str, str, str, str, Range, frozenset[str], bool], Cause | None] = field(
        default_factory=dict
    )

    @exact
    def judge(self, duty: MeasuredPerson, kpi: KpiPlan) -> Judged:
        """The KPI of the person in the span."""
        # proof before figures: the sum of the rows that happened to arrive would look like an answer
        for fact, reach, needs_past in kpi.reads:
            read = FactDays(duty, fact, reach, kpi.left_out(fact))
            cause = self._unproven_days(read, needs_past=needs_past)
            if cause is not None:
                return Judged.absent(cause)
        key = (duty.span.label, duty.person_id, duty.role_id)
        found = {measure: self.figures.of(measure, key) for measure in kpi.measures}
        rows = sum(result.n_rows for result in found.values())
        for measure in found:
            if (cause := self._nameless(duty, measure)) is not None:
                return Judged.absent(cause, rows)
        # one row without a value makes the whole unknown: leaving it out would count it as 0
        for measure, result in found.items():
            if result.n_null:
                return Judged.absent(self.figures.gap(measure, key), rows)
        unknown = next((measure for measure, result in found.items() if result.value is None), None)
        if unknown is not None:
            return Judged.absent(_nothing(unknown, duty), rows)
        return self._computed(duty, kpi, found)

    def _computed(
        self, duty: MeasuredPerson, kpi: KpiPlan, results: Mapping[Measure, MeasureResult]
    ) -> Judged:
        """The value of the sums as they are stored: scorecards start from the stored ones, and must find the same."""
        above = _sum(kpi.numerator, results)
        if kpi.target_of is not None:
            below = self.target_of(duty, kpi.target_of)
            whose = f"{duty.person_id} in {duty.span.label}"
            found = divided_by_target(kpi.kpi, above, below, kpi.target_of, whose)
            below = None if below is None else stored(below)
        elif kpi.denominator:
            below = _sum(kpi.denominator, results)
            found = divided(kpi.kpi, above, below)
            if found.cause is not None and found.cause.code == "M222":
                found = Figure(None, self._disagreeing(duty, kpi, found.cause))
            elif found.cause is not None and found.cause.code == "M201":
                found = Figure(None, _counting(found.cause, kpi))
        else:
            below, found = None, summed(kpi.kpi, above)
        return Judged(
            numerator=above,
            denominator=below,
            value=found.value,
            cause=found.cause,
            n_rows=sum(result.n_rows for result in results.values()),
        )

    def _disagreeing(self, duty: MeasuredPerson, kpi: KpiPlan, cause: Cause) -> Cause:
        """The cause with the sources of both parts: one of them is not whole, or counts something else."""
        above, below = (self._sources(duty, terms) for terms in (kpi.numerator, kpi.denominator))
        return Cause(cause.code, f"{cause.text}; numerator from {above}, denominator from {below}")

    def _sources(self, duty: MeasuredPerson, terms: Iterable[Term]) -> str:
        """The facts of some terms, each with the streams that feed it for the person."""
        told = []
        reads = dict.fromkeys(FactDays(duty, term.measure.fact, term.measure.range) for term in terms)
        for fact in dict.fromkeys(read.fact for read in reads):
            held = [o for read in reads if read.fact == fact for o in self.owned.get(read.holder, ())]
            accounts = (a for own in sources_of(fact) for o in held for a in self._accounts(own, o))
            names = dict.fromkeys(f"{a.connector}.{a.stream}[{a.shop_id}]" for a in accounts)
            told.append(f"{fact} ({', '.join(names)})")
        return " and ".join(told)

    def _unproven_days(self, read: "FactDays", *, needs_past: bool) -> Cause | None:
        """Why the rows of a fact, and with `needs_past` those before them, are not known to be whole; remembered."""
        # the KPIs of one person read the same facts and days
        duty = read.duty
        who = (duty.span.label, duty.person_id, duty.role_id)
        asked = (*who, read.fact, read.reach, read.left_out, needs_past)
        if asked not in self._answers:
            cause = self._unproven(read)
            self._answers[asked] = self._unread_past(read) if cause is None and needs_past else cause
        return self._answers[asked]

    def _unproven(self, read: "FactDays") -> Cause | None:
        """Why the rows of a fact in the person's scope are not known to be whole; None when they are."""
        first, last = read.days
        held = self.owned.get(read.holder, ())
        scopes = [(o, days) for o in held if (days := overlap(o, first, last)) is not None]
        if not scopes:
            kinds = " or ".join(FACTS[read.fact].scopes)
            which = (
                f"on a day that {read.when} is compared with" if read.reach.is_shifted else f"in {read.when}"
            )
            return Cause("M205", f"{read.duty.person_id} owns no {kinds} as {read.duty.role_id} {which}")
        if absent := min(((o.absent_on, o.scope_id) for o in held if o.absent_on is not None), default=None):
            return Cause(
                "M223",
                f"{absent[1]} was not at work in the role on {absent[0]}, which {read.duty.span.label} needs for comparison",
            )
        return next(filter(None, (self._unfed(read, fact, scopes) for fact in sources_of(read.fact))), None)

    def _unfed(self, read: "FactDays", fact: str, scopes: Sequence[tuple[Owned, Days]]) -> Cause | None:
        """Why the accounts that feed a fact do not prove the days of the scopes."""
        left_out = read.left_out if fact == read.fact else frozenset[str]()
        feeding = [
            (account, days) for owned, days in scopes for account in self._accounts(fact, owned, left_out)
        ]
        if not feeding:
            what = f"{fact} ({', '.join(f'not {flag}' for flag in sorted(left_out))})" if left_out else fact
            of = ", ".join(sorted({o.scope_id for o, _ in scopes}))
            return Cause("M206", f"no source feeds {what} for {of}")
        open_days = [
            (account, open_)
            for account, days in feeding
            if (open_ := read.open_days(account, days)) is not None
        ]
        if not open_days:
            return Cause("M209", f"no shop that feeds {fact} was open in {read.when}")
        if read.reach.is_shifted and (cause := self._half_closed(read, fact, feeding)):
            return cause
        causes = (self.coverage.uncovered(account, *days, fact) for account, days in open_days)
        return next((cause for cause in causes if cause is not None), None)

    def _half_closed(self, read: "FactDays", fact: str, then: Sequence[tuple[Account, Days]]) -> Cause | None:
        """Why an earlier range and the span are not compared: on a day of one of them no shop was open.

        A shop that opened or closed beside others is growth or loss; with none open, a part would stand beside the whole.
        """
        span = read.duty.span
        held = self.owned.get(FactDays(read.duty, read.fact, CURRENT).holder, ())
        days_now = ((o, days) for o in held if (days := overlap(o, span.start, span.end)) is not None)
        now = [(account, days) for owned, days in days_now for account in self._accounts(fact, owned)]
        day = _first_closed(then) or _first_closed(now)
        if day is None:
            return None
        return Cause(
            "M223", f"no shop that feeds {fact} was open on {day}, which {span.label} needs for comparison"
        )

    def _nameless(self, duty: MeasuredPerson, measure: Measure) -> Cause | None:
        """Why ids cannot be counted: a shop of the person states none in any row; for groups and agents, no shop does."""
        if measure.agg not in KEYED or not self.unstated:
            return None
        shops = {name: self.unstated.get((measure.fact, name), frozenset()) for name in measure.keys}
        if not any(shops.values()):
            return None
        held = self.owned.get(FactDays(duty, measure.fact, measure.range).holder, ())
        for name, nameless in shops.items():
            owned = {o.scope_id for o in held if o.scope_type == "shop"}
            fed = {a.shop_id for own in sources_of(measure.fact) for a in self.coverage.feeding(own)}
            lacking = sorted((owned & nameless) or (fed if not owned and fed <= nameless else set()))
            if lacking:
                what = f"no row of {measure.fact} for {', '.join(lacking)} states {name}"
                return Cause("M220", f"{what}: how many there are is unknown")
        return None

    def _unread_past(self, read: "FactDays") -> Cause | None:
        """Why the past of the shops is not known: a buyer may have bought before, in any of them."""
        first, last = read.days
        feeding = [
            (account, fact) for fact in sources_of(read.fact) for account in self.coverage.feeding(fact)
        ]
        for account, fact in feeding:
            days = account.past(first, last)
            cause = None if days is None else self.coverage.uncovered(account, *days, fact)
            if cause is not None:
                return Cause(cause.code, f"whole history needed: {cause.text}")
        return None

    def _accounts(self, fact: str, owned: Owned, left_out: Collection[str] = ()) -> list[Account]:
        """A shop's own accounts; groups, queues and agents may receive rows from every account."""
        shops = [owned.scope_id] if owned.scope_type == "shop" else None
        return self.coverage.feeding(fact, shops, without=left_out)


@dataclass(frozen=True)
class FactDays:
    """One fact over one range of days that a duty's KPI reads."""

    duty: MeasuredPerson
    fact: str
    reach: Range
    left_out: frozenset[str] = frozenset()  # flags of rows that are not asked for

    @property
    def holder(self) -> Holder:
        """By what the scopes are found."""
        earlier = (self.reach.id, self.duty.span.label) if self.reach.is_shifted else ("", "")
        return (self.fact, self.duty.person_id, self.duty.role_id, *earlier)

    @property
    def days(self) -> Days:
        """First and last day."""
        return self.duty.span.days_of(self.reach)

    def open_days(self, account: Account, days: Days) -> Days | None:
        """The days on which an account was open, of some that are read.

        Only the span itself begins with the company: of a period before, a part is no measure for the whole.
        """
        return account.asked(*days) if self.reach == CURRENT else account.clip(*days)

    @property
    def when(self) -> str:
        """The days as a reader names them."""
        first, last = self.days
        if self.reach == CURRENT:
            return self.duty.span.label
        if self.reach.kind == "all":
            return f"all days to {last}"
        return f"{first}" if first == last else f"{first} to {last}"


def _counting(cause: Cause, kpi: KpiPlan) -> Cause:
    """The cause of a denominator that is too small, with the facts that it counts and what they are made from."""
    told = []
    for fact in dict.fromkeys(term.measure.fact for term in kpi.denominator):
        made = [source for source in sources_of(fact) if source != fact]
        told.append(f"{fact}, made from {' and '.join(made)}" if made else fact)
    return Cause(cause.code, cause.text.replace("denominator", f"denominator ({'; '.join(told)})", 1))


def _nothing(measure: Measure, duty: MeasuredPerson) -> Cause:
    read = FactDays(duty, measure.fact, measure.range)
    if measure.range.is_snapshot:
        return Cause("M211", f"no {measure.fact} is recorded for {read.when}")
    return Cause("M211", f"no {measure.fact} to take the {measure.agg} of in {read.when}")


def _sum(terms: Iterable[Term], results: Mapping[Measure, MeasureResult]) -> Decimal:
    figures = [(term.sign, results[term.measure].value or Decimal(0)) for term in terms]
    return stored(total([value if sign > 0 else -value for sign, value in figures]))


def overlap(owned: Owned, first: date, last: date) -> Days | None:
    """The days of a range on which a scope is held; None when there is none."""
    start, end = max(owned.first, first), min(owned.last, last)
    return (start, end) if start <= end else None


def _first_closed(feeding: Sequence[tuple[Account, Days]]) -> date | None:
    """The first of the days that accounts are asked for on which none of them was open."""
    opened = [(days, account.clip(*days)) for account, days in feeding]
    if all(days == open_ for days, open_ in opened):
        return None
    is_open = {day for _, open_ in opened if open_ is not None for day in days_between(*open_)}
    return min((day for days, _ in opened for day in days_between(*days) if day not in is_open), default=None)


def stored(value: Decimal) -> Decimal:
    """The value with the decimals of a stored figure."""
    return round_half_up(value, PLACES)
