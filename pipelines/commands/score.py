"""`kpi score`: figures, scorecards and workbook of a period; then the table of people."""

from datetime import datetime
from pathlib import Path

import click

from pipelines.commands.options import as_of_option, company_option, period_option


@click.command("score")
@period_option
@as_of_option
@company_option
def score(*, period: str, as_of: datetime | None, company: Path | None) -> int:
    """Score everyone of a period and write the workbook.

    Exit code 0 when everyone could be scored or is provisional with a cause, 1 when the run failed.
    """
    from pipelines.commands.progress import show_progress
    from pipelines.commands.run_report import report_period
    from pipelines.company.company import chosen_company

    show_progress()
    return report_period(chosen_company(company), period, as_of)
