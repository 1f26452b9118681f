"""`kpi lint`: everything that is wrong with definitions and company files, without touching any data."""

import argparse
from pathlib import Path

from pipelines import clock
from pipelines.commands.asked import company_of
from pipelines.home import Home
from pipelines.steps.files import checked_files
from pipelines.work import Work


def lint(chosen: argparse.Namespace) -> int:
    """Exit code 0 when a run could start; a refusal is raised with file and line."""
    company = company_of(chosen)
    day = company.first_day
    work = Work(company, Home(Path()), day, day, clock.as_of(company, day))
    definitions = work.definitions
    dropped = checked_files(work)
    for line in dropped.quarantine_report():
        print(line)
    rows = ", ".join(f"{name} {len(table.rows):,}" for name, table in sorted(dropped.tables.items()))
    counts = f"{len(definitions.kpis)} KPIs, {len(definitions.roles)} roles, {len(company.sources)} accounts"
    print(f"{company.folder}: {counts}")
    print(f"rows: {rows}")
    print(f"definitions {definitions.hash[:16]}")
    return 1 if dropped.quarantine_report() else 0
