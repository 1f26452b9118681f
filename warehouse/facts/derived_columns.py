"""SQL that derives a canonical table's columns from given ones, made from the registry: local days, base money, look-ups.

Belongs here: one statement per table, in stages that each add columns. Not here: where given columns come from (feeds.py),
attribution models (sql/attribution), when a table is built (refill.py).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from models.tables import MONEY_BASE, Column, Derivation, Derived, Table
from warehouse.facts.feeds import STATED
from warehouse.store.sqltext import Sql, fill, identifier, listed, literal, statement, type_name

# The cost of goods of a refund is the one its order was booked with.
_COST_DAY = {"order_line": "business_date", "refund": "order_business_date"}
_UNIT_COSTS = {
    "cogs_base": "cogs",
    "platform_fee_base": "platform_fee",
    "payment_fee_base": "payment_fee",
    "fulfil_fee_base": "fulfil_fee",
    "freight_base": "freight",
    "tariff_base": "tariff",
}
FEES = tuple(unit for unit in _UNIT_COSTS.values() if unit != "cogs")  # what costs.csv may leave empty
# Equalities alone: with a further condition the second join compares every refund with every order.
_ORDER_JOINS = Sql(
    "left join line_known as l on l.shop_id = d.shop_id and l.line_id = d.line_id"
    " left join order_first as o on o.shop_id = d.shop_id and o.order_id = d.order_id"
)
# What costs nothing: shipping is no product, and a refund without line and goods gives back money alone.
_FREE = {
    "order_line": Sql("d.line_type = 'shipping'"),
    "refund": Sql("d.line_id is null and d.qty = 0"),
}
# Products of what comes from outside: two numbers that fit their columns may have one that does not.
_PRODUCTS = (Derivation.BASE, Derivation.COST)
_AS = Sql("${sql} as ${name}")
_NOTHING = Sql("")


@dataclass(frozen=True)
class _Stages:
    """CTEs so far: the name of the newest, the columns it has, the text, and the columns that stand as they are."""

    newest: Sql
    columns: frozenset[str]
    text: Sql
    final: frozenset[str]

    def add(self, name: str, derived: Mapping[str, Sql], joins: Sql = _NOTHING) -> "_Stages":
        """A stage that fills columns: those that are there already are replaced, final ones stay."""
        filled = {column: sql for column, sql in derived.items() if column not in self.final}
        if not filled:
            return self
        there = listed(_named(c, sql) for c, sql in filled.items() if c in self.columns)
        new = [_named(c, sql) for c, sql in filled.items() if c not in self.columns]
        stage = fill(
            Sql("${text},\n${name} as (select ${columns} from ${before} as d ${joins})"),
            text=self.text,
            name=identifier(name),
            columns=listed([fill(Sql("d.* replace (${there})"), there=there) if there else Sql("d.*"), *new]),
            before=self.newest,
            joins=joins,
        )
        return _Stages(identifier(name), self.columns | filled.keys(), stage, self.final)

    def beside(self, name: str, select: Sql) -> "_Stages":
        """A CTE that the next stage joins."""
        text = fill(
            Sql("${text},\n${name} as (${select})"), text=self.text, name=identifier(name), select=select
        )
        return _Stages(self.newest, self.columns, text, self.final)


def _named(column: str, sql: Sql) -> Sql:
    return fill(_AS, sql=sql, name=identifier(column))


def insert_given(table: Table, columns: frozenset[str], *, is_final: bool) -> Sql:
    """The statement that inserts every row of `given_row` into the canonical table, with all that its columns imply.

    Reads given_row, rate_quoted, core_sku, core_person, core_cost; refunds also core_order_line.

    Args:
        table: the canonical table.
        columns: the columns of given_row.
        is_final: these columns stand as they are; else a derived value takes the place of NULL.
    """
    # The order of the stages is that of need: a rate is looked up by the local day, a base amount needs the rate, a cost the SKU.
    stages = _given(table, columns, is_final=is_final)
    stages = stages.add(
        "placed",
        _by_rule(table, Derivation.LOCAL_DAY, _local_day) | _by_rule(table, Derivation.MINUTES, _minutes),
    )
    stages = _with_order(table, stages)
    stages = stages.add(
        "grouped",
        _by_rule(table, Derivation.SKU, _from_sku),
        Sql("left join core_sku as s on s.sku_id = d.sku_id"),
    )
    stages = _with_dept(table, stages)
    stages = _with_rate(table, stages)
    stages = stages.add("valued", _by_rule(table, Derivation.BASE, _base))
    stages = _with_cost(table, stages)
    names = [c.name for c in table.columns if c.name in stages.columns]
    sql = Sql(
        "insert into ${table} (${columns})\nwith ${stages}\nselect ${columns} from ${newest} order by ${order}"
    )
    return fill(
        sql,
        table=identifier(f"core_{table.name}"),
        columns=listed(identifier(name) for name in names),
        stages=stages.text,
        newest=stages.newest,
        # by day: DuckDB skips the blocks of rows whose days a figure does not ask for
        # (https://duckdb.org/docs/stable/guides/performance/indexing, zonemaps)
        order=listed(identifier(name) for name in (*table.own_days, *table.key)),
    )


def _given(table: Table, columns: frozenset[str], *, is_final: bool) -> _Stages:
    """Every column that may be given: what was not is NULL, or the column's default, whichever way the row comes in."""
    # as NULL of the right type rather than left out: every later stage may name any given column
    absent = [c for c in table.given if c.name not in columns]
    null = Sql("null")
    known = sorted(columns | set(STATED))
    selected = [
        *(_or_default(table, name) for name in known),
        *(_named(c.name, _cast(c, literal(c.default) if c.default else null)) for c in absent),
    ]
    text = fill(Sql("given as (select ${columns} from given_row)"), columns=listed(selected))
    there = frozenset({*known, *(c.name for c in absent)})
    return _Stages(Sql("given"), there, text, frozenset(columns if is_final else ()))


