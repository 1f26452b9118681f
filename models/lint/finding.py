"""What a rule of the linter is and what it finds.

Belongs here: the shapes. Not here: the rules themselves (one module per subject) or how findings are printed.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal, Protocol

from models.closing.access import Access
from models.closing.rights import Rights
from models.definitions import Definitions, Kpi, Label, Role
from models.definitions.accepted_findings import Accepted
from models.definitions.pay_plans import PayPlan
from models.inputs import Person, Target
from models.lint.meaning import Seen, see
from models.lint.plans import PlannedLine, planned_lines
from models.lint.reach import Scoring, scorings
from models.lint.rows import StatedRate, StatedRating, StatedTarget

Severity = Literal["error", "warning", "notice"]
# the worst first: findings are sorted by it
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "notice")


class Holder(Protocol):
    """A definition with a place; roles, grade tables and pay plans may accept findings."""

    @property
    def id(self) -> str:
        """The stable name."""

    @property
    def effective_from(self) -> date:
        """First day in force."""

    @property
    def source(self) -> str:
        """File and line."""


@dataclass(frozen=True)
class Breach:
    """One place where a rule does not hold; a severity here goes before the rule's own."""

    holder: Holder
    zh: str
    en: str
    where: str = ""
    severity: Severity | None = None


def at_line(at: PlannedLine, zh: str, en: str, severity: Severity | None = None) -> Breach:
    """A breach at a pay line."""
    plan, line = at.plan, at.line
    return Breach(plan, f"{plan.id} 的 {line.id}：{zh}", f"{plan.id}, {line.id}: {en}", line.source, severity)


@dataclass(frozen=True, kw_only=True)
class LintFinding:
    """What the reader gets: error = the figure would be wrong or people would be cheated."""

    code: str
    severity: Severity
    where: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str

    def render(self) -> str:
        """Two lines in English and Chinese, the first with place and severity."""
        first = f"[{self.code}] {self.severity}: {self.en} | at {self.where} | do: {self.remedy_en}"
        # eight blanks, as errors have them: codes stand out at the margin
        return f"{first}\n        {self.zh}；建议：{self.remedy_zh}"


@dataclass(frozen=True, kw_only=True)
class CompanyContext:
    """What only a company knows; None where it is not known, and then nothing is said about it."""

    facts: frozenset[str] | None = None  # tables that a connector or a file feeds
    partly: Mapping[str, frozenset[str]] = field(
        default_factory=dict
    )  # of a table that is fed with rows of some kind only: the flags that they carry
    owned: Mapping[str, frozenset[str]] | None = None  # scope types that people of a role hold
    targets: tuple[Target, ...] = ()
    stated_targets: tuple[StatedTarget, ...] = ()
    people: tuple[Person, ...] = ()
    ratings: tuple[StatedRating, ...] = ()
    rates: tuple[StatedRate, ...] = ()
    # years whose holidays should be known by now and are not
    unpublished_years: tuple[int, ...] = ()
    access: Access | None = None  # None without an access.yaml that can be read
    absent_logins: frozenset[str] = frozenset()  # logins of access.yaml that this computer does not have
    history: Mapping[tuple[str, str, str], tuple[Decimal, ...]] = field(
        default_factory=dict
    )  # (scope, id, kpi) -> values
    template: Definitions | None = None  # the shipped definitions, whose targets are examples


@dataclass(frozen=True)
class LintedWorld:
    """The newest versions of all definitions, and what is known of the company."""

    definitions: Definitions
    context: CompanyContext = field(default_factory=CompanyContext)

    # works in a frozen dataclass: it writes to __dict__ and not through __setattr__ (Python documentation, functools)
    @cached_property
    def seen(self) -> Mapping[str, Seen]:
        """Every KPI with what it counts."""
        return see(self.kpis)

    @cached_property
    def kpis(self) -> Mapping[str, Kpi]:
        """The newest version of every KPI."""
        return self.definitions.kpis

    @cached_property
    def roles(self) -> Mapping[str, Role]:
        """The newest version of every role."""
        return self.definitions.roles

    @cached_property
    def rights(self) -> Rights | None:
        """Who may do what; None without access.yaml, or without people to whom it could apply."""
        access, people = self.context.access, self.context.people
        return Rights(access, people) if access is not None and people else None

    @cached_property
    def scorings(self) -> tuple[Scoring, ...]:
        """Every line of every role with its rule."""
        return scorings(self.roles, self.kpis)

    @cached_property
    def pay_plans(self) -> Mapping[str, PayPlan]:
        """The newest version of every pay plan."""
        return self.definitions.pay_plans

    @cached_property
    def pay_lines(self) -> tuple[PlannedLine, ...]:
        """Every line of every pay plan with its traits."""
        return planned_lines(self.pay_plans.values())


Find = Callable[[LintedWorld], Iterator[Breach]]


@dataclass(frozen=True, kw_only=True)
class LintRule:
    """One rule: what it looks for, why, and what to do."""

    code: str
    severity: Severity
    name: Label
    why: Label
    remedy: Label
    find: Find

    def findings(self, world: LintedWorld) -> Iterator[tuple[Holder, LintFinding]]:
        """What the rule finds, with the definition it was found in."""
        for found in self.find(world):
            yield found.holder, self.as_finding(found)

    def as_finding(self, found: Breach) -> LintFinding:
        """One place with the rule's severity and remedy."""
        where = found.where or found.holder.source  # the line of a KPI is nearer than that of its role
        severity = found.severity or self.severity  # a rule may judge one place more mildly than its kind
        return LintFinding(
            code=self.code,
            severity=severity,
            where=where,
            zh=found.zh,
            en=found.en,
            remedy_zh=self.remedy.zh,
            remedy_en=self.remedy.en,
        )


def rule(
    code: str, severity: Severity, *, name: Label, why: Label, remedy: Label
) -> Callable[[Find], LintRule]:
    """Turn a function that yields `Breach` into a rule."""

    def made(find: Find) -> LintRule:
        return LintRule(code=code, severity=severity, name=name, why=why, remedy=remedy, find=find)

    return made


def accepted(holder: Holder) -> tuple[Accepted, ...]:
    """What the definition accepts; a KPI accepts nothing."""
    found: tuple[Accepted, ...] = getattr(holder, "accepts", ())
    return found
