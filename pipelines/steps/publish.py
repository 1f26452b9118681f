"""The readers' file, the board and the workbook. Not here: what they look like (pipelines/render)."""

from pathlib import Path

from duckdb import DuckDBPyConnection

from models.periods import Period
from pipelines.company.company import Company
from pipelines.company.home import Home
from pipelines.company.run_scope import RunScope, tell
from pipelines.render.board import write_board
from pipelines.render.open_points import OpenPoints
from pipelines.render.workbook import write_workbook
from pipelines.steps.locked_periods import keep_locked
from warehouse.published.provenance import extent
from warehouse.published.publish import publish
from warehouse.published.scorecards import store_company, store_labels, store_publication
from warehouse.store.connect import open_published, open_warehouse


def publish_all(work: RunScope, period: str | None = None) -> Path:
    """Publish everything computed so far; readers see the old file whole or the new one whole."""
    # Labels and the mark of the publication go first: readers must not see new figures under old names.
    with open_warehouse(work.home.root) as con:
        _describe(con, work, period)
        keep_locked(con, work.home)
        path = publish(con, work.home.root)
    tell("publish", str(path))
    return path


def publish_again(company: Company, home: Home, period: Period) -> Path:
    """Publish what was published last with what people have decided since, such as a lock, and the workbook of that period.

    Raises:
        WarehouseError: W101 while another process holds the warehouse.
    """
    with open_published(home.root) as con:
        covered = extent(con)
    # a publication shows either a day or a period
    last = covered.day or Period.parse(covered.period or "").end
    work = RunScope(company, home, last, last, covered.as_of)
    publish_all(work, covered.period)
    return write_period_workbook(work, period)


def _describe(con: DuckDBPyConnection, work: RunScope, period: str | None) -> None:
    company = work.company
    store_labels(con, work.definitions, work.last)
    store_company(
        con,
        {
            "id": company.id,
            "name_zh": company.name.zh,
            "name_en": company.name.en,
            "zone": company.zone,
            "currency": company.currency,
            "languages": ",".join(company.languages),
        },
    )
    store_publication(
        con,
        as_of=work.as_of,
        # either of them: it says what the publication was made for
        day=None if period else work.last,
        period=period,
        definition_hash=work.definitions.hash,
    )


def write_day_board(work: RunScope) -> Path:
    """The board of the last day, from the published file alone."""
    path = work.home.report(work.last.isoformat(), "board.html")
    with open_published(work.home.root) as con:
        write_board(con, work.last, path)
    tell("board", str(path))
    return path


def write_period_workbook(work: RunScope, period: Period, points: OpenPoints | None = None) -> Path:
    """The appraisal sheets of a period, from the published file alone, and what blocks its close where that is given."""
    path = work.home.report(period.id, "workbook.xlsx")
    with open_published(work.home.root) as con:
        write_workbook(con, period.id, path, points)
    tell("sheets", str(path))
    return path
