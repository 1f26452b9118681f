"""What two sets of definitions say differently, and whose figures that changes, for `kpi diff`.

Not here: the comparison (models.appraisal.diff), the figures (warehouse.figures).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from models.appraisal.diff import CardChange, Change, card_changes, definition_changes
from models.definitions import Definitions, load_definitions
from models.errors import UsageError
from models.periods import Period
from models.wording import Step
from pipelines.commands.run_choice import scored_period
from pipelines.company.company import Company, definitions_below, shipped_definitions
from pipelines.company.home import Home
from pipelines.render.bilingual import Bilingual
from pipelines.steps.score import decided_points, scorecards
from warehouse.figures.actuals import measure_spans
from warehouse.published.labels import people as people_of
from warehouse.published.read import newest_scored_period
from warehouse.store.connect import open_warehouse

CURRENT, SHIPPED = "current", "shipped"


@dataclass(frozen=True)
class DefinitionSet:
    """One side of the comparison: texts of definition files by name, and those that lie over them."""

    files: dict[str, str]
    overlay: dict[str, str]

    def texts(self) -> dict[str, dict[str, str]]:
        """As `definition_changes` takes them."""
        return {"files": self.files, "overlay": self.overlay}

    def load(self) -> Definitions:
        """Checked definitions."""
        return load_definitions(self.files, self.overlay)


def compare_definitions(company: Company, sides: tuple[str, str], period_name: str, language: str) -> str:
    """The changed definitions, then everybody whose result changes; nothing is stored.

    Args:
        company: whose figures are scored again.
        sides: names of two sets: `current`, `shipped` or a folder.
        period_name: period to score; empty for the last scored one.
        language: zh, en or both.
    """
    before, after = (_named_set(company, name) for name in sides)
    changes = definition_changes(before.texts(), after.texts())
    loaded = before.load(), after.load()
    home = Home.of()
    with open_warehouse(home.root) as con:
        period = scored_period(period_name or _last_scored(con))
        decided = decided_points(home, period)
        cards = [scorecards(con, one, period, measure_spans(con, one, [period]), decided) for one in loaded]
        names = {person.person_id: person.name for person in people_of(con)}
    people = card_changes(*cards)
    return "\n".join(_told(changes, people, period, names, language))


def _named_set(company: Company, name: str) -> DefinitionSet:
    if name == SHIPPED:
        return DefinitionSet(shipped_definitions(), {})
    if name == CURRENT:
        return DefinitionSet(shipped_definitions(), company.own_definitions())
    folder = Path(name)
    # somebody may name a whole company folder, or the folder of definitions in it
    inner = folder / "kpi_definitions"
    return DefinitionSet(shipped_definitions(), definitions_below(inner if inner.is_dir() else folder))


def _last_scored(con: DuckDBPyConnection) -> str:
    newest = newest_scored_period(con)
    if newest is None:
        raise UsageError(
            "U030", "no period is scored yet", remedy="name one with --period, or run `kpi score` first"
        )
    return newest


def _told(
    changes: list[Change], people: list[CardChange], period: Period, names: dict[str, str], language: str
) -> Iterator[str]:
    yield from _section(Bilingual("定义的变化", "changed definitions"), len(changes), language)
    for change in changes:
        yield f"  {_said(change.headline, language)}  [{change.where}]"
        yield from (f"      {_said(part, language)}" for part in change.parts)
    yield ""
    title = Bilingual(f"{period.id} 结果有变化的人", f"people whose result of {period.id} changes")
    yield from _section(title, len(people), language)
    for person in people:
        name = names.get(person.person_id, "")
        yield f"  {' '.join(filter(None, (person.person_id, name)))}  {person.role_id}"
        yield from (f"      {_said(part, language)}" for part in person.parts)


def _section(title: Bilingual, count: int, language: str) -> Iterator[str]:
    yield f"{title.in_language(language)}: {count}"


def _said(step: Step, language: str) -> str:
    return Bilingual(step.zh, step.en).in_language(language)
