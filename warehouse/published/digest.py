"""A digest of every published table, so that two states can be told equal. Reads only.

Belongs here: rows as text, whatever they mean. Not here: rows as records (read.py, labels.py, provenance.py).
"""

import hashlib
from pathlib import Path

from warehouse.published.publish import PUBLISHED_TABLES
from warehouse.store.connect import open_published
from warehouse.store.rows import only_column
from warehouse.store.sqltext import Sql, fill, identifier


def published_digests(home: Path) -> dict[str, str]:
    """sha256 of the rows of every published table, in a fixed order."""
    return {table: _digest(rows) for table, rows in published_rows(home).items()}


def published_rows(home: Path) -> dict[str, list[str]]:
    """Every published row as text, sorted, by table."""
    with open_published(home) as con:
        sql = Sql("select to_json(t)::varchar from ${table} as t order by 1")
        return {
            table: [str(row) for row in only_column(con, fill(sql, table=identifier(table)))]
            for table in PUBLISHED_TABLES
        }


def _digest(rows: list[str]) -> str:
    digest = hashlib.sha256()
    for row in rows:
        digest.update(row.encode() + b"\n")
    return digest.hexdigest()
