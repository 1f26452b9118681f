"""The cards of a period as what people sign: one hash a person, over every role and line.

Belongs here: which card somebody has now. Not here: who signed it (warehouse/ledger), how it looks (pipelines/render).
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import duckdb

from models.closing.entries import canonical
from warehouse.published.query import published_rows_of
from warehouse.store.sqltext import Sql

# Whoever signs, signs figures, rules and arithmetic. Another role's definition changes the hash of all definitions and nobody's
# card, and `state` says who signed: neither may make a signature void.
_CARDS = Sql(
    "select * exclude (state, definition_hash) from scorecard where period = ? order by person_id, role_id"
)
_LINES = Sql("select * from scorecard_line where period = ? order by person_id, role_id, position")
# the mildest last: a person is final when every card is
_STATUSES = ("provisional", "scored", "excluded")


@dataclass(frozen=True)
class PresentCard:
    """What a person would sign now; `status` is that of the least finished role."""

    hash: str
    status: str

    @property
    def is_final(self) -> bool:
        """Whether it can be signed."""
        return self.status != "provisional"


def present_cards(con: duckdb.DuckDBPyConnection, period: str) -> dict[str, PresentCard]:
    """The card of every person of a period, by person; empty when the period is not scored."""
    cards, lines = _by_person(con, _CARDS, period), _by_person(con, _LINES, period)
    return {
        person: PresentCard(_hash(rows, lines.get(person, [])), _status(rows))
        for person, rows in cards.items()
    }


def _by_person(con: duckdb.DuckDBPyConnection, sql: Sql, period: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in published_rows_of(con, sql, [period]):
        found.setdefault(row["person_id"], []).append(row)
    return found


def _hash(cards: list[dict[str, Any]], lines: list[dict[str, Any]]) -> str:
    signed = {"cards": [_filled(card) for card in cards], "lines": [_filled(line) for line in lines]}
    return hashlib.sha256(canonical(signed).encode()).hexdigest()


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    """A row without empty cells: a column that a later version adds makes no other card of one that was signed."""
    return {name: value for name, value in row.items() if value is not None}


def _status(cards: Iterable[dict[str, Any]]) -> str:
    found = {card["status"] for card in cards}
    return next(status for status in _STATUSES if status in found)
