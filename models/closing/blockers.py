"""What keeps a period from being closed: one blocker per thing that somebody can mend, the one that frees most people first.

Belongs here: the shape, grouping by the thing to be mended, order, the count of people. Not here: which lines wait for which
thing (open_lines.py), its words, remedy and owner (remedies.py), what is next once nothing blocks (next_steps.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from models.definitions import Label


class BlockerKind(StrEnum):
    """What sort of thing is to be mended."""

    FILE = "file"
    LINT = "lint"
    OVERLAP = "overlap"
    STALE = "stale"
    SOURCE = "source"
    OPEN_DAY = "open_day"
    FACT = "fact"
    RATING = "rating"
    TARGET = "target"
    PLAN = "plan"
    OWNERSHIP = "ownership"
    OBJECTION = "objection"
    FIGURE = "figure"
    UNOWNED = "unowned"
    DIFFERENCE = "difference"


KIND_NAMES: dict[BlockerKind, Label] = {
    BlockerKind.FILE: Label("公司文件", "company file"),
    BlockerKind.LINT: Label("检查错误", "lint error"),
    BlockerKind.OVERLAP: Label("归属重叠", "overlapping ownership"),
    BlockerKind.STALE: Label("计分后有改动", "changed since scored"),
    BlockerKind.SOURCE: Label("数据源", "source"),
    BlockerKind.OPEN_DAY: Label("当日未结束", "day not over"),
    BlockerKind.FACT: Label("数据被拒", "facts refused"),
    BlockerKind.RATING: Label("评分", "ratings"),
    BlockerKind.TARGET: Label("目标", "target"),
    BlockerKind.PLAN: Label("考核方案", "plan"),
    BlockerKind.OWNERSHIP: Label("归属", "ownership"),
    BlockerKind.OBJECTION: Label("异议", "objection"),
    BlockerKind.FIGURE: Label("数字", "figure"),
    BlockerKind.UNOWNED: Label("无人归属", "owned by nobody"),
    BlockerKind.DIFFERENCE: Label("对账差额", "reconciliation"),
}


@dataclass(frozen=True, order=True)
class Thing:
    """What is to be mended; whoever waits for the same thing waits for one mending."""

    kind: BlockerKind
    subject: str


@dataclass(frozen=True)
class BlockerOwner:
    """Who can mend it: people by id, and the position whose work it is. Without people nobody is known to hold the right."""

    people: tuple[str, ...]
    position: Label


@dataclass(frozen=True, kw_only=True)
class Blocker:
    """One thing that blocks, and what to do about it.

    `people` wait for it, `size` is the money or the count that it is about, `command` what to run and `place` the file to touch
    (both may be empty), `details` one line for every part of it.
    """

    thing: Thing
    code: str
    what: Label
    owner: BlockerOwner
    remedy: Label
    command: str = ""
    place: str = ""
    people: frozenset[str] = frozenset()
    size: Decimal | None = None
    details: tuple[Label, ...] = field(default=())

    @property
    def kind(self) -> BlockerKind:
        """What sort of thing it is."""
        return self.thing.kind


@dataclass(frozen=True)
class BlockerList:
    """All that blocks a period, ordered, out of how many people who are appraised in it."""

    blockers: tuple[Blocker, ...]
    n_people: int

    @property
    def waiting(self) -> frozenset[str]:
        """Everybody who waits for anything."""
        return frozenset().union(*(blocker.people for blocker in self.blockers))

    @property
    def line(self) -> Label:
        """These N things unblock M of K people."""
        n, m = len(self.blockers), len(self.waiting)
        if not n:
            return Label(
                f"没有阻碍：{self.n_people} 人均可继续",
                f"nothing blocks: all {self.n_people} people can go on",
            )
        return Label(
            f"解决以下 {n} 项，可使 {self.n_people} 人中的 {m} 人继续",
            f"these {n} things unblock {m} of {self.n_people} people"
            if n > 1
            else f"this 1 thing unblocks {m} of {self.n_people} people",
        )


def blocker_list(found: Iterable[Blocker], people: Iterable[str]) -> BlockerList:
    """Blockers of one thing as one, who frees most people first, then the largest sum; only people of the period count."""
    appraised = frozenset(people)
    by_thing: dict[Thing, Blocker] = {}
    for blocker in found:
        one = replace(blocker, people=blocker.people & appraised)
        before = by_thing.get(blocker.thing)
        by_thing[blocker.thing] = one if before is None else _together(before, one)
    return BlockerList(tuple(sorted(by_thing.values(), key=_rank)), len(appraised))


def _together(first: Blocker, second: Blocker) -> Blocker:
    sizes = [b.size for b in (first, second) if b.size is not None]
    return replace(
        first,
        people=first.people | second.people,
        details=tuple(dict.fromkeys((*first.details, *second.details))),
        size=max(sizes, default=None),
    )


def _rank(blocker: Blocker) -> tuple[object, ...]:
    size = blocker.size if blocker.size is not None else Decimal(0)
    # of equals what stands first in the list of kinds: a file that stops all scoring before a figure that waits for it
    return (-len(blocker.people), -size, list(BlockerKind).index(blocker.kind), blocker.thing.subject)
