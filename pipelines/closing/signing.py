"""One person at the ledger of a company: every decision of a command or a page goes through here.

Belongs here: who acts and on which day, the check of right and state under the ledger's lock, what was entered and what was
refused. Not here: what a decision is about (the modules beside this one).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from connectors.file_drop import DroppedCompany
from models.closing.calendar import WorkingCalendar
from models.closing.entries import PROGRAM, Draft, Entry
from models.closing.kinds import KINDS, EntryKind, require_fields
from models.closing.rights import Refused, Rights
from models.closing.states import PeriodStanding, check_move, standing
from models.errors import CompanyError, MeritError, RightsError, UsageError
from models.periods import Period
from pipelines.company import clock
from pipelines.company.access import required_access
from pipelines.company.company import Company
from pipelines.company.home import Home
from pipelines.company.identity import Identity, identify, system_login
from pipelines.company.lint_context import people_in
from pipelines.company.run_scope import RunScope
from pipelines.company.working_days import TABLE as CALENDAR
from pipelines.company.working_days import working_calendar
from pipelines.steps.files import checked_files
from warehouse.ledger.ledger import Ledger
from warehouse.published.present_cards import PresentCard, present_cards
from warehouse.store.connect import open_published


@dataclass(frozen=True)
class Decisions:
    """What became of several decisions of one kind."""

    entered: list[Entry] = field(default_factory=list)
    made_before: list[str] = field(default_factory=list)
    refused: dict[str, MeritError] = field(default_factory=dict)


# adds to a body what only the entries that are there can tell, and refuses what does not fit them
Complete = Callable[[PeriodStanding, str, Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Signing:
    """One person who acts in one company on one day; `calendar_rows` are those of calendar.csv."""

    company: Company
    home: Home
    rights: Rights
    actor: Identity
    on: date
    ledger: Ledger
    calendar_rows: Sequence[Mapping[str, Any]] = ()

    @classmethod
    def open(
        cls, company: Company, home: Home, *, as_of: datetime | None = None, login: str | None = None
    ) -> "Signing":
        """The person behind a login, by default that of the operating system.

        Args:
            company: whose period it is.
            home: where its figures and its ledger lie.
            as_of: the instant to stand at, for a company that replays old data only: where people work now, a decision is made
                when it is made.
            login: of whoever signed in to the pages.

        Raises:
            MeritError: C191 without access.yaml, R101, R110 or R111 for a login that is nobody's, U020 and U037 for a day.
        """
        on = _day(company, as_of)
        access, files = required_access(company), company_files(company, on)
        rights = Rights(access, people_in(files))
        return cls(
            company=company,
            home=home,
            rights=rights,
            actor=identify(login or system_login(), rights, on),
            on=on,
            ledger=Ledger.of(home.root),
            calendar_rows=files.rows(CALENDAR),
        )

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """The working days of the company around the day of the act."""
        return working_calendar(self.company, self.calendar_rows, self.on)

    def clock(self, days: int, due: str) -> dict[str, Any]:
        """A clock of so many working days from today, as a body keeps it: the day under the name `due`, and by which calendar.

        Raises:
            CompanyError: C194 when calendar.csv leaves too few working days.
        """
        try:
            clock = self.calendar.after(self.on, days)
        except ValueError as error:
            raise CompanyError("C194", str(error), where="calendar.csv") from None
        return {due: clock.due, **clock.says()}

    def cards(self, period: Period) -> dict[str, PresentCard]:
        """The present cards of a period; what has changed since they were last entered is entered first.

        Raises:
            UsageError: U310 when the period is not scored.
        """
        with open_published(self.home.root) as con:
            found = present_cards(con, period.id)
        if not found:
            raise UsageError("U310", "no scorecards for this period", actual=period.id)

        def take_in(entries: Sequence[Entry]) -> list[Draft]:
            stands = standing(entries)
            if stands.is_locked:
                return []
            return [
                self._draft(EntryKind.SCORED, period, person, body)
                for person, card in sorted(found.items())
                if check_move(stands, EntryKind.SCORED, person, body := _scored(card), self.on)
            ]

        self.ledger.record(PROGRAM, take_in, period=period.id)
        return found

    def stands(self, period: Period) -> PeriodStanding:
        """How the period stands."""
        return standing(self.ledger.entries(period=period.id))

    def decide(
        self,
        period: Period,
        kind: EntryKind,
        bodies: Mapping[str, Mapping[str, Any]],
        *,
        complete: Complete | None = None,
        preview: bool = False,
    ) -> Decisions:
        """Enter one decision about each of several people; one that is refused keeps no other back.

        Args:
            period: which period.
            kind: a kind about a person.
            bodies: what is decided, by person.
            complete: called for each of them after the right was checked and under the ledger's lock.
            preview: enter nothing and only tell what would be refused.
        """
        found = Decisions()

        def checked(entries: Sequence[Entry]) -> list[Draft]:
            stands = standing(entries)
            drafts = []
            for person, body in bodies.items():
                try:
                    self.allow(kind, person, stands, body)
                    whole = complete(stands, person, body) if complete else body
                    require_fields(kind, whole)
                    if check_move(stands, kind, person, whole, self.on):
                        drafts.append(self._draft(kind, period, person, whole))
                    else:
                        found.made_before.append(person)
                except MeritError as refusal:
                    found.refused[person] = refusal
            return drafts

        if preview:
            checked(self.ledger.entries(period=period.id))
            return found
        found.entered.extend(self.ledger.record(self.actor.person_id, checked, period=period.id))
        return found

    def decide_period(
        self,
        period: Period,
        kind: EntryKind,
        says: Callable[[Sequence[Entry], PeriodStanding], Mapping[str, Any] | None],
        *,
        prepared_by: Collection[str] = (),
    ) -> Entry | None:
        """Enter one decision about a whole period; None when it has been made already.

        Args:
            period: which period.
            kind: a kind about a period.
            says: gets the entries of the period and how it stands, under the ledger's lock, and gives the body, or None when
                there is nothing to enter. Whatever it raises enters nothing.
            prepared_by: everybody who had a part in what is decided.

        Raises:
            RightsError: R101 to R104.
            SigningError: S140, and whatever `says` finds.
        """

        def checked(entries: Sequence[Entry]) -> list[Draft]:
            # first: `says` may do more than look, such as give a snapshot its name
            self.allow_period(kind, prepared_by=prepared_by)
            body = says(entries, standing(entries))
            if body is None:
                return []
            require_fields(kind, body)
            return [Draft(kind=kind, period=period.id, body={**body, "on": self.on})]

        return next(iter(self.ledger.record(self.actor.person_id, checked, period=period.id)), None)

    def allow_period(self, kind: EntryKind, *, prepared_by: Collection[str] = ()) -> None:
        """Refuse a decision about the company as a whole that the actor may not make.

        Raises:
            RightsError: R101 to R104.
        """
        right = KINDS[kind].right
        if right is None:
            return
        self.rights.require(self.actor.person_id, right, None, self.on, prepared_by=prepared_by)

    def may(self, kind: EntryKind, people: Iterable[str]) -> list[str]:
        """Those of several people about whom the actor may decide."""
        right = KINDS[kind].right
        return [
            person
            for person in people
            if right is not None
            and not isinstance(
                self.rights.decide(self.actor.person_id, right, person, self.on, reason="-"), Refused
            )
        ]

    def allow(self, kind: EntryKind, person: str, stands: PeriodStanding, body: Mapping[str, Any]) -> None:
        """Refuse what the actor may not do.

        Raises:
            RightsError: R101 to R108.
        """
        rule = KINDS[kind]
        if rule.own and person != self.actor.person_id:
            raise RightsError("R108", f"{self.actor.person_id} is not {person}", where=person)
        if rule.right is None:
            return
        self.rights.require(
            self.actor.person_id,
            rule.right,
            person,
            self.on,
            # who had a part in a card may have another one: it is the agreement that has to come from somebody else
            prepared_by=() if rule.prepares else stands.of(person).prepared_by,
            reason=str(body.get("reason", "")),
        )

    def _draft(self, kind: EntryKind, period: Period, person: str, body: Mapping[str, Any]) -> Draft:
        # the day counts for rights and for clocks, and the instant of the entry is none for a company that replays
        return Draft(kind=kind, period=period.id, person=person, body={**body, "on": self.on})


def company_files(company: Company, on: date) -> DroppedCompany:
    """The company's tables as the folder has them now."""
    return checked_files(RunScope(company, Home(company.folder), on, on, clock.as_of(company, on)))


def _scored(card: PresentCard) -> dict[str, Any]:
    return {"card_hash": card.hash, "status": card.status, "adjusted": card.adjusted}


def _day(company: Company, as_of: datetime | None) -> date:
    """The day of an act in the company's zone.

    Raises:
        UsageError: U020 for a company that replays and no instant, U037 for an instant where people work now.
    """
    zone = ZoneInfo(company.zone)
    if company.clock == "replay":
        if as_of is None:
            what = f"company {company.id} replays old data: say on which day you act"
            raise UsageError(
                "U020", what, where="company.yaml: clock", remedy="add --as-of 2011-12-05T09:00:00+00:00"
            )
        return as_of.astimezone(zone).date()
    if as_of is not None:
        raise UsageError(
            "U037", "a decision is made when it is made: --as-of is for companies that replay old data"
        )
    return clock.as_of(company, date.max).astimezone(zone).date()
