"""Every published row as text, so that two states can be told equal. Reads only.

Belongs here: rows as text, whatever they mean. Not here: rows as records (read.py, labels.py, provenance.py).
"""

from pathlib import Path

from warehouse.published.publish import PUBLISHED_TABLES
from warehouse.store.connect import open_published
from warehouse.store.rows import only_column
from warehouse.store.sqltext import Sql, fill, identifier


def published_rows(home: Path) -> dict[str, list[str]]:
    """Every published row as text, sorted, by table."""
    with open_published(home) as con:
        # as one text a row, sorted: the order in which two builds store rows does not count
        sql = Sql("select to_json(t)::varchar from ${source} as t order by 1")
        return {
            table: [str(row) for row in only_column(con, fill(sql, source=_source(table)))]
            for table in PUBLISHED_TABLES
        }


def _source(table: str) -> Sql:
    # who has signed since the publication makes no other figure
    return Sql("(select * exclude (state) from scorecard)") if table == "scorecard" else identifier(table)
