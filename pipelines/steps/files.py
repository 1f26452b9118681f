"""Company files into the warehouse: read, checked against each other and the definitions, replaced whole.

Not here: how a cell is read (connectors/file_drop) or stored (warehouse/raw/load.py), the fact files (drops.py).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from duckdb import DuckDBPyConnection

from connectors.file_drop import DroppedCompany, check_company, read_company, with_ids
from models.definitions.kpis import Kpi
from models.definitions.roles import Role
from models.errors import MeritError
from models.units import unit_of
from pipelines.company.run_scope import RunScope, tell
from pipelines.steps.drops import load_facts
from pipelines.steps.pull import register_accounts
from warehouse.facts.derived_columns import FEES
from warehouse.raw.load import replace_company_table
from warehouse.store.connect import open_warehouse

_TABLES = {
    "people": "core_person",
    "ownership": "core_ownership",
    "targets": "core_target",
    "ratings": "core_rating",
    "costs": "core_cost",
    "rates": "core_rate",
    "skus": "core_sku",
}


@dataclass(frozen=True)
class LoadedFiles:
    """Rows of each company table, and how many fact files were declared, read, refused and withdrawn."""

    rows: Mapping[str, int]
    fact_files: Mapping[str, int]


def load_files(work: RunScope, *, facts: bool = True) -> LoadedFiles:
    """Bring every company table up to date, then the fact files.

    A wrong company file changes nothing at all; a wrong fact file costs its own days only.
    """
    # before the warehouse is opened: a refusal finds all tables as they were
    dropped = checked_files(work)
    with open_warehouse(work.home.root) as con:
        register_accounts(con, work.company)
        rows = {table: _replace(con, work, dropped, table) for table in _TABLES}
        rows["sla"] = _replace_sla(con, work)
    for line in dropped.quarantine_report():
        tell("files", f"set aside: {line}")
    tell("files", ", ".join(f"{table} {count:,}" for table, count in rows.items()))
    return LoadedFiles(rows, load_facts(work) if facts else {})


def checked_files(work: RunScope) -> DroppedCompany:
    """The company's tables, refused when they contradict themselves or the definitions."""
    dropped, refusal = looked_at_files(work)
    if refusal is not None or dropped is None:
        raise refusal or AssertionError("files that cannot be read have a refusal")
    return dropped


def looked_at_files(work: RunScope) -> tuple[DroppedCompany | None, MeritError | None]:
    """The company's tables as they are, and why they are refused; without tables where they cannot even be read."""
    definitions = work.definitions
    roles, kpis = definitions.roles, definitions.kpis
    try:
        dropped = with_ids(read_company(work.company.folder), roles=_labels(roles), kpis=_labels(kpis))
    except MeritError as refusal:
        return None, refusal
    rates = {name for name, kpi in kpis.items() if unit_of(kpi.unit).is_ratio}
    try:
        work.company.check_roles(roles)
        check_company(dropped.tables, role_ids=tuple(roles), kpi_ids=tuple(kpis), rate_kpis=rates)
    except MeritError as refusal:
        return dropped, refusal
    return dropped, None


def _labels(named: Mapping[str, Kpi] | Mapping[str, Role]) -> dict[str, tuple[str, ...]]:
    """What every role or KPI is called, by its id."""
    return {name: (one.label.zh, one.label.en) for name, one in named.items()}


def _replace(con: DuckDBPyConnection, work: RunScope, dropped: DroppedCompany, table: str) -> int:
    found = dropped.tables.get(table)
    rows = found.rows if found else []
    # an absent file is an empty table, as if a file without a byte were there
    sha256 = found.sha256 if found else hashlib.sha256(b"").hexdigest()
    if table == "costs" and work.company.empty_fees == "zero":
        rows = [{**row, **{fee: Decimal(0) for fee in FEES if row.get(fee) is None}} for row in rows]
        # the same file means something else now
        sha256 = hashlib.sha256(f"{sha256} with empty fees as zero".encode()).hexdigest()
    replace_company_table(
        con,
        _TABLES[table],
        rows,
        file=found.file if found else f"{table}.csv (absent)",
        sha256=sha256,
        quarantined=len({cell.row_number for cell in found.quarantined}) if found else 0,
        as_of=work.as_of,
    )
    return len(rows)


def _replace_sla(con: DuckDBPyConnection, work: RunScope) -> int:
    hours = work.company.sla_hours
    # sorted: the order of lines in company.yaml changes nothing
    digest = hashlib.sha256(json.dumps(dict(hours), sort_keys=True).encode()).hexdigest()
    rows = [{"priority": priority, "sla_hours": count} for priority, count in hours.items()]
    replace_company_table(con, "ticket_sla", rows, file="company.yaml", sha256=digest, as_of=work.as_of)
    return len(rows)
