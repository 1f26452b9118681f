"""The lantern firm with everybody who signs a month, up to the lock."""

from models.closing.kinds import EntryKind
from pipelines.closing.locking import LockOutcome, lock_period, reopen_period
from pipelines.closing.moves import sign_cards
from tests.pipelines.closing.conftest import ACCESS, JANUARY, Firm

K = EntryKind
LOCK_DAY = "2026-02-20"
# a second person who approves: the owner reviews the head of the workshop
MORE = ACCESS.replace(
    "others:", "  - {login: board, person: BOARD}\n  - {login: hr2, person: HR2}\nothers:\n  - {id: BOARD, name: 董事}\n"
    "  - {id: HR2, name: 人事二}"
) + (
    "  - {person: BOARD, may: [approve, read], over: company}\n"
    "  - {person: HR2, may: [lock, read], over: company}\n"
)  # fmt: skip
REVIEWS = {"b1": ["M1", "M2"], "b2": ["M3"], "head": ["B1", "B2"], "owner": ["HEAD"]}


def approve_all(firm: Firm, by: str = "board") -> None:
    """Review, publication and approval of every card."""
    firm.write("access.yaml", MORE)
    for login, people in REVIEWS.items():
        assert not sign_cards(firm.sign(login), JANUARY, K.REVIEWED, people).refused
    assert not sign_cards(firm.sign("hr", "2026-02-08"), JANUARY, K.PUBLISHED).refused
    assert not sign_cards(firm.sign(by, "2026-02-16"), JANUARY, K.APPROVED).refused


def lock(firm: Firm, login: str = "hr", day: str = LOCK_DAY) -> LockOutcome:
    return lock_period(firm.sign(login, day), JANUARY)


def reopen(firm: Firm, reason: str = "评分表取错了月份") -> None:
    """Two people reopen January."""
    assert reopen_period(firm.sign("hr", "2026-02-21"), JANUARY, reason).reopened is None
    assert reopen_period(firm.sign("board", "2026-02-21"), JANUARY, reason).reopened is not None
