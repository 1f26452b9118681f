"""`kpi demo`: the sample company end to end, so that a stranger sees every part work on real orders."""

import argparse
import time
from datetime import date

from pipelines.commands.progress import show_progress
from pipelines.commands.run import run_work
from pipelines.commands.score import score_one
from pipelines.company import clock
from pipelines.company.company import load_company
from pipelines.company.home import Home
from pipelines.company.run_scope import RunScope

# The two data sets keep their own dates: a year of shop orders, and a month of help desk tickets.
_SPANS = (
    (date(2010, 12, 1), date(2011, 11, 30), "2011-11"),
    (date(2016, 2, 29), date(2016, 3, 31), "2016-03"),
)


def demo(chosen: argparse.Namespace) -> int:  # noqa: ARG001 - every command takes the arguments
    """Two runs and two scored months; exit code 1 when any of them left something missing."""
    show_progress()
    started = time.monotonic()
    company, home = load_company(), Home.of()
    worst = 0
    for first, last, period in _SPANS:
        print(f"\n== {first} .. {last}\n", flush=True)
        worst = max(worst, run_work(RunScope(company, home, first, last, clock.as_of(company, last))))
        print(flush=True)
        worst = max(worst, score_one(company, period))
    print(f"\n{time.monotonic() - started:.0f} s. Next: kpi why P002 sales_attainment 2011-11; kpi serve")
    return worst
