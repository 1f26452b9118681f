"""What a run printed at its end, read from the published file alone."""

from collections import Counter
from datetime import date

from duckdb import DuckDBPyConnection

from models.periods import Period
from pipelines.commands.table import table
from pipelines.company.run_scope import RunScope
from pipelines.render.bilingual import format_value
from warehouse.published import labels
from warehouse.published.labels import KpiLabel
from warehouse.published.provenance import health, health_by_account
from warehouse.published.read import PublishedFigure, cards, month_figures
from warehouse.store.connect import open_published

MAIN_FIGURES = 3  # more do not fit beside a name in most terminals


def day_summary(work: RunScope) -> tuple[str, int]:
    """The text after a run, and how many shop days are not proven."""
    with open_published(work.home.root) as con:
        sources, missing = _sources(con, work.first, work.last)
        parts = [sources, _people(con, work.last), _absent(con, work.last)]
    paths = [work.home.published, work.home.report(work.last.isoformat(), "board.html")]
    return "\n\n".join([*filter(None, parts), "\n".join(str(path) for path in paths)]), missing


def _sources(con: DuckDBPyConnection, first: date, last: date) -> tuple[str, int]:
    accounts = health_by_account(health(con, first, last))
    missing = sum(account.days - account.proven_days for account in accounts)
    shown = [
        [
            f"{account.connector}.{account.stream}",
            account.shop_id,
            f"{account.rows:,}",
            f"{account.proven_days}/{account.days}",
            f"[{account.cause_code}] {account.cause}" if account.cause_code else "",
        ]
        for account in accounts
    ]
    return table(
        ["来源 source", "店铺 account", "行 rows", "已证实 proven days", "原因 cause"], shown, right=(2, 3)
    ), missing


def _people(con: DuckDBPyConnection, day: date) -> str:
    """Up to three figures a person: those with a target first."""
    kpis, people = labels.kpi_labels(con, day), labels.people(con)
    lines: dict[tuple[str, str], list[str]] = {}
    for figure in sorted(month_figures(con, day), key=lambda f: _main_first(f, kpis)):
        name = labels.name_on(people, figure.person_id, day)
        cells = lines.setdefault(
            (figure.role_id, figure.person_id), [figure.role_id, f"{figure.person_id} {name}"]
        )
        kpi, target = kpis.get(figure.kpi_id), figure.target_to_date
        # 2: role and person stand before the figures
        if kpi is not None and figure.value is not None and len(cells) < 2 + MAIN_FIGURES:
            wanted = f" / {format_value(target, kpi.unit, kpi.decimals)}" if target is not None else ""
            cells.append(f"{kpi.zh} {format_value(figure.value, kpi.unit, kpi.decimals)}{wanted}")
    shown = [cells if len(cells) > 2 else [*cells, "—"] for cells in lines.values()]
    rows = [cells + [""] * (2 + MAIN_FIGURES - len(cells)) for cells in shown]
    header = ["岗位 role", "人员 person", f"月累计 / 目标 month to {day} / target", "", ""]
    return table(header, rows) if rows else ""


def _main_first(figure: PublishedFigure, kpis: dict[str, KpiLabel]) -> tuple[object, ...]:
    """By role and person: figures with a target before others, known before missing, money before counts."""
    kpi = kpis.get(figure.kpi_id)
    # in a definition CNY stands for money in the company's own currency
    is_money = kpi is not None and kpi.unit == "CNY"
    has_target, is_known = figure.target_to_date is not None, figure.value is not None
    return (figure.role_id, figure.person_id, not has_target, not is_known, not is_money, figure.kpi_id)


def _absent(con: DuckDBPyConnection, day: date) -> str:
    """Every cause of a missing figure once, with how many figures it costs."""
    missing = (figure for figure in month_figures(con, day) if figure.status == "missing")
    found = Counter(f"[{figure.cause_code}] {figure.cause}" for figure in missing)
    # the text decides among equals, so that two runs print the same
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:12]
    return (
        table(["缺失 missing", "原因 cause"], [[str(n), cause] for cause, n in ranked], right=(0,))
        if ranked
        else ""
    )


def score_summary(work: RunScope, period: Period) -> str:
    """People with totals, grades and causes of a period."""
    with open_published(work.home.root) as con:
        roles, people = labels.role_labels(con), labels.people(con)
        shown = [
            [
                f"{card.person_id} {labels.name_on(people, card.person_id, period.end)}",
                roles[card.role_id].zh if card.role_id in roles else card.role_id,
                "" if card.total is None else f"{card.total:.2f}",
                card.grade or "",
                "" if card.coefficient is None else f"{card.coefficient:.2f}",
                card.status,
                card.cause or "",
            ]
            for card in cards(con, period.id)
        ]
    header = [
        "人员 person",
        "岗位 role",
        "总分 total",
        "等级 grade",
        "系数 coeff.",
        "状态 status",
        "原因 cause",
    ]
    return (
        f"{period.id}\n" + table(header, shown, right=(2, 4)) if shown else f"{period.id}: nobody is scored"
    )
