"""The daily board: one self-contained HTML file. View model and rendering; board_data.py reads."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from models.figure import PaceState, pace_of
from models.whole_file import PRIVATE, write_whole
from pipelines.render import bilingual
from pipelines.render.bilingual import Bilingual
from pipelines.render.board_data import NOT_DELIVERED, BoardData, Key, load_board
from pipelines.render.labels import by_another
from pipelines.render.spark import Spark, sparkline
from pipelines.render.todo import todos
from warehouse.published.labels import KpiLabel, PublishedPerson, RoleLabel
from warehouse.published.provenance import SourceHealth
from warehouse.published.read import PublishedFigure, Reconciled

EXCLUDED = Bilingual("不计入", "excluded")
NOT_DUE = Bilingual("期末评定", "at the end of the period")
TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One KPI of one person: every shown text is ready, a missing figure has its cause.

    `pace` is the attainment of what is due by the day, and so on the last day of the month what the scorecard calls attainment.
    """

    value: str
    missing: Bilingual | None
    today: str
    today_missing: Bilingual | None
    target: str
    pace: str
    state: PaceState | None
    spark: Spark
    provisional: bool
    measured: Bilingual | None = None  # by which KPI, where it was not itself


@dataclass(frozen=True)
class PersonLine:
    """One row of a role's table."""

    person: PublishedPerson
    scopes: str
    cells: tuple[Cell | Bilingual, ...]  # in place of a figure: why none is due


@dataclass(frozen=True)
class ColumnHead:
    """The head of a KPI column."""

    kpi: KpiLabel
    unit: Bilingual
    direction: Bilingual
    kind: Bilingual


@dataclass(frozen=True)
class Section:
    """One role."""

    role: RoleLabel
    heads: tuple[ColumnHead, ...]
    lines: tuple[PersonLine, ...]
    behind: int
    missing: int


@dataclass(frozen=True)
class Square:
    """One day of the health strip."""

    day: date
    state: str
    note: Bilingual


@dataclass(frozen=True, kw_only=True)
class StreamLine:
    """One stream of one shop."""

    name: str
    shop_id: str
    squares: tuple[Square, ...]
    row: SourceHealth | None
    is_counted: bool  # whether the number of rows says anything
    state: str
    age: Bilingual | None
    finality: Bilingual | None
    cause: Bilingual | None
    cause_days: tuple[date, ...]
    missing_days: tuple[date, ...]


@dataclass(frozen=True)
class MoneyLine:
    """One row of the reconciliation; the figures are ready texts."""

    row: Reconciled
    figures: tuple[str, ...]
    unowned_share: str
    holds: bool


def render_board(
    con: duckdb.DuckDBPyConnection, day: date, *, languages: tuple[str, ...] | None = None
) -> str:
    """The board of a day as one HTML text that asks no other file or host for anything.

    Args:
        con: read-only connection to the published database.
        day: the business day.
        languages: `zh`, `en` or both, the default one first; the company's when not given.
    """
    board = load_board(con, day)
    chosen = tuple(
        dict.fromkeys(word for word in languages or board.company.languages if word in bilingual.LANGUAGES)
    )
    css, script = _asset("board.css"), _asset("board.js")
    todo = todos(board)
    sections = role_sections(board)
    return (
        environment()
        .get_template("board.html.j2")
        .render(
            board=board,
            languages=chosen or bilingual.LANGUAGES,
            css=css,
            script=script,
            css_hash=csp_hash(css),
            script_hash=csp_hash(script),
            as_of=bilingual.instant(board.publication.as_of, board.company.zone),
            todo=todo,
            missing=sum(section.missing for section in sections),
            sections=sections,
            streams=stream_lines(board),
            money=[_money_line(row) for row in board.reconciliation],
            HEALTH=bilingual.HEALTH,
            PACE=bilingual.PACE,
            LIMIT=bilingual.LIMIT,
            DUE=bilingual.DUE,
            MEASURES=bilingual.MEASURES,
            NOT_COMPUTED=bilingual.NOT_COMPUTED,
        )
    )


