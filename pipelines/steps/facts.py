"""Raw rows into canonical facts. Not here: the SQL (warehouse/core.py)."""

from pipelines.work import Work, tell
from warehouse.connect import open_warehouse
from warehouse.core import build_core


def build_facts(work: Work) -> dict[str, int]:
    """Bring the canonical tables up to date; returns the rows of each."""
    with open_warehouse(work.home.root) as con:
        counts = build_core(con, work.company.currency, work.company.attribution)
    tell("facts", ", ".join(f"{name} {count:,}" for name, count in counts.items() if count) or "no rows yet")
    return counts
