"""`kpi why`: the story of one figure, with the text of its definition."""

import argparse
import re
from collections.abc import Callable

from pipelines.commands.asked import company_of
from pipelines.company.company import Company, shipped_definitions
from pipelines.company.home import Home
from pipelines.render.why import explain
from warehouse.store.connect import open_published


def why(chosen: argparse.Namespace) -> int:
    """Print the story."""
    lookup = definition_text(company_of(chosen))
    with open_published(Home.of().root) as con:
        print(
            explain(
                con,
                chosen.person,
                chosen.kpi,
                chosen.period,
                lang=chosen.lang,
                definitions_source_lookup=lookup,
            )
        )
    return 0


def definition_text(company: Company) -> Callable[[str], str | None]:
    """A look-up from `file:line` to the entry that starts there."""
    files = {**shipped_definitions(), **company.own_definitions()}

    def entry(place: str) -> str | None:
        name, _, line = place.rpartition(":")
        text = files.get(name)
        return _entry_at(text.splitlines(), int(line) - 1) if text is not None and line.isdigit() else None

    return entry


def _entry_at(lines: list[str], start: int) -> str:
    """The lines of a list entry: from its dash to the next one as far left."""
    own = re.match(r" *", lines[start])
    indent = own.end() if own else 0
    end = start + 1
    while end < len(lines) and (
        not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > indent
    ):
        end += 1
    return "\n".join(lines[start:end]).rstrip()
