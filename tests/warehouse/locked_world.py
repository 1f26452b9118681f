"""A snapshot by itself, without a company: rows that somebody signed, and the lock that an entry says of it."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from models.closing.entries import Head
from models.closing.manifest import LockedPeriod, Manifest
from models.periods import Period
from warehouse.locked.rows import period_digests, period_tables
from warehouse.locked.snapshot import one_at_a_time, stage
from warehouse.published.present_cards import present_cards
from warehouse.store.connect import open_warehouse
from warehouse.store.rows import insert_rows

JANUARY = Period.parse("2026-01")
TEXTS = {
    "definitions/shipped/kpi_definitions/grades.yaml": "grade_tables: []\n",
    "definitions/own/lantern/kpi_definitions/roles.yaml": "roles: []\n",
}


def fill(home: Path, people: int = 5) -> None:
    """Scorecards of January in the warehouse."""
    names = [f"P{n:03d}" for n in range(people)]
    with open_warehouse(home) as con:
        key = {"period": "2026-01", "role_id": "maker"}
        for name in names:
            own = {**key, "person_id": name}
            card = {"status": "scored", "total": Decimal("85.50"), "grade": "B", "state": "open"}
            line = {"kpi_id": "teamwork", "score": Decimal(80), "status": "scored"}
            insert_rows(con, "scorecard", [{**own, **card}])
            insert_rows(con, "scorecard_line", [{**own, **line, "position": 1, "steps": '[{"zh": "一"}]'}])
            insert_rows(con, "kpi_actual_period", [{**own, **line}])
        spans = {"role_id": "maker", "valid_from": date(2025, 1, 1)}
        insert_rows(con, "core_person", [{"person_id": name, "name": name, **spans} for name in names])


def locked(home: Path, version: int = 1) -> LockedPeriod:
    """January in the warehouse, as it is now, locked."""
    with open_warehouse(home) as con:
        manifest = Manifest(
            period="2026-01",
            version=version,
            ledger=Head(7, "a" * 64),
            definition_hash="d" * 64,
            files={},
            cards={person: card.hash for person, card in present_cards(con, "2026-01").items()},
            digests=period_digests(con, "2026-01"),
        )
        tables = period_tables(con, JANUARY)
    with one_at_a_time(home) as root:
        staged = stage(root, manifest, tables, TEXTS)
        staged.settle()
    return LockedPeriod(
        period="2026-01",
        version=version,
        folder=staged.name,
        manifest_hash=staged.manifest.hash,
        cards=manifest.cards,
        on=date(2026, 2, 20),
        actor="HR",
        entry=Head(8, "b" * 64),
    )
