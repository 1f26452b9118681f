"""SQL that derives a canonical table's columns from given ones, made from the registry: local days, base money, look-ups.

Belongs here: one statement per table, in stages that each add columns. Not here: where given columns come from (feeds.py),
attribution models (sql/attribution), when a table is built (refill.py).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from models.tables import MONEY_BASE, Column, Derivation, Derived, Table
from warehouse.facts.feeds import STATED
from warehouse.store.sqltext import fill, identifier, literal, statement

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
# Equalities alone: with a further condition the second join compares every refund with every order.
_ORDER_JOINS = (
    "left join line_known as l on l.shop_id = d.shop_id and l.line_id = d.line_id"
    " left join order_first as o on o.shop_id = d.shop_id and o.order_id = d.order_id"
)
_FREE = {"order_line": "d.line_type = 'shipping'", "refund": "d.line_id is null and d.qty = 0"}


@dataclass(frozen=True)
class _Stages:
    """CTEs so far: the name of the newest, the columns it has, the text, and the columns that stand as they are."""

    newest: str
    columns: frozenset[str]
    text: str
    final: frozenset[str]

    def add(self, name: str, filled: Mapping[str, str], joins: str = "") -> "_Stages":
        """A stage that fills columns: those that are there already are replaced, final ones stay."""
        filled = {column: sql for column, sql in filled.items() if column not in self.final}
        if not filled:
            return self
        there = ", ".join(f"{sql} as {c}" for c, sql in filled.items() if c in self.columns)
        new = "".join(f", {sql} as {c}" for c, sql in filled.items() if c not in self.columns)
        replaced = f" replace ({there})" if there else ""
        stage = fill(
            ",\n${name} as (select d.*${replaced}${new} from ${before} as d ${joins})",
            name=name,
            replaced=replaced,
            new=new,
            before=self.newest,
            joins=joins,
        )
        return _Stages(name, self.columns | filled.keys(), self.text + stage, self.final)

    def beside(self, name: str, select: str) -> "_Stages":
        """A CTE that the next stage joins."""
        text = fill("${text},\n${name} as (${select})", text=self.text, name=name, select=select)
        return _Stages(self.newest, self.columns, text, self.final)


def insert_given(table: Table, columns: frozenset[str], *, is_final: bool) -> str:
    """The statement that inserts every row of `given_row` into the canonical table, with all that its columns imply.

    Reads given_row, rate_quoted, core_sku, core_person, core_cost; refunds also core_order_line.

    Args:
        table: the canonical table.
        columns: the columns of given_row.
        is_final: these columns stand as they are; else a derived value takes the place of NULL.
    """
    stages = _given(table, columns, is_final=is_final)
    stages = stages.add(
        "placed",
        _by_rule(table, Derivation.LOCAL_DAY, _local_day) | _by_rule(table, Derivation.MINUTES, _minutes),
    )
    stages = _with_order(table, stages)
    stages = stages.add(
        "grouped",
        _by_rule(table, Derivation.SKU, _from_sku),
        "left join core_sku as s on s.sku_id = d.sku_id",
    )
    stages = _with_dept(table, stages)
    stages = _with_rate(table, stages)
    stages = stages.add("valued", _by_rule(table, Derivation.BASE, _base))
    stages = _with_cost(table, stages)
    names = [c.name for c in table.columns if c.name in stages.columns]
    order = ", ".join(identifier(name) for name in (*table.own_days, *table.key))
    return fill(
        "insert into ${table} (${columns})\nwith ${stages}\nselect ${columns} from ${newest} order by ${order}",
        table=identifier(f"core_{table.name}"),
        columns=", ".join(identifier(name) for name in names),
        stages=stages.text,
        newest=stages.newest,
        order=order,
    )


def _given(table: Table, columns: frozenset[str], *, is_final: bool) -> _Stages:
    """Every column that may be given: what was not is NULL, or what an empty cell of a file means."""
    absent = [c for c in table.given if c.name not in columns]
    filled = [
        f"cast({literal(c.default) if c.default else 'null'} as {c.sql_type}) as {identifier(c.name)}"
        for c in absent
    ]
    known = sorted(columns | set(STATED))
    text = fill(
        "given as (select ${columns} from given_row)",
        columns=", ".join([*(identifier(name) for name in known), *filled]),
    )
    there = frozenset({*known, *(c.name for c in absent)})
    return _Stages("given", there, text, frozenset(columns if is_final else ()))


def _by_rule(table: Table, rule: Derivation, make: Callable[[Derived], str]) -> dict[str, str]:
    """SQL for every column of a rule; a stated value stands before a derived one."""
    return {
        identifier(c.name): _stated_first(c, f"cast({make(c.derived)} as {c.sql_type})")
        for c in table.columns
        if c.derived is not None and c.derived.rule is rule
    }


def _stated_first(column: Column, sql: str) -> str:
    return f"coalesce(d.{identifier(column.name)}, {sql})" if column.given else sql


def _first_known(names: Sequence[str]) -> str:
    known = [f"d.{identifier(name)}" for name in names]
    return known[0] if len(known) == 1 else f"coalesce({', '.join(known)})"


def _local_day(derived: Derived) -> str:
    return f"timezone(d.zone, {_first_known(derived.of)})"


def _minutes(derived: Derived) -> str:
    first, second = derived.of
    return f"date_diff('second', d.{identifier(first)}, d.{identifier(second)}) // 60"


def _with_order(table: Table, stages: _Stages) -> _Stages:
    """What the order knows; only the lines and orders that are named are joined, not the whole history."""
    found = _by_rule(table, Derivation.ORDER, _from_order)
    for name in ("line_known", "order_first") if found else ():
        stages = stages.beside(name, statement(f"attribution/{name}.sql"))
    return stages.add("ordered", found, _ORDER_JOINS)


def _from_order(derived: Derived) -> str:
    """By the line where the refund names one, else by the order."""
    name = identifier(derived.of[0])
    found = f"case when l.line_id is null then o.{name} else l.{name} end"
    return (
        f"coalesce({found}, false)" if name == "is_excluded" else found
    )  # a refund of an unknown order counts


def _from_sku(derived: Derived) -> str:
    return f"s.{identifier(derived.of[0])}"


def _base(derived: Derived) -> str:
    # the inner cast: DuckDB multiplies DECIMAL(18) by DECIMAL(12) in 64 bits, which large amounts overflow
    return f"cast(d.{identifier(derived.of[0])} as decimal(26, 4)) * d.fx_rate"


def _with_dept(table: Table, stages: _Stages) -> _Stages:
    rules = [c.derived for c in table.columns if c.derived is not None and c.derived.rule is Derivation.DEPT]
    if not rules:
        return stages
    person, day = (identifier(name) for name in rules[0].of)
    joins = (
        f"left join core_person as p on p.person_id = d.{person}"
        f" and d.{day} between p.valid_from and coalesce(p.valid_to, date '9999-12-31')"
    )
    return stages.add("placed_in", _by_rule(table, Derivation.DEPT, lambda _: "p.dept"), joins)


def _with_rate(table: Table, stages: _Stages) -> _Stages:
    """The rate is looked up once per currency and day: an ASOF join over whole rows costs seconds, this one nothing."""
    rules = [c.derived for c in table.columns if c.derived is not None and c.derived.rule is Derivation.RATE]
    if not rules:
        return stages
    day = _first_known(rules[0].of)
    asked = fill("select distinct currency, ${day} as day from ${before} as d", day=day, before=stages.newest)
    return stages.beside("rate_on", _rate_on(asked)).add(
        "rated",
        _by_rule(table, Derivation.RATE, lambda _: "q.rate"),
        fill("left join rate_on as q on q.currency = d.currency and q.day = ${day}", day=day),
    )


def _rate_on(asked: str) -> str:
    """A rate is valid from its date until the next one."""
    return fill(
        "select k.currency, k.day, q.rate from (${asked}) as k"
        " asof inner join rate_quoted as q on q.currency = k.currency and q.rate_date <= k.day",
        asked=asked,
    )


def _with_cost(table: Table, stages: _Stages) -> _Stages:
    """A cost is valid from its date until the next one, and is converted at its own currency's rate of the day."""
    if table.name not in _COST_DAY:
        return stages
    day, free = identifier(_COST_DAY[table.name]), _FREE[table.name]
    days = fill(
        "select c.currency, d.day from (select distinct currency from core_cost) as c"
        " cross join (select distinct ${day} as day from ${before}) as d",
        day=day,
        before=stages.newest,
    )
    unit = ", ".join(
        f"cast(cast(c.{column} as decimal(26, 4)) * r.rate as decimal(30, 12)) as {column}"
        for column in _UNIT_COSTS.values()
    )
    cost_on = fill(
        "select k.sku_id, k.day, ${unit} from (select distinct sku_id, ${day} as day from ${before}) as k"
        " asof inner join core_cost as c on c.sku_id = k.sku_id and c.valid_from <= k.day"
        " inner join cost_rate_on as r on r.currency = c.currency and r.day = k.day",
        unit=unit,
        day=day,
        before=stages.newest,
    )
    return (
        stages.beside("cost_rate_on", _rate_on(days))
        .beside("cost_on", cost_on)
        .add(
            "costed",
            _by_rule(table, Derivation.COST, lambda derived: _cost(derived, free)),
            fill("left join cost_on as c on c.sku_id = d.sku_id and c.day = d.${day}", day=day),
        )
    )


def _cost(derived: Derived, free: str) -> str:
    unit = identifier(_UNIT_COSTS[derived.of[0]])
    return f"case when {free} then cast(0 as {MONEY_BASE}) else d.qty * c.{unit} end"
