"""Which row makes a measure unknown, as SQL: the first of them for the cause, and the rows whose day is not known.

Belongs here: the row that lacks a value, a column of a condition, or its day. Not here: what makes a row unknown (fact_scan.py),
figures (compile.py), the sentence of the cause (gaps.py).
"""

from dataclasses import replace

from models.formulas import columns
from models.tables import Column, Derivation, LostDay, Sensitivity, Table
from warehouse.figures.fact_scan import KEY, FactScan, of
from warehouse.figures.measures import Measure
from warehouse.store.sqltext import Sql, fill, identifier, joined, listed, literal

_LACKS = Sql("f.${column} is null")


def compile_gap(measure: Measure, scan: FactScan, *, of_holders: bool = True) -> Sql:
    """Why a measure is unknown: per label, person and role the first unknown row (by kind, subject, day).

    Columns: label, person_id, role_id; kind (condition, cost, fee, rate or value), subject (currency, SKU or source row), columns
    (which are empty, of the condition and the keys), day; rows: how many lack such a column.
    Parameters: the two of `bounds_of(scan.range)`.
    `of_holders`: of the rows that the person holds; else of all, with nobody as the person.
    """
    rows = replace(scan, by_span=measure.by_span)
    span = Sql("f") if rows.by_span else Sql("s")
    held = Sql(
        "inner join ${holdings} as o on ${held} and (${scopes}) and f.${day} between o.valid_from and o.valid_to${same}\n"
    )
    owner = fill(
        held,
        holdings=scan.holdings,
        held=scan.held,
        scopes=scan.scope_match,
        day=scan.day,
        same=scan.of_span(span),
    )
    return fill(
        Sql(
            # by day and scopes first: where no row of a fact says what is asked, all of them would meet every span and owner
            "with unknown_row as (\nselect ${label}${place}, min(${gap}) as gap, count(*) filter (where ${undecided}) as rows\n"
            "from ${source}where ${bounds} and ${unknown}\ngroup by all)\n"
            # min of a struct compares its fields in order: the same row is named in every run
            "select ${key}, gap.kind as kind, gap.subject as subject, gap.columns as columns, gap.day as day, rows\n"
            "from (\nselect ${alias}.label, ${person}, min(f.gap) as gap, cast(sum(f.rows) as bigint) as rows\n"
            "from unknown_row as f\n${later}${owner}group by all)"
        ),
        key=KEY,
        label=rows.label,
        place=of(Sql("f"), [identifier(c) for c in sorted({scan.date, *scan.table.scopes.values()})]),
        alias=span,
        person=Sql("o.person_id, o.role_id") if of_holders else Sql("'' as person_id, '' as role_id"),
        gap=_gap(measure, scan),
        undecided=_undecided(measure, scan),
        source=rows.source,
        later=Sql("")
        if rows.by_span
        else scan.span_join(fill(Sql("f.${day}"), day=scan.day), has_owner=False),
        owner=owner if of_holders else Sql(""),
        bounds=scan.bounds,
        unknown=scan.unknown(measure),
    )


def lost_day(measure: Measure, table: Table) -> LostDay | None:
    """What is known of the day of a row that lacks the measure's date; None where such a row happened on no day."""
    column = table.column(measure.date)
    return None if column is None else column.lost


def compile_undated(measure: Measure, lost: LostDay, scan: FactScan) -> Sql:
    """The rows that may count and whose day is not known, for every span that may hold it and whoever holds their scope in it.

    Columns: label, person_id, role_id, rows (their number), subject (the source row of the first). No parameters.
    """
    sql = Sql(
        "select s.label as label, o.person_id, o.role_id, count(distinct (${row})) as rows,"
        " min(coalesce(f.source_row_id, '')) as subject\n"
        "from ${source}inner join ${holdings} as o on ${held} and (${scopes})"
        " and o.valid_from <= s.to_on and o.valid_to >= s.from_on${same}\n"
        "where ${undated}\ngroup by s.label, o.person_id, o.role_id"
    )
    return fill(
        sql,
        row=_row(scan.table),
        source=undated_source(lost, scan),
        holdings=scan.holdings,
        held=scan.held,
        same=scan.of_span("s"),
        scopes=scan.scope_match,
        undated=undated(measure, scan),
    )


def undated_source(lost: LostDay, scan: FactScan) -> Sql:
    """The fact with every span that may hold the day of a row of which it is not known."""
    return fill(
        Sql(
            "${fact} as f\ninner join kpi_span as s on s.range_id = ${range}"
            " and ${not_before} <= s.to_on and ${not_after} >= s.from_on\n"
        ),
        fact=scan.core,
        range=literal(scan.range.id),
        not_before=_first_known(lost.not_before, Sql("s.to_on")),
        not_after=_first_known(lost.not_after, Sql("s.from_on")),
    )


