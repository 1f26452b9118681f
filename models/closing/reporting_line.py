"""The company on one day: who is here, and who is above whom. Not here: what that allows (rights.py)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from models.closing.access import Signer
from models.inputs import Person


@dataclass(frozen=True)
class Roster:
    """People as of one day.

    `rows` holds the row in force, and of somebody who has left the last one: a leaver's last card is reviewed too, by whoever was
    the manager. `here` are those who can act on the day, with the others of access.yaml; `head` is above all who have no manager.
    """

    rows: Mapping[str, Person]
    here: frozenset[str]
    head: str | None = None

    def manager(self, person: str) -> str | None:
        """Who is directly above; None for the head, and for the topmost where nobody is the head."""
        if person == self.head or person not in self.rows:
            return None
        return self.rows[person].manager_id or self.head

    def above(self, person: str) -> tuple[str, ...] | None:
        """Everybody above, the nearest first; None where the line runs in a circle, for then nobody is above."""
        line: list[str] = []
        at = person
        while (manager := self.manager(at)) is not None:
            if manager == person or manager in line:
                return None
            line.append(manager)
            at = manager
        return tuple(line)

    @cached_property
    def managers(self) -> frozenset[str]:
        """Everybody who is here and has somebody below who is here."""
        return self.here & {self.manager(person) for person in self.here}


def roster_of(people: Iterable[Person], others: Iterable[Signer], on: date) -> Roster:
    """The company on that day. Rows that begin later are not known yet."""
    known = sorted((p for p in people if p.valid_from <= on), key=lambda p: p.valid_from)
    rows = {row.person_id: row for row in known}  # the latest row stays
    here = {name for name, row in rows.items() if row.days_within(on, on)}
    signers = [signer for signer in others if signer.holds_on(on)]
    head = next((signer.person_id for signer in signers if signer.is_head), None)
    return Roster(rows, frozenset(here | {signer.person_id for signer in signers}), head)
