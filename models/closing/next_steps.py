"""What is next for the people whom nothing blocks: how many stand where, who acts, with which command.

Belongs here: states -> next steps, pure. Not here: states themselves (states.py), what blocks (blockers.py).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from models.closing.access import RIGHT_NAMES, Right
from models.closing.blockers import BlockerOwner
from models.closing.remedies import CloseContext
from models.closing.states import CardState, PeriodStanding
from models.definitions import Label

STATE_NAMES: Mapping[CardState, Label] = {
    "open": Label("未计分", "open"),
    "scored": Label("已计分", "scored"),
    "reviewed": Label("已复核", "reviewed"),
    "published": Label("已公布", "published"),
    "objected": Label("有异议", "objected"),
    "answered": Label("异议已答复", "answered"),
    "approved": Label("已批准", "approved"),
    "locked": Label("已锁定", "locked"),
}
# from which states a move leads on, who makes it, with which command
_MOVES: tuple[tuple[tuple[CardState, ...], Label, Right, str], ...] = (
    (("scored",), Label("上级复核", "managers review"), "score", "kpi review --period {0}"),
    (("reviewed",), Label("公布", "publish"), "lock", "kpi close {0} --publish"),
    (("published", "answered"), Label("批准", "approve"), "approve", "kpi approve --period {0}"),
)


@dataclass(frozen=True, kw_only=True)
class CardStanding:
    """How the present card of a person stands: provisional ones wait, `waits_until` says that a clock runs."""

    state: CardState
    is_final: bool
    objections_run: bool = False


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """A move that can be made now, or that waits for a clock alone (`waits`)."""

    what: Label
    people: tuple[str, ...]
    owner: BlockerOwner
    command: str
    waits: bool = False


def card_standings(
    stands: PeriodStanding, cards: Mapping[str, tuple[str, bool]], about: CloseContext
) -> dict[str, CardStanding]:
    """How everybody's present card stands; one that the ledger does not know yet is scored and no more.

    Args:
        stands: the fold of the ledger.
        cards: by person the hash of the present card, and whether it is final.
        about: the day.
    """
    found = {}
    for person, (card_hash, is_final) in cards.items():
        standing = stands.of(person)
        is_present = standing.card_hash == card_hash or stands.is_locked
        state: CardState = standing.state if is_present else "scored"
        until = standing.objections_until if is_present else None
        found[person] = CardStanding(
            state=state, is_final=is_final, objections_run=until is not None and about.on <= until
        )
    return found


def next_steps(
    cards: Mapping[str, CardStanding], blocked: Collection[str], about: CloseContext
) -> list[NextStep]:
    """Every move that leads on, in the order of the month; `blocked` are people who wait for something else first."""
    period = about.period.id
    if not cards:
        return [_step(Label("计分", "score"), (), BlockerOwner((), _ANYONE), f"kpi score --period {period}")]
    free = {p: c for p, c in cards.items() if c.is_final and p not in blocked}
    steps = []
    for states, what, right, command in _MOVES:
        for waits in (False, True):
            people = sorted(
                p
                for p, c in free.items()
                if c.state in states and (c.objections_run and right == "approve") == waits
            )
            if people:
                name = (
                    Label(f"{what.zh}（异议期未满）", f"{what.en} (once the time to object is over)")
                    if waits
                    else what
                )
                steps.append(
                    _step(name, people, _actors(right, people, about), command.format(period), waits=waits)
                )
    if {c.state for c in cards.values()} == {"approved"}:
        owner = about.holders("lock", [None])
        steps.append(_step(Label("锁定", "lock"), sorted(cards), owner, f"kpi lock --period {period}"))
    return steps


_ANYONE = Label("任何人", "anybody")


def _actors(right: Right, people: Iterable[str], about: CloseContext) -> BlockerOwner:
    """Everybody who has somebody to act about."""
    who = frozenset(name for person in people for name in about.rights.holders(right, person, about.on))
    return BlockerOwner(tuple(sorted(who)), about.holders(right, [None]).position if not who else _may(right))


def _may(right: Right) -> Label:
    return Label(f"有{RIGHT_NAMES[right].zh}", f"may {RIGHT_NAMES[right].en}")


def _step(
    what: Label, people: Iterable[str], owner: BlockerOwner, command: str, *, waits: bool = False
) -> NextStep:
    return NextStep(what=what, people=tuple(people), owner=owner, command=command, waits=waits)