def undated(measure: Measure, scan: FactScan) -> Sql:
    """Condition that a row may count and its day is not known."""
    return fill(Sql("f.${day} is null and ${may}"), day=scan.day, may=scan.may_count(measure))


def _first_known(names: tuple[str, ...], otherwise: Sql) -> Sql:
    days = [fill(Sql("f.${name}"), name=identifier(name)) for name in names]
    return fill(Sql("coalesce(${days})"), days=listed([*days, otherwise]))


def _row(table: Table) -> Sql:
    """What tells rows apart; parts of a key may be empty."""
    part = Sql("coalesce(cast(f.${name} as varchar), '')")
    return listed(fill(part, name=identifier(name)) for name in table.key)


def _undecided(measure: Measure, scan: FactScan) -> Sql:
    """A column of the condition, or a key, is missing."""
    empty = [fill(_LACKS, column=identifier(name)) for name in _keys(measure)]
    if measure.where is not None:
        empty.insert(0, fill(Sql("(${where}) is null"), where=scan.where(measure)))
    return joined(Sql(" or "), empty) if empty else Sql("false")


def _keys(measure: Measure) -> tuple[str, ...]:
    inner = measure.having.keys if measure.having is not None else ()
    return tuple(dict.fromkeys((*measure.keys, *inner)))


def _gap(measure: Measure, scan: FactScan) -> Sql:
    """Why the row is unknown, as a struct: a column to decide by, the rate of its money, the cost of its SKU, the value."""
    table, day = scan.table, scan.day
    read = [column for column in table.columns if column.name in measure.columns]
    rules = {column.name: column.derived.rule for column in read if column.derived is not None}
    told = Sql("{kind: ${kind}, subject: coalesce(${subject}, ''), columns: ${columns}, day: f.${day}}")
    none = Sql("''")
    currency, sku, row = Sql("f.currency"), Sql("f.sku_id"), Sql("f.source_row_id")
    unless = Sql("when f.${column} is null then ${gap}")
    rate = fill(told, kind=literal("rate"), subject=currency, columns=none, day=day)
    cost = fill(told, kind=literal("cost"), subject=sku, columns=none, day=day)
    value = fill(told, kind=literal("value"), subject=row, columns=none, day=day)
    condition = fill(
        told,
        kind=literal("condition"),
        subject=_visible_keys(table, scan.date),
        columns=_empty_columns(measure, table),
        day=day,
    )
    cases = [fill(Sql("when ${undecided} then ${gap}"), undecided=_undecided(measure, scan), gap=condition)]
    if Derivation.BASE in rules.values() or "fx_rate" in measure.columns:
        cases.append(fill(unless, column=Sql("fx_rate"), gap=rate))
    # a fee beside a known cost of goods: the SKU stands in costs.csv, and the fee alone is empty there
    fee = Sql("when f.${column} is null and f.cogs_base is not null then ${gap}")
    for name in (name for name, rule in rules.items() if rule is Derivation.COST):
        empty = fill(
            told,
            kind=literal("fee"),
            subject=sku,
            columns=literal(name.removesuffix("_base")),
            day=day,
        )
        cases += [
            fill(fee, column=identifier(name), gap=empty),
            fill(unless, column=identifier(name), gap=cost),
        ]
    return fill(Sql("case ${cases} else ${value} end"), cases=joined(Sql(" "), cases), value=value)


def _visible_keys(table: Table, date: str) -> Sql:
    """What a person looks a row up by, `shop_id tm, source all`: the filled parts of its key, without pseudonyms and its day."""
    shown = [table.column(name) for name in dict.fromkeys(("shop_id", *table.key))]
    part = Sql("case when coalesce(cast(f.${name} as varchar), '') <> '' then concat(${told}, f.${name}) end")
    parts = (
        fill(part, name=identifier(c.name), told=literal(f"{c.name} "))
        for c in shown
        if c is not None and c.name not in ("platform", date) and c.sensitivity is not Sensitivity.PERSONAL
    )
    return fill(Sql("concat_ws(', ', ${parts})"), parts=listed([Sql("null"), *parts]))


def _empty_columns(measure: Measure, table: Table) -> Sql:
    """The names of the columns that leave the condition or the key open in a row, in the order of the table."""
    names = {*_keys(measure), *(columns(measure.where) if measure.where is not None else ())}
    name_if_empty = (_name_if_empty(column) for column in table.columns if column.name in names)
    return fill(Sql("concat_ws(', ', ${names})"), names=listed([Sql("null"), *name_if_empty]))


def _name_if_empty(column: Column) -> Sql:
    empty = fill(_LACKS, column=identifier(column.name))
    if column.untold:
        words = listed(literal(word) for word in column.untold)
        vague = fill(Sql("f.${column} in (${words})"), column=identifier(column.name), words=words)
        empty = fill(Sql("(${empty} or ${vague})"), empty=empty, vague=vague)
    return fill(Sql("case when ${empty} then ${name} end"), empty=empty, name=literal(column.name))
