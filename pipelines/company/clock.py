"""What "now" means for a run: the wall clock is read here and nowhere below, so that a run can be repeated.

Belongs here: `as_of`, and which day is due. Not here: any computation with them.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.errors import UsageError
from models.values import ReadingError, plausible, read_date, read_instant_utc
from pipelines.company.company import Company

# The daily run: late enough for the night's settlement jobs of the platforms, early enough for the morning meeting.
MORNING = time(6, 30)


def as_of(
    company: Company, last_day: date, named: datetime | None = None, *, now: datetime | None = None
) -> datetime:
    """The instant a run for `last_day` stands at, in UTC.

    A company that replays stands at 06:30 of the morning after; a live one at the wall clock. An instant that somebody
    `named` overrides both.
    """
    if named:
        return named
    if company.clock == "replay":
        return datetime.combine(
            last_day + timedelta(days=1), MORNING, tzinfo=ZoneInfo(company.zone)
        ).astimezone(UTC)
    return (now or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)


def due_day(company: Company, *, now: datetime | None = None) -> date:
    """Yesterday in the company's zone.

    Raises:
        UsageError: U020 for a company that replays: it has no yesterday.
    """
    if company.clock == "replay":
        raise UsageError(
            "U020",
            f"company {company.id} replays old data, so no day is due by itself",
            where="company.yaml: clock",
            actual="clock: replay",
            remedy="name the day, for example --date 2011-11-30",
        )
    moment = now or datetime.now(UTC)
    return moment.astimezone(ZoneInfo(company.zone)).date() - timedelta(days=1)


def parse_instant(text: str) -> datetime:
    """An ISO instant with a zone, in UTC."""
    try:
        return read_instant_utc(text)
    except ReadingError:
        raise UsageError(
            "U021",
            "this is not an instant with a zone",
            actual=repr(text[:40]),
            remedy="write 2011-12-01T06:30:00+00:00",
        ) from None


def parse_day(text: str) -> date:
    """A calendar day."""
    try:
        return plausible(read_date(text))
    except ReadingError:
        raise UsageError(
            "U022", "this is not a day", actual=repr(text[:40]), remedy="write 2011-11-30"
        ) from None
