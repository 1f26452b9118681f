"""Lock and reopen: the snapshot is written, then the ledger says that it counts.

Belongs here: the order of steps, and what is told when somebody else was first. Not here: rights and states
(signing.py, models/closing), files (warehouse/locked).

A kill at any place leaves the period wholly open or wholly locked: the entry is the lock, and it comes last. A folder without
an entry is debris that the next try replaces.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.closing.entries import Entry
from models.closing.kinds import EntryKind
from models.closing.locking import LockGap, allowed_gaps, check_gaps, check_signers
from models.closing.manifest import LOCK_KINDS, LockedPeriod, Manifest, present_locks
from models.closing.states import PeriodStanding, check_lock, check_reopening, standing
from models.definitions import load_definitions
from models.errors import SigningError
from models.periods import Period
from pipelines.closing.gaps import lock_gaps
from pipelines.closing.signing import Signing
from pipelines.company.company import shipped_definitions
from warehouse.figures.reaching import reaching
from warehouse.locked.restore import OWN_FOLDER, SHIPPED_FOLDER
from warehouse.locked.rows import period_digests, period_tables
from warehouse.locked.snapshot import StagedSnapshot, one_at_a_time, stage
from warehouse.published.present_cards import present_cards
from warehouse.published.read import cards as published_cards
from warehouse.store.connect import open_published, open_warehouse


@dataclass(frozen=True)
class LockOutcome:
    """The lock in force, and whether it was made just now."""

    lock: LockedPeriod
    is_new: bool


@dataclass(frozen=True)
class ReopeningOutcome:
    """The request, and the entry that reopened the period; None while a second person has to approve it."""

    asked: Entry
    reopened: Entry | None
    approvers: tuple[str, ...] = ()


def gaps_of(signing: Signing, period: Period) -> list[LockGap]:
    """What a lock of the period would find missing, old or not final.

    Raises:
        UsageError: U310 when the period is not scored.
    """
    cards = signing.cards(period)
    with open_published(signing.home.root) as con, open_warehouse(signing.home.root) as warehouse:
        return lock_gaps(con, warehouse, period, cards)


def allow_gaps(signing: Signing, period: Period, names: Collection[str], reason: str) -> Entry | None:
    """Enter that the period may be locked although some inputs are missing; the lock itself is another person's.

    None when the same person has allowed all of them before.

    Raises:
        RightsError: R1xx without the right to approve for the company.
        SigningError: S102 locked, S118 when there is no such gap, S140 without a reason.
    """
    known = {gap.name for gap in gaps_of(signing, period)}
    if unknown := sorted(set(names) - known):
        there = ", ".join(sorted(known)) or "none"
        raise SigningError("S118", "there is no such gap", actual=", ".join(unknown), remedy=f"gaps: {there}")

    def says(entries: Sequence[Entry], stands: PeriodStanding) -> dict[str, Any] | None:
        if stands.is_locked:
            raise SigningError("S102", "the period is locked", where=period.id)
        before = allowed_gaps(entries)
        if all(signing.actor.person_id in before.get(name, ()) for name in names):
            return None
        return {"gaps": sorted(names), "reason": reason}

    return signing.decide_period(period, EntryKind.LOCK_ALLOWED, says)


def lock_period(signing: Signing, period: Period) -> LockOutcome:
    """Lock a period: everything that was signed goes into a snapshot, and from there to every reader.

    Raises:
        RightsError: R1xx without the right to lock for the company.
        SigningError: S109 cards are not approved, S115 gaps nobody allowed, S116 other definitions, S117 one person alone.
        UsageError: U310 when the period is not scored.
        WarehouseError: W101 or W126 while another process works there.
    """
    signing.allow_period(EntryKind.LOCKED)
    signing.cards(period)
    if (lock := _present(signing, period)) is not None:
        return LockOutcome(lock, is_new=False)
    with one_at_a_time(signing.home.decided) as root:
        staged, gaps = _staged(signing, period, root)

        def settled(entries: Sequence[Entry], stands: PeriodStanding) -> dict[str, Any] | None:
            if not _checked(entries, stands, staged.manifest.cards, (gaps, signing.actor.person_id)):
                return None
            if stands.version + 1 != staged.manifest.version:
                raise SigningError("S113", "the period was locked and reopened meanwhile", where=period.id)
            staged.settle()
            return {
                "version": staged.manifest.version,
                "folder": staged.name,
                "manifest_hash": staged.manifest.hash,
                "cards": staged.manifest.cards,
                "gaps": [gap.name for gap in gaps],
            }

        entry = signing.decide_period(period, EntryKind.LOCKED, settled)
    if entry is not None:
        return LockOutcome(LockedPeriod.of(entry), is_new=True)
    lock = _present(signing, period)
    if lock is None:
        raise SigningError("S113", "the period was locked and reopened meanwhile", where=period.id)
    return LockOutcome(lock, is_new=False)


def reopen_period(signing: Signing, period: Period, reason: str) -> ReopeningOutcome:
    """Ask to reopen a locked period; a second person, who may approve for the company, does the same and reopens it.

    Raises:
        RightsError: R1xx.
        SigningError: S111 when it is not locked, S140 without a reason.
    """
    asked: list[Entry] = []

    def request(_: Sequence[Entry], stands: PeriodStanding) -> dict[str, Any] | None:
        if not stands.is_locked:
            raise SigningError("S111", "the period is not locked", where=period.id)
        if stands.reopening is not None:
            asked.append(stands.reopening)
            return None
        return {"version": stands.version, "reason": reason}

    def approve(_: Sequence[Entry], stands: PeriodStanding) -> dict[str, Any]:
        check_reopening(stands)
        return {"version": stands.version, "reason": reason}

    def approvers(asker: str) -> tuple[str, ...]:
        return tuple(signing.rights.holders("approve", None, signing.on, prepared_by={asker}))

    stands = signing.stands(period)
    if stands.reopening is None:
        entry = signing.decide_period(period, EntryKind.REOPEN_ASKED, request)
        request_made = entry or asked[0]
    else:
        request_made = stands.reopening
        if request_made.actor != signing.actor.person_id:
            by = {request_made.actor}
            done = signing.decide_period(period, EntryKind.REOPENED, approve, prepared_by=by)
            return ReopeningOutcome(request_made, done)
    return ReopeningOutcome(request_made, None, approvers(request_made.actor))


def _checked(
    entries: Sequence[Entry],
    stands: PeriodStanding,
    cards: Mapping[str, str],
    about: tuple[Sequence[LockGap], str],
) -> bool:
    """Whether the lock is to be entered; `about` are the gaps and who locks."""
    gaps, actor = about
    without = {gap.person for gap in gaps if gap.person}
    if not check_lock(stands, cards, without=without):
        return False
    check_gaps(gaps, entries, actor)
    check_signers(entries, cards, actor)
    return True


def _staged(signing: Signing, period: Period, root: Path) -> tuple[StagedSnapshot, list[LockGap]]:
    """The snapshot beside its name, and what is missing; both from one publication."""
    own = signing.company.own_definitions()
    shipped = shipped_definitions()
    definition_hash = load_definitions(shipped, own).hash
    texts = {f"{SHIPPED_FOLDER}{name}": text for name, text in shipped.items()}
    texts |= {f"{OWN_FOLDER}{name}": text for name, text in own.items()}
    entries = signing.ledger.entries(period=period.id)
    with open_published(signing.home.root) as con:
        cards = present_cards(con, period.id)
        hashes = {person: card.hash for person, card in cards.items()}
        if {card.definition_hash for card in published_cards(con, period.id)} - {definition_hash}:
            raise SigningError("S116", "definitions changed since the cards were scored", where=period.id)
        with open_warehouse(signing.home.root) as warehouse:
            gaps = lock_gaps(con, warehouse, period, cards)
            ratings = reaching(warehouse, "core_rating", period)
        # before anything is written: most refusals come here
        _checked(entries, standing(entries), hashes, (gaps, signing.actor.person_id))
        tables = {**period_tables(con, period), "core_rating": ratings}
        digests = period_digests(con, period.id)
    manifest = Manifest(
        period=period.id,
        version=standing(entries).version + 1,
        ledger=signing.ledger.head(),
        definition_hash=definition_hash,
        files={},
        cards=hashes,
        digests=digests,
    )
    return stage(root, manifest, tables, texts), gaps


def _present(signing: Signing, period: Period) -> LockedPeriod | None:
    return present_locks(signing.ledger.entries(period=period.id, kinds=LOCK_KINDS)).get(period.id)
