"""Causes of a missing figure: a stable code with the facts, and its short name in both languages.

Belongs here: what data or the company's tables can cause. Not here: the codes and their names (codes/causes.yaml),
exceptions (errors.py), causes of failed pulls (codes/pulling.yaml). A stored cause is one English sentence with the facts;
the code finds its short name for display.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Self

from models.codes import known, sections


@dataclass(frozen=True)
class Cause:
    """Why a figure is missing: a code and one sentence that names the row, day or stream."""

    code: str
    text: str


# `shopify.orders[uk] 2011-11-03: ...`; the whole history of an account is told with words before it
_FEED_DAY = re.compile(r"(?:^|: )(\w+)\.(\w+)\[([^\]]*)\] (\d{4}-\d{2}-\d{2}): ")


@dataclass(frozen=True)
class FeedDay:
    """The day of one stream of one shop that a cause names: what has to be delivered before the figure is there."""

    connector: str
    stream: str
    shop_id: str
    day: date

    def __str__(self) -> str:
        return f"{self.connector}.{self.stream}[{self.shop_id}] {self.day.isoformat()}"

    @classmethod
    def named_in(cls, text: str) -> Self | None:
        """The one that the sentence of a cause begins with; None where it names none.

        >>> str(FeedDay.named_in("whole history needed: zendesk.tickets[desk] 2011-11-03: not pulled yet"))
        'zendesk.tickets[desk] 2011-11-03'
        """
        found = _FEED_DAY.search(text)
        if found is None:
            return None
        connector, stream, shop_id, day = found.groups()
        return cls(connector, stream, shop_id, date.fromisoformat(day))


@dataclass(frozen=True)
class CauseLabel:
    """Short name of a cause, for display."""

    zh: str
    en: str


CAUSES: dict[str, CauseLabel] = {
    entry.code: CauseLabel(entry.zh, entry.en) for rows in sections("causes").values() for entry in rows
}


def cause_label(code: str) -> CauseLabel:
    """The short name of a code, also of a failed pull (P...)."""
    entry = known(code)
    return CauseLabel(entry.zh, entry.en) if entry else CauseLabel("取数失败", "the pull failed")
