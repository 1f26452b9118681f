"""What both engines found, compared figure by figure before anything is stored.

Belongs here: numerator, denominator and value of a KPI from the second engine's aggregates, the comparison, and its findings. Not
here: the aggregates (engine.py), the first engine's figures and their causes (judge.py), the check that tells the findings
(sql/checks/engines_agree.sql).

Where the two differ, nobody knows which is right: the figure is missing, with both numbers in its cause (M240). Where the second
engine cannot compute a KPI, the figure stands and the finding says that only one engine computed it (W340).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

import duckdb
import polars as pl

from models.causes import Cause
from models.definitions.aggregates import ADDITIVE
from models.definitions.composites import parts_of
from models.definitions.kpis import Kpi
from models.definitions.load import Definitions
from models.errors import MeritError
from models.money import plain
from warehouse.figures.judge import Judged, stored
from warehouse.figures.plan import KpiPlan, MeasuredPerson, Span
from warehouse.figures.run import MeasureResults
from warehouse.figures.second.counts import Found, Who
from warehouse.figures.second.engine import Asked, SpanRows, asked_of
from warehouse.store.connect import transaction
from warehouse.store.places import PLACES
from warehouse.store.rows import insert_rows, only_column, run
from warehouse.store.sqltext import Sql

Judgements = list[tuple[MeasuredPerson, KpiPlan, Judged]]
_NOTHING = "M211"  # no record to take the figure of
_HALF = Fraction(1, 2 * 10**PLACES)  # by so much a stored target may differ from the one divided by
# Whatever goes wrong in the second engine costs its check, never the figures of the first.
_FAILURES = (
    MeritError,
    pl.exceptions.PolarsError,
    pl.exceptions.PanicException,
    duckdb.Error,
    ArithmeticError,
    LookupError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True)
class Terms:
    """The aggregates of a KPI with their signs, numerator and denominator."""

    above: tuple[tuple[int, Asked], ...]
    below: tuple[tuple[int, Asked], ...]

    @classmethod
    def of(cls, definitions: Definitions, kpi: Kpi, span: Span) -> "Terms":
        """Those in force at the end of the span, read from the definition anew."""
        parts = parts_of(kpi, lambda name: definitions.kpi(name, span.end))
        above, below = asked_of(parts.numerator, parts.denominator)
        return cls(
            tuple((a.sign, one) for a, one in zip(parts.numerator, above, strict=True)),
            tuple((a.sign, one) for a, one in zip(parts.denominator, below, strict=True)),
        )

    @property
    def asked(self) -> list[Asked]:
        """Every aggregate."""
        return [one for _, one in self.above + self.below]


@dataclass(frozen=True)
class Finding:
    """A figure on which the engines disagree, or a KPI that only one of them can compute (then of nobody in particular)."""

    label: str
    kpi_id: str
    cause: Cause
    person_id: str | None = None
    role_id: str | None = None


@dataclass(frozen=True)
class _Checked:
    """One figure as the second engine sees it, beside the first one's."""

    kpi: KpiPlan
    judged: Judged
    is_unknown: bool  # by the first engine: a row lacks something
    above: Sequence[tuple[int, Found]]
    below: Sequence[tuple[int, Found]]

    @cached_property
    def differences(self) -> list[str]:
        """What differs, as sentences with both numbers."""
        n_unknown = sum(found.unknown for _, found in (*self.above, *self.below))
        if self.is_unknown != bool(n_unknown):
            first = "unknown rows" if self.is_unknown else "none unknown"
            return [f"rows: {first} by SQL, {n_unknown or 'none'} unknown by Polars"]
        if n_unknown:
            return []
        if self.judged.numerator is None:
            return self._unless_nothing()
        above, below = _total(self.above), _total(self.below) if self.below else self.judged.denominator
        pairs = [("numerator", self.judged.numerator, above), ("denominator", self.judged.denominator, below)]
        found = [_differing(name, first, second) for name, first, second in pairs if first != second]
        if found or self.judged.value is None or above is None:
            return found
        value, possible = stored(self.judged.value), self._values(Fraction(above), below)
        if possible and min(possible) <= value <= max(possible):
            return []
        return [_differing("value", value, next(iter(possible), None))]

    def _unless_nothing(self) -> list[str]:
        """No difference where a source is not proven, or where there is nothing to take the figure of for this engine, too."""
        values = [found.value for _, found in (*self.above, *self.below)]
        if self.judged.cause is None or self.judged.cause.code != _NOTHING or None in values:
            return []
        return [_differing("numerator", None, _total(self.above))]

    def _values(self, above: Fraction, below: Decimal | None) -> list[Decimal]:
        """The value; of a quotient by a target, which divides before it is rounded, the least and the greatest there can be."""
        if not self.kpi.is_ratio:
            return [self._bent(above)]
        if not below or (below < 0 and self.below):
            return []
        ends = [Fraction(below)] if self.below else [Fraction(below) + end * _HALF for end in (-1, 1)]
        # of a target below 0, the plain quotient turns round
        return [self._bent(above / t if t > 0 else 1 - (above - t) / t) for t in ends if t]

    def _bent(self, value: Fraction) -> Decimal:
        """Scaled, and kept within the KPI's floor and cap."""
        kpi = self.kpi.kpi
        value *= Fraction(kpi.scale)
        if kpi.floor is not None:
            value = max(value, Fraction(kpi.floor))
        return _rounded(value if kpi.cap is None else min(value, Fraction(kpi.cap)))


