"""The value of one KPI of one person: from the warehouse, from ratings, or from the totals of the reports.

Belongs here: value, its arithmetic and the cause of its absence. Not here: targets and scores of it
(lines), SQL (warehouse).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from models.causes import Cause
from models.definitions import FromReports, Kpi, Ratio, TargetRef
from models.definitions.aggregates import Item
from models.definitions.ranges import CURRENT, Range
from models.errors import CompanyError
from models.inputs import Actual, Person, Rating
from models.money import add, divide, multiply
from models.scoring.linear import ONE, relative_gap
from models.scoring.rating import Given, RatingRule
from models.scoring.ratio import ratio
from models.targets import ResolvedTarget
from models.wording import Step, result, shown, term


@dataclass(frozen=True)
class Measured:
    """A value or a cause; a provisional one may have both."""

    status: str
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    cause: Cause | None = None
    n_rows: int = 0
    steps: tuple[Step, ...] = ()


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
    return Measured("missing", cause=Cause(code, text))


def from_actual(kpi: Kpi, actual: Actual | None, of_target: ResolvedTarget | None) -> Measured:
    """The value that the warehouse measured, divided here and not rounded.

    Args:
        kpi: its definition.
        actual: the warehouse's figure.
        of_target: the person's target of the KPI that the denominator names, if it names one.
    """
    if actual is None:
        return absent("M216", f"{kpi.id} has not been computed for this period")
    cause = (
        Cause(actual.cause_code or "M204", actual.cause or "no value")
        if actual.cause or actual.cause_code
        else None
    )
    kept = Measured(actual.status, actual.value, actual.numerator, actual.denominator, cause, actual.n_rows)
    if isinstance(kpi.measure, Ratio) and isinstance(kpi.measure.denominator, TargetRef):
        return _against_target(kpi, kpi.measure.denominator, kept, of_target)
    if actual.status in {"missing", "excluded"} or actual.value is None:
        return kept
    if actual.numerator is None:
        text = result(actual.value)
        return _with(kept, actual.value, actual.denominator, Step(f"实际 {text}", f"actual {text}"))
    if actual.denominator is None:
        return _summed(kpi, kept, actual.numerator)
    return _divided(kpi, kept, actual.numerator, actual.denominator)


def _with(kept: Measured, value: Decimal, denominator: Decimal | None, *steps: Step) -> Measured:
    return Measured(kept.status, value, kept.numerator, denominator, kept.cause, kept.n_rows, steps)


def _summed(kpi: Kpi, kept: Measured, above: Decimal) -> Measured:
    """A sum: as the warehouse found it, unless it is scaled or kept within bounds."""
    text = result(above)
    days_zh, days_en = _days(kpi.items, "zh"), _days(kpi.items, "en")
    steps = [Step(f"实际{days_zh} {text}", f"actual{days_en} {text}")]
    value = above
    if kpi.scale != 1:
        value = multiply(above, kpi.scale)
        text = f"{term(above)} × {shown(kpi.scale)} {result(value)}"
        steps = [Step(f"实际{days_zh} = {text}", f"actual{days_en} = {text}")]
    return _bounded(kpi, kept, value, None, steps)


def _divided(kpi: Kpi, kept: Measured, above: Decimal, below: Decimal) -> Measured:
    rate = ratio([(above, below)], kpi.min_n).rate if below > 0 else None
    if rate is None:
        cause = Cause("M201", f"the denominator is {shown(below)}, at least {shown(kpi.min_n)} is needed")
        return Measured("missing", None, above, below, cause, kept.n_rows)
    value = multiply(rate, kpi.scale)
    scale = "" if kpi.scale == 1 else f" × {shown(kpi.scale)}"
    return _bounded(kpi, kept, value, below, [_quotient(kpi, above, below, f"{scale} {result(value)}")])


def _quotient(kpi: Kpi, above: Decimal, below: Decimal, rest: str) -> Step:
    """The division, with the days each side looks at where they are not the period itself."""
    measure = kpi.measure
    over = measure.numerator if isinstance(measure, Ratio) else ()
    under = measure.denominator if isinstance(measure, Ratio) else None
    items = under if isinstance(under, tuple) else ()
    zh = f"{term(above)}{_days(over, 'zh')} ÷ {term(below)}{_days(items, 'zh')}{rest}"
    en = f"{term(above)}{_days(over, 'en')} ÷ {term(below)}{_days(items, 'en')}{rest}"
    return Step(f"实际 = {zh}", f"actual = {en}")


def _bounded(kpi: Kpi, kept: Measured, value: Decimal, below: Decimal | None, steps: list[Step]) -> Measured:
    final = kpi.bounded(value)
    if final > value:
        steps.append(
            Step(f"不低于 {shown(final)}，取 {shown(final)}", f"at least {shown(final)}: {shown(final)}")
        )
    elif final < value:
        steps.append(
            Step(f"不高于 {shown(final)}，取 {shown(final)}", f"at most {shown(final)}: {shown(final)}")
        )
    return _with(kept, final, below, *steps)


def _days(items: Sequence[Item], language: str) -> str:
    """Which days the items look at, in brackets: nothing for the period itself.

    >>> from models.definitions.aggregates import KpiRef
    >>> _days([KpiRef("gmv"), KpiRef("gmv", -1, Range("previous"))], "en")
    ' (this period − the period before)'
    """
    signs: dict[Range, int] = {}
    for item in items:
        signs.setdefault(item.range, item.sign)
    if set(signs) <= {CURRENT}:
        return ""
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


def over_target(actual: Decimal, target: Decimal) -> Decimal:
    """The actual as a share of its target; for a target below 0, 1 + (actual − target) ÷ |target|.

    >>> over_target(Decimal(90), Decimal(100)), over_target(Decimal(-50), Decimal(-100))
    (Decimal('0.9'), Decimal('1.5'))
    """
    return divide(actual, target) if target > 0 else add(ONE, relative_gap(actual, target))


def _against_target(kpi: Kpi, ref: TargetRef, kept: Measured, target: ResolvedTarget | None) -> Measured:
    above = kept.numerator
    if above is None:
        return kept if kept.cause else absent("M204", f"{kpi.id} has no numerator")
    below = target.value if target else None
    if below is None or below == 0:
        code, what = ("M210", "has no target") if below is None else ("M212", "has the target 0")
        return Measured(
            "missing", None, above, below, Cause(code, f"{ref.kpi} {what} for this period"), kept.n_rows
        )
    status = "provisional" if kept.status == "provisional" else "scored"
    value = multiply(over_target(above, below), kpi.scale)
    scale = "" if kpi.scale == 1 else f" × {shown(kpi.scale)}"
    base = Measured(status, None, above, below, None, kept.n_rows)
    if below > 0:
        step = _quotient(kpi, above, below, f"{scale} {result(value)}")
    else:
        gap = f"1 + ({shown(above)} − {term(below)}) ÷ |{shown(below)}|"
        text = f"({gap}){scale} {result(value)}" if scale else f"{gap} {result(value)}"
        step = Step(f"实际 = {text}", f"actual = {text}")
    return _bounded(kpi, base, value, below, [step])


def from_ratings(person: Person, item: str, rule: RatingRule, rows: Sequence[Rating]) -> Measured:
    """The weighted rating on 0 to 100.

    Raises:
        CompanyError: C161 for ratings on different scales, C162 for a rating outside its scale.
    """
    if not any(r.score is not None for r in rows):
        return absent("M213", f"nobody rated {person.person_id} on {item}")
    scale = _scale(person, item, rows)
    given = [Given(r.rater_type, r.score) for r in rows]
    found = rule.rated(given, scale)
    if found is None:
        return absent("M213", f"too few raters of {person.person_id} on {item} are of a type that counts")
    return Measured("scored", found.value, n_rows=sum(r.score is not None for r in rows), steps=(found.step,))


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
    scale = scales.pop()
    wrong = [r.score for r in rows if r.score is not None and not 0 <= r.score <= scale]
    if wrong or scale <= 0:
        actual = f"{', '.join(shown(w) for w in wrong)} on a scale of {shown(scale)}"
        raise CompanyError(
            "C162", "a rating lies outside its scale", where=where, actual=actual, remedy="correct the rating"
        )
    return scale


def from_reports(measure: FromReports, reports: Sequence[ReportTotal]) -> Measured:
    """The share of direct reports that reach the mark; not final while a report's total is not."""
    if not reports:
        return absent("M215", "no direct report was appraised in this period")
    unknown = [r for r in reports if r.total is None]
    if unknown:
        names = ", ".join(f"{r.person_id} ({r.role_id})" for r in unknown)
        return Measured("provisional", cause=Cause("M214", f"no total yet of {names}"))
    above = Decimal(sum(_reaches(measure, r) for r in reports))
    below = Decimal(len(reports))
    value = divide(above, below)
    text = f"{shown(above)} ÷ {shown(below)} {result(value)}"
    step = Step(f"达标下属 ÷ 参评下属 = {text}", f"reports reaching the mark ÷ reports appraised = {text}")
    open_ones = [r.person_id for r in reports if r.status == "provisional"]
    cause = Cause("M214", f"the total of {', '.join(open_ones)} is not final") if open_ones else None
    return Measured(
        "provisional" if open_ones else "scored", value, above, below, cause, len(reports), (step,)
    )


def _reaches(measure: FromReports, report: ReportTotal) -> bool:
    if measure.total_at_least is not None:
        return report.total is not None and report.total >= measure.total_at_least
    return report.grade in measure.grade_in
