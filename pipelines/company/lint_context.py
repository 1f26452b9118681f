"""What the linter may know of a company, taken from its folder without touching data.

Belongs here: sources, ownership and targets as a `CompanyContext`; the command and Dagster's check both use it. Not here: rules
(models/lint), printing (commands/lint.py).
"""

from collections import defaultdict
from decimal import Decimal

from connectors.file_drop import DroppedCompany
from models.definitions import load_definitions
from models.inputs import TARGET_SCOPES, Target
from models.lint import CompanyContext, LintFinding, lint
from models.tables import FACTS
from pipelines.company.company import Company, shipped_definitions
from pipelines.company.run_scope import RunScope
from pipelines.company.sources import source_accounts


def findings_of(work: RunScope, dropped: DroppedCompany) -> list[LintFinding]:
    """Everything the linter finds in the definitions the company uses, and in what it says of itself."""
    return lint(work.definitions, context_of(work.company, dropped))


def context_of(company: Company, dropped: DroppedCompany) -> CompanyContext:
    """What the folder says: which tables are fed, who owns what, which targets are set."""
    return CompanyContext(
        facts=_fed(company),
        owned=_owned(dropped),
        targets=_targets(dropped),
        template=load_definitions(shipped_definitions()),
    )


def _fed(company: Company) -> frozenset[str]:
    """Tables that an account or a file feeds, and those built from the company's own tables."""
    fed = {fact for account in source_accounts(company.sources, company.drops) for fact in account.feeds}
    return frozenset(fed | {name for name, table in FACTS.items() if _is_own(table.derived_from)})


def _is_own(sources: tuple[str, ...]) -> bool:
    return bool(sources) and not set(sources) & set(FACTS)


def _owned(dropped: DroppedCompany) -> dict[str, frozenset[str]]:
    """Scope types by role that somebody holds."""
    held: dict[str, set[str]] = defaultdict(set)
    for row in _rows(dropped, "people"):
        # a role that people hold and that owns nothing must be known as such
        held[str(row["role_id"])] |= set()
    for row in _rows(dropped, "ownership"):
        held[str(row["role_id"])].add(str(row["scope_type"]))
    return {role: frozenset(scopes) for role, scopes in held.items()}


def _targets(dropped: DroppedCompany) -> tuple[Target, ...]:
    return tuple(
        _target(row, value) for row in _rows(dropped, "targets") if isinstance(value := row["value"], Decimal)
    )


def _target(row: dict[str, object], value: Decimal) -> Target:
    return Target(
        scope=next(
            scope for scope in TARGET_SCOPES if scope == row["scope"]
        ),  # the layout allows no other word
        scope_id=str(row["scope_id"]),
        kpi_id=str(row["kpi_id"]),
        period=str(row["period"]),
        value=value,
        basis=str(row.get("basis") or ""),
        pro_rate=row.get("pro_rate") is not False,
    )


def _rows(dropped: DroppedCompany, table: str) -> list[dict[str, object]]:
    found = dropped.tables.get(table)
    return [dict(row) for row in found.rows] if found else []
