"""`kpi verify`: do the published tables follow from the landing files? Recomputes and compares rows."""

import argparse
import tempfile
from pathlib import Path

from pipelines.commands.asked import company_of
from pipelines.commands.progress import show_progress
from pipelines.company.home import Home
from pipelines.steps.rebuild import rebuild
from warehouse.published.digest import published_rows

_SHOWN = 3


def verify(chosen: argparse.Namespace) -> int:
    """Exit code 0 when every published table is equal, 1 with the tables and rows that differ."""
    show_progress()
    company, home = company_of(chosen), Home.of()
    with tempfile.TemporaryDirectory(prefix="kpi-verify-") as scratch:
        beside = Home(Path(scratch))
        rebuild(company, home, beside)
        differences = compare(home.root, beside.root)
    for line in differences:
        print(line)
    print("DIFFERENT" if differences else "equal: every published table follows from the landing files")
    return 1 if differences else 0


def compare(published: Path, recomputed: Path) -> list[str]:
    """Tables that differ, with the first rows that stand in one of them alone."""
    told: list[str] = []
    there, here = published_rows(published), published_rows(recomputed)
    for table, rows in there.items():
        gone, new = sorted(set(rows) - set(here[table])), sorted(set(here[table]) - set(rows))
        if gone or new or len(rows) != len(here[table]):
            told.append(f"{table}: {len(rows)} rows published, {len(here[table])} recomputed")
            told += [f"  published only:  {row}" for row in gone[:_SHOWN]]
            told += [f"  recomputed only: {row}" for row in new[:_SHOWN]]
    return told
