"""The value of one KPI of one person: from the warehouse, from ratings, or from the totals of the reports.

Belongs here: the value with its arithmetic as sentences, or the cause of its absence. Not here: the arithmetic itself (figure),
targets and scores (lines), SQL (warehouse).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from models.appraisal.targets import ResolvedTarget
from models.causes import Cause
from models.definitions import FromReports, Kpi, Ratio, TargetRef
from models.definitions.aggregates import Item
from models.definitions.ranges import CURRENT, Range
from models.errors import CompanyError
from models.figure import Figure, FigureStatus, divided, divided_by_target, summed
from models.inputs import Actual, Person, Rating
from models.money import exact
from models.scoring.rating import Given, RatingRule
from models.wording import Step, result, shown, term


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A value or a cause; a provisional one may have both."""

    status: FigureStatus
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    cause: Cause | None = None
    n_rows: int = 0
    steps: tuple[Step, ...] = ()
    measured_as: str | None = None  # the KPI that was measured in its place


@dataclass(frozen=True)
class ReportTotal:
    """What a manager's figures need to know of one report's scorecard."""

    person_id: str
    role_id: str
    status: str
    total: Decimal | None
    grade: str | None


def absent(code: str, text: str) -> Measured:
    """A missing value with its cause."""
    return Measured(status="missing", cause=Cause(code, text))


@exact
def from_actual(kpi: Kpi, actual: Actual | None, of_target: ResolvedTarget | None) -> Measured:
    """The value that the warehouse measured, computed here from its parts and not rounded.

    Args:
        kpi: its definition.
        actual: the warehouse's figure.
        of_target: the person's target of the KPI that the denominator names, if it names one.
    """
    if actual is None:
        return absent("M216", f"{kpi.id} has not been computed for this period")
    kept = Measured(
        status=actual.status,
        value=actual.value,
        numerator=actual.numerator,
        denominator=actual.denominator,
        cause=_cause(actual),
        n_rows=actual.n_rows,
    )
    # before the status: the warehouse may have missed a target that is known by now
    if isinstance(kpi.measure, Ratio) and isinstance(kpi.measure.denominator, TargetRef):
        return _against_target(kpi, kpi.measure.denominator, kept, of_target)
    if actual.status in {"missing", "excluded"} or actual.value is None:
        return kept
    if actual.numerator is None:  # an example of a published case states the value without its parts
        text = result(actual.value)
        return replace(kept, steps=(Step(f"实际 {text}", f"actual {text}"),))
    return _computed(kpi, kept, actual.numerator)


def in_its_place(other: Kpi, measured: Measured) -> Measured:
    """The figure of an alternative as that of the KPI in whose place it stands; the first step says so."""
    name = f"{other.label.zh}（{other.id}）"
    step = Step(f"按{name}计量", f"measured by {other.label.en} ({other.id})")
    return replace(measured, steps=(step, *measured.steps), measured_as=other.id)


def _computed(kpi: Kpi, kept: Measured, above: Decimal) -> Measured:
    below = kept.denominator
    if below is None:
        return _with(kept, summed(kpi, above), _sum_step(kpi, above))
    found = divided(kpi, above, below)
    if found.value is None:
        # the parts are kept: whoever asks why sees of what no quotient could be taken
        return _without(kept, found)
    return _with(kept, found, _quotient(kpi, above, below, found))


def _cause(actual: Actual) -> Cause | None:
    if not actual.cause and not actual.cause_code:
        return None
    return Cause(actual.cause_code or "M204", actual.cause or "no value")


def _without(kept: Measured, figure: Figure) -> Measured:
    return replace(kept, status="missing", value=None, cause=figure.cause)


def _with(kept: Measured, figure: Figure, step: Step) -> Measured:
    return Measured(
        status=kept.status,
        value=figure.value,
        numerator=kept.numerator,
        denominator=kept.denominator,
        cause=kept.cause,
        n_rows=kept.n_rows,
        steps=(step, *_bound_steps(figure)),
    )


