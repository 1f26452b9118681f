"""All partition definitions: days and months of the company's own calendar. Not here: what runs on them."""

from datetime import timedelta

import dagster as dg

from pipelines.company.company import Company


def daily(company: Company) -> dg.DailyPartitionsDefinition:
    """One partition per local day, first_day to last_day."""
    end = (company.last_day + timedelta(days=1)).isoformat() if company.last_day else None
    return dg.DailyPartitionsDefinition(
        start_date=company.first_day.isoformat(), end_date=end, timezone=company.zone
    )


def monthly(company: Company) -> dg.MonthlyPartitionsDefinition:
    """One partition per calendar month, from the month of first_day to the one of last_day."""
    end = None
    if company.last_day:
        end = (company.last_day.replace(day=28) + timedelta(days=4)).replace(day=1).isoformat()
    return dg.MonthlyPartitionsDefinition(
        start_date=company.first_day.replace(day=1).isoformat(), end_date=end, timezone=company.zone
    )


def single_run() -> dg.BackfillPolicy:
    """A span of days is one run.

    By default Dagster starts a run per partition (docs.dagster.io, "Backfilling data"): ten days would be ten processes that pull
    the same windows ten times.
    """
    return dg.BackfillPolicy.single_run()
