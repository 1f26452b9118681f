"""What a lock waits for beside approved cards: gaps that a second person has allowed by name, and a second pair of eyes.

Belongs here: gaps, who allowed them, who signed. Not here: states (states.py), rights (rights.py), where gaps come from
(pipelines/closing/gaps.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from models.closing.entries import Entry
from models.closing.kinds import EntryKind
from models.errors import SigningError

_NAMED = 5  # gaps that a refusal names; the command prints all of them
_ENDS = frozenset(
    {EntryKind.LOCKED, EntryKind.REOPENED}
)  # what was allowed for one lock does not hold for the next


@dataclass(frozen=True, kw_only=True)
class LockGap:
    """Something that is not as it should be when a period is locked: an input that is missing, old or not final.

    `name` is what an override names. It holds a digest where the same gap can come back with another content.
    `person` is whose card cannot be approved for it.
    """

    name: str
    zh: str
    en: str
    person: str | None = None


def check_gaps(gaps: Sequence[LockGap], entries: Iterable[Entry], actor: str) -> None:
    """Refuse a lock over gaps that nobody else has allowed.

    Args:
        gaps: what is not as it should be now.
        entries: of the period, in their order.
        actor: who locks; what oneself allowed does not count.

    Raises:
        SigningError: S115 with the gaps.
    """
    allowed = allowed_gaps(entries)
    left = [gap.name for gap in gaps if not allowed.get(gap.name, set()) - {actor}]
    if left:
        shown = ", ".join(left[:_NAMED]) + (", …" if len(left) > _NAMED else "")
        raise SigningError("S115", f"{len(left)} inputs are missing, old or not final", actual=shown)


def allowed_gaps(entries: Iterable[Entry]) -> dict[str, set[str]]:
    """Names of gaps and who allowed each, since the period was last locked or reopened."""
    found: dict[str, set[str]] = {}
    for entry in entries:
        if entry.kind in _ENDS:
            found.clear()
        elif entry.kind == EntryKind.LOCK_ALLOWED:
            for name in entry.says["gaps"]:
                found.setdefault(name, set()).add(entry.actor)
    return found


def check_signers(entries: Iterable[Entry], cards: Mapping[str, str], actor: str) -> None:
    """Refuse a lock by who alone approved every card: two people sign a period.

    Args:
        entries: of the period, in their order.
        cards: hash of the present card by person.
        actor: who locks.

    Raises:
        SigningError: S117.
    """
    approvals = (e for e in entries if e.kind == EntryKind.APPROVED)
    signers = {e.person: e.actor for e in approvals if e.says["card_hash"] == cards.get(e.person)}
    if signers and set(signers.values()) == {actor}:
        raise SigningError("S117", f"{actor} alone approved all {len(signers)} cards", where=actor)
