"""Arguments into work: which company, which days, as of when."""

import argparse
from datetime import date

from models.errors import UsageError
from models.periods import Period
from pipelines.company import clock
from pipelines.company.company import Company, chosen_company
from pipelines.company.home import Home
from pipelines.company.run_scope import RunScope


def company_of(chosen: argparse.Namespace) -> Company:
    """The company that --company or KPI_COMPANY names, else the sample."""
    return chosen_company(chosen.company)


def work_of(chosen: argparse.Namespace, company: Company) -> RunScope:
    """The days asked for; yesterday when none is named."""
    first, last = _days(chosen, company)
    _refuse_outside(company, first, last)
    return RunScope(company, Home.of(), first, last, clock.as_of(company, last, chosen.as_of or None))


def period_of(text: str) -> Period:
    """A period that can be scored: a month or longer."""
    period = Period.parse(text)
    if period.kind == "D":
        raise UsageError(
            "U023", "a day is not scored", actual=text, remedy="name a month, quarter, half-year or year"
        )
    return period


def _days(chosen: argparse.Namespace, company: Company) -> tuple[date, date]:
    day = getattr(chosen, "date", "")
    if day and (chosen.first or chosen.last):
        raise UsageError("U024", "--date and --from/--to together", remedy="use --date, or --from with --to")
    if day:
        return clock.parse_day(day), clock.parse_day(day)
    if not chosen.first and not chosen.last:
        due = clock.due_day(company)
        return due, due
    if not chosen.first:
        raise UsageError("U024", "--to without --from", remedy="add --from")
    first = clock.parse_day(chosen.first)
    last = clock.parse_day(chosen.last) if chosen.last else first
    if last < first:
        raise UsageError(
            "U025", "the span ends before it starts", actual=f"{first} to {last}", remedy="swap the days"
        )
    return first, last


def _refuse_outside(company: Company, first: date, last: date) -> None:
    if first < company.first_day or (company.last_day and last > company.last_day):
        raise UsageError(
            "U026",
            "the company has no such days",
            where="company.yaml: first_day, last_day",
            actual=f"{first} to {last}",
            remedy=f"stay within {company.first_day} to {company.last_day or 'today'}",
        )
