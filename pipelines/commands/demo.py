"""`kpi demo`: the sample company end to end, so that a stranger sees every part work on real orders."""

import time
from datetime import date

import click

# The two data sets keep their own dates: a year of shop orders, and a month of help desk tickets.
_SPANS = (
    (date(2010, 12, 1), date(2011, 11, 30), "2011-11"),
    (date(2016, 2, 29), date(2016, 3, 31), "2016-03"),
)


@click.command("demo")
def demo() -> int:
    """Run and score the sample company, end to end.

    A year of orders and a month of tickets are pulled, computed and scored. Exit code 1 when one of the two runs or two scored
    months left something missing.
    """
    from pipelines.commands.progress import show_progress
    from pipelines.commands.run_report import report_period, report_run
    from pipelines.company import clock
    from pipelines.company.company import load_company
    from pipelines.company.home import Home
    from pipelines.company.run_scope import RunScope

    show_progress()
    started = time.monotonic()
    company, home = load_company(), Home.of()
    worst = 0
    for first, last, period in _SPANS:
        # flushed: progress goes to stderr, and would otherwise come before its heading
        print(f"\n== {first} .. {last}\n", flush=True)
        worst = max(worst, report_run(RunScope(company, home, first, last, clock.as_of(company, last))))
        print(flush=True)
        worst = max(worst, report_period(company, period))
    print(f"\n{time.monotonic() - started:.0f} s. Next: kpi why P002 sales_attainment 2011-11; kpi serve")
    return worst