def _total(terms: Sequence[tuple[int, Found]]) -> Decimal | None:
    values = [(sign, found.value) for sign, found in terms if found.value is not None]
    return _rounded(sum(sign * value for sign, value in values)) if len(values) == len(terms) else None


def _rounded(value: Fraction | int) -> Decimal:
    """The value with the decimals of a stored figure, halves away from zero."""
    scaled = abs(Fraction(value)) * 10**PLACES
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    # as text: arithmetic of decimals would round to 28 digits
    return Decimal(f"{'-' if value < 0 else ''}{whole}e-{PLACES}")


def _differing(what: str, first: Decimal | None, second: Decimal | None) -> str:
    return f"{what}: {_shown(first)} by SQL, {_shown(second)} by Polars"


def _shown(value: Decimal | None) -> str:
    return "nothing" if value is None else plain(value)


def compared(
    con: duckdb.DuckDBPyConnection,
    definitions: Definitions,
    spans: Sequence[Span],
    judgements: Judgements,
    *,
    figures: MeasureResults,
    table: str,
) -> Judgements:
    """The judgements for a table, without those that the second engine finds otherwise; what it found is stored.

    Of the days of a run it computes the last, and those on which the engines disagreed before: a figure that was held back is
    not published because nobody looked again. Needs kpi_held as the first engine left it.
    """
    open_labels = set(only_column(con, Sql("select label from engine_finding where table_name = ?"), [table]))
    latest = max(span.end for span in spans)
    findings: list[Finding] = []
    for span in (s for s in spans if s.end == latest or s.label in open_labels):
        comparison = _Comparison(con, definitions, span, [j for j in judgements if j[0].span == span])
        findings += comparison.failures + comparison.disagreements(figures)
    _store(con, table, [span.label for span in spans], findings)
    wrong = {(f.label, f.person_id, f.role_id, f.kpi_id): f.cause for f in findings}
    return [
        (
            duty,
            kpi,
            _without_value(judged, wrong.get((duty.span.label, duty.person_id, duty.role_id, kpi.kpi_id))),
        )
        for duty, kpi, judged in judgements
    ]


def _without_value(judged: Judged, cause: Cause | None) -> Judged:
    if cause is None:
        return judged
    return replace(judged, numerator=None, denominator=None, value=None, cause=cause)