def write_board(con: duckdb.DuckDBPyConnection, day: date, path: Path) -> Path:
    """Render the board and put it in place whole: a reader sees the old file or the new one."""
    write_whole(path, render_board(con, day).encode("utf-8"), mode=PRIVATE)
    return path


def role_sections(board: BoardData) -> list[Section]:
    """The roles that have people on the day, in the order of their labels."""
    held = dict.fromkeys(p.role_id for p in board.people)
    known = [role_id for role_id in board.roles if role_id in held]
    return [_section(board, role_id) for role_id in [*known, *(r for r in held if r not in board.roles)]]


def _section(board: BoardData, role_id: str) -> Section:
    kpis = _kpis_of(board, role_id)
    people = [p for p in board.people if p.role_id == role_id]
    lines = [
        _person_line(board, person, kpis) for person in sorted(people, key=lambda p: _worst_first(board, p))
    ]
    cells = [cell for line in lines for cell in line.cells if isinstance(cell, Cell)]
    return Section(
        role=board.role(role_id),
        heads=tuple(_head(board, board.kpi(k)) for k in kpis),
        lines=tuple(lines),
        behind=sum(cell.state == "behind" for cell in cells),
        missing=sum(cell.missing is not None for cell in cells),
    )


def _kpis_of(board: BoardData, role_id: str) -> list[str]:
    found = {f.kpi_id for f in [*board.month.values(), *board.today.values()] if f.role_id == role_id}
    plan = {kpi: line.position for (role, kpi), line in board.plans.items() if role == role_id}
    # a KPI that the plan of today no longer names comes last
    return sorted(found | plan.keys(), key=lambda k: (plan.get(k, len(plan) + 1), k))


def _worst_first(board: BoardData, person: PublishedPerson) -> tuple[bool, Decimal, str]:
    """People with the worst pace first; those without any come last and stand in the to-do list."""
    own = [f for f in board.month.values() if (f.person_id, f.role_id) == (person.person_id, person.role_id)]
    known = [f.pace for f in own if f.pace is not None]
    return (not known, min(known, default=Decimal(0)), person.person_id)


def _person_line(board: BoardData, person: PublishedPerson, kpis: list[str]) -> PersonLine:
    cells = tuple(_cell(board, (person.person_id, person.role_id, kpi)) for kpi in kpis)
    return PersonLine(person, ", ".join(board.scopes(person.person_id, person.role_id)), cells)


def _cell(board: BoardData, key: Key) -> Cell | Bilingual:
    kpi = board.kpi(key[2])
    month, today = board.month.get(key), board.today.get(key)
    known = month or today
    planned = board.plans.get(key[1:])
    if known is None and planned is not None and planned.is_at_end:
        return _end_cell(board, key)
    if known and known.status == "excluded":
        return EXCLUDED
    missing = _missing(month)
    return Cell(
        value=bilingual.format_value(month.value, kpi.unit, kpi.decimals) if month else "",
        missing=missing,
        today=bilingual.format_value(today.value, kpi.unit, kpi.decimals) if today else "",
        today_missing=None if missing else _missing(today),
        target=bilingual.format_value(month.target_to_date, kpi.unit, kpi.decimals) if month else "",
        pace=bilingual.percent(month.pace) if month else "",
        state=None if missing or month is None else pace_of(month.pace),
        spark=sparkline([_value(board, d, key) for d in board.spark_days]),
        provisional=bool(month and month.status == "provisional"),
        measured=by_another(board.kpi(known.measured_as)) if known and known.measured_as else None,
    )


def _end_cell(board: BoardData, key: Key) -> Cell | Bilingual:
    """What no source counts by day, such as a rating: as it stands on the scorecard of the month, once that is made."""
    line, kpi = board.at_end.get(key), board.kpi(key[2])
    if line is None:
        return NOT_DUE
    if line.status == "excluded":
        return EXCLUDED
    return Cell(
        value=bilingual.format_value(line.value, kpi.unit, kpi.decimals),
        missing=None if line.value is not None else bilingual.bilingual_cause(line.cause_code, line.cause),
        today="",
        today_missing=None,
        target=bilingual.format_value(line.target, kpi.unit, kpi.decimals),
        pace=bilingual.percent(line.attainment),
        state=None,
        spark=sparkline([]),
        provisional=False,
    )


