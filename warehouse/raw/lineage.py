"""Which landing file holds the present version of the records of a day, so that a figure leads back to its raw answers.

Belongs here: the way back from raw rows to files. Not here: windows and their proofs (load_window).
"""

import duckdb

from models.loads import StreamRef
from warehouse.store.connect import transaction
from warehouse.store.rows import has_table, row_dicts, run
from warehouse.store.sqltext import Sql, fill, identifier, statement


def store_lineage(con: duckdb.DuckDBPyConnection) -> None:
    """Refill source_record: records by stream, shop, day of creation and landing file."""
    fed = row_dicts(con, Sql("select distinct connector, stream from source_account order by all"))
    with transaction(con):
        run(con, Sql("delete from source_record"))
        for stream in fed:
            table = identifier(StreamRef(shop_id="", **stream).raw_table)
            # an account that is listed but was never pulled has no raw table yet
            if has_table(con, table):
                run(con, fill(statement("core/source_record.sql"), table=table), stream)
