"""`kpi score`: figures, scorecards and workbook of a period; then the table of people."""

import argparse

from pipelines.commands.asked import company_of, period_of
from pipelines.commands.progress import show_progress
from pipelines.commands.run import print_problems
from pipelines.commands.summary import score_summary
from pipelines.company import clock
from pipelines.company.company import Company
from pipelines.company.home import Home
from pipelines.company.run_scope import RunScope
from pipelines.graph.runner import run_period


def score(chosen: argparse.Namespace) -> int:
    """Exit code 0 when everyone could be scored or is provisional with a cause, 1 when the run failed."""
    show_progress()
    return score_one(company_of(chosen), chosen.period, chosen.as_of)


def score_one(company: Company, text: str, as_of: str = "") -> int:
    """Score a period and print its people."""
    period = period_of(text)
    instant = clock.as_of(company, period.end, as_of or None)
    work = RunScope(company, Home.of(), period.start, period.end, instant)
    outcome = run_period(work, period.id)
    print_problems(outcome)
    if not outcome.success:
        return 1
    print(score_summary(work, period))
    print(f"\n{work.home.report(period.id, 'workbook.xlsx')}")
    return 0
