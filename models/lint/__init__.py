"""The linter: definitions that load and are still likely to cheat somebody or to steer nobody.

`lint(definitions)` judges definitions alone; with a `CompanyContext` also what only a company knows. Not here: what the loader
refuses (models/definitions), printing (pipelines).
"""

from collections.abc import Iterable

from models.definitions import Definitions
from models.lint import (
    access,
    calendar,
    cliffs,
    company,
    company_files,
    grades,
    kpis,
    pay,
    red_lines,
    roles,
    scoring,
    texts,
)
from models.lint.finding import (
    SEVERITIES,
    CompanyContext,
    Holder,
    LintedWorld,
    LintFinding,
    LintRule,
    Severity,
    accepted,
)

RULES: tuple[LintRule, ...] = tuple(
    sorted(
        (
            rule
            for module in (
                texts,
                kpis,
                roles,
                red_lines,
                scoring,
                grades,
                cliffs,
                pay,
                company,
                company_files,
                access,
                calendar,
            )
            for rule in module.RULES
        ),
        key=lambda rule: rule.code,
    )
)
# what these find depends on the files of a company: without them an acceptance cannot be called stale
_ONLY_WITH_CONTEXT = frozenset(
    rule.code for rule in (*company.RULES, *company_files.RULES, *access.RULES, *calendar.RULES)
)


def lint(definitions: Definitions, context: CompanyContext | None = None) -> list[LintFinding]:
    """Every finding that no definition accepts, the worst first, then by file and line."""
    world = LintedWorld(definitions, context or CompanyContext())
    found: list[LintFinding] = []
    met: set[tuple[str, str]] = set()  # (place of the definition, code) of findings that occur
    for rule in RULES:
        for holder, finding in rule.findings(world):
            met.add((holder.source, finding.code))
            # met also where it is accepted: only then is the acceptance known to be of use
            if finding.code not in {a.code for a in accepted(holder)}:
                found.append(finding)
    found += _stale(world, met)
    return sorted(found, key=_by_severity_and_place)


def _stale(world: LintedWorld, met: set[tuple[str, str]]) -> list[LintFinding]:
    """Accepted codes that accept nothing, so that they cannot hide a finding of tomorrow."""
    codes = [rule.code for rule in RULES]
    found = []
    for holder in _accepting(world):
        for entry in accepted(holder):
            if (holder.source, entry.code) not in met and entry.code not in _ONLY_WITH_CONTEXT:
                place = roles.stale(holder, entry.code, codes, entry.source)
                found.append(roles.stale_acceptance.as_finding(place))
    return found


def _accepting(world: LintedWorld) -> Iterable[Holder]:
    # no KPIs: many roles use one, and each has its own reason to accept
    yield from world.roles.values()
    yield from world.definitions.grade_tables.values()
    yield from world.pay_plans.values()


def _by_severity_and_place(finding: LintFinding) -> tuple[int, str, int, str, str]:
    file, _, line = finding.where.rpartition(":")
    number = int(line) if line.isdigit() else 0  # as a number: line 10 comes after line 9
    return SEVERITIES.index(finding.severity), file, number, finding.code, finding.en


__all__ = ["RULES", "SEVERITIES", "CompanyContext", "LintFinding", "LintRule", "Severity", "lint"]
