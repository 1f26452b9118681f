"""Faults that hit chosen requests or pages of a pull.

Belongs here: when a fault strikes. Not here: what it does to an answer (../spoil.py) and what must come of it.
"""

import os
import random
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from connectors.testing.platform import PlatformCall
from connectors.testing.reply import Reply
from connectors.testing.spoil import Change, Shape, copied

When = Callable[[int], bool]


def at(*numbers: int) -> When:
    """Only these, counted from 1."""
    return lambda number: number in numbers


def always(number: int) -> bool:
    """Every time."""
    return number > 0


@dataclass(kw_only=True)
class OnRequest:
    """Answers requests in the platform's place (`instead`, the platform never sees them) or spoils its answers (`change`).

    Args:
        when: which of the requests that count.
        instead: the answer.
        change: what happens to the platform's answer.
        counts: which requests count at all.
    """

    when: When
    instead: Callable[[], Reply | None] | None = None
    change: Change | None = None
    counts: Callable[[PlatformCall], bool] = lambda _: True
    seen: int = 0
    hits: list[PlatformCall] = field(default_factory=list)

    def before(self, call: PlatformCall) -> Reply | None:
        """The answer given instead."""
        if not self.counts(call):
            return None
        self.seen += 1
        if not self.when(self.seen):
            return None
        self.hits.append(call)
        return self.instead() if self.instead else None

    def after(self, call: PlatformCall, reply: Reply) -> Reply:
        """The spoilt answer."""
        is_hit = bool(self.hits) and self.hits[-1] is call
        return self.change(reply) if is_hit and self.change else reply


@dataclass(kw_only=True)
class OnPage:
    """Spoils answers that carry records; pages are counted from 1 over the whole pull."""

    shape: Shape
    when: When
    change: Change
    only_filled: bool = False
    seen: int = 0
    hits: int = 0

    def before(self, _call: PlatformCall) -> Reply | None:
        """Nothing: the platform answers."""
        return None

    def after(self, _call: PlatformCall, reply: Reply) -> Reply:
        """The spoilt page."""
        rows = self.shape.rows(reply)
        if rows is None or (self.only_filled and not rows):
            return reply
        self.seen += 1
        if not self.when(self.seen):
            return reply
        self.hits += 1
        return self.change(reply)


@dataclass
class Replayed:
    """From the second page on the platform repeats what `again` makes of the first page and its honest answer."""

    shape: Shape
    again: Callable[[Reply, Reply, int], Reply]
    first: Reply | None = None
    seen: int = 0

    def before(self, _call: PlatformCall) -> Reply | None:
        """Nothing: the platform answers."""
        return None

    def after(self, _call: PlatformCall, reply: Reply) -> Reply:
        """The first page or what is made of it."""
        if self.first is None and self.shape.rows(reply):
            self.first = copied(reply)
        # a refusal is replaced as well: it would end the trial
        is_page = self.shape.rows(reply) is not None or reply.status >= 400
        if self.first is None or not is_page:
            return reply
        self.seen += 1
        return self.again(copied(self.first), copied(reply), self.seen)


@dataclass
class Endless:
    """After the first page `more` makes every answer of it, and the platform is not asked any more."""

    shape: Shape
    more: Callable[[Reply, int], Reply]
    first: Reply | None = None
    seen: int = 0

    def before(self, _call: PlatformCall) -> Reply | None:
        """One page more."""
        return self._next() if self.first else None

    def after(self, _call: PlatformCall, reply: Reply) -> Reply:
        """The first page promises more too."""
        if self.first is not None or not self.shape.rows(reply):
            return reply
        self.first = copied(reply)
        return self._next()

    def _next(self) -> Reply:
        assert self.first is not None  # noqa: S101 - asked before
        self.seen += 1
        return self.more(copied(self.first), self.seen)


@dataclass
class KillAt:
    """kill -9 of the pulling process when its `number`-th request arrives; the platform never sees that request."""

    number: int
    counts: Callable[[PlatformCall], bool] = lambda _: True
    pid: int = 0
    seen: int = 0
    known: threading.Event = field(default_factory=threading.Event)

    def before(self, call: PlatformCall) -> Reply | None:
        """Kill, then close the connection."""
        if not self.counts(call):
            return None
        self.seen += 1
        if self.seen != self.number:
            return None
        # the child may ask before the fork has told its number
        self.known.wait(10)
        os.kill(self.pid, signal.SIGKILL)
        return Reply(500, b"", wire="reset")

    def after(self, _call: PlatformCall, reply: Reply) -> Reply:
        """The platform's answer."""
        return reply


@dataclass(kw_only=True)
class Weather:
    """A storm: each request meets one of the faults with a chance of `share`, at most `in_a_row` times running."""

    seed: int
    before_faults: Sequence[Callable[[], Reply | None]]
    changes: Sequence[Change]
    share: float
    in_a_row: int = 2
    hits: int = 0
    running: int = 0
    waiting: Change | None = None

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311 - a repeatable storm, no secret

    def before(self, _call: PlatformCall) -> Reply | None:
        """Perhaps a fault in the platform's place."""
        self.waiting = None
        if self.running >= self.in_a_row or self.dice.random() >= self.share:
            self.running = 0
            return None
        self.hits += 1
        self.running += 1
        chosen = self.dice.randrange(len(self.before_faults) + len(self.changes))
        if chosen < len(self.before_faults):
            return self.before_faults[chosen]()
        self.waiting = self.changes[chosen - len(self.before_faults)]
        return None

    def after(self, _call: PlatformCall, reply: Reply) -> Reply:
        """Perhaps a spoilt answer."""
        return self.waiting(reply) if self.waiting and self.running else reply