def _or_default(table: Table, name: str) -> Sql:
    """A given column, with its default in the place of NULL: a feed that does not state it says what an empty cell says."""
    column = table.column(name)
    if column is None or not column.default:
        return identifier(name)
    default = _cast(column, literal(column.default))
    return _named(name, fill(Sql("coalesce(${given}, ${default})"), given=identifier(name), default=default))


def _cast(column: Column, sql: Sql) -> Sql:
    return fill(Sql("cast(${sql} as ${kind})"), sql=sql, kind=type_name(column.sql_type))


def _if_it_fits(column: Column, sql: Sql) -> Sql:
    """NULL instead of an error that would end the whole build; refused.py tells which record it was."""
    return fill(Sql("try(${cast})"), cast=_cast(column, sql))


def _by_rule(table: Table, rule: Derivation, make: Callable[[Derived], Sql]) -> dict[str, Sql]:
    """SQL for every column of a rule; a stated value stands before a derived one."""
    fitted = _if_it_fits if rule in _PRODUCTS else _cast
    return {
        c.name: _stated_first(c, fitted(c, make(c.derived)))
        for c in table.columns
        if c.derived is not None and c.derived.rule is rule
    }


def _stated_first(column: Column, sql: Sql) -> Sql:
    if not column.given:
        return sql
    return fill(Sql("coalesce(${stated}, ${derived})"), stated=_of_row(column.name), derived=sql)


def _of_row(name: str) -> Sql:
    return fill(Sql("d.${name}"), name=identifier(name))


def _first_known(names: Sequence[str]) -> Sql:
    known = [_of_row(name) for name in names]
    return known[0] if len(known) == 1 else fill(Sql("coalesce(${known})"), known=listed(known))


def _local_day(derived: Derived) -> Sql:
    # A date in SQL is taken from a TIMESTAMPTZ in the session's zone; timezone() gives the clock of the shop first
    # (https://duckdb.org/docs/stable/sql/functions/timestamptz).
    return fill(Sql("timezone(d.zone, ${moment})"), moment=_first_known(derived.of))


def _minutes(derived: Derived) -> Sql:
    first, second = derived.of
    # of seconds: date_diff('minute') counts the minutes on the clock that are passed, 10:00:59 to 10:01:00 as one
    sql = Sql("date_diff('second', ${first}, ${second}) // 60")
    return fill(sql, first=_of_row(first), second=_of_row(second))


def _with_order(table: Table, stages: _Stages) -> _Stages:
    """What the order knows; only the lines and orders that are named are joined, not the whole history."""
    found = _by_rule(table, Derivation.ORDER, _from_order)
    for name in ("line_known", "order_first") if found else ():
        stages = stages.beside(name, statement(f"attribution/{name}.sql"))
    return stages.add("ordered", found, _ORDER_JOINS)


def _from_order(derived: Derived) -> Sql:
    """By the line where the refund names one, else by the order; a refund of an unknown order counts."""
    name = identifier(derived.of[0])
    by_line = fill(Sql("case when l.line_id is null then o.${name} else l.${name} end"), name=name)
    return fill(Sql("coalesce(${known}, false)"), known=by_line) if name == "is_excluded" else by_line


