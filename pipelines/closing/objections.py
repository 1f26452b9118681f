"""Objections to a line of the own card, and their answers.

Belongs here: what is objected to, with the story of the line as it is told that day, and the clock of the answer. Not here: when
one may object (models/closing/states.py), the story itself (pipelines/render/why.py).
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from duckdb import DuckDBPyConnection

from models.closing.kinds import EntryKind
from models.closing.states import PeriodStanding
from models.errors import SigningError, UsageError
from models.periods import Period
from pipelines.closing.signing import Decisions, Signing
from pipelines.company.company import shipped_definitions
from pipelines.render.definition_text import definition_text
from pipelines.render.why import explain
from warehouse.published import labels, read
from warehouse.published.present_cards import present_cards
from warehouse.store.connect import open_published


def object_to(signing: Signing, period: Period, role: str, kpi: str, reason: str) -> Decisions:
    """Object to one line of the own card.

    The entry keeps what `kpi why` says of the line that day: what is answered is what was seen.

    Args:
        signing: who objects.
        period: which period.
        role: of the card.
        kpi: id of the line, or its name in either language.
        reason: what is wrong with it.

    Raises:
        UsageError: U310 when the period is not scored.
    """
    signing.cards(period)
    person = signing.actor.person_id
    body = _what(signing, period, role, kpi) | {"reason": reason}
    clock = signing.clock(signing.company.answer_days, "answer_due")

    def numbered(stands: PeriodStanding, person: str, said: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**said, **clock, "number": max(stands.of(person).objections, default=0) + 1}

    return signing.decide(period, EntryKind.OBJECTED, {person: body}, complete=numbered)


def answer(
    signing: Signing, period: Period, person: str, number: int, *, outcome: str, reason: str
) -> Decisions:
    """Answer an objection: the person reads outcome and reason. What was wrong is mended by scoring or adjusting anew."""
    body = {"number": number, "outcome": outcome, "reason": reason}
    return signing.decide(period, EntryKind.ANSWERED, {person: body})


def _what(signing: Signing, period: Period, role: str, kpi: str) -> dict[str, Any]:
    """The line as it is published; card and story come from one reading."""
    person = signing.actor.person_id
    lookup = definition_text({**shipped_definitions(), **signing.company.own_definitions()})
    with open_published(signing.home.root) as con:
        card = present_cards(con, period.id).get(person)
        if card is None:
            raise SigningError("S123", f"{person} has no card", where=period.id)
        kpi_id = _line(con, period, (person, role), kpi)
        try:
            why = explain(con, person, kpi_id, period.id, definitions_source_lookup=lookup, role=role)
        except UsageError as error:
            raise SigningError("S123", error.what, where=period.id, actual=kpi) from None
    return {
        "role": role,
        "kpi": kpi_id,
        "card_hash": card.hash,
        "why": why,
        "why_hash": hashlib.sha256(why.encode()).hexdigest(),
    }


def _line(con: DuckDBPyConnection, period: Period, card: tuple[str, str], kpi: str) -> str:
    lines = read.lines(con, period.id).get(card, [])
    known = labels.kpi_labels(con, period.end)
    for line in lines:
        label = known.get(line.kpi_id)
        if kpi == line.kpi_id or (label is not None and kpi in (label.zh, label.en)):
            return line.kpi_id
    shown = ", ".join(line.kpi_id for line in lines) or f"no card as {card[1]}"
    raise SigningError("S123", f"no line {kpi} on the card of {card[0]} as {card[1]}", actual=shown)
