"""What people decided about the total of one card: the manager's adjustment and the calibration of the level above.

Not here: who may decide it (models/closing), how it counts (models/scoring/total).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class DecidedPoints:
    """Points added to a total, or taken from it; `says` is who and why, as the card shows it."""

    points: Decimal = Decimal(0)
    says: str = ""


@dataclass(frozen=True)
class CardPoints:
    """Both kinds for one card; the limit of the role bounds the manager's alone."""

    manager: DecidedPoints = DecidedPoints()
    calibration: DecidedPoints = DecidedPoints()


NOTHING_DECIDED = CardPoints()
# by person and role
PointsByCard = Mapping[tuple[str, str], CardPoints]