def _from_sku(derived: Derived) -> Sql:
    return fill(Sql("s.${name}"), name=identifier(derived.of[0]))


def _base(derived: Derived) -> Sql:
    # The inner cast: DuckDB multiplies DECIMAL(18) by DECIMAL(12) in 64 bits, which large amounts overflow; 26 + 12 = 38 digits
    # are computed in 128 bits (https://duckdb.org/docs/stable/sql/data_types/numeric, fixed-point decimals).
    return fill(Sql("cast(${amount} as decimal(26, 4)) * d.fx_rate"), amount=_of_row(derived.of[0]))


def _with_dept(table: Table, stages: _Stages) -> _Stages:
    rules = [c.derived for c in table.columns if c.derived is not None and c.derived.rule is Derivation.DEPT]
    if not rules:
        return stages
    person, day = (identifier(name) for name in rules[0].of)
    joins = Sql(
        "left join core_person as p on p.person_id = d.${person}"
        " and d.${day} between p.valid_from and coalesce(p.valid_to, date '9999-12-31')"
    )
    filled = fill(joins, person=person, day=day)
    return stages.add("placed_in", _by_rule(table, Derivation.DEPT, lambda _: Sql("p.dept")), filled)


def _with_rate(table: Table, stages: _Stages) -> _Stages:
    """The rate is looked up once per currency and day: an ASOF join over whole rows costs seconds, this one nothing."""
    rules = [c.derived for c in table.columns if c.derived is not None and c.derived.rule is Derivation.RATE]
    if not rules:
        return stages
    day = _first_known(rules[0].of)
    currency_days = fill(
        Sql("select distinct currency, ${day} as day from ${before} as d"), day=day, before=stages.newest
    )
    return stages.beside("rate_on", _rate_on(currency_days)).add(
        "rated",
        _by_rule(table, Derivation.RATE, lambda _: Sql("q.rate")),
        fill(Sql("left join rate_on as q on q.currency = d.currency and q.day = ${day}"), day=day),
    )


def _rate_on(currency_days: Sql) -> Sql:
    """The rate of every currency and day asked for; a rate is valid from its date until the next one.

    ASOF takes the newest rate that is not after the day (https://duckdb.org/docs/stable/guides/sql_features/asof_join).
    """
    sql = Sql(
        "select k.currency, k.day, q.rate from (${currency_days}) as k"
        # inner: a day before the first quotation has no rate, and the amount in base currency stays unknown
        " asof inner join rate_quoted as q on q.currency = k.currency and q.rate_date <= k.day"
    )
    return fill(sql, currency_days=currency_days)


def _with_cost(table: Table, stages: _Stages) -> _Stages:
    """A cost is valid from its date until the next one, and is converted at its own currency's rate of the day."""
    if table.name not in _COST_DAY:
        return stages
    day, free = identifier(_COST_DAY[table.name]), _FREE[table.name]
    currency_days = fill(
        Sql(
            "select c.currency, d.day from (select distinct currency from core_cost) as c"
            " cross join (select distinct ${day} as day from ${before}) as d"
        ),
        day=day,
        before=stages.newest,
    )
    unit = Sql("cast(cast(c.${column} as decimal(26, 4)) * r.rate as decimal(30, 12)) as ${column}")
    cost_on = fill(
        Sql(
            "select k.sku_id, k.day, ${unit} from (select distinct sku_id, ${day} as day from ${before}) as k"
            " asof inner join core_cost as c on c.sku_id = k.sku_id and c.valid_from <= k.day"
            # inner: a cost in a currency without a rate is unknown, it is never taken for base currency
            " inner join cost_rate_on as r on r.currency = c.currency and r.day = k.day"
        ),
        unit=listed(fill(unit, column=identifier(column)) for column in _UNIT_COSTS.values()),
        day=day,
        before=stages.newest,
    )
    return (
        stages.beside("cost_rate_on", _rate_on(currency_days))
        .beside("cost_on", cost_on)
        .add(
            "costed",
            _by_rule(table, Derivation.COST, lambda derived: _cost(derived, free)),
            fill(Sql("left join cost_on as c on c.sku_id = d.sku_id and c.day = d.${day}"), day=day),
        )
    )


def _cost(derived: Derived, free: Sql) -> Sql:
    sql = Sql("case when ${free} then cast(0 as ${money}) else d.qty * c.${unit} end")
    unit = identifier(_UNIT_COSTS[derived.of[0]])
    return fill(sql, free=free, money=type_name(MONEY_BASE), unit=unit)
