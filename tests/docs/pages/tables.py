"""The pages of published tables: an index, and one page per family.

Belongs here: layout, and what is said about a family as a whole. Not here: what a table or column means
(warehouse/published/catalogue.py), what is published (warehouse/published/publish.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.docs.pages.markdown import table_of
from warehouse.published.catalogue import PublishedColumn, PublishedTable, published_catalogue

FOLDER = Path("docs/reference/tables")
INDEX = FOLDER / "README.md"


@dataclass(frozen=True)
class Family:
    """What is said about the tables of one page."""

    zh: str
    en: str
    about: str


# the order of the index: what most readers look for stands first
FAMILIES = {
    "actuals": Family("实际值", "Actuals", "what was measured per person, role and KPI: by day, month to date, by period"),
    "scorecards": Family("考核表", "Scorecards", "scores, grades and the arithmetic behind them"),
    "sources": Family("数据源", "Sources", "what was delivered and proven, and whether it adds up"),
    "company": Family("公司", "Company", "people, ownership, targets, and names of KPIs and roles"),
    "sales": Family("销售", "Sales", "order lines, refunds, inquiries, receipts, forecasts, the market"),
    "traffic": Family("流量", "Traffic", "visits, ads, listings, keywords, health of the shop, settlements"),
    "live": Family("直播与内容", "Live and content", "livestreams, shifts, content, influencers, members"),
    "service": Family("客服", "Service", "tickets, chats, messages, reviews"),
    "goods": Family("货品", "Goods", "stock, parcels, counts, arrivals, purchases, new SKUs"),
    "people": Family("人与事", "People", "tasks, projects, incidents, attendance, training, cost, headcount"),
}  # fmt: skip

HEAD = """# Published tables 已发布的数据表

Everything readers may rely on is in one file, `published/kpi.duckdb` below KPI_HOME (default `var/`). A run
replaces it whole by renaming: a reader sees the old publication or the new one, never a mix. Open it read
only, with any DuckDB client. In the terminal: `kpi tables`, and `kpi tables NAME` for the columns of one.

Money and ratios are DECIMAL; there is no binary float. A missing figure is NULL with `cause_code` and
`cause`, never 0. No pay is in this file. It does hold names and scores: protect it like a personnel file.

Tables whose names begin with `core_` hold the rows that figures are computed from; the names without `core_` are what a
[definition](../../../kpi_definitions/README.md) and a [fact file](../../fact-files.md) say.

This page and the pages it links to are made by `make pages`; a test compares.
"""
ORIGIN = """Origin of a column: stated by the source or file; or filled by a rule (local_day in the shop's zone, base money
through the dated rate, sku list, cost, order, dept, minutes, or a named model in `warehouse/sql/attribution/`); hashed =
personal, kept as a hash when a file states it.

Values: the range of a number, both ends included, or the words of a text; required = never empty in a file. A file with
another value is refused. A record of a connector with another value, or without a required text, day or instant, is kept
out, and the figures of its days are missing with that cause; a number or yes/no that its platform does not state is unknown.
"""


def made() -> dict[Path, str]:
    """The index and the page of every family."""
    tables = published_catalogue()
    by_family = {name: [t for t in tables.values() if t.family == name] for name in FAMILIES}
    pages = {
        FOLDER / f"{name}.md": "\n".join(_page(FAMILIES[name], found)) for name, found in by_family.items()
    }
    return {INDEX: _index(by_family), **pages}


def _index(by_family: dict[str, list[PublishedTable]]) -> str:
    parts = [HEAD]
    for name, tables in by_family.items():
        family = FAMILIES[name]
        rows = [(f"[{table.name}]({name}.md#{table.name})", *table.in_one_line()) for table in tables]
        parts.append(
            f"## [{family.en} {family.zh}]({name}.md)\n\n{family.about[0].upper()}{family.about[1:]}.\n"
        )
        parts.append(table_of(("table", "中文", "meaning"), rows))
    return "\n".join(parts)


def _page(family: Family, tables: list[PublishedTable]) -> Iterator[str]:
    yield f"# Published tables: {family.en} {family.zh}\n"
    yield f"{family.about[0].upper()}{family.about[1:]}. [All published tables](README.md). Made by `make pages`.\n"
    if any(table.dated_by for table in tables):
        yield ORIGIN
    for table in tables:
        yield f"## {table.name}\n"
        yield f"{table.en}\n{table.zh}\n"
        yield _keys(table)
        yield _columns(table)


def _keys(table: PublishedTable) -> str:
    parts = [f"Key: {', '.join(table.key)}."]
    if table.dated_by:
        parts += [f"Dated by: {', '.join(table.dated_by)}.", f"Owned by: {', '.join(table.owned_by)}."]
    return " ".join(parts) + "\n"


def _columns(table: PublishedTable) -> str:
    header = ("column", "type", "unit", "中文", "meaning", *(["origin", "values"] if table.dated_by else []))
    return table_of(header, [_cells(column)[: len(header)] for column in table.columns])


def _cells(column: PublishedColumn) -> tuple[str, ...]:
    return (column.name, column.sql_type, column.unit, column.zh, column.en, column.origin, column.values)
