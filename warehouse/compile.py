"""KPI definitions to SQL: one statement per fact for all KPIs, grouped by span, person and role.

Belongs here: aggregation and attribution as text. Not here: running it (actuals.py), ratios (models.money),
meaning of a column.

Shape of a statement: facts are first added up by day and ownership scope (cheap, one scan per date column),
then joined to the few ownership rows and spans. Distinct counts go through distinct keys, order statistics
through the person's sorted rows. Everything is exact: sums and counts are DECIMAL, shares DECIMAL(7,6),
medians come back as their two neighbours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal as OneOf

from models.formulas import Column, Expr, columns
from models.tables import Table
from warehouse.expressions import scale, sql, uses_period
from warehouse.sqltext import fill, identifier, literal

Grain = OneOf["day", "span"]
_KEY = "label, person_id, role_id"
# Ids that are unique only within a platform and shop; any other column is counted by its bare value.
_SHOP_IDS = {"order_id", "line_id", "refund_id", "refund_line_id", "ticket_id", "source_row_id"}


@dataclass(frozen=True)
class Measure:
    """One aggregate to compute, shared by every KPI that names it; the sign is applied by the reader."""

    fact: str
    agg: str
    expr: Expr | None
    where: Expr | None
    date: str
    percent: Decimal | None = None

    @property
    def percentile(self) -> Decimal:
        """The percentile of an order statistic; 50 for a median."""
        return Decimal(50) if self.percent is None else self.percent

    @property
    def by_span(self) -> bool:
        """Whether its formula depends on the period and cannot be added up by day first."""
        return uses_period(self.expr) or uses_period(self.where)


def compile_fact(measures: Sequence[Measure], table: Table, grain: Grain) -> str:
    """One statement with columns label, person_id, role_id and, per measure i, `a{i}`, `a{i}_n`, `a{i}_null`.

    Order statistics give `a{i}_lo` and `a{i}_hi` instead of `a{i}`: the neighbours between which to
    interpolate.
    Parameters: lo, hi (first and last date of all spans). Reads kpi_span(label, start_on, end_on) and
    kpi_owner.
    """
    parts: list[str] = []
    results: list[str] = []
    for number, group in enumerate(_families(measures)):
        make = {"sum": _additive, "count": _additive, "count_distinct": _distinct}.get(
            group[0][1].agg, _ordered
        )
        parts.extend(make(number, group, table, grain))
        results.append(f"result_{number}")
    joined = results[0] + "".join(f"\nfull join {name} using ({_KEY})" for name in results[1:])
    outputs = ", ".join(name for i, m in enumerate(measures) for name in output_columns(i, m))
    return fill(
        "with ${parts}\nselect ${key}, ${outputs}\nfrom ${joined}\norder by ${key}",
        parts=",\n".join(parts),
        key=_KEY,
        outputs=outputs,
        joined=joined,
    )


def output_columns(number: int, measure: Measure) -> tuple[str, ...]:
    """Names of the columns that carry a measure."""
    name = f"a{number}"
    figures = (f"{name}_lo", f"{name}_hi") if measure.agg in {"median", "percentile"} else (name,)
    return (*figures, f"{name}_n", f"{name}_null")


def compile_gap(measure: Measure, table: Table, grain: Grain) -> str:
    """Why a measure is unknown: per label, person and role `kind|subject|day` of the first NULL."""
    scopes = " or ".join(
        f"(o.scope_type = {literal(t)} and o.scope_id = f.{identifier(c)})" for t, c in table.scopes.items()
    )
    return fill(
        "select s.label, o.person_id, o.role_id, min(${reason}) as reason\n"
        "from core_${fact} as f\n"
        "inner join kpi_owner as o on (${scopes}) and f.${day} between o.valid_from and o.valid_to\n"
        "inner join kpi_span as s on ${in_span}\n"
        "where f.${day} between $$lo and $$hi and ${where} and ${expr} is null\n"
        "group by s.label, o.person_id, o.role_id",
        reason=_reason(measure),
        fact=identifier(table.name),
        scopes=scopes,
        day=identifier(measure.date),
        in_span=_in_span(f"f.{measure.date}", grain),
        where=_where(measure, table),
        expr=_expr(measure, table),
    )


def _families(measures: Sequence[Measure]) -> list[list[tuple[int, Measure]]]:
    """Measures that can share one pass: same date column and kind; distinct counts also share their key."""
    families: dict[tuple[object, ...], list[tuple[int, Measure]]] = {}
    for number, measure in enumerate(measures):
        match measure.agg:
            case "sum" | "count":
                key: tuple[object, ...] = ("additive", measure.date, measure.by_span)
            case "count_distinct":
                key = ("distinct", measure.date, measure.by_span, measure.expr)
            case _:
                key = ("ordered", number)
        families.setdefault(key, []).append((number, measure))
    return list(families.values())


def _additive(number: int, group: list[tuple[int, Measure]], table: Table, grain: Grain) -> list[str]:
    first = group[0][1]
    day, by_span = identifier(first.date), first.by_span
    scopes = list(dict.fromkeys(table.scopes.values()))
    label = ["s.label as label"] if by_span else []
    keys = [f"f.{day} as day", *(f"f.{identifier(c)}" for c in scopes)]
    inner = [part for i, m in group for part in _additive_columns(i, m, table)]
    names = [name for i, m in group for name in output_columns(i, m)]
    pre = fill(
        "pre_${n} as (\nselect ${columns}\nfrom ${source}\nwhere f.${day} between $$lo and $$hi\ngroup by "
        "all)",
        n=str(number),
        columns=", ".join([*label, *keys, *inner]),
        source=_source(table, day, grain, by_span=by_span),
        day=day,
    )
    scoped = "\nunion all\n".join(
        fill(
            "select ${label} day, ${type} as scope_type, ${scope} as scope_id, ${sums} from pre_${n} "
            "group by all",
            label="label, " if by_span else "",
            type=literal(kind),
            scope=identifier(column),
            n=str(number),
            sums=", ".join(f"sum({name}) as {name}" for name in names),
        )
        for kind, column in table.scopes.items()
    )
    shown = [
        f"sum(p.{n} * o.share) as {n}" if n == f"a{i}" else f"sum(p.{n}) as {n}"
        for i, m in group
        for n in output_columns(i, m)
    ]
    result = fill(
        "result_${n} as (\nselect ${label} as label, o.person_id, o.role_id, ${shown}\nfrom (${scoped}) "
        "as p\n${owner}${span}group by all)",
        n=str(number),
        label="p.label" if by_span else "s.label",
        shown=", ".join(shown),
        scoped=scoped,
        owner=_OWNER,
        span="" if by_span else fill("inner join kpi_span as s on ${on}\n", on=_in_span("p.day", grain)),
    )
    return [pre, result]


_OWNER = (
    "inner join kpi_owner as o on o.scope_type = p.scope_type and o.scope_id = p.scope_id"
    " and p.day between o.valid_from and o.valid_to\n"
)


def _additive_columns(number: int, measure: Measure, table: Table) -> list[str]:
    where = _where(measure, table)
    counted = f"count(*) filter ({where_clause(where)})"
    if measure.expr is None or measure.agg == "count":
        return [
            f"cast({counted} as decimal(18, 0)) as a{number}",
            f"{counted} as a{number}_n",
            f"0 as a{number}_null",
        ]
    expr = _expr(measure, table)
    places = scale(measure.expr, table)
    return [
        f"cast(sum({expr}) filter ({where_clause(where)}) as decimal(38, {places})) as a{number}",
        f"{counted} as a{number}_n",
        f"count(*) filter ({where_clause(f'{where} and {expr} is null')}) as a{number}_null",
    ]


def where_clause(condition: str) -> str:
    """Text of an aggregate filter."""
    return f"where {condition}"


def _distinct(number: int, group: list[tuple[int, Measure]], table: Table, grain: Grain) -> list[str]:
    first = group[0][1]
    day, by_span = identifier(first.date), first.by_span
    flags = ", ".join(f"bool_or({_where(m, table)}) as w{i}" for i, m in group)
    keys = _distinct_keys(first, table)
    names = [f"k{i}" for i in range(len(keys))]
    source = _source(table, day, grain, by_span=by_span)
    scoped = "\nunion all\n".join(
        fill(
            "select ${label} f.${day} as day, ${type} as scope_type, f.${scope} as scope_id, ${keys}, "
            "${flags}\nfrom ${source}\n"
            "where f.${day} between $$lo and $$hi and ${key} is not null"
            " and f.${scope} in (select scope_id from kpi_owner where scope_type = ${type})\ngroup by all",
            label="s.label as label," if by_span else "",
            day=day,
            type=literal(kind),
            scope=identifier(column),
            keys=", ".join(f"{k} as {n}" for k, n in zip(keys, names, strict=True)),
            flags=flags,
            source=source,
            key=keys[0],
        )
        for kind, column in table.scopes.items()
    )
    unique = fill(
        "unique_${n} as (\nselect ${label} as label, o.person_id, o.role_id, o.share, ${keys}, ${flags}\n"
        "from (${scoped}) as p\n${owner}${span}group by all)",
        n=str(number),
        label="p.label" if by_span else "s.label",
        keys=", ".join(f"p.{n}" for n in names),
        flags=", ".join(f"bool_or(p.w{i}) as w{i}" for i, _ in group),
        scoped=scoped,
        owner=_OWNER,
        span="" if by_span else fill("inner join kpi_span as s on ${on}\n", on=_in_span("p.day", grain)),
    )
    shown = ", ".join(
        f"sum(share) filter (where w{i}) as a{i}, count(*) filter (where w{i}) as a{i}_n, 0 as a{i}_null"
        for i, _ in group
    )
    result = fill(
        "result_${n} as (\nselect ${key}, ${shown} from unique_${n} group by all)",
        n=str(number),
        key=_KEY,
        shown=shown,
    )
    return [unique, result]


def _distinct_keys(measure: Measure, table: Table) -> list[str]:
    own = _expr(measure, table)
    if isinstance(measure.expr, Column) and measure.expr.name in _SHOP_IDS:
        return [own, "f.platform", "f.shop_id"]
    if isinstance(measure.expr, Column) and measure.expr.name == "buyer_id":
        return [own, "f.platform"]
    return [own]


def _ordered(number: int, group: list[tuple[int, Measure]], table: Table, grain: Grain) -> list[str]:
    [(i, measure)] = group
    day = identifier(measure.date)
    keys = ", ".join(f"f.{identifier(k)}" for k in table.key)
    rows = "\nunion\n".join(  # union: a row that one person owns through two scopes counts once
        fill(
            "select s.label as label, o.person_id, o.role_id, ${keys}, ${expr} as x\nfrom core_${fact} as f\n"
            "inner join kpi_owner as o on o.scope_type = ${type} and o.scope_id = f.${scope} and f.${day} "
            "between o.valid_from and"
            " o.valid_to\ninner join kpi_span as s on ${in_span}\nwhere f.${day} between $$lo and $$hi "
            "and ${where}",
            keys=keys,
            expr=_expr(measure, table),
            fact=identifier(table.name),
            type=literal(kind),
            scope=identifier(column),
            day=day,
            in_span=_in_span(f"f.{day}", grain),
            where=_where(measure, table),
        )
        for kind, column in table.scopes.items()
    )
    top, bottom = measure.percentile.as_integer_ratio()
    return [
        fill("owned_${n} as (\n${rows})", n=str(number), rows=rows),
        fill(
            "ranked_${n} as (\nselect ${key}, x, row_number() over (partition by ${key} order by x nulls "
            "last) as position,\n"
            "count(x) over (partition by ${key}) as known from owned_${n})",
            n=str(number),
            key=_KEY,
        ),
        fill(
            "result_${n} as (\nselect ${key},\n"
            "max(x) filter (where position = (known - 1) * ${top} // ${hundred} + 1) as a${i}_lo,\n"
            "max(x) filter (where position = least((known - 1) * ${top} // ${hundred} + 2, known)) as "
            "a${i}_hi,\n"
            "count(x) as a${i}_n, count(*) - count(x) as a${i}_null from ranked_${n} group by all)",
            n=str(number),
            key=_KEY,
            top=str(top),
            hundred=str(100 * bottom),
            i=str(i),
        ),
    ]


def _source(table: Table, day: str, grain: Grain, *, by_span: bool) -> str:
    source = f"core_{identifier(table.name)} as f"
    return source + (f"\ninner join kpi_span as s on {_in_span(f'f.{day}', grain)}" if by_span else "")


def _in_span(day: str, grain: Grain) -> str:
    return f"s.start_on = {day}" if grain == "day" else f"{day} between s.start_on and s.end_on"


def _where(measure: Measure, table: Table) -> str:
    return "true" if measure.where is None else sql(measure.where, table)


def _expr(measure: Measure, table: Table) -> str:
    return "0" if measure.expr is None else sql(measure.expr, table)


def _reason(measure: Measure) -> str:
    day = identifier(measure.date)
    used = columns(measure.expr) if measure.expr is not None else frozenset[str]()
    cases = []
    if used & {"paid_amount_base", "amount_base", "fx_rate"}:
        cases.append(f"when f.fx_rate is null then concat('rate|', f.currency, '|', f.{day})")
    if "cogs_base" in used:
        cases.append(f"when f.cogs_base is null then concat('cost|', f.sku_id, '|', f.{day})")
    fallback = f"concat('value|', f.source_row_id, '|', f.{day})"
    return f"case {' '.join(cases)} else {fallback} end" if cases else fallback
