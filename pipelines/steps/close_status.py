"""How a period stands, person by person, from the ledger and what is published. Reads only.

Not here: what a period waits for (`kpi close`), how it is shown (graph/assets/close.py).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from models.closing.entries import EMPTY, Head
from models.closing.manifest import LockedPeriod, present_locks
from models.closing.states import CardState, Standing, standing
from models.periods import Period
from pipelines.company.home import Home
from warehouse.ledger.ledger import Ledger
from warehouse.published.labels import name_on, people
from warehouse.published.present_cards import present_cards
from warehouse.store.connect import open_published


@dataclass(frozen=True, kw_only=True)
class PersonStatus:
    """One card: `state` is that of the present card, `prepared_by` who had a part in it."""

    person_id: str
    name: str
    state: CardState
    card_status: str
    prepared_by: tuple[str, ...]
    open_objections: int


@dataclass(frozen=True)
class SignedStatus:
    """The cards of a period, its lock and the newest entry of the ledger."""

    people: tuple[PersonStatus, ...]
    lock: LockedPeriod | None
    head: Head

    @property
    def counts(self) -> Mapping[CardState, int]:
        """People by state."""
        return Counter(row.state for row in self.people)


def close_status(home: Home, period: Period) -> SignedStatus:
    """How the period stands; a card that nobody has entered yet stands at `scored`."""
    ledger = Ledger.there(home.decided)
    entries = ledger.entries(period=period.id) if ledger else []
    stands = standing(entries)
    with open_published(home.root) as con:
        cards, everyone = present_cards(con, period.id), people(con)
    rows = []
    for person, card in sorted(cards.items()):
        own = stands.of(person)
        if own.card_hash != card.hash:
            own = Standing(state="scored", prepared_by=own.prepared_by, objections=own.objections)
        rows.append(
            PersonStatus(
                person_id=person,
                name=name_on(everyone, person, period.end),
                state=own.state,
                card_status=card.status,
                prepared_by=tuple(sorted(own.prepared_by)),
                open_objections=len(own.open_objections),
            )
        )
    head = ledger.head() if ledger else EMPTY
    return SignedStatus(tuple(rows), present_locks(entries).get(period.id), head)
