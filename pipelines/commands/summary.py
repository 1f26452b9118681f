"""What a run printed at its end, read from the published file alone."""

from datetime import date, timedelta

from duckdb import DuckDBPyConnection

from models.periods import Period
from pipelines.commands.table import table
from pipelines.company.run_scope import RunScope
from pipelines.render.bilingual import format_value
from warehouse.store.connect import open_published

_HEALTH = """
    select connector, stream, shop_id, sum(rows), count(*) filter (where status = 'proven'), count(*),
           any_value(cause_code order by business_date desc) filter (where status <> 'proven'),
           any_value(cause order by business_date desc) filter (where status <> 'proven')
    from source_health where business_date between ? and ? group by all order by all
"""
_FIGURES = """
    select m.role_id, m.person_id, coalesce(p.name, ''), m.kpi_id, l.zh, l.unit, l.decimals, m.value,
           m.target_to_date, m.status, m.cause_code, m.cause
    from kpi_actual_mtd as m
    left join kpi_label as l on l.kpi_id = m.kpi_id
    left join core_person as p on p.person_id = m.person_id
        and m.business_date between p.valid_from and coalesce(p.valid_to, date '9999-12-31')
    where m.business_date = ?
    order by m.role_id, m.person_id, m.target_to_date is null, m.value is null, l.unit = 'CNY' desc, m.kpi_id
"""
_CARDS = """
    select s.person_id, coalesce(p.name, ''), coalesce(r.zh, s.role_id), s.status, s.total, s.grade,
           s.coefficient, s.cause
    from scorecard as s
    left join role_label as r on r.role_id = s.role_id
    left join core_person as p
        on p.person_id = s.person_id and p.valid_from <= ? and coalesce(p.valid_to, ?) >= ?
    where s.period = ?
    qualify row_number() over (partition by s.person_id, s.role_id order by p.valid_from desc) = 1
    order by s.role_id, s.total desc nulls last, s.person_id
"""
MAIN_FIGURES = 3  # more do not fit beside a name in most terminals
_LAST_DAY = date.max


def day_summary(work: RunScope) -> tuple[str, int]:
    """The text after a run, and how many shop days are not proven."""
    with open_published(work.home.root) as con:
        sources, missing = _sources(con, work.first, work.last)
        parts = [sources, _people(con, work.last), _absent(con, work.last)]
    paths = [work.home.published, work.home.report(work.last.isoformat(), "board.html")]
    return "\n\n".join([*filter(None, parts), "\n".join(str(path) for path in paths)]), missing


def _sources(con: DuckDBPyConnection, first: date, last: date) -> tuple[str, int]:
    rows = con.execute(_HEALTH, [first, last]).fetchall()
    missing = sum(days - proven for *_, proven, days, _, _ in rows)
    shown = [
        [f"{connector}.{stream}", shop, f"{count:,}", f"{proven}/{days}", f"[{code}] {cause}" if code else ""]
        for connector, stream, shop, count, proven, days, code, cause in rows
    ]
    return table(
        ["来源 source", "店铺 account", "行 rows", "已证实 proven days", "原因 cause"], shown, right=(2, 3)
    ), missing


def _people(con: DuckDBPyConnection, day: date) -> str:
    """Up to three figures a person: those with a target first."""
    lines: dict[tuple[str, str], list[str]] = {}
    for role, person, name, _, label, unit, decimals, value, target, *_ in con.execute(
        _FIGURES, [day]
    ).fetchall():
        cells = lines.setdefault((role, person), [role, f"{person} {name}"])
        if value is not None and len(cells) < 2 + MAIN_FIGURES:
            wanted = f" / {format_value(target, unit, decimals)}" if target is not None else ""
            cells.append(f"{label} {format_value(value, unit, decimals)}{wanted}")
    shown = [cells if len(cells) > 2 else [*cells, "—"] for cells in lines.values()]
    rows = [cells + [""] * (2 + MAIN_FIGURES - len(cells)) for cells in shown]
    header = ["岗位 role", "人员 person", f"月累计 / 目标 month to {day} / target", "", ""]
    return table(header, rows) if rows else ""


def _absent(con: DuckDBPyConnection, day: date) -> str:
    """Every cause of a missing figure once, with how many figures it costs."""
    found: dict[str, int] = {}
    for *_, status, code, cause in con.execute(_FIGURES, [day]).fetchall():
        if status == "missing":
            key = f"[{code}] {cause}"
            found[key] = found.get(key, 0) + 1
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:12]
    return (
        table(["缺失 missing", "原因 cause"], [[str(n), cause] for cause, n in ranked], right=(0,))
        if ranked
        else ""
    )


def score_summary(work: RunScope, period: Period) -> str:
    """People with totals, grades and causes of a period."""
    with open_published(work.home.root) as con:
        rows = con.execute(
            _CARDS, [period.end, _LAST_DAY - timedelta(days=1), period.start, period.id]
        ).fetchall()
    shown = [
        [
            f"{person} {name}",
            role,
            "" if total is None else f"{total:.2f}",
            grade or "",
            "" if coefficient is None else f"{coefficient:.2f}",
            status,
            cause or "",
        ]
        for person, name, role, status, total, grade, coefficient, cause in rows
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
