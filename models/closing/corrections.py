"""What became known after a lock: proposals per card, decisions about them, and the law that nothing is lost or counted twice.

    locked + approved + open + rejected = recomputed from all that is known now

    locked      what was signed, of the lock in force
    approved    corrections that were approved; posted ones stay in force whatever happens to the lock
    open        the proposal that waits for a decision
    rejected    the difference that somebody decided not to correct, as long as it is the same difference

A figure that is absent adds nothing. A newer proposal about a card takes the place of an open or a rejected one. When a period is
reopened, everything about the old lock that was not posted falls: the next lock holds it. What was posted has had its effect in
another period, so that it counts on, and the difference to the new lock is proposed again with the opposite sign.

Belongs here: proposals, their fold, the law. Not here: recomputing (pipelines/closing/recomputed.py), rights (rights.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal

from models.closing.card_figures import NOTHING, Card, CardFigures, Place
from models.closing.entries import Entry
from models.closing.kinds import EntryKind
from models.errors import SigningError
from models.money import exact, plain

Outcome = Literal["approved", "rejected"]
ProposalState = Literal["open", "approved", "posted", "rejected", "replaced", "void", "settled"]
# the part of the law that a proposal in a state counts in
COUNTS_AS: Mapping[ProposalState, str] = {
    "open": "open",
    "approved": "approved",
    "posted": "approved",
    "rejected": "rejected",
}
KINDS_OF_CORRECTIONS = (
    EntryKind.PROPOSED,
    EntryKind.DECIDED,
    EntryKind.POSTED,
    EntryKind.LOCKED,
    EntryKind.REOPENED,
)


@dataclass(frozen=True, kw_only=True)
class CorrectionLine:
    """One number of a card: `was` is what counted until now, `direct` and `knock_on` are what is to be added to it."""

    kpi: str
    measure: str
    was: Decimal | None
    now: Decimal | None
    direct: Decimal
    knock_on: Decimal

    @property
    def place(self) -> Place:
        """Which number."""
        return self.kpi, self.measure

    @property
    def amount(self) -> Decimal:
        """Both effects."""
        return self.direct + self.knock_on

    @property
    def body(self) -> dict[str, Any]:
        """As it stands in an entry."""
        return {
            "kpi": self.kpi,
            "measure": self.measure,
            "was": None if self.was is None else plain(self.was),
            "now": None if self.now is None else plain(self.now),
            "direct": plain(self.direct),
            "knock_on": plain(self.knock_on),
        }

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "CorrectionLine":
        """The line of an entry."""
        was, now = (None if said[name] is None else Decimal(said[name]) for name in ("was", "now"))
        return cls(
            kpi=said["kpi"],
            measure=said["measure"],
            was=was,
            now=now,
            direct=Decimal(said["direct"]),
            knock_on=Decimal(said["knock_on"]),
        )


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One proposal about one card, and what became of it."""

    number: int
    version: int
    card: Card
    lines: tuple[CorrectionLine, ...]
    stated: str
    status: str
    says: Mapping[str, Any]
    proposed_by: str
    outcome: Outcome | None = None
    decided_by: str | None = None
    reason: str | None = None
    into: str | None = None
    replaced_by: int | None = None
    is_void: bool = False

    @property
    def state(self) -> ProposalState:
        """What became of it. One without lines says that nothing is left to correct, and waits for nobody."""
        if self.into is not None:
            return "posted"
        if self.is_void:
            return "void"
        if self.replaced_by is not None:
            return "replaced"
        return self.outcome or ("open" if self.lines else "settled")

    @property
    def counts_as(self) -> str:
        """The part of the law that it counts in; empty for none."""
        return COUNTS_AS.get(self.state, "")


