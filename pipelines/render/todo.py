"""The few sentences an ops lead reads first. Sentences and their order only; nothing is computed.

Order: sources that failed or are missing (all else depends on them), money that does not add up, money nobody
owns, people without figures, then the KPIs furthest behind pace.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from models.codes import known
from models.figure import pace_of
from pipelines.render.bilingual import (
    NOT_COMPUTED,
    Bilingual,
    bilingual_cause,
    format_value,
    percent,
    plain,
)
from pipelines.render.board_data import NOT_DELIVERED, BoardData
from warehouse.published.provenance import SourceHealth
from warehouse.published.read import PublishedFigure, Reconciled

LIMIT = 8  # what fits on a screen above the first table
MOST_SOURCES = 3  # so that one bad night leaves room for people and pace
UNOWNED_LIMIT = Decimal("0.01")  # share of the platform total above which somebody should own it


TodoMark = Literal["data", "money", "people", "behind"]


@dataclass(frozen=True)
class Todo:
    """One thing to do: what is the matter, and what to do about it (a command, or a plain instruction)."""

    mark: TodoMark
    what: Bilingual
    do: Bilingual
    command: str = ""


@dataclass(frozen=True)
class TodoList:
    """The ranked things to do; how many figures are behind pace, and how many of them the list leaves out."""

    items: list[Todo]
    n_behind: int
    n_more: int


def todos(board: BoardData) -> TodoList:
    """What an ops lead has to do today, the most urgent first."""
    first = [*list(_sources(board))[:MOST_SOURCES], *_money(board), *_people(board)]
    behind = _one_each(behind_pace(board))
    shown = behind[: max(LIMIT - len(first), 0)]
    items = [*first, *(_behind(board, figure) for figure in shown)][:LIMIT]
    return TodoList(items, n_behind=len(behind), n_more=len(behind) - len(shown))


def behind_pace(board: BoardData) -> list[PublishedFigure]:
    """Month-to-date figures behind pace, worst first."""
    late = [
        (f.pace, f)
        for f in board.month.values()
        if f.value is not None and f.pace is not None and pace_of(f.pace) == "behind"
    ]
    return [f for _, f in sorted(late, key=lambda pair: (pair[0], pair[1].person_id, pair[1].kpi_id))]


def _one_each(figures: list[PublishedFigure]) -> list[PublishedFigure]:
    """Everybody's worst figure before anybody's second: figures of one person often tell the same story."""
    seen: set[str] = set()
    worst = []
    for figure in figures:
        if figure.person_id not in seen:
            seen.add(figure.person_id)
            worst.append(figure)
    return worst + [f for f in figures if f not in worst]


def without_figures(board: BoardData) -> list[str]:
    """People of whom no KPI has a month-to-date value."""
    known = {(f.person_id, f.role_id) for f in board.month.values() if f.value is not None}
    return list(dict.fromkeys(p.person_id for p in board.people if (p.person_id, p.role_id) not in known))


def _sources(board: BoardData) -> Iterator[Todo]:
    groups: dict[tuple[str, str, str], list[SourceHealth]] = {}
    for row in board.health:
        if row.state in NOT_DELIVERED:
            # Recorded causes name shop and day, so rows of one kind are grouped by code where there is one.
            kind = row.cause_code or row.cause or ""
            groups.setdefault((row.connector, row.stream, kind), []).append(row)
    # the newest trouble first: it is the one that this morning's figures lack; minus, because the names behind it rise
    newest_first = sorted(
        groups.items(), key=lambda item: (-max(r.business_date for r in item[1]).toordinal(), item[0])
    )
    for (connector, stream, _), rows in newest_first:
        yield _source(f"{connector}.{stream}", rows)


def _source(name: str, rows: list[SourceHealth]) -> Todo:
    days = sorted({r.business_date for r in rows})
    shops = ", ".join(sorted({r.shop_id for r in rows}))
    failed = any(r.state == "failed" for r in rows)
    newest = max(rows, key=lambda r: r.business_date)
    cause = bilingual_cause(newest.cause_code, newest.cause)
    state = Bilingual("读取失败", "failed") if failed else Bilingual("数据缺失", "is missing")
    span = f"{days[0]:%m-%d}" if len(days) == 1 else f"{days[0]:%m-%d} … {days[-1]:%m-%d} ({len(days)})"
    return Todo(
        "data",
        Bilingual(
            f"数据源 {name}（{shops}）{span} {state.zh}：{cause.zh}",
            f"Source {name} ({shops}) {state.en} for {span}: {cause.en}",
        ),
        _remedy(newest.cause_code),
        f"kpi run --from {days[0]} --to {days[-1]}" if len(days) > 1 else f"kpi run --date {days[0]}",
    )


def _remedy(code: str | None) -> Bilingual:
    """What to do about a day that is missing, before the command that pulls it again; an M code only says to pull."""
    entry = known(code) if code else None
    if entry is None or entry.code.startswith("M"):
        return Bilingual("排除原因后重新取数：", "Remove the cause, then pull again:")
    remedy = entry.remedy_en[:1].upper() + entry.remedy_en[1:]
    return Bilingual(f"{entry.remedy_zh}。重新取数：", f"{remedy}. To pull again:")


def _money(board: BoardData) -> Iterator[Todo]:
    broken = [r for r in board.reconciliation if r.difference != 0]
    if broken:
        yield _difference(broken)
    unowned = [r for r in board.reconciliation if abs(r.unowned) > UNOWNED_LIMIT * abs(r.platform_total)]
    if unowned:
        yield _unowned(unowned)


def _difference(rows: list[Reconciled]) -> Todo:
    parts = "; ".join(f"{r.shop_id} {r.measure} {plain(r.difference)}" for r in rows[:3])
    more = f" … ({len(rows)})" if len(rows) > 3 else ""
    return Todo(
        "money",
        Bilingual(f"对账有差额：{parts}{more}", f"The reconciliation does not add up: {parts}{more}"),
        Bilingual(
            "差额消除前不要使用这些数字；请工程师检查，明细见对账表。",
            "Do not use these figures until it is nil; ask an engineer, see the reconciliation below.",
        ),
    )


def _unowned(rows: list[Reconciled]) -> Todo:
    parts = "; ".join(f"{r.shop_id} {r.measure} {plain(r.unowned)}{_share(r)}" for r in rows[:3])
    more = f" … ({len(rows)})" if len(rows) > 3 else ""
    return Todo(
        "money",
        Bilingual(
            f"超过 1 % 的金额没有归属人：{parts}{more}", f"More than 1 % is owned by nobody: {parts}{more}"
        ),
        Bilingual("请在 ownership.csv 中补上归属。", "Name an owner in ownership.csv."),
    )


def _share(row: Reconciled) -> str:
    return f" ({percent(row.unowned / row.platform_total)})" if row.platform_total else ""


def _people(board: BoardData) -> Iterator[Todo]:
    missing = without_figures(board)
    if not missing:
        return
    names = [board.person_name(person_id) for person_id in missing]
    listed = Bilingual("、".join(names[:5]), ", ".join(names[:5]))
    more = (
        Bilingual(f"等 {len(names)} 人", f" and {len(names) - 5} more")
        if len(names) > 5
        else Bilingual("", "")
    )
    cause = _common_cause(board, missing[0])
    yield Todo(
        "people",
        Bilingual(
            f"{listed.zh}{more.zh} 没有任何数字：{cause.zh}",
            f"No figures for {listed.en}{more.en}: {cause.en}",
        ),
        Bilingual("检查数据源与 ownership.csv。", "Check the sources and ownership.csv."),
    )


def _common_cause(board: BoardData, person_id: str) -> Bilingual:
    own = [(f.cause_code, f.cause) for f in board.month.values() if f.person_id == person_id]
    if not own:
        return NOT_COMPUTED
    return bilingual_cause(*Counter(own).most_common(1)[0][0])


def _behind(board: BoardData, figure: PublishedFigure) -> Todo:
    kpi = board.kpi(figure.kpi_id)
    name = board.person_name(figure.person_id)
    scopes = ", ".join(board.scopes(figure.person_id, figure.role_id)[:3])
    who = Bilingual(f"{name}（{scopes}）", f"{name} ({scopes})") if scopes else Bilingual(name, name)
    value = format_value(figure.value, kpi.unit, kpi.decimals)
    due = format_value(figure.target_to_date, kpi.unit, kpi.decimals) or "—"
    share = percent(figure.share_of_target_to_date)
    if kpi.direction == "lower":
        what = Bilingual(
            f"{who.zh}「{kpi.zh}」超出上限：月至今 {value}，上限 {due}（{share}）",
            f"{who.en} is over the limit on {kpi.en}: {value} so far, at most {due} ({share})",
        )
    else:
        what = Bilingual(
            f"{who.zh}「{kpi.zh}」落后：月至今 {value}，应达 {due}（{share}）",
            f"{who.en} is behind on {kpi.en}: {value} so far, {due} due by now ({share})",
        )
    command = f"kpi why {figure.person_id} {figure.kpi_id} {board.day}"  # of the day: the month may not be scored yet
    return Todo("behind", what, Bilingual("查看原因：", "See why:"), command)
