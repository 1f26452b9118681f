"""Lines of cards that have no final score, followed to the thing whose mending gives them one.

A manager's line waits for the totals of reports, a line that compares people for the figures of others: both are followed to
what those wait for, so that one rating frees the report and the manager. Belongs here: code of a line -> thing to be mended.
Not here: words and owners (remedies.py), grouping and order (blockers.py).
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from models.causes import FeedDay
from models.closing.blockers import BlockerKind, Thing
from models.loads import FILE_DROP

_OF_REPORTS, _OF_PEERS = "M214", "M219"
_DAY_OPEN = "M208"
# one file that somebody completes: its rows are added in one go, whoever they are about
_OF_FILE: Mapping[str, tuple[BlockerKind, str]] = {
    "M202": (BlockerKind.FILE, "rates.csv"),
    "M203": (BlockerKind.FILE, "costs.csv"),
    "M205": (BlockerKind.OWNERSHIP, "ownership.csv"),
    "M210": (BlockerKind.TARGET, "targets.csv"),
    "M212": (BlockerKind.TARGET, "targets.csv"),
    "M217": (BlockerKind.TARGET, "targets.csv"),
}
_RATING = "M213"
_KEPT_OUT = ("W330", "W331")
_NAMES = re.compile(r"[\s,，、()（）]+")


@dataclass(frozen=True, kw_only=True)
class OpenLine:
    """A line of a provisional card: missing, or not final. `raters` are those who have not answered, where it is a rating."""

    person_id: str
    role_id: str
    kpi_id: str
    code: str
    cause: str
    raters: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FeedGap:
    """The days of one stream of one shop that are not proven in the period, with the newest cause."""

    connector: str
    stream: str
    shop_id: str
    days: tuple[date, ...]
    code: str
    causes: tuple[str, ...]

    @property
    def thing(self) -> Thing:
        """What is to be delivered."""
        return feed_thing(self.connector, self.stream, self.shop_id, self.code)


@dataclass(frozen=True)
class WaitingLines:
    """The lines that name a thing themselves, and everybody whose card waits for it."""

    lines: tuple[OpenLine, ...]
    people: frozenset[str]


def feed_thing(connector: str, stream: str, shop_id: str, code: str) -> Thing:
    """A missing feed as one thing, whichever day and code each figure names."""
    kind = BlockerKind.SOURCE
    if code == _DAY_OPEN:
        kind = BlockerKind.OPEN_DAY
    elif connector == FILE_DROP or code in _KEPT_OUT:
        kind = BlockerKind.FACT
    return Thing(kind, f"{connector}.{stream}[{shop_id}]")


def waiting_lines(
    lines: Iterable[OpenLine], gaps: Iterable[FeedGap] = (), *, not_yet: Collection[str] = ()
) -> dict[Thing, WaitingLines]:
    """Every thing that open lines wait for, directly or through others.

    Args:
        lines: the open lines of all provisional cards.
        gaps: unproven feeds of the period: a record that is kept out names no feed, and is found by its cause.
        not_yet: codes that only say that the period is not over; whoever waits for such a line has nothing to mend.
    """
    all_lines = list(lines)
    feed_of = {cause: gap.thing for gap in gaps for cause in gap.causes}
    of_person: dict[str, list[OpenLine]] = {}
    for line in all_lines:
        of_person.setdefault(line.person_id, []).append(line)
    named: dict[Thing, list[OpenLine]] = {}
    people: dict[Thing, set[str]] = {}
    for line in all_lines:
        for root in _roots(line, of_person):
            if root.code in not_yet:
                continue
            for thing in _things(root, feed_of):
                people.setdefault(thing, set()).add(line.person_id)
                if root is line:
                    named.setdefault(thing, []).append(line)
    return {
        thing: WaitingLines(tuple(named.get(thing, ())), frozenset(waits)) for thing, waits in people.items()
    }


def _roots(line: OpenLine, of_person: Mapping[str, list[OpenLine]]) -> list[OpenLine]:
    """The lines at the end of every chain of waiting; one that leads nowhere stands for itself."""
    found: list[OpenLine] = []
    seen = {id(line)}
    to_follow = [line]
    while to_follow:
        at = to_follow.pop()
        below = _waits_for(at, of_person)
        if not below:
            found.append(at)
        # two managers, or two peers, may wait for each other: each line is followed once
        fresh = [one for one in below if id(one) not in seen]
        seen |= {id(one) for one in fresh}
        to_follow += fresh
    return found or [line]


def _waits_for(line: OpenLine, of_person: Mapping[str, list[OpenLine]]) -> list[OpenLine]:
    if line.code not in (_OF_REPORTS, _OF_PEERS):
        return []
    names = {*_NAMES.split(line.cause)} & of_person.keys() - {line.person_id}
    others = [other for name in sorted(names) for other in of_person[name]]
    if line.code == _OF_REPORTS:
        return others
    # a comparison needs the figure of the others and not their whole card
    return [other for other in others if other.kpi_id == line.kpi_id and other.role_id == line.role_id]


def _things(line: OpenLine, feed_of: Mapping[str, Thing]) -> list[Thing]:
    feed = FeedDay.named_in(line.cause)
    if feed is not None:
        return [feed_thing(feed.connector, feed.stream, feed.shop_id, line.code)]
    if line.cause in feed_of:
        return [feed_of[line.cause]]
    if line.code == _RATING and line.raters:
        return [Thing(BlockerKind.RATING, rater) for rater in line.raters]
    if line.code in _OF_FILE:
        kind, file = _OF_FILE[line.code]
        return [Thing(kind, file)]
    # the sentence names the row, the shop or the figure: two lines with one sentence are mended together
    return [Thing(BlockerKind.FIGURE, f"{line.code} {line.cause}")]
