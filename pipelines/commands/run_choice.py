"""Options into the run they describe: which company, which days, as of when.

Not here: the options themselves (options.py), what is done with a run (pipelines.steps, pipelines.graph).
"""

from datetime import date, datetime
from pathlib import Path

from models.errors import UsageError
from models.periods import Period
from pipelines.company import clock
from pipelines.company.company import Company, chosen_company
from pipelines.company.home import Home
from pipelines.company.run_scope import RunScope


def chosen_run(
    folder: Path | None,
    *,
    first: date | None,
    last: date | None,
    day: date | None = None,
    as_of: datetime | None,
) -> RunScope:
    """The run over a day, or over a span of days; over yesterday when no day is named.

    Raises:
        UsageError: U020 for a company without a yesterday, U024 to U026 for days that do not go together.
    """
    company = chosen_company(folder)
    start, end = _span(company, day, first, last)
    if start < company.first_day or (company.last_day and end > company.last_day):
        raise UsageError(
            "U026",
            "the company has no such days",
            where="company.yaml: first_day, last_day",
            actual=f"{start} to {end}",
            remedy=f"stay within {company.first_day} to {company.last_day or 'today'}",
        )
    return RunScope(company, Home.of(), start, end, clock.as_of(company, end, as_of))


def scored_period(word: str) -> Period:
    """A period that can be scored: a month or longer.

    Raises:
        UsageError: U010 when it is no period, U023 when it is a day.
    """
    period = Period.parse(word)
    if period.kind == "D":
        raise UsageError(
            "U023", "a day is not scored", actual=word, remedy="name a month, quarter, half-year or year"
        )
    return period


def _span(company: Company, day: date | None, first: date | None, last: date | None) -> tuple[date, date]:
    if day and (first or last):
        raise UsageError("U024", "--date and --from/--to together", remedy="use --date, or --from with --to")
    if last and not first:
        raise UsageError("U024", "--to without --from", remedy="add --from")
    start = day or first or clock.due_day(company)
    end = last or start
    if end < start:
        raise UsageError(
            "U025", "the span ends before it starts", actual=f"{start} to {end}", remedy="swap the days"
        )
    return start, end
