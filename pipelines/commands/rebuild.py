"""`kpi rebuild`: the way back when warehouse.duckdb is lost or damaged."""

from pathlib import Path

import click

from pipelines.commands.options import company_option


@click.command("rebuild")
@company_option
def rebuild(*, company: Path | None) -> int:
    """Make a lost or damaged warehouse anew from landing files.

    Built beside, from the company folder as it is now; nothing is replaced unless the records are those that were published.
    """
    from pipelines.commands.progress import show_progress
    from pipelines.company.company import chosen_company
    from pipelines.company.home import Home
    from pipelines.steps.way_back import rebuild_in_place

    show_progress()
    home = Home.of()
    aside = rebuild_in_place(chosen_company(company), home)
    print(f"the warehouse and the publication of {home.root} are made anew")
    if aside:
        print(f"the old warehouse is kept as {aside.name}")
    return 0