def _missing(figure: PublishedFigure | None) -> Bilingual | None:
    if figure is None:
        return bilingual.NOT_COMPUTED
    return None if figure.value is not None else bilingual.bilingual_cause(figure.cause_code, figure.cause)


def _value(board: BoardData, day: date, key: Key) -> Decimal | None:
    figure = board.history.get(day, {}).get(key)
    return figure.value if figure else None


def _head(board: BoardData, kpi: KpiLabel) -> ColumnHead:
    return ColumnHead(
        kpi,
        bilingual.bilingual_unit(kpi.unit, board.company.currency),
        bilingual.in_words(bilingual.DIRECTION, kpi.direction),
        bilingual.in_words(bilingual.KIND, kpi.kind),
    )


def stream_lines(board: BoardData) -> list[StreamLine]:
    """Every stream and shop that has a record within the strip's days."""
    streams: dict[tuple[str, str, str], dict[date, SourceHealth]] = {}
    for row in board.health:
        streams.setdefault((row.connector, row.stream, row.shop_id), {})[row.business_date] = row
    return [_stream_line(board, key, rows) for key, rows in streams.items()]


def _stream_line(board: BoardData, key: tuple[str, str, str], rows: dict[date, SourceHealth]) -> StreamLine:
    row = rows.get(board.day)
    bad = [r for r in rows.values() if r.state in NOT_DELIVERED]
    told = bad or [r for r in rows.values() if r.cause]  # a proven day that could not be read again since
    latest = max((r.loaded_at for r in rows.values() if r.loaded_at), default=None)
    return StreamLine(
        name=f"{key[0]}.{key[1]}",
        shop_id=key[2],
        squares=tuple(_square(day, rows.get(day)) for day in board.health_days),
        row=row,
        is_counted=row is not None and row.rows is not None and row.state not in NOT_DELIVERED,
        state=row.state if row else "none",
        age=bilingual.age(board.publication.as_of - latest) if latest else None,
        finality=bilingual.in_words(bilingual.FINALITY, row.finality)
        if row and row.proof and row.finality
        else None,
        cause=bilingual.bilingual_cause(told[-1].cause_code, told[-1].cause) if told else None,
        cause_days=tuple(r.business_date for r in told),
        missing_days=tuple(r.business_date for r in bad),
    )


def _square(day: date, row: SourceHealth | None) -> Square:
    state = row.state if row else "none"
    note = bilingual.HEALTH[state]
    if row and (state in NOT_DELIVERED or row.cause):
        note = note.joined(bilingual.bilingual_cause(row.cause_code, row.cause), "：", ": ")
    return Square(day, state, note)


def _money_line(row: Reconciled) -> MoneyLine:
    parts = (row.platform_total, row.credited, row.unowned, row.excluded, row.difference)
    places = 0 if all(part == part.to_integral_value() for part in parts) else 2  # one width in a row
    share = (
        bilingual.percent(abs(row.unowned / row.platform_total)) if row.platform_total and row.unowned else ""
    )
    return MoneyLine(
        row, tuple(bilingual.grouped(part, places) for part in parts), share, row.difference == 0
    )


def environment() -> Environment:
    """The templates of this folder; what they are given is escaped."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        # names of people and shops come from files and platforms
        autoescape=True,
        # a misspelt name in the template fails, instead of showing nothing where a figure should be
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _asset(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def csp_hash(content: str) -> str:
    """The digest by which the page's policy admits this style or script and nothing that data could add."""
    # 'sha256-' and the digest in base64 (W3C, Content Security Policy Level 3, "Hash usage")
    digest = hashlib.sha256(content.encode("utf-8")).digest()
    return "sha256-" + base64.b64encode(digest).decode("ascii")
