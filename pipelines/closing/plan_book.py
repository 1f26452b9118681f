"""Everybody's plan of a period as the company's files give it now, with what is shown beside it.

Belongs here: files and published figures brought together for the plans of one period. Not here: serving and answering
(plans.py), the content of a plan (models/closing/plan.py), the page (pipelines/render/plan_page.py).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from connectors.file_drop import DroppedCompany
from models.appraisal.scorecard import Scorecard, score_period
from models.appraisal.targets import TargetBook
from models.closing.blind_targets import BlindTarget, HistoryFigure, blind_targets
from models.closing.plan import AgreedPlan, PlanKey, agreed_plans, kpi_content
from models.definitions import Definitions, load_definitions
from models.errors import DefinitionError, MeritError, MeritErrors, SigningError
from models.inputs import Actual, Person, Target, assignments
from models.lint.company import copied_targets
from models.lint.finding import CompanyContext, LintedWorld
from models.periods import Period
from pipelines.company import clock
from pipelines.company.company import Company, shipped_definitions
from pipelines.company.home import Home
from pipelines.company.lint_context import people_in, ratings_in, targets_in
from pipelines.company.run_scope import RunScope
from pipelines.steps.files import checked_files
from warehouse.figures.inputs import read_actuals
from warehouse.published.plan_history import past_figures
from warehouse.store.connect import open_published

HISTORY = 6  # periods that stand beside a target: half a year of months
OwnHistory = Mapping[str, tuple[HistoryFigure, ...]]  # by KPI


@dataclass(frozen=True)
class PlanBook:
    """The plans of a period; what costs time is read when it is asked for."""

    company: Company
    home: Home
    period: Period
    definitions: Definitions
    files: DroppedCompany

    @classmethod
    def of(cls, company: Company, home: Home, period: Period) -> "PlanBook":
        """The plans that the company's folder gives now.

        Raises:
            MeritErrors: files or definitions that are refused.
        """
        scope = RunScope(
            company, Home(company.folder), period.start, period.end, clock.as_of(company, period.end)
        )
        return cls(company, home, period, scope.definitions, checked_files(scope))

    @cached_property
    def people(self) -> tuple[Person, ...]:
        """Every row of people.csv."""
        return people_in(self.files)

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """Every row of targets.csv."""
        return targets_in(self.files)

    @cached_property
    def plans(self) -> dict[PlanKey, AgreedPlan]:
        """The plan of everybody who holds a role of this cycle in the period."""
        own = (target for target in self.targets if target.period == self.period.id)
        book = TargetBook(self.definitions, own, self.people)
        return agreed_plans(self.definitions, book, self.people, self.period)

    def of_person(self, person: str) -> list[AgreedPlan]:
        """The plans of one person, by role.

        Raises:
            SigningError: S157 when there is none.
        """
        found = [plan for (name, _), plan in self.plans.items() if name == person]
        if not found:
            raise SigningError("S157", f"{person} has no plan", where=self.period.id)
        return found

    def name(self, person: str) -> str:
        """The newest name of a person."""
        return next((row.name for row in reversed(self.people) if row.person_id == person), person)

    @cached_property
    def history(self) -> Mapping[PlanKey, OwnHistory]:
        """Own figures of up to six earlier periods, the oldest first; nothing where nothing was published yet."""
        if not self.home.published.exists():
            return {}
        with open_published(self.home.root) as con:
            figures = past_figures(con, [*islice(_before(self.period), HISTORY)])
        found: dict[PlanKey, dict[str, list[HistoryFigure]]] = defaultdict(lambda: defaultdict(list))
        for past in figures:
            key = past.person_id, past.role_id
            span = Period.parse(past.period)
            own = HistoryFigure(
                period=past.period,
                value=past.value,
                numerator=past.numerator,
                counts=past.status == "scored" and self.days_in_role(key, span) == span.days,
            )
            found[key][past.kpi_id].append(own)
        return {key: {kpi: tuple(own) for kpi, own in kpis.items()} for key, kpis in found.items()}

    @cached_property
    def _rows(self) -> Mapping[PlanKey, list[Person]]:
        found: dict[PlanKey, list[Person]] = defaultdict(list)
        for row in self.people:
            found[row.person_id, row.role_id].append(row)
        return found

    def days_in_role(self, key: PlanKey, period: Period) -> int:
        """On how many days of a period somebody was in a role."""
        return sum(row.days_within(period.start, period.end) for row in self._rows.get(key, ()))

    @cached_property
    def _copied(self) -> Mapping[str, list[str]]:
        """By role of the company's own: the KPIs whose targets are the product's examples, gone through by nobody."""
        if not self.company.own_definitions():
            return {}
        shipped = load_definitions(shipped_definitions())
        world = LintedWorld(self.definitions, CompanyContext(targets=self.targets, template=shipped))
        roles = {plan.role.id: plan.role for plan in self.plans.values()}
        return {
            name: copied_targets(world, role, shipped)
            for name, role in roles.items()
            if role != shipped.roles.get(name)
        }

    def blind(self, plan: AgreedPlan) -> list[BlindTarget]:
        """The targets of a plan that are not served before an approver gives a reason."""
        return blind_targets(plan, self.history.get(plan.key, {}), self._copied.get(plan.role.id, ()))

    @cached_property
    def examples(self) -> Mapping[PlanKey, Scorecard]:
        """Everybody's card as this plan would have made it of the figures of the period before.

        Everybody counts as in the role on every day: a target is set against a whole period. A figure that was measured by
        another definition than that of this period is left out: it says nothing about what is to come.
        """
        if not self.home.published.exists():
            return {}
        last = self.period.previous
        with open_published(self.home.root) as con:
            figures = [self._carried(actual) for actual in read_actuals(con, last)]
        ratings = [replace(rating, period=self.period.id) for rating in ratings_in(self.files, last)]
        if not figures and not ratings:
            return {}
        rows = assignments(self.people, self.period)
        people = [replace(row, valid_from=self.period.start, valid_to=None) for row in rows]
        cards = score_period(self.definitions, self.period, people, figures, self.targets, ratings=ratings)
        known = [card for card in cards if any(line.value is not None for line in card.lines)]
        return {(card.person_id, card.role_id): card for card in known}

    def _carried(self, actual: Actual) -> Actual:
        """A figure of the period before as one of this period."""
        last, names = self.period.previous, {actual.kpi_id, actual.measured_as or actual.kpi_id}
        if all(self._content(name, last) == self._content(name, self.period) for name in names):
            return replace(actual, period=self.period.id)
        return replace(
            actual,
            period=self.period.id,
            value=None,
            numerator=None,
            denominator=None,
            status="missing",
            cause_code="M216",
            cause=f"{actual.kpi_id} was measured by another definition in {last.id}",
        )

    def _content(self, kpi: str, period: Period) -> str:
        try:
            return kpi_content(self.definitions, kpi, period.end)
        except DefinitionError:  # not in force then
            return ""

    def unstated(self, plan: AgreedPlan) -> MeritError | None:
        """The refusal of a plan that lacks a target it needs; None where it lacks none."""
        lacking = plan.lacking_targets
        errors = [
            SigningError(
                "S156", f"no target of {kpi}", where=f"{plan.person} {plan.role.id} {self.period.id}"
            )
            for kpi in lacking
        ]
        return (errors[0] if len(errors) == 1 else MeritErrors([*errors])) if errors else None


def _before(period: Period) -> Iterator[Period]:
    while True:
        period = period.previous
        yield period
