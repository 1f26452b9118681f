"""Raw rows into canonical facts. Not here: the SQL (warehouse/facts/build.py)."""

from pipelines.company.run_scope import RunScope, tell
from warehouse.facts.build import build_core
from warehouse.store.connect import open_warehouse


def build_facts(work: RunScope) -> dict[str, int]:
    """Bring the canonical tables up to date; returns the rows of each."""
    with open_warehouse(work.home.root) as con:
        counts = build_core(con, work.company.currency, work.company.attribution)
    tell("facts", ", ".join(f"{name} {count:,}" for name, count in counts.items() if count) or "no rows yet")
    return counts
