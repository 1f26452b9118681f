"""What a run works on: which company, which days, as of when; and how it tells its progress.

Not here: what is done (pipelines.steps), which day is due (clock.py).
"""

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from models.definitions import Definitions, load_definitions
from models.periods import month_of
from pipelines.company.company import Company, shipped_definitions
from pipelines.company.home import Home

# The command shows it on stderr; Dagster keeps its own log.
PROGRESS = logging.getLogger("meritline.progress")


@dataclass(frozen=True)
class RunScope:
    """The days `first` to `last`, both included, as the data stood at `as_of`."""

    company: Company
    home: Home
    first: date
    last: date
    as_of: datetime

    @cached_property
    def definitions(self) -> Definitions:
        """Loaded once per run, so that a file changed meanwhile cannot make one figure of two definitions."""
        return load_definitions(shipped_definitions(), self.company.own_definitions())

    @property
    def days(self) -> list[date]:
        """Every day asked for."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    @property
    def month(self) -> str:
        """The month of the last day."""
        return month_of(self.last).id


def tell(stage: str, message: str, *, line: str = "") -> None:
    """One line of progress for whoever waits; with it whatever stood on the terminal's line `line` is done."""
    PROGRESS.info("%-8s %s", stage, message, extra={"line": line})


def tell_now(stage: str, message: str, *, line: str, is_milestone: bool = False) -> None:
    """What stands on the line `line` of a terminal until the next word about it; elsewhere only milestones are told."""
    level = logging.INFO if is_milestone else logging.DEBUG
    PROGRESS.log(level, "%-8s %s", stage, message, extra={"line": line, "is_passing": True})
