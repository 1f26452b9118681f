"""Ids that no row of a shop states: what is counted by them there is unknown, not 0.

Belongs here: which shops never state an id that KPIs count. Not here: single rows that lack it (compile_gaps.py), the cause
(judge.py).

A condition like `buyer_id is not null` leaves out the few orders without a buyer. Where every order is one of those, as in a
download that names no buyers, it would leave 0 buyers, and a conversion of 0 %.
"""

from collections.abc import Iterable, Mapping

import duckdb

from warehouse.figures.measures import KEYED, Measure
from warehouse.store.rows import only_column
from warehouse.store.sqltext import Sql, fill, identifier

Ids = tuple[str, str]  # a fact, and a column of it
# What every sale and every chat has. An order without a distributor was sold to none: there, empty is an answer.
_ALWAYS_THERE = frozenset({"buyer_id", "sku_id"})


def read_unstated(
    con: duckdb.DuckDBPyConnection, measures: Iterable[Measure]
) -> Mapping[Ids, frozenset[str]]:
    """By fact and id, the shops that have rows of the fact and no id in any of them."""
    sql = Sql("select shop_id from ${core} group by shop_id having count(${key}) = 0 order by shop_id")
    asked = dict.fromkeys(
        (m.fact, key) for m in measures if m.agg in KEYED for key in m.keys if key in _ALWAYS_THERE
    )
    found = {
        (fact, key): only_column(con, fill(sql, core=identifier(f"core_{fact}"), key=identifier(key)))
        for fact, key in asked
    }
    return {ids: frozenset(shops) for ids, shops in found.items() if shops}