def _sum_step(kpi: Kpi, above: Decimal) -> Step:
    """A sum: as the warehouse found it, or times its scale."""
    text = result(above) if kpi.scale == 1 else f"= {term(above)}{_times(kpi)} {result(above * kpi.scale)}"
    return Step(f"实际{_days(kpi.items, 'zh')} {text}", f"actual{_days(kpi.items, 'en')} {text}")


def _quotient(kpi: Kpi, above: Decimal, below: Decimal, figure: Figure) -> Step:
    """The division, with the days each side looks at where they are not the period itself."""
    measure = kpi.measure
    over = measure.numerator if isinstance(measure, Ratio) else ()
    under = measure.denominator if isinstance(measure, Ratio) else None
    items = under if isinstance(under, tuple) else ()
    rest = f"{_times(kpi)} {_unbounded(figure)}"
    zh = f"{term(above)}{_days(over, 'zh')} ÷ {term(below)}{_days(items, 'zh')}{rest}"
    en = f"{term(above)}{_days(over, 'en')} ÷ {term(below)}{_days(items, 'en')}{rest}"
    return Step(f"实际 = {zh}", f"actual = {en}")


def _times(kpi: Kpi) -> str:
    return "" if kpi.scale == 1 else f" × {shown(kpi.scale)}"


def _unbounded(figure: Figure) -> str:
    return "" if figure.unbounded is None else result(figure.unbounded)


def _bound_steps(figure: Figure) -> tuple[Step, ...]:
    """That floor or cap decided, where one did."""
    final, before = figure.value, figure.unbounded
    if final is None or before is None or final == before:
        return ()
    text = shown(final)
    if final > before:
        return (Step(f"不低于 {text}，取 {text}", f"at least {text}: {text}"),)
    return (Step(f"不高于 {text}，取 {text}", f"at most {text}: {text}"),)


def _days(items: Sequence[Item], language: str) -> str:
    """Which days the items look at, in brackets: nothing for the period itself.

    >>> from models.definitions.aggregates import KpiRef
    >>> _days([KpiRef("gmv"), KpiRef("gmv", -1, Range("previous"))], "en")
    ' (this period − the period before)'
    """
    if all(item.range.kind == CURRENT.kind for item in items):
        return ""
    signs: dict[Range, int] = {}
    for item in items:
        signs.setdefault(item.range, item.sign)  # several items of one range are told once
    parts = [f"{'+' if sign > 0 else '−'} {_range_name(reach, language)}" for reach, sign in signs.items()]
    text = " ".join(parts).removeprefix("+ ")
    return f"（{text}）" if language == "zh" else f" ({text})"


def _range_name(reach: Range, language: str) -> str:
    zh, en = _RANGES[reach.kind]
    return (zh if language == "zh" else en).format(reach.days)


_RANGES = {
    "current": ("本期", "this period"),
    "previous": ("上期", "the period before"),
    "last_year": ("去年同期", "the same period last year"),
    "window": ("近 {} 天", "the last {} days"),
    "all": ("累计", "from the beginning"),
    "start": ("期初", "first day"),
    "end": ("期末", "last day"),
}


def _against_target(kpi: Kpi, ref: TargetRef, kept: Measured, target: ResolvedTarget | None) -> Measured:
    above, below = kept.numerator, target.value if target else None
    if above is None:
        return kept if kept.cause else absent("M204", f"{kpi.id} has no numerator")
    # The warehouse judged it by the targets of its own run: status and cause are found anew by those of this scoring.
    status: FigureStatus = "provisional" if kept.status == "provisional" else "scored"
    base = replace(kept, status=status, value=None, denominator=below, cause=None)
    found = divided_by_target(kpi, above, below, ref.kpi, "this period")
    if below is None or found.value is None:
        return _without(base, found)
    step = _target_step(kpi, above, below, found)
    # who is not in the role all period sees which part of the target it is
    part = () if target is None or target.days is None else (target.step,)
    measured = _with(base, found, step)
    return replace(measured, steps=(*part, *measured.steps))


