"""Adjustments and calibrations that stand in a period: as points for the scoring step, and as digests for the cards.

A card says with which of them it was computed (its digest); one that lacks a decision of yesterday is not approved.

Not here: how they are entered (states.py), how they count (models/scoring/total).
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from models.appraisal.card_points import CardPoints, DecidedPoints, PointsByCard
from models.closing.entries import canonical
from models.closing.kinds import EntryKind


@dataclass(frozen=True)
class Adjustment:
    """Points that a person added to the total of one card, or took from it."""

    kind: EntryKind
    points: Decimal
    reason: str
    actor: str

    @property
    def decided(self) -> DecidedPoints:
        """The same for the scoring step."""
        return DecidedPoints(self.points, f"{self.actor}: {self.reason}")


AdjustmentsByRole = Mapping[str, Sequence[Adjustment]]
NOTHING_ADJUSTED = ""  # the digest of a person whom nobody adjusted


def in_force(adjustments: Iterable[Adjustment]) -> list[Adjustment]:
    """Those that change something: 0 points take an earlier decision back."""
    return [adjustment for adjustment in adjustments if adjustment.points != 0]


def card_points(adjustments: Iterable[Adjustment]) -> CardPoints:
    """What the scoring step takes of one card.

    >>> card_points([Adjustment(EntryKind.ADJUSTED, Decimal(2), "trained newcomers", "P001")]).manager.says
    'P001: trained newcomers'
    """
    found = {adjustment.kind: adjustment.decided for adjustment in in_force(adjustments)}
    return CardPoints(
        manager=found.get(EntryKind.ADJUSTED, DecidedPoints()),
        calibration=found.get(EntryKind.CALIBRATED, DecidedPoints()),
    )


def points_by_card(people: Mapping[str, AdjustmentsByRole]) -> PointsByCard:
    """The points of everybody, by person and role."""
    return {
        (person, role): card_points(found)
        for person, by_role in people.items()
        for role, found in by_role.items()
        if in_force(found)
    }


def adjustments_digest(by_role: AdjustmentsByRole) -> str:
    """One text for all that stands about one person, empty where nothing does."""
    said = {
        role: [[a.kind.value, a.points, a.reason, a.actor] for a in sorted(found, key=lambda a: a.kind)]
        for role, given in by_role.items()
        if (found := in_force(given))
    }
    return hashlib.sha256(canonical(said).encode()).hexdigest() if said else NOTHING_ADJUSTED
