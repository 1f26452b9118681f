"""Locked periods stay as they were signed: nothing is computed into them, and what is published of them is the snapshot.

Belongs here: the ledger brought together with the warehouse before scoring and before a publication. Not here: files and rows
(warehouse/locked), locking itself (pipelines/closing/locking.py).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from duckdb import DuckDBPyConnection

from models.closing.corrections import corrections
from models.closing.entries import PROGRAM, Draft, Entry
from models.closing.kinds import EntryKind
from models.closing.manifest import LOCK_KINDS, LockedPeriod, present_locks
from models.closing.states import PeriodStanding, standing
from models.errors import MeritError, SigningError
from models.periods import Period
from pipelines.company.home import Home
from pipelines.company.identity import system_login
from pipelines.company.run_scope import tell
from warehouse.ledger.ledger import Ledger
from warehouse.locked.restore import KeptPeriod, keep
from warehouse.published.corrections import store_corrections
from warehouse.published.period_locks import store_standing
from warehouse.published.present_cards import PresentCard, present_cards


def locks_of(home: Home) -> dict[str, LockedPeriod]:
    """The lock in force of every period that is locked now."""
    ledger = Ledger.there(home.decided)
    return present_locks(ledger.entries(kinds=LOCK_KINDS)) if ledger else {}


def refuse_locked(home: Home, period: Period, what: str) -> None:
    """Refuse to compute into a locked period, before anything of it is computed; the attempt is entered.

    Raises:
        SigningError: S102.
    """
    ledger = Ledger.there(home.decided)
    if ledger is None:
        return
    lock = present_locks(ledger.entries(period=period.id, kinds=LOCK_KINDS)).get(period.id)
    if lock is None:
        return
    body = {"what": what, "login": _login()}
    ledger.record(PROGRAM, lambda _: [Draft(kind=EntryKind.ATTEMPTED, period=period.id, body=body)])
    tell("locked", f"{period.id}: {what} refused, the period is locked")
    raise SigningError(
        "S102",
        f"{period.id} is locked since {lock.on} (version {lock.version})",
        where=f"entry {lock.entry.seq} of the ledger",
    )


def keep_locked(con: DuckDBPyConnection, home: Home) -> list[KeptPeriod]:
    """Before a publication: rows of locked periods as they were signed, and the state of every card from the ledger.

    A snapshot that is damaged is told; the rest of the company is published all the same.
    """
    ledger = Ledger.there(home.decided)
    if ledger is None:
        return []
    entries = ledger.entries()
    locks = present_locks(entries)
    kept = [keep(con, home.decided, lock) for _, lock in sorted(locks.items())]
    for found in kept:
        _told(ledger, home, found)
    store_standing(con, locks.values(), _states(con, entries))
    stands = {period: corrections(own) for period, own in _by_period(entries).items()}
    store_corrections(con, stands, locks.values())
    return kept


def _told(ledger: Ledger, home: Home, found: KeptPeriod) -> None:
    lock = found.lock
    if found.damage is not None:
        left = "its rows are as they were signed" if found.is_shown else "its rows are left out"
        tell("locked", f"{lock.period}: {left}; {found.damage.render()}")
    if not found.restored:
        return
    tell("locked", f"{lock.period}: put back from the snapshot: {', '.join(found.restored)}")
    # a home that is built beside another one lacks them by its nature: that tells of nobody's hand
    if home.is_own:
        body = {"version": lock.version, "people": list(found.restored)}
        ledger.record(PROGRAM, lambda _: [Draft(kind=EntryKind.RESTORED, period=lock.period, body=body)])


def _states(con: DuckDBPyConnection, entries: Sequence[Entry]) -> dict[tuple[str, str], str]:
    """By period and person, of everybody about whom something was entered."""
    found: dict[tuple[str, str], str] = {}
    for period, own in _by_period(entries).items():
        stands = standing(own)
        if stands.is_locked:
            found |= {(period, person): one.state for person, one in stands.people.items()}
        elif period:
            found |= _states_of(period, stands, present_cards(con, period))
    return found


def _by_period(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        found[entry.period].append(entry)
    return found


def _states_of(
    period: str, stands: PeriodStanding, cards: Mapping[str, PresentCard]
) -> dict[tuple[str, str], str]:
    """Who has a card that was not entered yet stands at `scored`: nobody signed this one."""
    states: dict[tuple[str, str], str] = {}
    for person, card in cards.items():
        own = stands.of(person)
        states[period, person] = own.state if own.card_hash == card.hash else "scored"
    return states


def _login() -> str:
    try:
        return system_login()
    except MeritError:
        return "unknown"
