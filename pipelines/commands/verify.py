"""`kpi verify`: do the published tables follow from the landing files? Recomputes and compares rows."""

import tempfile
from pathlib import Path

import click

from pipelines.commands.options import company_option

_SHOWN = 3  # rows told of one table: enough to see what kind of difference it is


@click.command("verify")
@company_option
def verify(*, company: Path | None) -> int:
    """Recompute everything from landing files and compare.

    Exit code 0 when every published table is equal, 1 with the tables and rows that differ.
    """
    from pipelines.commands.progress import show_progress
    from pipelines.company.company import chosen_company
    from pipelines.company.home import Home
    from pipelines.steps.rebuild import loaded_windows, rebuild

    show_progress()
    home = Home.of()
    with tempfile.TemporaryDirectory(prefix="kpi-verify-") as scratch:
        beside = Home(Path(scratch))
        rebuild(chosen_company(company), home, beside, loaded_windows(home))
        differences = compare(home.root, beside.root)
    for line in differences:
        print(line)
    print("DIFFERENT" if differences else "equal: every published table follows from the landing files")
    return 1 if differences else 0


def compare(published: Path, recomputed: Path) -> list[str]:
    """Tables that differ, with the first rows that stand in one of them alone."""
    from warehouse.published.digest import published_rows

    told: list[str] = []
    there, here = published_rows(published), published_rows(recomputed)
    for table, rows in there.items():
        gone, new = sorted(set(rows) - set(here[table])), sorted(set(here[table]) - set(rows))
        # the numbers too: sets do not see a row that stands twice
        if gone or new or len(rows) != len(here[table]):
            told.append(f"{table}: {len(rows)} rows published, {len(here[table])} recomputed")
            told += [f"  published only:  {row}" for row in gone[:_SHOWN]]
            told += [f"  recomputed only: {row}" for row in new[:_SHOWN]]
    return told
