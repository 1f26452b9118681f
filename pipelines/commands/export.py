"""`kpi export`: the published scores of a period as a file for other programs and people."""

import click

_FORMATS = ("xlsx", "html", "csv", "json", "parquet")


@click.command("export")
@click.option("--period", "name", required=True, metavar="P", help="2011-11, 2011-Q4, 2011-H2 or 2011.")
@click.option(
    "--format",
    "file_format",
    required=True,
    type=click.Choice(_FORMATS),
    help="xlsx and html are the appraisal sheets; html of a day is its board.",
)
@click.option(
    "--company",
    expose_value=False,
    metavar="DIR",
    help="Taken as by every command; the published file is that of KPI_HOME.",
)
def export(*, name: str, file_format: str) -> int:
    """Write the scores of a period as a file.

    Its path is printed. Everything is read from the published file: `kpi score --period P` first.
    """
    from models.errors import UsageError
    from models.periods import Period
    from models.whole_file import PRIVATE, write_whole
    from pipelines.commands.export_formats import WRITERS
    from pipelines.commands.run_choice import scored_period
    from pipelines.company.home import Home
    from pipelines.render.board import write_board
    from pipelines.render.sheets_page import write_sheets_page
    from pipelines.render.workbook import write_workbook
    from warehouse.published.read import cards, score_table
    from warehouse.store.connect import open_published

    home = Home.of()
    with open_published(home.root) as con:
        asked = Period.parse(name)
        if file_format == "html" and asked.kind == "D":
            print(write_board(con, asked.end, home.report(asked.id, "board.html")))
            return 0
        period = scored_period(name)
        if not cards(con, period.id):
            raise UsageError(
                "U027",
                "this period is not scored",
                actual=period.id,
                remedy=f"run `kpi score --period {period.id}` first",
            )
        path = home.report(period.id, f"scores.{file_format}")
        if file_format == "xlsx":
            write_workbook(con, period.id, path)
        elif file_format == "html":
            write_sheets_page(con, period.id, path)
        else:
            write_whole(path, WRITERS[file_format](score_table(con, period)), mode=PRIVATE)
    print(path)
    return 0
