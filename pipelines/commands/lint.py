"""`kpi lint`: everything that is wrong with definitions and company files, without touching any data."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import click

from pipelines.commands.options import company_option


@click.command("lint")
@click.option("--all", "with_notices", is_flag=True, help="Show notices too, not only errors and warnings.")
@company_option
def lint(*, with_notices: bool, company: Path | None) -> int:
    """Check definitions and company files, change nothing.

    Exit code 0 when a run could start and nobody would be cheated. What each code means: docs/reference/lint.md.
    """
    from pipelines.company import clock
    from pipelines.company.company import chosen_company
    from pipelines.company.home import Home
    from pipelines.company.lint_context import findings_of, refused_access
    from pipelines.company.run_scope import RunScope
    from pipelines.steps.drops import absent_files
    from pipelines.steps.files import checked_files

    checked = chosen_company(company)
    day = checked.first_day
    # a home that is never read: the linter looks at the folder alone, and one day is as good as another
    work = RunScope(checked, Home(Path()), day, day, clock.as_of(checked, day))
    definitions = work.definitions
    dropped = checked_files(work)
    found = findings_of(work, dropped)
    # the mildest first: what stops a run, and what is left out of it, stands last, above the count
    for finding in reversed(found):
        if with_notices or finding.severity != "notice":
            print(finding.render())
    left_out = [
        *dropped.quarantine_report(),
        *refused_access(checked),
        *(error.render() for error in absent_files(checked)),
    ]
    for line in left_out:
        print(line)
    rows = ", ".join(f"{name} {len(table.rows):,}" for name, table in sorted(dropped.tables.items()))
    counts = f"{len(definitions.kpis)} KPIs, {len(definitions.roles)} roles, {len(checked.sources)} accounts"
    print(f"{checked.folder}: {counts}")
    print(f"rows: {rows}")
    print(f"definitions {definitions.hash[:16]}")
    errors = [*(f.severity for f in found), *("error" for _ in left_out)]
    print(f"findings: {counted(errors)}")
    return 1 if "error" in errors else 0


def counted(severities: Iterable[str]) -> str:
    """How many findings of each severity.

    >>> counted([])
    '0 errors, 0 warnings, 0 notices (--all shows them; what each code means: docs/reference/lint.md)'
    """
    from models.lint import SEVERITIES

    numbers = Counter(severities)
    shown = ", ".join(
        f"{n} {severity}{'' if n == 1 else 's'}" for severity in SEVERITIES for n in [numbers[severity]]
    )
    return f"{shown} (--all shows them; what each code means: docs/reference/lint.md)"
