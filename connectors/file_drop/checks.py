"""What no single cell can show: shares over 100 %, managers in a circle, a target without a basis.

Belongs here: rules inside and between company tables.
Not here: types of cells (values.py) and rules of definitions (models).
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import combinations

from connectors.file_drop.table import DroppedRow, DroppedTable, raise_all
from models.errors import CompanyError
from models.inputs import last_day
from models.values import closest

Tables = Mapping[str, DroppedTable]
_OPEN_END = date.max  # an empty `valid_to` holds until somebody writes one


def check_company(tables: Tables, *, role_ids: Collection[str] = (), kpi_ids: Collection[str] = ()) -> None:
    """Refuses company tables that contradict themselves, each other or the definitions.

    Args:
        tables: what `read_company` found.
        role_ids: every role of the definitions; empty skips that comparison.
        kpi_ids: every KPI of the definitions; empty skips that comparison.

    Raises:
        MeritError: every contradiction found, C120 to C134.
    """
    raise_all(find_problems(tables, role_ids=role_ids, kpi_ids=kpi_ids))


def find_problems(
    tables: Tables, *, role_ids: Collection[str] = (), kpi_ids: Collection[str] = ()
) -> Iterator[CompanyError]:
    """The contradictions one by one, in file order of the tables."""
    persons = {str(r["person_id"]) for r in tables["people"].rows} if "people" in tables else set()
    if people := tables.get("people"):
        yield from _people(people, persons, role_ids)
    if ownership := tables.get("ownership"):
        yield from _ownership(ownership, persons, role_ids)
    if targets := tables.get("targets"):
        yield from _targets(targets, persons, role_ids, kpi_ids)
    if ratings := tables.get("ratings"):
        yield from _ratings(ratings, persons)


def _people(table: DroppedTable, persons: set[str], role_ids: Collection[str]) -> Iterator[CompanyError]:
    for row in table.dropped:
        yield from _ordered(table, row, "valid_from", "valid_to")
        yield from _ordered(table, row, "hire_date", "leave_date")
        yield from _ordered(table, row, "valid_from", "leave_date")
        yield from _known(table, row, "role_id", role_ids, ("C125", "role"))
        yield from _known(table, row, "manager_id", persons, ("C123", "person"))
    yield from _overlaps(table, ("person_id",), "C122", "the same person stands in two rows on one day")
    yield from _manager_cycles(table)


def _ownership(table: DroppedTable, persons: set[str], role_ids: Collection[str]) -> Iterator[CompanyError]:
    for row in table.dropped:
        yield from _ordered(table, row, "valid_from", "valid_to")
        yield from _known(table, row, "role_id", role_ids, ("C125", "role"))
        yield from _known(table, row, "person_id", persons, ("C132", "person"))
    keys = ("scope_type", "scope_id", "role_id", "person_id")
    yield from _overlaps(table, keys, "C121", "the same person owns this twice on one day")
    for scope, rows in _grouped(table, keys[:3]).items():
        yield from _shares(table, scope, rows)


def _targets(
    table: DroppedTable, persons: set[str], role_ids: Collection[str], kpi_ids: Collection[str]
) -> Iterator[CompanyError]:
    for row in table.dropped:
        yield from _known(table, row, "kpi_id", kpi_ids, ("C128", "KPI"))
        if row.values["scope"] == "person":
            yield from _known(table, row, "scope_id", persons, ("C133", "person"))
        if row.values["scope"] == "role":
            yield from _known(table, row, "scope_id", role_ids, ("C125", "role"))
        if row.values["basis"] == "external":
            yield CompanyError(
                "C129",
                "a target copied from outside has no basis of its own",
                where=table.where(row),
                actual="basis=external",
                remedy="compare with your own history and write own_history, strategy or negotiated",
            )


def _ratings(table: DroppedTable, persons: set[str]) -> Iterator[CompanyError]:
    for row in table.dropped:
        yield from _known(table, row, "person_id", persons, ("C133", "person"))
        score, top = row.values["score"], row.values["scale_max"]
        if isinstance(score, Decimal) and isinstance(top, Decimal) and score > top:
            yield CompanyError(
                "C134",
                "the score is above its scale",
                where=table.where(row),
                actual=f"{score} of {top}",
                remedy="correct the score or scale_max",
            )


def _ordered(table: DroppedTable, row: DroppedRow, first: str, last: str) -> Iterator[CompanyError]:
    start, end = row.values[first], row.values[last]
    # equal is good: both days belong to the row
    if isinstance(start, date) and isinstance(end, date) and end < start:
        yield CompanyError(
            "C126",
            f"{last} is before {first}",
            where=table.where(row),
            actual=f"{start} to {end}",
            remedy="exchange or correct the dates",
        )


def _known(
    table: DroppedTable, row: DroppedRow, column: str, known: Collection[str], names: tuple[str, str]
) -> Iterator[CompanyError]:
    value, (code, kind) = row.values[column], names
    # nothing known: the caller gave no list, so there is nothing to compare with
    if value is None or not known or value in known:
        return
    near = closest(str(value), known)
    remedy = f"did you mean {near[0]!r}?" if near else f"use one of {', '.join(sorted(known)[:8])}"
    yield CompanyError(
        code,
        f"{column} names no known {kind}",
        where=table.where(row),
        actual=repr(str(value)[:40]),
        remedy=remedy,
    )


def _grouped(table: DroppedTable, columns: tuple[str, ...]) -> dict[tuple[object, ...], list[DroppedRow]]:
    groups: dict[tuple[object, ...], list[DroppedRow]] = defaultdict(list)
    for row in table.dropped:
        groups[tuple(row.values[c] for c in columns)].append(row)
    return groups


def _start(row: DroppedRow) -> date:
    value = row.values["valid_from"]
    return value if isinstance(value, date) else date.min


def _end(row: DroppedRow) -> date:
    return last_day(row.values["valid_to"], row.values.get("leave_date")) or _OPEN_END


def _overlaps(table: DroppedTable, columns: tuple[str, ...], code: str, what: str) -> Iterator[CompanyError]:
    for key, rows in _grouped(table, columns).items():
        # by start: `first` is then the row that has to end earlier
        for first, second in combinations(sorted(rows, key=_start), 2):
            if _start(second) <= _end(first):  # the last day itself still belongs to the row
                yield CompanyError(
                    code,
                    what,
                    where=f"{table.where(first)} and {table.where(second)}",
                    actual=f"{', '.join(map(str, key))} on {_start(second)}",
                    remedy=f"end the earlier row before {_start(second)}",
                )


def _shares(table: DroppedTable, scope: tuple[object, ...], rows: list[DroppedRow]) -> Iterator[CompanyError]:
    """The first day on which the shares of one scope and role are more than the whole."""
    # Shares change only where a row begins, or fall where one ends: the first days of rows are all that need looking at.
    for day in sorted({_start(r) for r in rows}):
        active = [r for r in rows if _start(r) <= day <= _end(r)]
        total = sum((s for r in active if isinstance(s := r.values["share"], Decimal)), Decimal(0))
        if total > 1:
            yield CompanyError(
                "C120",
                f"the shares of {' '.join(map(str, scope))} sum to {total * 100:f} %".replace(
                    ".000000 %", " %"
                ),
                where=" and ".join(table.where(r) for r in active),
                actual=f"on {day}: "
                + " + ".join(f"{r.values['person_id']} {r.values['share']}" for r in active),
                remedy="lower the shares to at most 1 together, or end one row before the other starts",
            )
            return


def _manager_cycles(table: DroppedTable) -> Iterator[CompanyError]:
    # the same circle is found from each of its members and on many days
    reported: set[frozenset[str]] = set()
    # a circle can only close on the first day of a row, like a share
    for day in sorted({_start(r) for r in table.dropped}):
        active = {str(r.values["person_id"]): r for r in table.dropped if _start(r) <= day <= _end(r)}
        for person in active:
            cycle = _cycle(person, active)
            if cycle and frozenset(cycle) not in reported:
                reported.add(frozenset(cycle))
                where = " and ".join(table.where(active[p]) for p in cycle)
                chain = " -> ".join([*cycle, cycle[0]])
                yield CompanyError(
                    "C124",
                    "the managers form a circle",
                    where=where,
                    actual=f"{chain} on {day}",
                    remedy="leave manager_id of the topmost empty",
                )


def _manager(active: Mapping[str, DroppedRow], person: str) -> str | None:
    manager = active[person].values["manager_id"] if person in active else None
    return None if manager is None else str(manager)


def _cycle(start: str, active: Mapping[str, DroppedRow]) -> list[str]:
    """The circle that `start` itself is part of, or nothing."""
    path, seen = [start], {start}
    while (above := _manager(active, path[-1])) is not None:
        if above == start:
            return path
        # a circle above: reported when its own members are looked at
        if above in seen:
            return []
        path.append(above)
        seen.add(above)
    return []
