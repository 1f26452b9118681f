"""How a period and each person in it stand: a fold over entries, and whether a next move fits.

    open -> scored -> reviewed -> published -> (objected -> answered) -> approved -> locked

A move counts as long as the card it was made on is the present one. When a card changes, whoever signed the old one has not
signed the new one: the person stands at `scored` again, and what was said before stays in the ledger.

Belongs here: states and moves. Not here: kinds (kinds.py), rights (rights.py), which cards there are (warehouse).
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from models.closing.adjustments import Adjustment, AdjustmentsByRole, adjustments_digest, in_force
from models.closing.entries import Entry
from models.closing.kinds import KINDS, EntryKind
from models.errors import SigningError

CardState = Literal["open", "scored", "reviewed", "published", "objected", "answered", "approved", "locked"]
# moves that are made on a card, and where they lead
_LEADS_TO: Mapping[EntryKind, CardState] = {
    EntryKind.REVIEWED: "reviewed",
    EntryKind.PUBLISHED: "published",
    EntryKind.APPROVED: "approved",
}
_OUT: tuple[CardState, ...] = (
    "published",
    "objected",
    "answered",
    "approved",
    "locked",
)  # the person has seen the card
_ORDER: tuple[CardState, ...] = ("open", "scored", "reviewed", *_OUT)
_NAMED = 5  # people that a refusal names; the command that lists all is in its remedy


@dataclass(frozen=True, kw_only=True)
class Objection:
    """One objection to one line of a card."""

    number: int
    role: str
    kpi: str
    reason: str
    raised_at: str
    answer_due: date | None
    outcome: str | None = None
    answer: str | None = None
    answered_by: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered yet."""
        return self.outcome is None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How one person stands in one period."""

    state: CardState = "open"
    card_hash: str | None = None
    is_final: bool = False
    objections_until: date | None = None
    prepared_by: frozenset[str] = frozenset()
    objections: Mapping[int, Objection] = field(default_factory=dict)
    adjustments: AdjustmentsByRole = field(default_factory=dict)
    computed_with: str = ""  # digest of the adjustments that the present card holds

    @property
    def open_objections(self) -> list[Objection]:
        """Objections that wait for an answer, the oldest first."""
        return [o for _, o in sorted(self.objections.items()) if o.is_open]

    @property
    def awaits_scoring(self) -> bool:
        """Whether an adjustment was entered that the present card does not hold yet."""
        return adjustments_digest(self.adjustments) != self.computed_with


@dataclass(frozen=True, kw_only=True)
class PeriodStanding:
    """How a period stands: `version` counts its locks."""

    people: Mapping[str, Standing] = field(default_factory=dict)
    version: int = 0
    is_locked: bool = False
    manifest_hash: str | None = None
    reopening: Entry | None = None

    def of(self, person: str) -> Standing:
        """How a person stands; one of whom nothing was entered is open."""
        return self.people.get(person, Standing())

    @property
    def adjustments(self) -> dict[str, AdjustmentsByRole]:
        """What people gave to totals or took from them, by person and role."""
        return {person: stands.adjustments for person, stands in self.people.items()}


def standing(entries: Iterable[Entry]) -> PeriodStanding:
    """How a period stands after its entries, given in their order."""
    people: dict[str, Standing] = {}
    period = PeriodStanding()
    for entry in entries:
        if entry.kind in _OF_PERIOD:
            period = _period_after(period, entry, people)
        elif entry.kind in _OF_CARD:
            people[entry.person] = _person_after(people.get(entry.person, Standing()), entry)
    return replace(period, people=people)


_OF_PERIOD = frozenset({EntryKind.LOCKED, EntryKind.REOPEN_ASKED, EntryKind.REOPENED})
_OF_CARD = frozenset(
    {
        EntryKind.SCORED, EntryKind.RATED, EntryKind.REVIEWED, EntryKind.ADJUSTED, EntryKind.CALIBRATED, EntryKind.PUBLISHED,
        EntryKind.OBJECTED, EntryKind.ANSWERED, EntryKind.VETOED, EntryKind.APPROVED,
    }
)  # fmt: skip


def _period_after(before: PeriodStanding, entry: Entry, people: dict[str, Standing]) -> PeriodStanding:
    if entry.kind == EntryKind.REOPEN_ASKED:
        return replace(before, reopening=entry)
    is_locked = entry.kind == EntryKind.LOCKED
    was: CardState = "approved" if is_locked else "locked"
    becomes: CardState = "locked" if is_locked else "approved"
    for person, stands in people.items():
        if stands.state == was:
            people[person] = replace(stands, state=becomes)
    version = before.version + is_locked
    manifest = entry.says["manifest_hash"] if is_locked else before.manifest_hash
    return replace(before, is_locked=is_locked, version=version, manifest_hash=manifest, reopening=None)


def _person_after(before: Standing, entry: Entry) -> Standing:
    kind, says = EntryKind(entry.kind), entry.says
    after = before
    if KINDS[kind].prepares:
        # HR may hand in what a manager rated: both had a part in the card
        after = replace(after, prepared_by=after.prepared_by | {entry.actor, says.get("rater", entry.actor)})
    if kind == EntryKind.SCORED:
        return _rescored(after, says)
    if kind in (EntryKind.ADJUSTED, EntryKind.CALIBRATED):
        return _adjusted(after, kind, entry)
    if kind == EntryKind.VETOED:
        return replace(after, state="scored")
    if kind in (EntryKind.OBJECTED, EntryKind.ANSWERED):
        return _disputed(after, kind, entry)
    if kind in _LEADS_TO and says["card_hash"] == before.card_hash:
        until = _day(says.get("objections_until")) if kind == EntryKind.PUBLISHED else after.objections_until
        return replace(after, state=_LEADS_TO[kind], objections_until=until)
    return after


def _rescored(before: Standing, says: Mapping[str, Any]) -> Standing:
    """A card as it is computed now; the same card as before leaves its state alone."""
    before = replace(before, computed_with=says.get("adjusted", ""))
    if says["card_hash"] == before.card_hash:
        return before
    return replace(
        before, state="scored", card_hash=says["card_hash"], is_final=says["status"] != "provisional"
    )


def _adjusted(before: Standing, kind: EntryKind, entry: Entry) -> Standing:
    """The newest of a kind stands: a second adjustment takes the place of the first."""
    says = entry.says
    others = [a for a in before.adjustments.get(says["role"], ()) if a.kind != kind]
    new = Adjustment(kind, Decimal(says["points"]), says["reason"], entry.actor)
    return replace(before, adjustments={**before.adjustments, says["role"]: (*others, new)})


def _disputed(before: Standing, kind: EntryKind, entry: Entry) -> Standing:
    says = entry.says
    number = int(says["number"])
    if kind == EntryKind.OBJECTED:
        dispute = Objection(
            number=number,
            role=says["role"],
            kpi=says["kpi"],
            reason=says["reason"],
            raised_at=entry.at,
            answer_due=_day(says.get("answer_due")),
        )
        state: CardState = "objected"
    else:
        dispute = replace(
            before.objections[number], outcome=says["outcome"], answer=says["reason"], answered_by=entry.actor
        )
        left = any(o.is_open for n, o in before.objections.items() if n != number)
        # an answer to a card that has changed meanwhile leads no further than that card has come
        state = before.state if before.state != "objected" or left else "answered"
    return replace(before, state=state, objections={**before.objections, number: dispute})


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def check_move(
    period: PeriodStanding, kind: EntryKind, person: str, body: Mapping[str, Any], on: date
) -> bool:
    """Whether a move about a person is to be entered: False when it has been made already.

    Args:
        period: how it stands.
        kind: the move.
        person: whom it is about.
        body: what it says; the card it is made on, where it is made on one.
        on: the day of the move.

    Raises:
        SigningError: S101 to S108, S113, S120, S122 or S124, when it does not fit.
    """
    stands = period.of(person)
    if period.is_locked:
        raise SigningError("S102", "the period is locked", where=person)
    if (
        "card_hash" in KINDS[kind].fields
        and kind != EntryKind.SCORED
        and body["card_hash"] != stands.card_hash
    ):
        raise SigningError("S113", "the card has changed since it was looked at", where=person)
    if kind == EntryKind.SCORED:
        said = (body["card_hash"], body.get("adjusted", ""))
        return said != (stands.card_hash, stands.computed_with)
    target = _LEADS_TO.get(kind)
    if target is not None:
        if _ORDER.index(stands.state) >= _ORDER.index(target):
            return False
        if not stands.is_final:
            what = "the card is provisional" if stands.card_hash else "there is no card"
            raise SigningError("S101", what, where=person)
        if stands.awaits_scoring:
            raise SigningError("S122", "the card was computed before the last adjustment", where=person)
    if kind in _FITS:
        _FITS[kind](stands, person, body, on)
    return not _is_said(stands, kind, body)


def _is_said(stands: Standing, kind: EntryKind, body: Mapping[str, Any]) -> bool:
    """Whether the same was said before and still stands: who runs a command twice says nothing new."""
    if kind in (EntryKind.ADJUSTED, EntryKind.CALIBRATED):
        new, there = Decimal(body["points"]), stands.adjustments.get(body["role"], ())
        same = [a for a in in_force(there) if a.kind == kind]
        return [(a.points, a.reason) for a in same] == [(new, body["reason"])] if new else not same
    if kind == EntryKind.OBJECTED:
        said = (body["role"], body["kpi"], body["reason"])
        return any((o.role, o.kpi, o.reason) == said for o in stands.open_objections)
    return False


def _may_publish(stands: Standing, person: str, _: Mapping[str, Any], __: date) -> None:
    if stands.state != "reviewed":
        raise SigningError("S103", "the present card is not reviewed", where=person)


def _may_object(stands: Standing, person: str, _: Mapping[str, Any], on: date) -> None:
    if stands.state not in _OUT:
        raise SigningError("S104", "the present card is not published", where=person)
    until = stands.objections_until
    if until is not None and on > until:
        raise SigningError("S105", f"objections were possible until {until}", where=person)


def _may_answer(stands: Standing, person: str, body: Mapping[str, Any], _: date) -> None:
    dispute = stands.objections.get(int(body["number"]))
    if dispute is None or not dispute.is_open:
        raise SigningError("S107", f"no open objection {body['number']}", where=person)


def _may_approve(stands: Standing, person: str, _: Mapping[str, Any], on: date) -> None:
    if stands.state not in _OUT:
        raise SigningError("S104", "the present card is not published", where=person)
    if stands.open_objections:
        raise SigningError("S106", f"{len(stands.open_objections)} objections are not answered", where=person)
    until = stands.objections_until
    if until is not None and on <= until:
        raise SigningError("S108", f"objections are possible until {until}", where=person)


def _may_adjust(stands: Standing, person: str, _: Mapping[str, Any], __: date) -> None:
    if stands.state == "approved":
        raise SigningError("S120", "the card is approved", where=person)


def _may_veto(stands: Standing, person: str, _: Mapping[str, Any], __: date) -> None:
    if stands.state in ("open", "scored"):
        raise SigningError("S124", "nobody has signed the present card", where=person)


_FITS: Mapping[EntryKind, Callable[[Standing, str, Mapping[str, Any], date], None]] = {
    EntryKind.ADJUSTED: _may_adjust,
    EntryKind.CALIBRATED: _may_adjust,
    EntryKind.VETOED: _may_veto,
    EntryKind.PUBLISHED: _may_publish,
    EntryKind.OBJECTED: _may_object,
    EntryKind.ANSWERED: _may_answer,
    EntryKind.APPROVED: _may_approve,
}


def check_lock(period: PeriodStanding, cards: Mapping[str, str], *, without: Collection[str] = ()) -> bool:
    """Whether a lock is to be entered: False when the period is locked with these cards.

    Args:
        period: how it stands.
        cards: hash of the present card of every person who has one in the period.
        without: people whose card cannot be approved, for a gap that somebody allowed by name.

    Raises:
        SigningError: S109 with people whose present card is not approved.
    """
    if period.is_locked:
        return False
    left = [
        p for p, card in sorted(cards.items()) if p not in without and not _is_approved(period.of(p), card)
    ]
    if left:
        shown = ", ".join(left[:_NAMED]) + (", …" if len(left) > _NAMED else "")
        raise SigningError("S109", f"{len(left)} of {len(cards)} cards are not approved", actual=shown)
    return True


def _is_approved(stands: Standing, card: str) -> bool:
    return stands.state == "approved" and stands.card_hash == card and not stands.awaits_scoring


def check_reopening(period: PeriodStanding) -> Entry:
    """The request that a second person approves.

    Raises:
        SigningError: S111 not locked, S112 nobody asked.
    """
    if not period.is_locked:
        raise SigningError("S111", "the period is not locked")
    if period.reopening is None:
        raise SigningError("S112", "nobody asked to reopen it")
    return period.reopening
