"""`kpi diff A B`: what two sets of definitions say differently, and whose figures that changes."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from models.definitions import Definitions, load_definitions
from models.definitions.diff import CardChange, Change, card_changes, definition_changes
from models.errors import UsageError
from models.periods import Period
from models.scorecard import Scorecard
from models.wording import Step
from pipelines.commands.asked import company_of, period_of
from pipelines.company.company import Company, definitions_below, shipped_definitions
from pipelines.company.home import Home
from pipelines.steps.score import scorecards
from warehouse.figures.actuals import measure_spans
from warehouse.published.labels import people as people_of
from warehouse.published.read import newest_scored_period
from warehouse.store.connect import open_warehouse

CURRENT, SHIPPED = "current", "shipped"


@dataclass(frozen=True)
class Side:
    """One side of the comparison: the texts as `load_definitions` takes them."""

    files: dict[str, str]
    overlay: dict[str, str]

    def texts(self) -> dict[str, dict[str, str]]:
        """As `definition_changes` takes them."""
        return {"files": self.files, "overlay": self.overlay}

    def load(self) -> Definitions:
        """Checked definitions."""
        return load_definitions(self.files, self.overlay)


def diff(chosen: argparse.Namespace) -> int:
    """Print the changed definitions, then everybody whose result changes; nothing is stored."""
    company = company_of(chosen)
    before, after = (_side(company, name) for name in (chosen.before, chosen.after))
    changes = definition_changes(before.texts(), after.texts())
    loaded = before.load(), after.load()
    with open_warehouse(Home.of().root) as con:
        period = period_of(chosen.period or _last_scored(con))
        cards = [_cards(con, definitions, period) for definitions in loaded]
        names = {person.person_id: person.name for person in people_of(con)}
    people = card_changes(*cards)
    print("\n".join(_report(changes, people, period, names, chosen.lang)))
    return 0


def _side(company: Company, name: str) -> Side:
    if name == SHIPPED:
        return Side(shipped_definitions(), {})
    if name == CURRENT:
        return Side(shipped_definitions(), company.own_definitions())
    folder = Path(name)
    inner = folder / "kpi_definitions"
    return Side(shipped_definitions(), definitions_below(inner if inner.is_dir() else folder))


def _last_scored(con: DuckDBPyConnection) -> str:
    newest = newest_scored_period(con)
    if newest is None:
        raise UsageError(
            "U030", "no period is scored yet", remedy="name one with --period, or run `kpi score` first"
        )
    return newest


def _cards(con: DuckDBPyConnection, definitions: Definitions, period: Period) -> list[Scorecard]:
    return scorecards(con, definitions, period, measure_spans(con, definitions, [period]))


def _report(
    changes: list[Change], people: list[CardChange], period: Period, names: dict[str, str], lang: str
) -> Iterator[str]:
    yield from _section(Step("定义的变化", "changed definitions"), len(changes), lang)
    for change in changes:
        yield f"  {_said(change.headline, lang)}  [{change.where}]"
        yield from (f"      {_said(part, lang)}" for part in change.parts)
    yield ""
    title = Step(f"{period.id} 结果有变化的人", f"people whose result of {period.id} changes")
    yield from _section(title, len(people), lang)
    for person in people:
        name = names.get(person.person_id, "")
        yield f"  {' '.join(filter(None, (person.person_id, name)))}  {person.role_id}"
        yield from (f"      {_said(part, lang)}" for part in person.parts)


def _section(title: Step, count: int, lang: str) -> Iterator[str]:
    yield f"{_said(title, lang)}: {count}"


def _said(words: Step, lang: str) -> str:
    if lang != "both" or words.zh == words.en:
        return words.en if lang == "en" else words.zh
    return f"{words.zh} / {words.en}"
