"""Ticket versions of the sample help desk, read from the bundled incident log.

Here: which versions a ticket went through and what each one knew. Not here: the export's paging (help_desk.py).
A version only holds what its own event and earlier ones say: the log writes the later resolution into every
row, and a version must not show its future.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

# "Awaiting user info" waits for the requester; the other waits are on third parties (Zendesk's hold).
STATUS = {
    "New": "new",
    "Active": "open",
    "Awaiting User Info": "pending",
    "Awaiting Evidence": "hold",
    "Awaiting Problem": "hold",
    "Awaiting Vendor": "hold",
    "Resolved": "solved",
    "Closed": "closed",
    "-100": "open",  # the source's mark for an unknown state; no bundled row has it
}
PRIORITY = {1: "urgent", 2: "high", 3: "normal", 4: "low"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketVersion:
    """A ticket as known right after one event; all instants are epoch seconds."""

    ticket: int
    at: int
    mods: int
    opened: int
    state: str
    priority: int | None
    group: int | None
    assignee: int | None
    requester: int | None
    contact: str | None
    reassigned: int
    reopened: int
    first_reply: int | None
    resolved: int | None


COLUMNS = (
    "number", "sys_updated_at", "sys_mod_count", "opened_at", "incident_state", "priority",
    "assignment_group", "assigned_to", "caller_id", "contact_type",
    "reassignment_count", "reopen_count", "resolved_at",
)  # fmt: skip
# the field of a version that each column fills
STORED = (
    "ticket", "at", "mods", "opened", "state", "priority", "group", "assignee", "requester", "contact",
    "reassigned", "reopened", "resolved",
)  # fmt: skip


@lru_cache(maxsize=2)
def load_tickets(path: Path) -> tuple[tuple[TicketVersion, ...], ...]:
    """Versions of each ticket, oldest first, tickets in order of their number."""
    instants = [pl.col(name).dt.epoch("s") for name in ("sys_updated_at", "opened_at", "resolved_at")]
    rows = pl.read_parquet(path).with_columns(*instants).select(COLUMNS)
    tickets: dict[int, list[TicketVersion]] = {}
    for row in rows.sort(["number", "sys_updated_at", "sys_mod_count"], maintain_order=True).iter_rows():
        versions = tickets.setdefault(row[0], [])
        versions.append(_next(versions[-1] if versions else None, row))
    return tuple(tuple(tickets[number]) for number in sorted(tickets))


def _next(before: TicketVersion | None, row: tuple[Any, ...]) -> TicketVersion:
    """The version after one event; state follows the highest change count, as in the reference answer."""
    stored: dict[str, Any] = dict(zip(STORED, row, strict=True))
    reply = stored["at"] if stored["state"] != "New" else None
    if stored["resolved"] is not None and stored["resolved"] > stored["at"]:
        stored["resolved"] = None
    event = TicketVersion(**stored, first_reply=reply)
    return event if before is None else _merge(before, event)


def _merge(before: TicketVersion, event: TicketVersion) -> TicketVersion:
    newest = event if event.mods >= before.mods else before
    return replace(
        newest,
        at=event.at,
        opened=min(before.opened, event.opened),
        reassigned=max(before.reassigned, event.reassigned),
        reopened=max(before.reopened, event.reopened),
        first_reply=before.first_reply if before.first_reply is not None else event.first_reply,
        resolved=event.resolved if event.resolved is not None else before.resolved,
    )
