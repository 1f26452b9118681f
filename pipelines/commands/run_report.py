"""A Dagster job run in this process, and its end told on the terminal, for the commands run, score and demo.

Not here: the tables (summary.py), running (pipelines.graph.runner).
"""

import sys
from datetime import datetime

from pipelines.commands.run_choice import scored_period
from pipelines.commands.summary import day_summary, score_summary
from pipelines.company import clock
from pipelines.company.company import Company
from pipelines.company.home import Home
from pipelines.company.run_scope import RunScope
from pipelines.graph.runner import RunOutcome, run_days, run_period


def report_run(work: RunScope) -> int:
    """Run the daily job and print what came of it; returns 1 when something is missing or wrong."""
    outcome = run_days(work)
    _print_problems(outcome)
    if not outcome.success:
        return 1
    text, missing = day_summary(work)
    print(text)
    return 1 if missing else 0


def report_period(company: Company, name: str, as_of: datetime | None = None) -> int:
    """Score a period and print its people; returns 1 when the run failed."""
    period = scored_period(name)
    instant = clock.as_of(company, period.end, as_of)
    work = RunScope(company, Home.of(), period.start, period.end, instant)
    outcome = run_period(work, period.id)
    _print_problems(outcome)
    if not outcome.success:
        return 1
    print(score_summary(work, period))
    print(f"\n{work.home.report(period.id, 'workbook.xlsx')}")
    return 0


def _print_problems(outcome: RunOutcome) -> None:
    """Errors and failed checks, one line each, on stderr."""
    for line in outcome.errors:
        print(line, file=sys.stderr)
    for check in outcome.failed_checks:
        print(check.render(), file=sys.stderr)
