"""Review, publication, approval: the moves that many cards make together.

Belongs here: which cards a move is about, and what it says of each. Not here: whether it may be (signing.py).
"""

from collections.abc import Collection, Mapping
from typing import Any

from models.closing.kinds import EntryKind
from models.periods import Period
from pipelines.closing.signing import Decisions, Signing


def sign_cards(
    signing: Signing,
    period: Period,
    kind: EntryKind,
    people: Collection[str] = (),
    *,
    says: Mapping[str, Any] | None = None,
) -> Decisions:
    """Make a move on the present cards: of the people named, else of everybody the actor may decide about.

    Raises:
        UsageError: U310 when the period is not scored.
    """
    cards = signing.cards(period)
    chosen = people or signing.may(kind, sorted(cards))
    bodies = {
        person: {"card_hash": cards[person].hash if person in cards else None, **(says or {})}
        for person in chosen
    }
    return signing.decide(period, kind, bodies)
