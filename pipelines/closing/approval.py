"""Approval of cards, and the veto that sends one back.

Not here: when a card can be approved (models/closing/states.py), who may (models/closing/rights.py).
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from models.closing.kinds import EntryKind
from models.closing.states import check_move
from models.errors import MeritError
from models.periods import Period
from pipelines.closing.moves import sign_cards
from pipelines.closing.signing import Decisions, Signing


@dataclass(frozen=True)
class Approval:
    """What became of it; `waiting` are people who were not named and cannot be approved yet, each with its cause."""

    decisions: Decisions
    waiting: dict[str, MeritError] = field(default_factory=dict)


def approve_cards(signing: Signing, period: Period, people: Collection[str] = ()) -> Approval:
    """Approve the cards of the people named; else of everybody whom the actor may approve and whose time to object is over.

    Raises:
        UsageError: U310 when the period is not scored.
    """
    if people:
        return Approval(sign_cards(signing, period, EntryKind.APPROVED, people))
    cards, stands = signing.cards(period), signing.stands(period)
    ready: list[str] = []
    waiting: dict[str, MeritError] = {}
    for person in signing.may(EntryKind.APPROVED, sorted(cards)):
        body = {"card_hash": cards[person].hash}
        try:
            signing.allow(EntryKind.APPROVED, person, stands, body)
            check_move(stands, EntryKind.APPROVED, person, body, signing.on)
            ready.append(person)
        except MeritError as cause:
            waiting[person] = cause
    found = sign_cards(signing, period, EntryKind.APPROVED, ready) if ready else Decisions()
    return Approval(found, waiting)


def veto_card(signing: Signing, period: Period, person: str, reason: str) -> Decisions:
    """Send a card back to its review; what was signed on it stays in the ledger and counts no more.

    Raises:
        UsageError: U310 when the period is not scored.
    """
    return sign_cards(signing, period, EntryKind.VETOED, [person], says={"reason": reason})
