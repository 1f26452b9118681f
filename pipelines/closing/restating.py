"""After the lock: what became known later is proposed, decided and posted.

Belongs here: the order of steps, rights over a person who may have left, what was entered and what was refused. Not here:
recomputing (recomputed.py), the fold and the law (models/closing/corrections.py).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from duckdb import DuckDBPyConnection

from models.closing.corrections import (
    KINDS_OF_CORRECTIONS,
    Balance,
    Corrections,
    Outcome,
    Proposal,
    balances,
    check_decision,
    corrections,
    proposal_body,
    to_decide,
    to_post,
)
from models.closing.entries import Draft, Entry
from models.closing.kinds import KINDS, EntryKind, require_fields
from models.closing.manifest import LOCK_KINDS, LockedPeriod, present_locks
from models.closing.states import standing
from models.errors import MeritError, SigningError, WarehouseError
from models.periods import Period, month_of
from pipelines.closing.recomputed import Recomputed, recompute, unchanged
from pipelines.closing.signing import Signing
from pipelines.company import clock
from pipelines.company.run_scope import RunScope
from pipelines.steps.facts import build_facts
from pipelines.steps.files import load_files
from pipelines.steps.score import decided_points
from warehouse.ledger.ledger import Ledger
from warehouse.published.corrections import store_balances
from warehouse.store.connect import open_warehouse


@dataclass(frozen=True, kw_only=True)
class Restated:
    """What a restatement entered: proposals by number, how many cards differed, and who may not be proposed about."""

    stand: Corrections
    entered: list[int] = field(default_factory=list)
    refused: dict[str, MeritError] = field(default_factory=dict)
    causes: tuple[str, ...] = ()
    unbalanced: tuple[Balance, ...] = ()


@dataclass(frozen=True)
class Posted:
    """Proposals that were posted just now, and into which period."""

    numbers: list[int]
    into: Period | None
    refused: dict[str, MeritError]


def restate(signing: Signing, period: Period) -> Restated:
    """Propose whatever a locked period would be otherwise, from the company's files and facts as they are now.

    What is proposed, approved or rejected already and the same is not proposed again.

    Raises:
        SigningError: S111 when the period is not locked, S113 when it was reopened meanwhile.
        WarehouseError: W101 while another process holds the warehouse, W125 when the snapshot is damaged.
    """
    _in_force(signing.ledger.entries(period=period.id, kinds=LOCK_KINDS), period)
    as_of = clock.as_of(signing.company, period.end)
    work = RunScope(signing.company, signing.home, period.start, period.end, as_of)
    # a file that was corrected this minute counts, whether a day was run since or not
    load_files(work)
    build_facts(work)
    with open_warehouse(signing.home.root) as con:
        lock = _in_force(signing.ledger.entries(period=period.id, kinds=LOCK_KINDS), period)
        found = recompute(
            con,
            signing.home.decided,
            lock,
            attribution=signing.company.attribution,
            decided=decided_points(signing.home, period),
        )
        numbers, refused = _propose(signing, period, found)
        stand = corrections(signing.ledger.entries(period=period.id, kinds=KINDS_OF_CORRECTIONS))
        rows = balances(found.locked, found.now, stand)
        store_balances(con, lock, rows)
    return Restated(
        stand=stand,
        entered=numbers,
        refused=refused,
        causes=found.causes,
        unbalanced=tuple(row for row in rows if row.difference != 0),
    )


def _propose(signing: Signing, period: Period, found: Recomputed) -> tuple[list[int], dict[str, MeritError]]:
    refused: dict[str, MeritError] = {}

    def drafts(entries: Sequence[Entry]) -> list[Draft]:
        if _in_force(entries, period).entry != found.lock.entry:
            raise SigningError("S113", "the period was locked and reopened meanwhile", where=period.id)
        stand = corrections(entries)
        number = stand.next_number
        made = []
        for card in sorted({*found.changed, *(p.card for p in stand.proposals.values())}):
            body = proposal_body(found.changed.get(card) or unchanged(found, card), stand)
            if body is None:
                continue
            try:
                _allow(signing, EntryKind.PROPOSED, card[0])
            except MeritError as refusal:
                refused[card[0]] = refusal
                continue
            body |= {"number": number, "causes": list(found.causes), "on": signing.on}
            require_fields(EntryKind.PROPOSED, body)
            made.append(Draft(kind=EntryKind.PROPOSED, period=period.id, person=card[0], body=body))
            number += 1
        return made

    entered = signing.ledger.record(signing.actor.person_id, drafts, period=period.id)
    return [entry.says["number"] for entry in entered], refused


def decide_proposal(
    signing: Signing, period: Period, number: int, outcome: Outcome, reason: str
) -> Entry | None:
    """Approve or reject a proposal that somebody else prepared; None when it has been decided so already.

    Raises:
        RightsError: R1xx; R104 for who proposed it, or had a part in the card that was signed.
        SigningError: S111 not locked, S140 without a reason, S170 to S172.
    """

    def drafts(entries: Sequence[Entry]) -> list[Draft]:
        _in_force(entries, period)
        proposal = to_decide(corrections(entries), number)
        person = proposal.card[0]
        part = {proposal.proposed_by, *standing(entries).of(person).prepared_by}
        _allow(signing, EntryKind.DECIDED, person, prepared_by=part)
        body = {"number": number, "outcome": outcome, "reason": reason, "on": signing.on}
        require_fields(EntryKind.DECIDED, body)
        if not check_decision(proposal, outcome):
            return []
        return [Draft(kind=EntryKind.DECIDED, period=period.id, person=person, body=body)]

    return next(iter(signing.ledger.record(signing.actor.person_id, drafts, period=period.id)), None)


def post(signing: Signing, period: Period) -> Posted:
    """Post every approved proposal into the next period of the same length that is not locked, each once.

    Raises:
        SigningError: S111 when the period is not locked.
    """
    refused: dict[str, MeritError] = {}
    into: list[Period] = []

    def drafts(entries: Sequence[Entry]) -> list[Draft]:
        locks = present_locks(entries)
        if period.id not in locks:
            raise SigningError("S111", "the period is not locked", where=period.id)
        open_period = following(period)
        while open_period.id in locks:
            open_period = following(open_period)
        into.append(open_period)
        made = []
        for proposal in to_post(corrections(e for e in entries if e.period == period.id)):
            person = proposal.card[0]
            try:
                _allow(signing, EntryKind.POSTED, person)
            except MeritError as refusal:
                refused[person] = refusal
                continue
            body = {"number": proposal.number, "into": open_period.id, "on": signing.on}
            made.append(Draft(kind=EntryKind.POSTED, period=period.id, person=person, body=body))
        return made

    # of all periods: whether the one that takes them in is open is known under the same lock
    entered = signing.ledger.record(signing.actor.person_id, drafts)
    return Posted([entry.says["number"] for entry in entered], into[0] if entered else None, refused)


def proposals(signing: Signing, period: Period) -> list[Proposal]:
    """Every proposal of the period, the oldest first."""
    entries = signing.ledger.entries(period=period.id, kinds=KINDS_OF_CORRECTIONS)
    return [proposal for _, proposal in sorted(corrections(entries).proposals.items())]


def prove_conservation(con: DuckDBPyConnection, work: RunScope) -> dict[str, list[Balance] | MeritError]:
    """The law for every period that is locked now: recomputes each, stores it, and returns all its rows by period.

    Of a period whose snapshot is damaged the error stands in their place.
    """
    ledger = Ledger.there(work.home.decided)
    if ledger is None:
        return {}
    entries = ledger.entries(kinds=KINDS_OF_CORRECTIONS)
    proven: dict[str, list[Balance] | MeritError] = {}
    for period, lock in sorted(present_locks(entries).items()):
        try:
            found = recompute(
                con,
                work.home.decided,
                lock,
                attribution=work.company.attribution,
                decided=decided_points(work.home, Period.parse(period)),
                tells_apart=False,
            )
        except WarehouseError as damage:
            proven[period] = damage
            continue
        rows = balances(found.locked, found.now, corrections(e for e in entries if e.period == period))
        store_balances(con, lock, rows)
        proven[period] = rows
    return proven


def following(period: Period) -> Period:
    """The period of the same length that begins the day after.

    >>> [following(Period.parse(name)).id for name in ("2026-12", "2026-Q4", "2026-H1", "2026")]
    ['2027-01', '2027-Q1', '2026-H2', '2027']
    """
    day = period.end + timedelta(days=1)
    match period.kind:
        case "Q":
            return Period.parse(f"{day.year:04d}-Q{(day.month + 2) // 3}")
        case "H":
            return Period.parse(f"{day.year:04d}-H{1 if day.month == 1 else 2}")
        case "Y":
            return Period.parse(f"{day.year:04d}")
        case "M":
            return month_of(day)
        case "D":
            return Period.parse(day.isoformat())


def _in_force(entries: Sequence[Entry], period: Period) -> LockedPeriod:
    lock = present_locks(entries).get(period.id)
    if lock is None:
        raise SigningError("S111", "the period is not locked", where=period.id)
    return lock


def _allow(signing: Signing, kind: EntryKind, person: str, *, prepared_by: Collection[str] = ()) -> None:
    """Refuse what the actor may not do; about who has left decides who may for the whole company."""
    right = KINDS[kind].right
    if right is None:
        return
    about = person if person in signing.rights.roster(signing.on).rows else None
    signing.rights.require(signing.actor.person_id, right, about, signing.on, prepared_by=prepared_by)
