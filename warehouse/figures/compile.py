"""KPI definitions to SQL: one statement per family of measures, grouped by span, person and role.

Belongs here: families of measures, sums, order statistics. Not here: distinct keys (compile_distinct.py), which row makes a
measure unknown (compile_gaps.py), running it (run.py), ratios (models.money), meaning of a column.

A family is what one scan of a fact can answer together (`families`): measures of one date column, one range of days and one way
to count. Shape of its statement: the fact is first added up by day and ownership scope (cheap, one scan), then joined to the few
ownership rows and spans. Distinct counts go through each key's first row, order statistics through the person's sorted rows.
Everything is exact: sums and counts are DECIMAL, shares DECIMAL(7,6), medians come back as their two neighbours.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from models.tables import Table
from warehouse.figures.compile_distinct import distinct, groups
from warehouse.figures.expressions import scale
from warehouse.figures.fact_scan import KEY, FactScan, Grain, figure_column, of
from warehouse.figures.measures import ORDERED, Measure
from warehouse.store.sqltext import Sql, fill, identifier, joined, listed, literal


@dataclass(frozen=True)
class Family:
    """Measures of one fact that one statement answers, and the roles that ask for them; no role = every role."""

    measures: tuple[Measure, ...]
    roles: tuple[str, ...]


# How partial figures of a measure are put together: the smallest of the smallest, the largest of the largest, else the sum.
_TOTALS = {"min": Sql("min"), "max": Sql("max")}
_SUM = Sql("sum")


def compile_family(family: Family, table: Table, grain: Grain) -> Sql:
    """One statement with columns label, person_id, role_id and, per measure, its `output_columns`.

    A statement of its own for each family: memory of one is free again before the next begins.
    Parameters: for every range of `ranges_of(family.measures)` its `bounds_of`, the first and last date over all spans.
    Reads kpi_span, kpi_held, kpi_held_then, and for counts of keys the tables of `ranking`. `table` names the scopes to look at:
    at least one.
    """
    first = family.measures[0]
    scan = FactScan(
        table=table,
        date=first.date,
        range=first.range,
        grain=grain,
        by_span=first.by_span,
        roles=family.roles,
    )
    outputs = [name for i, measure in enumerate(family.measures) for name in output_columns(i, measure)]
    return fill(
        Sql("with ${parts}\nselect ${key}, ${outputs}\nfrom result\norder by ${key}"),
        parts=joined(Sql(",\n"), _compiler(first)(family.measures, scan)),
        key=KEY,
        outputs=listed(outputs),
    )


def output_columns(number: int, measure: Measure) -> tuple[Sql, ...]:
    """Names of the columns that carry a measure: figures, rows, rows without a value, rows seen on a snapshot's day.

    An order statistic has two figures: the neighbours between which to interpolate.
    """
    figures = ("_lo", "_hi") if measure.agg in ORDERED else ("",)
    seen = ("_seen",) if measure.is_additive and measure.range.is_snapshot else ()
    return tuple(figure_column(number, suffix) for suffix in (*figures, "_n", "_null", *seen))


def _compiler(measure: Measure) -> Callable[[tuple[Measure, ...], FactScan], list[Sql]]:
    """What makes the CTEs of a family; the last of them is `result`."""
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
    """Measures that can share one scan: same dates and range; distinct counts also share their keys.

    `roles`: who asks for a measure; none named = every role. A family is computed for the holders in roles that ask for
    any of its measures.
    """
    grouped: dict[tuple[object, ...], list[Measure]] = {}
    for number, measure in enumerate(measures):
        match measure.agg:
            case "sum" | "count" | "min" | "max":
                key: tuple[object, ...] = ("additive", measure.date, measure.range, measure.by_span)
            case "count_distinct":
                key = ("distinct", measure.date, measure.range, measure.by_span, measure.keys, measure.credit)
            case _:
                # sorted rows and groups of keys are made for one condition: there is no scan to share
                key = ("alone", number)
        grouped.setdefault(key, []).append(measure)
    return [Family(tuple(group), _roles_of(group, roles)) for group in grouped.values()]


def _roles_of(group: Sequence[Measure], roles: Mapping[Measure, Collection[str]]) -> tuple[str, ...]:
    asking = [roles.get(measure, ()) for measure in group]
    # one measure that every role asks for opens the scan to all roles
    return tuple(sorted(set().union(*asking))) if all(asking) else ()


@dataclass(frozen=True)
class _Output:
    """One output column of a sum or count, and how its partial figures are put together."""

    name: Sql
    total: Sql
    is_figure: bool

    @property
    def by_scope(self) -> Sql:
        """Its total over the days of one scope."""
        return fill(Sql("${total}(${name}) as ${name}"), total=self.total, name=self.name)

    @property
    def by_owner(self) -> Sql:
        """Its total over the scopes of one owner: sums count with the share, the smallest and largest value as they are."""
        shared = Sql("sum(p.${name} * o.share) as ${name}")
        whole = Sql("${total}(p.${name}) as ${name}")
        if self.is_figure and self.total == _SUM:
            return fill(shared, name=self.name)
        return fill(whole, total=self.total, name=self.name)


def _outputs(measures: Sequence[Measure]) -> list[_Output]:
    """The output columns of a family of sums and counts, in order."""
    return [
        _Output(name, _TOTALS.get(measure.agg, _SUM) if is_figure else _SUM, is_figure)
        for i, measure in enumerate(measures)
        for name in output_columns(i, measure)
        for is_figure in [name == figure_column(i)]
    ]


def _additive(measures: tuple[Measure, ...], scan: FactScan) -> list[Sql]:
    outputs = _outputs(measures)
    # once each: two kinds of scope may read the same column
    scopes = dict.fromkeys(scan.table.scopes.values())
    by_day = [
        fill(Sql("f.${day} as day"), day=scan.day),
        *(fill(Sql("f.${scope}"), scope=identifier(column)) for column in scopes),
        *(_additive_columns(i, measure, scan) for i, measure in enumerate(measures)),
    ]
    pre = fill(
        Sql("by_day as (\nselect ${label}${columns}\nfrom ${source}\nwhere ${bounds}\ngroup by all)"),
        label=scan.label,
        columns=listed(by_day),
        source=scan.source,
        bounds=scan.bounds,
    )
    scoped = (
        fill(
            Sql(
                "select ${label}day, ${kind} as scope_type, ${scope} as scope_id, ${totals} from by_day group by all"
            ),
            label=Sql("label, ") if scan.by_span else Sql(""),
            kind=literal(kind),
            scope=identifier(column),
            totals=listed(output.by_scope for output in outputs),
        )
        for kind, column in scan.table.scopes.items()
    )
    result = fill(
        Sql(
            "result as (\nselect ${label} as label, o.person_id, o.role_id, ${totals}\nfrom (${scoped}) as p\n"
            "${owner}${span}group by all)"
        ),
        label=scan.known_label,
        totals=listed(output.by_owner for output in outputs),
        # all: a check refuses a role that could own one row through two kinds of scope (sql/checks/one_scope_type.sql)
        scoped=joined(Sql("\nunion all\n"), scoped),
        owner=scan.owner_join,
        span=scan.later_span,
    )
    return [pre, result]


def _additive_columns(number: int, measure: Measure, scan: FactScan) -> Sql:
    """The `output_columns` of a measure over the rows of one day."""
    where = scan.where(measure)
    count = fill(Sql("count(*) filter (where ${where})"), where=where)
    null = fill(Sql("count(*) filter (where ${unknown})"), unknown=scan.unknown(measure))
    if measure.expr is None:
        figure = fill(Sql("cast(${count} as decimal(18, 0))"), count=count)
    else:
        expr = scan.expr(measure.expr)
        # 38 digits: DuckDB sums a DECIMAL in 128 bits and refuses what does not fit, it never falls back to a float
        # (https://duckdb.org/docs/stable/sql/data_types/numeric, fixed-point decimals).
        figure = fill(
            Sql("cast(${total}(${expr}) filter (where ${where}) as decimal(38, ${places}))"),
            total=_TOTALS.get(measure.agg, _SUM),
            expr=expr,
            where=where,
            places=literal(scale(measure.expr, scan.table)),
        )
    columns = [figure, count, null]
    # rows of any kind: a day on which stock was counted and none matches is 0, a day without a count is unknown
    if measure.range.is_snapshot and measure.is_additive:
        columns.append(Sql("count(*)"))
    names = output_columns(number, measure)
    return listed(
        fill(Sql("${column} as ${name}"), column=column, name=name)
        for column, name in zip(columns, names, strict=True)
    )


def _ordered(measures: tuple[Measure, ...], scan: FactScan) -> list[Sql]:
    # `families` leaves an order statistic alone
    [measure] = measures
    rows = Sql(
        "select s.label as label, o.person_id, o.role_id, ${keys},"
        " case when ${where} then ${expr} end as x\nfrom ${fact} as f\n"
        "inner join ${holdings} as o on ${held} and o.scope_type = ${kind} and o.scope_id = f.${scope}"
        " and f.${day} between o.valid_from and o.valid_to\n${span}where ${bounds} and ${may}"
    )
    owned = (
        fill(
            rows,
            keys=of(Sql("f"), [identifier(key) for key in scan.table.key]),
            expr=scan.expr(measure.expr),
            fact=scan.fact,
            holdings=scan.holdings,
            held=scan.held,
            kind=literal(kind),
            scope=identifier(column),
            day=scan.day,
            span=scan.span_join(fill(Sql("f.${day}"), day=scan.day)),
            bounds=scan.bounds,
            where=scan.where(measure),
            may=scan.may_count(measure),
        )
        for kind, column in scan.table.scopes.items()
    )
    low, high, n, null = output_columns(0, measure)
    top, bottom = measure.percentile.as_integer_ratio()
    return [
        # union: a row that one person owns through two scopes counts once
        fill(Sql("owned as (\n${rows})"), rows=joined(Sql("\nunion\n"), owned)),
        fill(
            Sql(
                # nulls last: positions 1 to `known` are those of known values
                "ranked as (\nselect ${key}, x, row_number() over (partition by ${key} order by x nulls last)"
                " as position,\ncount(x) over (partition by ${key}) as known from owned)"
            ),
            key=KEY,
        ),
        fill(
            Sql(
                "result as (\nselect ${key},\n"
                # lower neighbour: 1 + floor((n - 1) x p), counted in whole numbers; the last row is its own upper neighbour
                "max(x) filter (where position = (known - 1) * ${top} // ${hundred} + 1) as ${low},\n"
                "max(x) filter (where position = least((known - 1) * ${top} // ${hundred} + 2, known)) as ${high},\n"
                "count(x) as ${n}, count(*) - count(x) as ${null} from ranked group by all)"
            ),
            key=KEY,
            top=literal(top),
            hundred=literal(100 * bottom),
            low=low,
            high=high,
            n=n,
            null=null,
        ),
    ]
