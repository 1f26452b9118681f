"""What `kpi close` looks at: the company folder as it is now, the last publication, the ledger. Reads only.

Belongs here: bringing them together, also where one of them is not there yet. Not here: what follows (close.py).
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import duckdb

from connectors.file_drop import DroppedCompany
from models.closing.access import Access
from models.closing.entries import Entry
from models.closing.period_blockers import Finding, ShopMeasure, finding_of
from models.definitions import Definitions, Label
from models.errors import MeritError, MeritErrors
from models.inputs import Actual, Person, Rating, Target
from models.lint import lint
from models.periods import Period
from pipelines.company import clock
from pipelines.company.access import find_access
from pipelines.company.company import Company
from pipelines.company.home import Home
from pipelines.company.lint_context import context_of, people_in
from pipelines.company.run_scope import RunScope
from pipelines.steps.files import looked_at_files
from warehouse.ledger.ledger import Ledger
from warehouse.published import labels, provenance, read
from warehouse.published.labels import KpiLabel
from warehouse.published.present_cards import PresentCard, present_cards
from warehouse.published.provenance import SourceHealth
from warehouse.published.read import Ownership, PublishedCard, PublishedLine
from warehouse.store.connect import open_published

_NO_FILE = hashlib.sha256(
    b""
).hexdigest()  # what is noted of a file that is not there (pipelines/steps/files.py)


@dataclass(frozen=True, kw_only=True)
class FolderNow:
    """The company folder: what can be read of it, and what is wrong with it."""

    definitions: Definitions | None = None
    people: tuple[Person, ...] = ()
    targets: tuple[Target, ...] = ()
    ratings: tuple[Rating, ...] = ()
    access: Access | None = None
    digests: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PublishedNow:
    """What readers see: empty where nothing was published, or nothing of the period."""

    cards: tuple[PublishedCard, ...] = ()
    lines: Mapping[tuple[str, str], list[PublishedLine]] = field(default_factory=dict)
    present: Mapping[str, PresentCard] = field(default_factory=dict)
    health: tuple[SourceHealth, ...] = ()
    money: tuple[ShopMeasure, ...] = ()
    owned: tuple[Ownership, ...] = ()
    kpis: Mapping[str, KpiLabel] = field(default_factory=dict)
    figures: tuple[Actual, ...] = ()
    last_run: date | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CloseInputs:
    """Everything that the close of a period is judged by; `on` is the company's day."""

    company: Company
    period: Period
    on: date
    folder: FolderNow
    published: PublishedNow
    entries: tuple[Entry, ...]


def close_inputs(company: Company, home: Home, period: Period, as_of: datetime | None = None) -> CloseInputs:
    """Read all of it; what is not there is empty, what is wrong is a finding.

    Args:
        company: whose period it is.
        home: where its figures and its ledger lie.
        period: which.
        as_of: the instant to stand at; a company that replays stands at the morning after the period.
    """
    instant = clock.as_of(company, period.end, as_of)
    work = RunScope(company, home, period.start, period.end, instant)
    ledger = Ledger.there(home.root)
    return CloseInputs(
        company=company,
        period=period,
        on=instant.astimezone(ZoneInfo(company.zone)).date(),
        folder=_folder(work, period),
        published=_published(home, period),
        entries=tuple(ledger.entries(period=period.id)) if ledger else (),
    )


def _folder(work: RunScope, period: Period) -> FolderNow:
    findings: list[Finding] = []
    access = None
    try:
        access = find_access(work.company)
    except MeritError as refusal:
        findings += _findings(refusal)
    try:
        definitions = work.definitions
    except MeritError as refusal:
        return FolderNow(access=access, findings=(*findings, *_findings(refusal)))
    dropped, refused = looked_at_files(work)
    if refused is not None:
        findings += _findings(refused)
    if dropped is None:
        return FolderNow(definitions=definitions, access=access, findings=tuple(findings))
    context = context_of(work.company, dropped)
    findings += [
        Finding(
            code=f.code,
            where=f.where,
            what=Label(f.zh, f.en),
            remedy=Label(f.remedy_zh, f.remedy_en),
            is_lint=True,
        )
        for f in lint(definitions, context)
        if f.severity == "error"
    ]
    return FolderNow(
        definitions=definitions,
        people=people_in(dropped),
        targets=tuple(t for t in context.targets if t.scope in ("person", "role")),
        ratings=_ratings(dropped, period),
        access=access,
        digests={**_digests(work.company, dropped), "definitions": definitions.hash},
        findings=tuple(findings),
    )


def _findings(error: MeritError) -> list[Finding]:
    errors = error.errors if isinstance(error, MeritErrors) else [error]
    return [finding_of(one) for one in errors]


def _ratings(dropped: DroppedCompany, period: Period) -> tuple[Rating, ...]:
    return tuple(
        Rating(
            person_id=str(row["person_id"]),
            period=period.id,
            item_id=str(row["item_id"]),
            rater_type=row["rater_type"],  # type: ignore[arg-type]  # the layout allows no other word
            score=score if isinstance(score := row["score"], Decimal) else None,
            scale_max=Decimal(str(row["scale_max"])),
        )
        for row in dropped.rows("ratings")
        if row["period"] == period.id
    )


def _digests(company: Company, dropped: DroppedCompany) -> dict[str, str]:
    """Digest by file, as it is noted when a period is scored."""
    return {
        table.file: table.sha256
        for name, table in dropped.tables.items()
        # noted under another digest, because the same file means something else then
        if not (name == "costs" and company.empty_fees == "zero")
    }


def _published(home: Home, period: Period) -> PublishedNow:
    if not home.published.exists():
        return PublishedNow()
    with open_published(home.root) as con:
        extent = provenance.extent(con)
        days = [day for day in extent.month_to_date if day in period]
        return PublishedNow(
            cards=tuple(read.cards(con, period.id)),
            lines=read.lines(con, period.id),
            present=present_cards(con, period.id),
            health=tuple(provenance.health(con, period.start, period.end)),
            money=tuple(_money(con, period)),
            owned=tuple(read.ownership(con, period.start, period.end)),
            kpis=labels.kpi_labels(con, period.end),
            figures=_month_to_date(con, period, days[-1]) if days and period.kind == "M" else (),
            last_run=max((day for day in extent.days if day in period), default=None),
            inputs=read.inputs(con).get(period.id, {}),
        )


def _month_to_date(con: duckdb.DuckDBPyConnection, period: Period, day: date) -> tuple[Actual, ...]:
    """The newest figures of a month that is not scored, as if they were those of the period: for their causes alone."""
    return tuple(
        Actual(
            period=period.id,
            person_id=f.person_id,
            role_id=f.role_id,
            kpi_id=f.kpi_id,
            numerator=f.numerator,
            denominator=f.denominator,
            value=f.value,
            status=f.status,
            cause_code=f.cause_code,
            cause=f.cause,
            n_rows=f.n_rows or 0,
        )
        for f in read.month_figures(con, day)
    )


def _money(con: duckdb.DuckDBPyConnection, period: Period) -> Iterable[ShopMeasure]:
    return [
        ShopMeasure(
            month=month.id,
            platform=row.platform,
            shop_id=row.shop_id,
            measure=row.measure,
            unowned=row.unowned,
            difference=row.difference,
        )
        for month in period.months()
        for row in read.reconciliation(con, month.id)
    ]


def with_absent(was: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """The digests of now, with those of files that were there when the period was scored and are gone."""
    gone = {name: _NO_FILE for name in was if name.endswith((".csv", ".xlsx")) and name not in now}
    return {**now, **gone}
