"""`kpi run`: pull, compute, publish; then tables of sources, people, what is missing and why, paths."""

import argparse
import sys

from pipelines.commands.asked import company_of, work_of
from pipelines.commands.progress import show_progress
from pipelines.commands.summary import day_summary
from pipelines.company.run_scope import RunScope
from pipelines.graph.runner import RunOutcome, run_days


def run(chosen: argparse.Namespace) -> int:
    """Exit code 0 when every source delivered every day, 1 when something is missing or wrong."""
    show_progress()
    return run_work(work_of(chosen, company_of(chosen)))


def run_work(work: RunScope) -> int:
    """Run the daily job and print what came of it."""
    outcome = run_days(work)
    print_problems(outcome)
    if not outcome.success:
        return 1
    text, missing = day_summary(work)
    print(text)
    return 1 if missing else 0


def print_problems(outcome: RunOutcome) -> None:
    """Errors and failed checks, one line each, on stderr."""
    for line in outcome.errors:
        print(line, file=sys.stderr)
    for check in outcome.failed_checks:
        print(check.render(), file=sys.stderr)
