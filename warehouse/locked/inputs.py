"""What a locked period was scored from, read back from its snapshot as the records that scoring takes.

Belongs here: a snapshot as a small database of its own, asked with the questions that the warehouse is asked. Not here: which
tables a snapshot holds (rows.py), their proof (proof.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from models.closing.card_figures import Card, CardFigures, card_figures
from models.closing.manifest import LockedPeriod
from models.closing.own_inputs import ScoringInputs
from models.inputs import Actual
from models.periods import Period
from warehouse.figures.inputs import read_actuals, read_people, read_ratings, read_targets
from warehouse.locked.restore import locked_tables

_READ = ("core_person", "core_target", "core_rating", "kpi_actual_period")


@dataclass(frozen=True, kw_only=True)
class SignedPeriod:
    """One locked period: inputs, cards, rows of its lines by person, role and KPI, and digests of its inputs by name."""

    inputs: ScoringInputs
    cards: Mapping[Card, CardFigures]
    lines: Mapping[tuple[str, str, str], Mapping[str, Any]]
    basis: Mapping[str, str]


def signed_period(home: Path, lock: LockedPeriod) -> SignedPeriod:
    """Everything that a restatement needs to know of a lock.

    Raises:
        WarehouseError: W125 with the first file that is damaged.
    """
    tables = locked_tables(home, lock)
    with duckdb.connect(":memory:", config={"python_enable_replacements": "false"}) as con:
        for name in _READ:
            con.register(name, tables[name])
        inputs = inputs_of(con, Period.parse(lock.period), read_actuals(con, Period.parse(lock.period)))
    lines = tables["scorecard_line"].to_pylist()
    return SignedPeriod(
        inputs=inputs,
        cards=card_figures(tables["scorecard"].to_pylist(), lines),
        lines={(row["person_id"], row["role_id"], row["kpi_id"]): row for row in lines},
        basis={row["input"]: row["digest"] for row in tables["figure_input"].to_pylist()},
    )


def inputs_of(con: duckdb.DuckDBPyConnection, period: Period, actuals: list[Actual]) -> ScoringInputs:
    """The inputs of a period as a warehouse, or a snapshot, holds them, with figures that were read or measured elsewhere."""
    return ScoringInputs(
        people=tuple(row for row in read_people(con) if row.overlaps(period)),
        targets=tuple(row for row in read_targets(con) if row.period == period.id),
        ratings=tuple(read_ratings(con, period)),
        actuals=tuple(actuals),
    )
