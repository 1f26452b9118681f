"""The small world of the linter's tests, and the mistakes that are planted into it."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from models.closing.access import parse_access
from models.definitions import Definitions, load_definitions
from models.errors import MeritErrors
from models.inputs import Person, Target
from models.lint import CompanyContext, LintFinding, lint
from models.lint.rows import StatedRate, StatedRating, StatedTarget

HERE = Path(__file__).parent
WORLD = (HERE / "world.yaml").read_text(encoding="utf-8")
MAPPING = dict[str, Any]


@dataclass(frozen=True)
class Mistake:
    """One planted mistake and the codes that must be found, no other."""

    code: str
    what: str
    also: tuple[str, ...] = ()
    severity: str = ""
    patch: tuple[tuple[str, str], ...] = ()
    cut: str = ""
    add: str = ""
    context: MAPPING = field(default_factory=dict)

    def files(self) -> dict[str, str]:
        """The spoilt world; a patch that finds nothing to replace is a mistake of the test."""
        text = WORLD
        for old, new in self.patch:
            assert old in text, old
            text = text.replace(old, new, 1)
        if self.cut:
            assert self.cut in text
            text = text[: text.index(self.cut)]
        return {"world.yaml": text} | ({"added.yaml": self.add} if self.add else {})


def mistakes() -> list[Mistake]:
    """All of mistakes.yaml; dates and numbers stay texts."""
    entries = yaml.load((HERE / "mistakes.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return [_mistake(entry) for entry in entries]


def _mistake(entry: dict[str, Any]) -> Mistake:
    patch = tuple((old, new) for old, new in entry.pop("patch", []))
    also = tuple(entry.pop("also", ()))
    return Mistake(**entry, patch=patch, also=also)


def world() -> Definitions:
    """The world without a mistake."""
    return load_definitions({"world.yaml": WORLD})


def found(mistake: Mistake) -> list[tuple[str, str]]:
    """Code and severity of everything that loader or linter says."""
    try:
        definitions = load_definitions(mistake.files())
    except MeritErrors as refusal:
        return [(error.code, "refused") for error in refusal.errors]
    return [(f.code, f.severity) for f in findings(definitions, mistake)]


def findings(definitions: Definitions, mistake: Mistake) -> list[LintFinding]:
    """What the linter finds, with what the company says."""
    return lint(definitions, context_of(mistake.context))


def context_of(said: MAPPING) -> CompanyContext:
    """The context a mistake states."""
    facts, owned = said.get("facts"), said.get("owned")
    return CompanyContext(
        facts=None if facts is None else frozenset(facts),
        owned=None if owned is None else {role: frozenset(types) for role, types in owned.items()},
        targets=tuple(_target(entry) for entry in said.get("targets", ())),
        people=tuple(_person(entry) for entry in said.get("people", ())),
        ratings=tuple(_rating(entry) for entry in said.get("ratings", ())),
        stated_targets=tuple(
            StatedTarget(kpi_id=e["kpi_id"], value=Decimal(e["value"]), where="targets.csv:2")
            for e in said.get("stated_targets", ())
        ),
        rates=tuple(_rate(entry, number) for number, entry in enumerate(said.get("rates", ()), start=2)),
        history={_key(e): tuple(map(Decimal, e["values"])) for e in said.get("history", ())},
        access=parse_access(said["access"]) if "access" in said else None,
        unpublished_years=tuple(said.get("unpublished_years", ())),
        absent_logins=frozenset(said.get("absent_logins", ())),
        template=world() if said.get("template") else None,
    )


def _target(entry: dict[str, str]) -> Target:
    return Target(
        scope=entry["scope"],
        scope_id=entry["scope_id"],
        kpi_id=entry["kpi_id"],
        period=entry["period"],
        value=Decimal(entry["value"]),
    )


def _rating(entry: dict[str, Any]) -> StatedRating:
    scale_max = Decimal(entry.get("scale_max", "5"))
    return StatedRating(**entry | {"scale_max": scale_max}, where="ratings.csv:2")


def _person(entry: dict[str, str]) -> Person:
    return Person(
        person_id=entry["person_id"],
        name=entry["person_id"],
        role_id=entry["role_id"],
        dept=entry.get("dept", ""),
        manager_id=entry.get("manager_id"),
        valid_from=date(2010, 1, 1),
        valid_to=date.fromisoformat(entry["valid_to"]) if "valid_to" in entry else None,
    )


def _rate(entry: dict[str, str], number: int) -> StatedRate:
    return StatedRate(
        currency=entry["currency"],
        base_currency=entry["base_currency"],
        rate_date=date.fromisoformat(entry["rate_date"]),
        rate=Decimal(entry["rate"]),
        where=f"rates.csv:{number}",
    )


def _key(entry: dict[str, str]) -> tuple[str, str, str]:
    return entry["scope"], entry["scope_id"], entry["kpi_id"]
