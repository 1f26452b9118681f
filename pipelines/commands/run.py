"""`kpi run`: pull, compute, publish; then tables of sources, people, what is missing and why, paths."""

from datetime import date, datetime
from pathlib import Path

import click

from pipelines.commands.options import DAY, as_of_option, company_option


@click.command("run")
@click.option("--date", "day", type=DAY, metavar="D", help="One day, e.g. 2011-11-30 (default: yesterday).")
@click.option("--from", "first", type=DAY, metavar="A", help="First day of a span.")
@click.option("--to", "last", type=DAY, metavar="B", help="Last day of a span.")
@as_of_option
@company_option
def run(
    *, day: date | None, first: date | None, last: date | None, as_of: datetime | None, company: Path | None
) -> int:
    """Pull, compute and publish days, write the board.

    Exit code 0 when every source delivered every day, 1 when something is missing or wrong.
    """
    from pipelines.commands.progress import show_progress
    from pipelines.commands.run_choice import chosen_run
    from pipelines.commands.run_report import report_run

    show_progress()
    return report_run(chosen_run(company, day=day, first=first, last=last, as_of=as_of))