@dataclass(frozen=True)
class Corrections:
    """Every proposal of one period by number; `version` is that of the newest lock."""

    proposals: Mapping[int, Proposal] = field(default_factory=dict)
    version: int = 0

    @property
    def next_number(self) -> int:
        """The number of the next proposal."""
        return max(self.proposals, default=0) + 1

    def of(self, card: Card) -> list[Proposal]:
        """Proposals about a card, the oldest first."""
        return [p for _, p in sorted(self.proposals.items()) if p.card == card]

    def newest(self, card: Card) -> Proposal | None:
        """The newest proposal about a card as the lock in force holds it."""
        return next((p for p in reversed(self.of(card)) if not p.is_void and p.version == self.version), None)

    @exact
    def parts(self, card: Card) -> dict[str, dict[Place, Decimal]]:
        """Sums by place, of each part of the law: approved, open, rejected."""
        found: dict[str, dict[Place, Decimal]] = {"approved": {}, "open": {}, "rejected": {}}
        for proposal in self.of(card):
            if not proposal.counts_as:
                continue
            part = found[proposal.counts_as]
            for line in proposal.lines:
                part[line.place] = part.get(line.place, NOTHING) + line.amount
        return found


@dataclass(frozen=True, kw_only=True)
class ChangedCard:
    """One card that was signed, and what it would be now.

    `direct` is the card with the person's own inputs as they are now and everybody else as they were; `own` names the inputs of
    the person that changed, `touches` whoever else's card moves by them.
    """

    card: Card
    locked: CardFigures
    now: CardFigures
    direct: CardFigures
    own: tuple[str, ...] = ()
    touches: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Balance:
    """The law for one number of one card; `locked` and `recomputed` are None where the figure is absent."""

    card: Card
    place: Place
    locked: Decimal | None
    approved: Decimal
    open: Decimal
    rejected: Decimal
    recomputed: Decimal | None

    @property
    @exact
    def difference(self) -> Decimal:
        """What does not add up: 0."""
        accounted = (self.locked or NOTHING) + self.approved + self.open + self.rejected
        return (self.recomputed or NOTHING) - accounted


def corrections(entries: Iterable[Entry]) -> Corrections:
    """The proposals of one period after its entries, given in their order."""
    found: dict[int, Proposal] = {}
    version = 0
    for entry in entries:
        match entry.kind:
            case EntryKind.PROPOSED:
                _take_in(found, entry)
            case EntryKind.DECIDED:
                says = entry.says
                number = says["number"]
                found[number] = replace(
                    found[number], outcome=says["outcome"], decided_by=entry.actor, reason=says["reason"]
                )
            case EntryKind.POSTED:
                says = entry.says
                found[says["number"]] = replace(found[says["number"]], into=says["into"])
            case EntryKind.LOCKED:
                version = entry.says["version"]
            case EntryKind.REOPENED:
                found = {n: p if p.into is not None else replace(p, is_void=True) for n, p in found.items()}
    return Corrections(found, version)


def _take_in(found: dict[int, Proposal], entry: Entry) -> None:
    says = entry.says
    card = entry.person, says["role"]
    new = Proposal(
        number=says["number"],
        version=says["version"],
        card=card,
        lines=tuple(map(CorrectionLine.of, says["lines"])),
        stated=says["stated"],
        status=says["status"],
        says=says,
        proposed_by=entry.actor,
    )
    for number, before in found.items():
        if before.card == card and before.state in ("open", "rejected"):
            found[number] = replace(before, replaced_by=new.number)
    found[new.number] = new


@exact
def proposal_body(changed: ChangedCard, stand: Corrections) -> dict[str, Any] | None:
    """What is to be proposed about a card: None when all of it is approved, open, or rejected already.

    Number, causes and day are added by who enters it.
    """
    newest = stand.newest(changed.card)
    stated = newest.stated if newest else changed.locked.digest
    lines = _lines(changed, stand)
    left = {line.place: line.amount for line in lines if line.amount != 0}
    waits = newest is not None and newest.state in ("open", "rejected")
    known = {line.place: line.amount for line in newest.lines if line.amount != 0} if newest and waits else {}
    if changed.now.digest == stated and left == known:
        return None
    return {
        "version": stand.version,
        "role": changed.card[1],
        "stated": changed.now.digest,
        "status": changed.now.status or "gone",
        "grade_was": changed.locked.grade,
        "grade_now": changed.now.grade,
        "lines": [line.body for line in lines],
        "own": list(changed.own),
        "touches": list(changed.touches),
        "replaces": newest.number if newest and waits else None,
    }


