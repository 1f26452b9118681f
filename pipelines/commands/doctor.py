"""`kpi connectors doctor`: what connectors remember, and what needs a hand. Tables, never a secret.

Belongs here: reading the state file and the load log, and saying what to do. Not here: asking a platform (account_check.py).
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from connectors.kit import AccountSettings
from connectors.kit.contract.account import AUTHORISED_UNTIL
from connectors.kit.contract.errors import KitError
from connectors.kit.contract.oauth import OAuth
from connectors.kit.transport.state import FILE, State
from models.errors import MeritError, PullError
from models.loads import StreamRef
from pipelines.commands.account_check import last_open
from pipelines.commands.table import table
from pipelines.company import clock
from pipelines.company.company import Company
from pipelines.company.home import Home
from pipelines.company.sources import SANDBOX, DeclaredAccount
from warehouse.raw.pulls import OpenFailure, drift_seen, open_failures, proven_until
from warehouse.store.connect import WAREHOUSE, open_warehouse

SOON = timedelta(days=7)  # what ends within a week needs a hand before a holiday
STALE = timedelta(hours=48)  # a daily stream that missed a run
_SHOWN = 20  # failed windows of one list


@dataclass(kw_only=True)
class _Examination:
    """What was found; `troubles` need a hand."""

    company: Company
    now: datetime
    state: State
    proven: Mapping[StreamRef, tuple[datetime, datetime]] = field(default_factory=dict)
    drift: Mapping[StreamRef, Mapping[str, int]] = field(default_factory=dict)
    failures: Sequence[OpenFailure] = ()
    troubles: list[MeritError] = field(default_factory=list)

    def need(self, code: str, what: str, where: str, *, actual: str = "", remedy: str = "") -> None:
        """Note something that a person must do."""
        self.troubles.append(PullError(code, what, where=where, actual=actual, remedy=remedy))

    @property
    def today(self) -> date:
        """Platforms and quotas go by the wall clock, also where the company replays."""
        return datetime.now(UTC).date()


def examine(company: Company, home: Home) -> int:
    """Print what connectors remember; returns 1 when something needs a hand."""
    path = home.root / FILE
    exam = _Examination(
        company=company,
        now=clock.as_of(company, last_open(company)),
        # in memory where there is no file: looking must not create one
        state=State(path if path.exists() else None),
    )
    # opening it would create it
    if (home.root / WAREHOUSE).exists():
        with open_warehouse(home.root, wait_seconds=10) as con:
            exam.proven, exam.drift, exam.failures = proven_until(con), drift_seen(con), open_failures(con)
    sections = {
        "streams 数据流": _streams(exam),
        "failed windows still open 未补齐的失败时间窗": _failures(exam),
        "reports 平台报告": _reports(exam),
        "quotas of today (UTC) 当日配额": _quotas(exam),
        "stored tokens 已存令牌": _tokens(exam),
    }
    for title, text in sections.items():
        print(f"{title}\n{text}\n")
    print("\n".join(trouble.render() for trouble in exam.troubles) or "nothing needs a hand 无需处理")
    return 1 if exam.troubles else 0


def _streams(exam: _Examination) -> str:
    rows = []
    for source in exam.company.sources:
        _accounts_own(exam, source)
        for stream in source.streams():
            until, as_of = exam.proven.get(stream.ref, (None, None))
            drift = exam.drift.get(stream.ref, {})
            fields = ", ".join(f"{name} x {times}" for name, times in drift.items()) or "—"
            shown = ["never pulled", "—"] if until is None or as_of is None else [_at(until), _at(as_of)]
            rows.append([stream.ref.connector, stream.ref.stream, stream.ref.shop_id, *shown, fields[:120]])
            _judge_age(exam, source, stream.ref, until)
    return _listed(["connector", "stream", "account", "proven until", "pulled as of", "unknown fields"], rows)


def _accounts_own(exam: _Examination, source: DeclaredAccount) -> None:
    """Secrets that are not set, and an authorisation that ends."""
    where = f"{source.connector} {source.shop_id}, {source.where}"
    # the sandbox gets secrets that are made up for every run
    if source.base_url != SANDBOX:
        for name in source.secret_names.values():
            if not os.environ.get(name):
                exam.need("P120", "a secret of the source is not set", where, actual=name)
    told = source.settings.get(AUTHORISED_UNTIL, "")
    try:
        end = date.fromisoformat(told) if told else None
    except ValueError:
        exam.need(
            "P120",
            f"setting {AUTHORISED_UNTIL} is no day",
            where,
            actual=told[:40],
            remedy="write 2027-01-31",
        )
        return
    if end is not None and end - exam.today <= SOON:
        exam.need("P117", "what the platform authorised ends soon", where, actual=f"{AUTHORISED_UNTIL} {end}")


def _judge_age(exam: _Examination, source: DeclaredAccount, ref: StreamRef, until: datetime | None) -> None:
    """A live company must hear that a stream stands still; one that replays has no today."""
    closed = source.active_to is not None and source.active_to < exam.now.date()
    if exam.company.clock == "replay" or closed:
        return
    limit = STALE + source.kit.stream(ref.stream).of(source.settings).windows.lag
    if until is None or exam.now - until > limit:
        actual = "never pulled" if until is None else f"proven until {_at(until)}"
        exam.need("P116", "a stream has no fresh proof", str(ref), actual=actual)


def _failures(exam: _Examination) -> str:
    rows = [
        [str(f.ref), _at(f.window_from), _at(f.window_to), f.code, f.cause, _at(f.as_of)]
        for f in exam.failures
    ]
    # once per stream and code, for its earliest window: of equal keys a dict keeps the last, here the first of all
    for failure in {(f.ref, f.code): f for f in reversed(exam.failures)}.values():
        exam.need(failure.code, failure.cause, f"{failure.ref} from {_at(failure.window_from)}")
    text = _listed(["stream", "from", "to", "code", "cause", "as of"], rows[:_SHOWN])
    return text if len(rows) <= _SHOWN else f"{text}\nand {len(rows) - _SHOWN} more"


def _reports(exam: _Examination) -> str:
    rows = []
    for job in exam.state.jobs():
        if job.collected_at is not None:
            continue
        is_cooling = job.cool_until is not None and datetime.now(UTC) < job.cool_until
        ends = f"cools down until {_at(job.cool_until)}: {job.why}" if is_cooling and job.cool_until else ""
        ref = StreamRef(job.connector, job.stream, job.shop)
        rows.append([str(ref), job.id or "unknown", _at(job.asked_at), ends or _waits(job.why)])
    return _listed(["stream", "report", "asked for at", "state"], rows)


def _waits(why: str) -> str:
    return f"will be asked for anew: {why}" if why else "waits: the next run collects it"


def _quotas(exam: _Examination) -> str:
    spent = {key: used for key, day, used in exam.state.quotas() if day == exam.today}
    limits: dict[str, int | None] = dict.fromkeys(spent)
    for source in exam.company.sources:
        for name in source.stream_names:
            try:
                stream = source.kit.stream(name).of(source.settings)
                budget = stream.budget(source.connector, source.account({}))
            except KitError as error:
                exam.need(error.code, error.what, source.where, actual=error.actual)
                continue
            if budget.rate.per_day is not None:
                limits[budget.key] = budget.rate.per_day
    rows = []
    for key, most in sorted(limits.items()):
        left = None if most is None else max(0, most - spent.get(key, 0))
        rows.append([key, str(spent.get(key, 0)), "?" if most is None else str(most), _number(left)])
        if left == 0:
            exam.need("P115", "the day's requests are used up", key, actual=f"{most} a day")
    return _listed(["budget", "used", "a day", "left"], rows, right=(1, 2, 3))


def _tokens(exam: _Examination) -> str:
    owners: dict[str, list[str]] = {}
    for source in exam.company.sources:
        auth = source.kit.auth
        if not isinstance(auth, OAuth) or source.base_url == SANDBOX:
            continue
        account = source.account(os.environ)
        try:
            name = auth.stored_as(account)
            owners.setdefault(name, []).append(f"{source.connector} {source.shop_id}")
            _open(exam, auth, account, name)
        except KitError as error:
            exam.need(error.code, error.what, source.where, actual=error.actual)
    rows = []
    for name, stored_at in exam.state.stored_tokens():
        used_by = ", ".join(owners.get(name, ())) or "nobody in sources.yaml"
        age = datetime.now(UTC) - stored_at
        rows.append([urlsplit(name).hostname or "?", used_by, _at(stored_at), f"{age.days} days"])
    return _listed(["issued by", "used by", "stored at", "age"], rows)


def _open(exam: _Examination, auth: OAuth, account: AccountSettings, name: str) -> None:
    """A token that does not open with today's secret locks the account out at the next run."""
    if auth.rotates:
        exam.state.token(name, account.secret(auth.sealed_with))


def _listed(header: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> str:
    return table(header, rows, right=right) if rows else "none 无"


def _number(value: int | None) -> str:
    return "?" if value is None else str(value)


def _at(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M}"
