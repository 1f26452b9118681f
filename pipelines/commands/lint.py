"""`kpi lint`: everything that is wrong with definitions and company files, without touching any data."""

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from models.lint import SEVERITIES, Finding
from pipelines.commands.asked import company_of
from pipelines.company import clock
from pipelines.company.home import Home
from pipelines.company.lint_context import findings_of
from pipelines.company.run_scope import RunScope
from pipelines.steps.files import checked_files


def lint(chosen: argparse.Namespace) -> int:
    """Exit code 0 when a run could start and nobody would be cheated; a refusal is raised with file and line."""
    company = company_of(chosen)
    day = company.first_day
    work = RunScope(company, Home(Path()), day, day, clock.as_of(company, day))
    definitions = work.definitions
    dropped = checked_files(work)
    for line in dropped.quarantine_report():
        print(line)
    found = findings_of(work, dropped)
    print_findings(found, all_of_them=bool(getattr(chosen, "all", False)))
    rows = ", ".join(f"{name} {len(table.rows):,}" for name, table in sorted(dropped.tables.items()))
    counts = f"{len(definitions.kpis)} KPIs, {len(definitions.roles)} roles, {len(company.sources)} accounts"
    print(f"{company.folder}: {counts}")
    print(f"rows: {rows}")
    print(f"definitions {definitions.hash[:16]}")
    print(f"findings: {counted(found)}")
    return 1 if dropped.quarantine_report() or any(f.severity == "error" for f in found) else 0


def print_findings(found: Sequence[Finding], *, all_of_them: bool) -> None:
    """Errors and warnings; notices only when they are asked for."""
    for finding in found:
        if all_of_them or finding.severity != "notice":
            print(finding.render())


def counted(found: Sequence[Finding]) -> str:
    """How many of each severity.

    >>> counted([])
    '0 errors, 0 warnings, 0 notices (--all shows them; what each code means: docs/lint.md)'
    """
    numbers = Counter(finding.severity for finding in found)
    shown = ", ".join(
        f"{n} {severity}{'' if n == 1 else 's'}" for severity in SEVERITIES for n in [numbers[severity]]
    )
    return f"{shown} (--all shows them; what each code means: docs/lint.md)"
