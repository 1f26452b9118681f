"""Where cards are on their way: the firm brought to a state, for tests that begin there."""

from models.closing.kinds import EntryKind
from pipelines.closing.moves import sign_cards
from pipelines.closing.publication import publish_cards
from tests.pipelines.closing.conftest import JANUARY, Firm

MANAGERS = ("b1", "b2", "head", "owner")


def reviewed(firm: Firm) -> Firm:
    """All six cards reviewed by whoever is directly above."""
    for login, people in {"b1": ["M1", "M2"], "b2": ["M3"], "head": ["B1", "B2"], "owner": ["HEAD"]}.items():
        sign_cards(firm.sign(login), JANUARY, EntryKind.REVIEWED, people)
    return firm


def published(firm: Firm, day: str = "2026-02-03") -> Firm:
    """All six cards published on a day."""
    publish_cards(reviewed(firm).sign("hr", day), JANUARY)
    return firm
