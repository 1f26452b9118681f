"""Are ledger and locked periods what they were when they were signed? For `kpi verify` and Dagster's checks.

Not here: recomputing figures (rebuild.py), the proofs themselves (models/closing/entries.py, warehouse/locked/proof.py).
"""

from dataclasses import dataclass

from models.closing.entries import Break, Head
from models.closing.manifest import LOCK_KINDS, LockedPeriod, every_lock, present_locks
from pipelines.company.home import Home
from warehouse.ledger.ledger import Ledger
from warehouse.locked.proof import Damage, damages, noted_heads
from warehouse.locked.restore import differing
from warehouse.store.connect import open_published


@dataclass(frozen=True)
class LedgerProof:
    """The newest entry, and the first that is wrong."""

    head: Head
    broken: Break | None


@dataclass(frozen=True)
class LockProof:
    """One lock: files that are not as they were signed, and people whose published card is another one.

    Of a period that was reopened the published cards are none of this lock: `people` is empty.
    """

    lock: LockedPeriod
    damages: tuple[Damage, ...]
    people: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether everything is as it was signed."""
        return not self.damages and not self.people


def prove_ledger(home: Home) -> LedgerProof | None:
    """The chain, measured by its own mark and by the heads that snapshots noted; None where nothing was ever entered."""
    ledger = Ledger.there(home.decided)
    if ledger is None:
        return None
    # the chain first: whoever changed an entry may have left one that cannot be read
    broken = ledger.proof()
    if broken is None:
        broken = ledger.proof(noted_heads(home.decided, every_lock(ledger.entries(kinds=LOCK_KINDS))))
    return LedgerProof(ledger.head(), broken)


def prove_locks(home: Home) -> list[LockProof]:
    """Every lock that was ever made, the oldest first."""
    ledger = Ledger.there(home.decided)
    if ledger is None:
        return []
    entries = ledger.entries(kinds=LOCK_KINDS)
    present = {lock.entry for lock in present_locks(entries).values()}
    locks = every_lock(entries)
    if not locks:
        return []
    found = []
    with open_published(home.root) as con:
        for lock in locks:
            people = differing(con, lock) if lock.entry in present else []
            found.append(LockProof(lock, tuple(damages(home.decided, lock)), tuple(people)))
    return found
