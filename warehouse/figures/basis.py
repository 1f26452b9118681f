"""What the figures of a scope were computed from: one digest each for company files, definitions, settings and stored records.

Belongs here: noting it beside the figures. Not here: which of it has changed since (pipelines/commands/verify.py).
"""

import hashlib
from collections.abc import Mapping
from types import MappingProxyType

import duckdb

from models.attribution import Attribution
from models.periods import Period
from warehouse.figures.reaching import reaching
from warehouse.store.connect import transaction
from warehouse.store.rows import insert_rows, only_value, row_dicts, run
from warehouse.store.sqltext import Sql

PERIOD_INPUTS = {
    "people in the period": "core_person",
    "ownership in the period": "core_ownership",
    "targets in the period": "core_target",
    "ratings in the period": "core_rating",
}
DAYS = "days"  # the scope of daily and month-to-date figures; every other scope is a period
ADJUSTMENTS = (
    "adjustments "  # what begins the name of the input that people decided about somebody; the person follows
)


def note_basis(
    con: duckdb.DuckDBPyConnection,
    scope: str,
    definition_hash: str,
    attribution: Attribution,
    adjusted: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Replace what the figures of a scope rest on; `adjusted` are digests of what people decided, by person."""
    rows = {
        **_files(con, scope),
        **({} if scope == DAYS else period_inputs(con, Period.parse(scope))),
        "definitions": definition_hash,
        "attribution": _attribution(attribution),
        "records": _records(con),
        **{f"{ADJUSTMENTS}{person}": digest for person, digest in adjusted.items()},
    }
    with transaction(con):
        run(con, Sql("delete from figure_input where scope = ?"), [scope])
        insert_rows(
            con, "figure_input", [{"scope": scope, "input": name, "digest": d} for name, d in rows.items()]
        )


def period_inputs(con: duckdb.DuckDBPyConnection, period: Period) -> dict[str, str]:
    """Digest by name of the company's rows that reach into a period: a newcomer of the month after changes none of them."""
    return {
        name: hashlib.sha256(repr(reaching(con, table, period).to_pylist()).encode()).hexdigest()
        for name, table in PERIOD_INPUTS.items()
    }


def present_basis(con: duckdb.DuckDBPyConnection, period: Period, attribution: Attribution) -> dict[str, str]:
    """What a period would rest on if it were computed now, but for definitions and files that hold other periods too."""
    return {
        **period_inputs(con, period),
        "attribution": _attribution(attribution),
        "records": _records(con),
    }


def _attribution(attribution: Attribution) -> str:
    return hashlib.sha256(repr(attribution).encode()).hexdigest()


def _files(con: duckdb.DuckDBPyConnection, scope: str) -> dict[str, str]:
    """Digest by name of the file; ratings take no part in daily figures."""
    sql = Sql("select file, sha256 from company_file where ? or table_name <> 'core_rating'")
    # `costs.csv (absent)` and `costs.csv` are one input: it was written since
    return {
        row["file"].removesuffix(" (absent)"): row["sha256"] for row in row_dicts(con, sql, [scope != DAYS])
    }


def _records(con: duckdb.DuckDBPyConnection) -> str:
    # by content, not by the number of a load: a window that was read twice says the same
    sql = Sql(
        "select coalesce(sha256(string_agg(distinct landing_sha256, ',' order by landing_sha256)), '') from source_window"
    )
    return str(only_value(con, sql))