@dataclass(frozen=True)
class _Comparison:
    """The second engine's aggregates of one span."""

    con: duckdb.DuckDBPyConnection
    definitions: Definitions
    span: Span
    judgements: Judgements

    @cached_property
    def terms(self) -> dict[str, Terms]:
        """By KPI."""
        kpis = {
            plan.kpi_id: plan.kpi
            for plan in (judged.measured_as or kpi for _, kpi, judged in self.judgements)
        }
        return {name: Terms.of(self.definitions, kpi, self.span) for name, kpi in sorted(kpis.items())}

    @cached_property
    def results(self) -> dict[Asked, dict[Who, Found] | str]:
        """What was found by person, or why nothing could be."""
        roles: dict[Asked, set[str]] = {}
        for duty, kpi, judged in self.judgements:
            for one in self.terms[(judged.measured_as or kpi).kpi_id].asked:
                roles.setdefault(one, set()).add(duty.role_id)
        rows = SpanRows(self.con, (self.span.start, self.span.end), to_date=self.span.to_date)
        found: dict[Asked, dict[Who, Found] | str] = {}
        for group in rows.groups(roles):
            found.update(_measured(rows, {one: roles[one] for one in group}))
        return found

    @property
    def failures(self) -> list[Finding]:
        """The KPIs that only one engine computed."""
        reasons = {
            name: next((r for one in terms.asked if isinstance(r := self.results[one], str)), None)
            for name, terms in self.terms.items()
        }
        return [
            Finding(self.span.label, name, Cause("W340", f"computed by one engine only: {reason}"))
            for name, reason in reasons.items()
            if reason is not None
        ]

    def disagreements(self, figures: MeasureResults) -> list[Finding]:
        """The figures that the engines find differently; none where there is nothing to compare with."""
        found = []
        for duty, kpi, judged in self.judgements:
            # an alternative is compared by its own definition, and what is held back is the KPI in whose place it stands
            plan, who = judged.measured_as or kpi, (duty.person_id, duty.role_id)
            terms = self.terms[plan.kpi_id]
            above, below = self._of(terms.above, who), self._of(terms.below, who)
            if above is None or below is None:
                continue
            key = (self.span.label, *who)
            is_unknown = any(figures.of(term.measure, key).n_null for term in plan.terms)
            if differences := _Checked(plan, judged, is_unknown, above, below).differences:
                told = f"two engines disagree on {plan.kpi_id}: {'; '.join(differences)}"
                found.append(Finding(self.span.label, kpi.kpi_id, Cause("M240", told), *who))
        return found

    def _of(self, terms: Iterable[tuple[int, Asked]], who: Who) -> list[tuple[int, Found]] | None:
        found = []
        for sign, one in terms:
            people = self.results[one]
            if isinstance(people, str):
                return None
            found.append((sign, people.get(who) or _nothing(one)))
        return found


def _nothing(one: Asked) -> Found:
    """Without a row a sum is 0; a statistic, and a state that nobody recorded, is unknown."""
    is_zero = one.measure.agg in ADDITIVE and not one.measure.range.is_snapshot
    return Found(Fraction(0) if is_zero else None, 0)


def _measured(rows: SpanRows, asked: Mapping[Asked, set[str]]) -> dict[Asked, dict[Who, Found] | str]:
    try:
        return {**rows.measured(asked)}
    except _FAILURES as error:
        if len(asked) == 1:
            reason = str(error).strip().splitlines()[0][:200]
            return dict.fromkeys(asked, f"{type(error).__name__}: {reason}")
    # one of them fails: the others can still be computed, each alone
    return {k: v for one, roles in asked.items() for k, v in _measured(rows, {one: roles}).items()}


def _store(
    con: duckdb.DuckDBPyConnection, table: str, labels: Iterable[str], findings: Iterable[Finding]
) -> None:
    """Keep what was found about some spans; what was known of them is replaced."""
    sql = Sql("delete from engine_finding where table_name = ? and label in (select unnest(?))")
    rows = [
        {
            "table_name": table,
            "label": found.label,
            "kpi_id": found.kpi_id,
            "person_id": found.person_id,
            "role_id": found.role_id,
            "cause_code": found.cause.code,
            "cause": found.cause.text,
        }
        for found in findings
    ]
    with transaction(con):
        run(con, sql, [table, list(labels)])
        insert_rows(con, "engine_finding", rows)