def _target_step(kpi: Kpi, above: Decimal, target: Decimal, figure: Figure) -> Step:
    """How a KPI over its target came about, written as `figure.over_target` computes it."""
    if target > 0:
        return _quotient(kpi, above, target, figure)
    gap = f"1 + ({shown(above)} − {term(target)}) ÷ |{shown(target)}|"
    text = f"{gap} {_unbounded(figure)}" if kpi.scale == 1 else f"({gap}){_times(kpi)} {_unbounded(figure)}"
    return Step(f"实际 = {text}", f"actual = {text}")


@exact
def from_ratings(person: Person, item: str, rule: RatingRule, rows: Sequence[Rating]) -> Measured:
    """The weighted rating on 0 to 100.

    Raises:
        CompanyError: C161 for ratings on different scales, C162 for a rating outside its scale.
    """
    # a row without a score is an abstention: it is neither 0 nor a rater who counts
    if not any(r.score is not None for r in rows):
        return absent("M213", f"nobody rated {person.person_id} on {item}")
    scale = _scale(person, item, rows)
    given = [Given(r.rater_type, r.score) for r in rows]
    found = rule.rated(given, scale)
    if found.value is None:
        why = "; ".join(step.en for step in found.steps)
        what = f"too few raters of {person.person_id} on {item} are of a type that counts: {why}"
        return replace(absent("M213", what), steps=found.steps)
    n_rows = sum(r.score is not None for r in rows)
    return Measured(status="scored", value=found.value, n_rows=n_rows, steps=found.steps)


def _scale(person: Person, item: str, rows: Sequence[Rating]) -> Decimal:
    where = f"ratings.csv, {person.person_id} {item}"
    scales = {r.scale_max for r in rows}
    if len(scales) > 1:
        actual = ", ".join(shown(s) for s in sorted(scales))
        raise CompanyError(
            "C161",
            "ratings of one item use different scales",
            where=where,
            actual=actual,
            remedy="use one scale",
        )
    scale = scales.pop()  # one is left, and rows are never empty here
    wrong = [r.score for r in rows if r.score is not None and not 0 <= r.score <= scale]
    if wrong or scale <= 0:
        actual = f"{', '.join(shown(w) for w in wrong)} on a scale of {shown(scale)}"
        raise CompanyError(
            "C162", "a rating lies outside its scale", where=where, actual=actual, remedy="correct the rating"
        )
    return scale


@exact
def from_reports(measure: FromReports, reports: Sequence[ReportTotal]) -> Measured:
    """The share of direct reports that reach the mark; not final while a report's total is not."""
    if not reports:
        return absent("M215", "no direct report was appraised in this period")
    unknown = [r for r in reports if r.total is None]
    if unknown:
        names = ", ".join(f"{r.person_id} ({r.role_id})" for r in unknown)
        # provisional and not missing: the figure comes by itself once the report has a total
        return Measured(status="provisional", cause=Cause("M214", f"no total yet of {names}"))
    above = Decimal(sum(_reaches(measure, r) for r in reports))
    below = Decimal(len(reports))
    value = above / below
    text = f"{shown(above)} ÷ {shown(below)} {result(value)}"
    step = Step(f"达标下属 ÷ 参评下属 = {text}", f"reports reaching the mark ÷ reports appraised = {text}")
    open_ones = [r.person_id for r in reports if r.status == "provisional"]
    cause = Cause("M214", f"the total of {', '.join(open_ones)} is not final") if open_ones else None
    return Measured(
        status="provisional" if open_ones else "scored",
        value=value,
        numerator=above,
        denominator=below,
        cause=cause,
        n_rows=len(reports),
        steps=(step,),
    )


def _reaches(measure: FromReports, report: ReportTotal) -> bool:
    if measure.total_at_least is not None:
        return report.total is not None and report.total >= measure.total_at_least
    return report.grade in measure.grade_in
