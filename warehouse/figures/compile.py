"""KPI definitions to SQL: one statement per family of measures, grouped by span, person and role.

Belongs here: families of measures, sums, order statistics, and the row that lacks a value. Not here: distinct keys
(compile_distinct.py), running it (run.py), ratios (models.money), meaning of a column.

Shape of a statement: facts are first added up by day and ownership scope (cheap, one scan per date column and range
of days), then joined to the few ownership rows and spans. Distinct counts go through distinct keys, order
statistics through the person's sorted rows. Everything is exact: sums and counts are DECIMAL, shares DECIMAL(7,6),
medians come back as their two neighbours.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from models.tables import Derivation, Table
from warehouse.figures.compile_distinct import distinct, groups
from warehouse.figures.expressions import scale
from warehouse.figures.fact_scan import KEY, Grain, Pass
from warehouse.figures.measures import ORDERED, Measure
from warehouse.store.sqltext import fill, identifier, literal

Group = list[tuple[int, Measure]]


@dataclass(frozen=True)
class Family:
    """Measures of one fact that one statement answers, and the roles that ask for them; no role = every role."""

    measures: tuple[Measure, ...]
    roles: tuple[str, ...]


_TOTALS = {"min": "min", "max": "max"}  # how partial figures of a measure are put together; otherwise added


def compile_family(family: Family, table: Table, grain: Grain) -> str:
    """One statement with columns label, person_id, role_id and, per measure, its `output_columns`.

    A statement of its own for each family: memory of one is free again before the next begins.
    Parameters: for every range of `ranges_of(family.measures)` its `bounds_of`, the first and last date over all spans.
    Reads kpi_span and kpi_held. `table` names the scopes to look at: at least one.
    """
    first = family.measures[0]
    scan = Pass(table, first.date, first.range, grain, first.by_span, family.roles)
    parts = _make(first)(0, list(enumerate(family.measures)), scan)
    return fill(
        "with ${parts}\nselect ${key}, ${outputs}\nfrom result_0\norder by ${key}",
        parts=",\n".join(parts),
        key=KEY,
        outputs=", ".join(name for i, m in enumerate(family.measures) for name in output_columns(i, m)),
    )


def output_columns(number: int, measure: Measure) -> tuple[str, ...]:
    """Names of the columns that carry a measure: figures, rows, rows without a value, rows seen on a snapshot's day.

    An order statistic has two figures: the neighbours between which to interpolate.
    """
    name = f"a{number}"
    figures = (f"{name}_lo", f"{name}_hi") if measure.agg in ORDERED else (name,)
    seen = (f"{name}_seen",) if measure.is_additive and measure.range.is_snapshot else ()
    return (*figures, f"{name}_n", f"{name}_null", *seen)


def compile_gap(measure: Measure, table: Table, grain: Grain, roles: tuple[str, ...] = ()) -> str:
    """Why a measure is unknown: per label, person and role `kind|subject|day` of the first NULL."""
    scan = Pass(table, measure.date, measure.range, grain, True, roles)
    scopes = " or ".join(
        f"(o.scope_type = {literal(t)} and o.scope_id = f.{identifier(c)})" for t, c in table.scopes.items()
    )
    return fill(
        "select s.label, o.person_id, o.role_id, min(${reason}) as reason\nfrom ${source}"
        "inner join kpi_held as o on ${held} and (${scopes})"
        " and f.${day} between o.valid_from and o.valid_to\n"
        "where ${bounds} and ${where} and ${expr} is null\ngroup by s.label, o.person_id, o.role_id",
        reason=_reason(measure, table),
        source=scan.source,
        held=scan.held,
        scopes=scopes,
        day=scan.day,
        bounds=scan.bounds,
        where=scan.where(measure),
        expr=scan.expr(measure.summed),
    )


def _make(measure: Measure) -> Callable[[int, Group, Pass], list[str]]:
    match measure.agg:
        case "count_distinct":
            return distinct
        case "count_groups":
            return groups
        case "median" | "percentile":
            return _ordered
        case _:
            return _additive


def families(measures: Sequence[Measure], roles: Mapping[Measure, Collection[str]]) -> list[Family]:
    """Measures that can share one pass: same dates and range; distinct counts also share their keys.

    `roles`: who asks for a measure; none named = every role. A family is computed for the holders in roles that ask for
    any of its measures.
    """
    found: dict[tuple[object, ...], list[Measure]] = {}
    for number, measure in enumerate(measures):
        match measure.agg:
            case "sum" | "count" | "min" | "max":
                key: tuple[object, ...] = ("additive", measure.date, measure.range, measure.by_span)
            case "count_distinct":
                key = ("distinct", measure.date, measure.range, measure.by_span, measure.keys)
            case _:
                key = ("alone", number)
        found.setdefault(key, []).append(measure)
    return [Family(tuple(group), _asking(group, roles)) for group in found.values()]


def _asking(group: Sequence[Measure], roles: Mapping[Measure, Collection[str]]) -> tuple[str, ...]:
    asked = [roles.get(measure, ()) for measure in group]
    return tuple(sorted(set().union(*asked))) if all(asked) else ()


def _additive(number: int, group: Group, scan: Pass) -> list[str]:
    scopes = dict.fromkeys(scan.table.scopes.values())
    keys = [f"f.{scan.day} as day", *(f"f.{identifier(column)}" for column in scopes)]
    inner = [part for i, m in group for part in _additive_columns(i, m, scan)]
    names = [
        (name, _TOTALS.get(m.agg, "sum") if name == f"a{i}" else "sum", name == f"a{i}")
        for i, m in group
        for name in output_columns(i, m)
    ]
    pre = fill(
        "pre_${n} as (\nselect ${label}${columns}\nfrom ${source}\nwhere ${bounds}\ngroup by all)",
        n=str(number),
        label=scan.label,
        columns=", ".join([*keys, *inner]),
        source=scan.source,
        bounds=scan.bounds,
    )
    scoped = "\nunion all\n".join(
        fill(
            "select ${label}day, ${type} as scope_type, ${scope} as scope_id, ${sums} from pre_${n} group by all",
            label="label, " if scan.by_span else "",
            type=literal(kind),
            scope=identifier(column),
            n=str(number),
            sums=", ".join(f"{put}({name}) as {name}" for name, put, _ in names),
        )
        for kind, column in scan.table.scopes.items()
    )
    shown = ", ".join(
        f"sum(p.{name} * o.share) as {name}" if is_figure and put == "sum" else f"{put}(p.{name}) as {name}"
        for name, put, is_figure in names
    )
    result = fill(
        "result_${n} as (\nselect ${label} as label, o.person_id, o.role_id, ${shown}\nfrom (${scoped}) as p\n"
        "${owner}${span}group by all)",
        n=str(number),
        label=scan.known_label,
        shown=shown,
        scoped=scoped,
        owner=scan.owner_join,
        span=scan.later_span,
    )
    return [pre, result]


def _additive_columns(number: int, measure: Measure, scan: Pass) -> list[str]:
    where = scan.where(measure)
    counted = f"count(*) filter ({where_clause(where)})"
    seen = [f"count(*) as a{number}_seen"] if measure.range.is_snapshot and measure.is_additive else []
    if measure.expr is None:
        return [
            f"cast({counted} as decimal(18, 0)) as a{number}",
            f"{counted} as a{number}_n",
            f"0 as a{number}_null",
            *seen,
        ]
    expr = scan.expr(measure.expr)
    put, places = _TOTALS.get(measure.agg, "sum"), scale(measure.expr, scan.table)
    return [
        f"cast({put}({expr}) filter ({where_clause(where)}) as decimal(38, {places})) as a{number}",
        f"{counted} as a{number}_n",
        f"count(*) filter ({where_clause(f'{where} and {expr} is null')}) as a{number}_null",
        *seen,
    ]


def where_clause(condition: str) -> str:
    """Text of an aggregate filter."""
    return f"where {condition}"


def _ordered(number: int, group: Group, scan: Pass) -> list[str]:
    [(i, measure)] = group
    keys = ", ".join(f"f.{identifier(k)}" for k in scan.table.key)
    rows = "\nunion\n".join(  # union: a row that one person owns through two scopes counts once
        fill(
            "select s.label as label, o.person_id, o.role_id, ${keys}, ${expr} as x\nfrom core_${fact} as f\n"
            "inner join kpi_held as o on ${held} and o.scope_type = ${type} and o.scope_id = f.${scope}"
            " and f.${day} between o.valid_from and o.valid_to\n${span}where ${bounds} and ${where}",
            keys=keys,
            expr=scan.expr(measure.expr),
            fact=identifier(scan.table.name),
            held=scan.held,
            type=literal(kind),
            scope=identifier(column),
            day=scan.day,
            span=scan.span_join(f"f.{scan.day}"),
            bounds=scan.bounds,
            where=scan.where(measure),
        )
        for kind, column in scan.table.scopes.items()
    )
    top, bottom = measure.percentile.as_integer_ratio()
    return [
        fill("owned_${n} as (\n${rows})", n=str(number), rows=rows),
        fill(
            "ranked_${n} as (\nselect ${key}, x, row_number() over (partition by ${key} order by x nulls last)"
            " as position,\ncount(x) over (partition by ${key}) as known from owned_${n})",
            n=str(number),
            key=KEY,
        ),
        fill(
            "result_${n} as (\nselect ${key},\n"
            "max(x) filter (where position = (known - 1) * ${top} // ${hundred} + 1) as a${i}_lo,\n"
            "max(x) filter (where position = least((known - 1) * ${top} // ${hundred} + 2, known)) as a${i}_hi,\n"
            "count(x) as a${i}_n, count(*) - count(x) as a${i}_null from ranked_${n} group by all)",
            n=str(number),
            key=KEY,
            top=str(top),
            hundred=str(100 * bottom),
            i=str(i),
        ),
    ]


def _reason(measure: Measure, table: Table) -> str:
    """Why the row lacks a value: the rate of its money, the cost of its SKU, or the value itself."""
    day = identifier(measure.date)
    read = [column for column in table.columns if column.name in measure.columns]
    rules = {column.name: column.derived.rule for column in read if column.derived is not None}
    cases = []
    if Derivation.BASE in rules.values() or "fx_rate" in measure.columns:
        cases.append(f"when f.fx_rate is null then concat('rate|', f.currency, '|', f.{day})")
    cases += [
        f"when f.{identifier(name)} is null then concat('cost|', f.sku_id, '|', f.{day})"
        for name, rule in rules.items()
        if rule is Derivation.COST
    ]
    fallback = f"concat('value|', f.source_row_id, '|', f.{day})"
    return f"case {' '.join(cases)} else {fallback} end" if cases else fallback
