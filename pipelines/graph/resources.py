"""The one resource of all assets: which company, which home, as of when. Nothing is read before a run."""

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import date
from typing import Any

import dagster as dg
from pydantic import PrivateAttr

from models.periods import Period
from pipelines.company import clock
from pipelines.company.company import chosen_company
from pipelines.company.home import Home
from pipelines.company.pin import refuse_other_place
from pipelines.company.run_scope import RunScope
from pipelines.company.sandbox import Surroundings, surroundings


class RunPlace(dg.ConfigurableResource["RunPlace"]):
    """Where a run works.

    Args:
        company: company folder; empty for KPI_COMPANY, else the sample company. Below `kpi serve`: the server's, or empty.
        home: KPI_HOME; empty for the environment's. Below `kpi serve`: the server's, or empty.
        as_of: ISO instant the run stands at; empty for the company's clock.
        since: first day to work on when it lies before the run's first partition: a weekly run reads further back
            than the day it stands for.
        zone: pull only the accounts of this time zone; empty for all.
        period: appraisal period to score when it is not the month of the partition, e.g. 2011-Q4.
    """

    company: str = ""
    home: str = ""
    as_of: str = ""
    since: str = ""
    zone: str = ""
    period: str = ""

    # Private: a resource is frozen configuration, and what a run opens is none (docs.dagster.io, "Configurable resources").
    _stack: ExitStack = PrivateAttr(default_factory=ExitStack)
    _work: RunScope | None = PrivateAttr(default=None)
    _around: Surroundings | None = PrivateAttr(default=None)

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Before any step: a run that a server launches works where that server does.

        Raises:
            UsageError: U060 when the run was configured for another place.
        """
        config: Mapping[str, Any] = context.run.run_config if context.run else {}
        refuse_other_place(config.get("resources", {}).get("place", {}).get("config", {}))

    def teardown_after_execution(self, _context: dg.InitResourceContext) -> None:
        """End the sandbox if this run started one."""
        self._stack.close()

    def days(self, context: "dg.AssetExecutionContext | dg.AssetCheckExecutionContext") -> RunScope:
        """The work of the run's daily partitions."""
        keys = context.partition_key_range
        return self._work_on(clock.parse_day(self.since or keys.start), clock.parse_day(keys.end))

    def appraisal(
        self, context: "dg.AssetExecutionContext | dg.AssetCheckExecutionContext"
    ) -> tuple[RunScope, Period]:
        """The work of the run's monthly partition, and the period it scores."""
        # the key of a month is its first day, 2011-11-01
        period = Period.parse(self.period or context.partition_key[:7])
        return self._work_on(period.start, period.end), period

    def around(self, work: RunScope) -> Surroundings:
        """Where to pull from; a sandbox is started at most once per run."""
        if self._around is None:
            self._around = self._stack.enter_context(surroundings(work.company, work.as_of))
        return self._around

    def _work_on(self, first: date, last: date) -> RunScope:
        # Steps of one run ask for the same days: the definitions are read once, not by each of them.
        if self._work is None or (self._work.first, self._work.last) != (first, last):
            company = chosen_company(self.company)
            home = Home.at(self.home) if self.home else Home.of()
            named = clock.parse_instant(self.as_of) if self.as_of else None
            self._work = RunScope(company, home, first, last, clock.as_of(company, last, named))
        return self._work
