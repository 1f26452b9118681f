"""Publication: people get to see their cards, and the time to object begins.

Not here: when a card can be published (models/closing/states.py).
"""

from collections.abc import Collection

from models.closing.kinds import EntryKind
from models.periods import Period
from pipelines.closing.moves import sign_cards
from pipelines.closing.signing import Decisions, Signing


def publish_cards(signing: Signing, period: Period, people: Collection[str] = ()) -> Decisions:
    """Publish the reviewed cards of the people named, else of everybody the actor may publish; the others are refused (S103).

    Each entry says until when its person may object: `objection_days` of company.yaml in working days, by which calendar.

    Raises:
        UsageError: U310 when the period is not scored.
        CompanyError: C194 when calendar.csv leaves too few working days.
    """
    clock = signing.clock(signing.company.objection_days, "objections_until")
    return sign_cards(signing, period, EntryKind.PUBLISHED, people, says=clock)
