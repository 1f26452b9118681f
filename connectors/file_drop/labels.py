"""Roles and KPIs by the names people know them by: 店长 in a file is store_manager, where one role alone is called so.

Belongs here: labels -> ids in company tables. Not here: words of a column's own list (models/tables/words), whether an id exists
(checks.py).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from connectors.file_drop.company import DroppedCompany
from connectors.file_drop.layout import load_layout
from connectors.file_drop.refusals import raise_all
from connectors.file_drop.table import DroppedRow, DroppedTable, duplicates
from models.errors import CompanyError, MeritError
from models.spellings import folded

Labels = Mapping[str, Iterable[str]]


def with_ids(company: DroppedCompany, *, roles: Labels, kpis: Labels) -> DroppedCompany:
    """The company's tables with the id wherever the label of a role or KPI stands.

    Raises:
        MeritError: C202 a label that several have; C114 two rows that are the same entry once their labels are ids.
    """
    known = {"role": _by_label(roles), "kpi": _by_label(kpis)}
    errors: list[MeritError] = []
    tables = {name: _named(table, known, errors) for name, table in company.tables.items()}
    raise_all(errors)
    return DroppedCompany(tables)


def _by_label(labels: Labels) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, words in labels.items():
        for word in {folded(w) for w in words}:
            found.setdefault(word, []).append(name)
    # an id is itself, whatever else is called so
    return found | {name: [name] for name in labels}


def _named(
    table: DroppedTable, known: Mapping[str, dict[str, list[str]]], errors: list[MeritError]
) -> DroppedTable:
    layout = load_layout(table.table)
    columns = {c.name: c.names for c in layout.columns if c.names}
    rows = tuple(_row(row, columns, known, table, errors) for row in table.dropped)
    if rows == table.dropped:
        return table
    errors += duplicates(list(rows), layout, table.file)
    return replace(table, dropped=rows)


def _row(
    row: DroppedRow,
    columns: Mapping[str, str],
    known: Mapping[str, dict[str, list[str]]],
    table: DroppedTable,
    errors: list[MeritError],
) -> DroppedRow:
    # a target's scope is a role where its kind says so
    here = {**columns, "scope_id": "role"} if row.values.get("scope") == "role" else columns
    values = dict(row.values)
    for column, kind in here.items():
        text = values[column]
        ids = known[kind].get(text) or known[kind].get(folded(text), []) if isinstance(text, str) else []
        if len(ids) > 1:
            errors.append(
                CompanyError(
                    "C202",
                    f"{column}: several are called so",
                    where=table.where(row),
                    actual=repr(str(text)[:40]),
                    remedy=f"write one of {', '.join(sorted(ids))}",
                )
            )
        values[column] = ids[0] if len(ids) == 1 else text
    return replace(row, values=values)
