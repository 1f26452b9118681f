"""A card as numbers that can be subtracted: what was signed, and what the same card would be from all that is known now.

Belongs here: which numbers of a card there are, and what of them changed. Not here: proposals about them (corrections.py).
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from models.closing.entries import canonical
from models.money import plain

LINE_MEASURES = ("value", "score", "contribution")
CARD_MEASURES = ("total", "coefficient")
# the KPI of a number of the card as a whole
WHOLE_CARD = ""
NOTHING = Decimal(0)

Card = tuple[str, str]  # person, role
Place = tuple[str, str]  # KPI, measure


@dataclass(frozen=True)
class CardFigures:
    """Every number of one card; None where a figure is absent. Without a card at all `status` is empty."""

    status: str = ""
    grade: str | None = None
    figures: Mapping[Place, Decimal | None] = field(default_factory=dict)

    def counted(self, place: Place) -> Decimal:
        """A number as it counts in a sum: one that is absent adds nothing."""
        return self.figures.get(place) or NOTHING

    @property
    def is_final(self) -> bool:
        """Whether it can be decided about; no card at all is final, a provisional one is not."""
        return self.status != "provisional"

    @property
    def digest(self) -> str:
        """One hash of it: two cards of the same numbers have the same, whatever places they were stored with."""
        said = {
            "status": self.status,
            "grade": self.grade,
            "figures": {
                f"{kpi}:{measure}": None if value is None else plain(value)
                for (kpi, measure), value in self.figures.items()
            },
        }
        return hashlib.sha256(canonical(said).encode()).hexdigest()


def card_figures(
    cards: Iterable[Mapping[str, Any]], lines: Iterable[Mapping[str, Any]]
) -> dict[Card, CardFigures]:
    """Numbers by card, of rows of `scorecard` and `scorecard_line`."""
    found: dict[Card, dict[Place, Decimal | None]] = {}
    heads = {}
    for row in cards:
        card = row["person_id"], row["role_id"]
        heads[card] = row
        found[card] = {(WHOLE_CARD, name): row[name] for name in CARD_MEASURES}
    for row in lines:
        own = found[row["person_id"], row["role_id"]]
        own |= {(row["kpi_id"], name): row[name] for name in LINE_MEASURES}
    return {
        card: CardFigures(heads[card]["status"], heads[card]["grade"], figures)
        for card, figures in found.items()
    }