def _lines(changed: ChangedCard, stand: Corrections) -> list[CorrectionLine]:
    """What is left of every number that differs from what was signed and approved since."""
    done = [p for p in stand.of(changed.card) if p.counts_as == "approved"]
    found = []
    corrected = {line.place for p in done for line in p.lines}
    for place in sorted({*changed.locked.figures, *changed.now.figures, *corrected}):
        was = changed.locked.figures.get(place)
        direct, knock_on = (
            changed.direct.counted(place) - changed.locked.counted(place),
            changed.now.counted(place) - changed.direct.counted(place),
        )
        for line in (x for p in done for x in p.lines if x.place == place):
            was = (was or NOTHING) + line.amount
            direct, knock_on = direct - line.direct, knock_on - line.knock_on
        now = changed.now.figures.get(place)
        if direct or knock_on or (was is None) != (now is None):
            kpi, measure = place
            found.append(
                CorrectionLine(kpi=kpi, measure=measure, was=was, now=now, direct=direct, knock_on=knock_on)
            )
    return found


def balances(
    locked: Mapping[Card, CardFigures], now: Mapping[Card, CardFigures], stand: Corrections
) -> list[Balance]:
    """The law for every number of every card, sorted."""
    cards = {*locked, *now, *(p.card for p in stand.proposals.values() if p.counts_as)}
    nobody = CardFigures()
    return [
        row
        for card in sorted(cards)
        for row in _of_card(card, locked.get(card, nobody), now.get(card, nobody), stand.parts(card))
    ]


def _of_card(
    card: Card, signed: CardFigures, known: CardFigures, parts: Mapping[str, Mapping[Place, Decimal]]
) -> list[Balance]:
    places = {*signed.figures, *known.figures, *(place for part in parts.values() for place in part)}
    return [
        Balance(
            card=card,
            place=place,
            locked=signed.figures.get(place),
            approved=parts["approved"].get(place, NOTHING),
            open=parts["open"].get(place, NOTHING),
            rejected=parts["rejected"].get(place, NOTHING),
            recomputed=known.figures.get(place),
        )
        for place in sorted(places)
    ]


def to_decide(stand: Corrections, number: int) -> Proposal:
    """The proposal of a number.

    Raises:
        SigningError: S170 when there is none.
    """
    found = stand.proposals.get(number)
    if found is None:
        waiting = _named(n for n, p in stand.proposals.items() if p.state == "open")
        raise SigningError("S170", f"there is no proposal {number}", actual=f"open: {waiting}")
    return found


def check_decision(proposal: Proposal, outcome: Outcome) -> bool:
    """Whether a decision is to be entered: False when it has been made already.

    Raises:
        SigningError: S171 not open any more, S172 the recomputed card is provisional.
    """
    if proposal.outcome == outcome and proposal.state in (outcome, "posted"):
        return False
    where = f"proposal {proposal.number}"
    if proposal.state != "open":
        raise SigningError("S171", f"it is {proposal.state}", where=where)
    if outcome == "approved" and proposal.status == "provisional":
        raise SigningError("S172", "the recomputed card is provisional", where=where)
    return True


def to_post(stand: Corrections) -> list[Proposal]:
    """Approved proposals that no period has taken in yet."""
    return [p for _, p in sorted(stand.proposals.items()) if p.state == "approved"]


def _named(numbers: Iterable[int]) -> str:
    shown: Sequence[int] = sorted(numbers)
    return ", ".join(map(str, shown)) or "none"
