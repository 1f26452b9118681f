"""Blocking checks: each statement in sql/checks selects the rows that are wrong; none selected means good.

Belongs here: running them and reporting counts with samples. Not here: when they block (pipelines).
"""

from dataclasses import dataclass

import duckdb

from models.tables import FACTS
from warehouse.store.rows import row_dicts
from warehouse.store.sqltext import Sql, fill, identifier, joined, listed, statement, statements

_SAMPLES = 5
_REPEATED: dict[str, frozenset[str]] = {
    "unique_keys": frozenset(),
    "shop_and_dept": frozenset({"shop", "dept"}),
}
_REMEDIES = {
    "targets_plausible": "compare the target in targets.csv with the figure: 万元 for 元, or a percentage without its sign?",
    "unique_keys": "rebuild the canonical tables; if it stays, two raw rows share a key: report it",
    "proven_days": "pull the named days again",
    "reconciled": "compare the named shop and month with the platform's own report",
    "ownership_shares": "correct ownership.csv so that the shares of a scope and role add up to at most 1",
    "one_scope_type": "let a role own by one kind of scope only",
    "shop_and_dept": "let the role own these rows by their shop or by their department, not by both",
    "engines_agree": "report the named figures: one of the two engines is wrong, and nobody is paid by them until it is mended",
    "missing_has_cause": "compute the figures again",
    "roster_complete": "compute the day again",
}


@dataclass(frozen=True)
class CheckResult:
    """What one check found."""

    name: str
    failing: int
    samples: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether no row is wrong."""
        return self.failing == 0


def check_names() -> list[str]:
    """All checks, sorted."""
    return statements("checks")


def run_check(con: duckdb.DuckDBPyConnection, name: str) -> CheckResult:
    """Run one check."""
    rows = row_dicts(con, _text(name))
    # sorted before it is cut: two runs over the same rows show the same samples
    shown = sorted(", ".join(f"{column}={value}" for column, value in row.items()) for row in rows)
    return CheckResult(name, len(rows), tuple(shown[:_SAMPLES]))


def _text(name: str) -> Sql:
    """The statement of a check; those in `_REPEATED` are repeated for every canonical table they concern."""
    text = statement(f"checks/{name}.sql")
    concerns = _REPEATED.get(name)
    if concerns is None:
        return text
    parts = (
        fill(text, table=identifier(f"core_{t.name}"), key=listed(identifier(c) for c in t.key))
        for t in FACTS.values()
        # the empty set of `unique_keys` is part of every other: all tables have a key
        if concerns <= t.scopes.keys()
    )
    return joined(Sql("\nunion all\n"), parts)


def remedy_of(name: str) -> str:
    """What to do about the rows that a check selected; empty for a check of somebody else."""
    return _REMEDIES.get(name, "")
