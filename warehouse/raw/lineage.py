"""Which landing file holds the present version of the records of a day, so that a figure leads back to its raw answers.

Belongs here: the way back from raw rows to files. Not here: windows and their proofs (load_window).
"""

import duckdb

from models.loads import StreamRef
from warehouse.store.connect import transaction
from warehouse.store.sqltext import fill, identifier, statement


def store_lineage(con: duckdb.DuckDBPyConnection) -> None:
    """Refill source_record: records by stream, shop, day of creation and landing file."""
    streams = con.execute("select distinct connector, stream from source_account order by all").fetchall()
    known = {str(name) for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()}
    with transaction(con):
        con.execute("delete from source_record")
        for connector, stream in streams:
            table = StreamRef(connector, stream, "").raw_table
            if table in known:
                sql = fill(statement("core/source_record.sql"), table=identifier(table))
                con.execute(sql, {"connector": connector, "stream": stream})
