"""Actuals: sums, attribution, coverage and causes, on hand-made windows."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from models.definitions.load import load_definitions
from models.inputs import Actual
from models.periods import Period
from tests.warehouse import world as w
from warehouse.facts.build import build_core
from warehouse.figures.actuals import compute_daily, compute_mtd, compute_spans
from warehouse.raw.load import record_failure

NOVEMBER = Period.parse("2011-11")


def _load(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    uk: list,
    la: list | None = None,
    tickets: list | None = None,
    end: str = "2011-12-10T00:00+00:00",
) -> None:
    w.load(con, folder, w.UK, uk, end=end)
    w.load(con, folder, w.LA, la or [], start="2011-11-01T00:00-07:00", end=end)
    w.load(con, folder, w.DESK, tickets or [], end=end)
    build_core(con, "CNY")


def _pick(actuals: list[Actual], person: str, kpi: str, label: str = "2011-11") -> Actual:
    [found] = [a for a in actuals if (a.person_id, a.kpi_id, a.period) == (person, kpi, label)]
    return found


def test_a_month_adds_sales_minus_refunds_in_company_currency(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    given_back = w.refund("R1", "2011-11-09T10:00+00:00", "5.00", [w.refund_line("RL1", "L1", "3.00")])
    _load(
        con,
        tmp_path,
        [
            w.order(
                "O1", "2011-11-08T10:00+00:00", [w.line("L1", "20.00")], shipping="2.50", refunds=[given_back]
            )
        ],
    )

    actual = _pick(compute_spans(con, w.definitions(), [NOVEMBER]), "ann", "net_sales")

    assert actual.value == Decimal("183.75")  # (20.00 + 2.50 - 5.00) x 10.5
    assert (actual.status, actual.cause_code, actual.n_rows) == ("scored", None, 4)


def test_shares_split_sums_counts_and_distinct_counts(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    _load(
        con,
        tmp_path,
        [],
        [w.order("O1", "2011-11-08T10:00-07:00", [w.line("L1", "10.00"), w.line("L2", "30.00")])],
    )

    actuals = compute_spans(con, w.definitions(), [NOVEMBER])

    assert _pick(actuals, "bob", "net_sales").value == Decimal("252.00")  # 40 x 10.5 x 0.6
    assert _pick(actuals, "cid", "net_sales").value == Decimal("168.00")
    assert _pick(actuals, "bob", "orders").value == Decimal("0.6")
    assert _pick(actuals, "cid", "orders").value == Decimal("0.4")


def test_a_sku_group_owner_sees_the_group_in_every_shop_and_nothing_else(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    uk = [w.order("O1", "2011-11-08T10:00+00:00", [w.line("L1", "10.00"), w.line("L2", "99.00", sku="S2")])]
    _load(con, tmp_path, uk, [w.order("O2", "2011-11-08T10:00-07:00", [w.line("L3", "1.00")])])

    actual = _pick(compute_spans(con, w.definitions(), [NOVEMBER]), "dee", "net_sales")

    assert actual.value == Decimal("115.5")


def test_a_missing_rate_makes_the_figure_missing_and_names_currency_and_day(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    _load(con, tmp_path, [w.order("O1", "2011-11-08T10:00+00:00", [w.line("L1", "10.00")], currency="EUR")])

    actual = _pick(compute_spans(con, w.definitions(), [NOVEMBER]), "ann", "net_sales")

    assert (actual.value, actual.status, actual.cause_code) == (None, "missing", "M202")
    assert actual.cause == "no exchange rate for EUR on 2011-11-08; add it to rates.csv"


def test_a_missing_cost_makes_the_margin_missing_but_not_the_sales(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    _load(
        con,
        tmp_path,
        [w.order("O1", "2011-11-08T10:00+00:00", [w.line("L1", "10.00"), w.line("L2", "1.00", sku="S9")])],
    )

    actuals = compute_spans(con, w.definitions(), [NOVEMBER])

    assert _pick(actuals, "ann", "margin").cause == "no cost for SKU S9 on 2011-11-08; add it to costs.csv"
    assert _pick(actuals, "ann", "net_sales").value == Decimal("115.5")


def test_the_margin_is_a_ratio_of_sums_and_missing_without_sales(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    _load(con, tmp_path, [w.order("O1", "2011-11-08T10:00+00:00", [w.line("L1", "10.00", qty=3)])])

    actuals = compute_spans(con, w.definitions(), [NOVEMBER])

    assert _pick(actuals, "ann", "margin").value == Decimal("0.4")
    assert (_pick(actuals, "bob", "margin").value, _pick(actuals, "bob", "margin").cause_code) == (
        None,
        "M201",
    )


def test_no_sale_on_a_proven_day_is_zero_and_on_an_unproven_day_missing(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    _load(con, tmp_path, [], end="2011-11-20T00:00+00:00")

    actuals = compute_daily(con, w.definitions(), [date(2011, 11, 19), date(2011, 11, 20)])

    assert _pick(actuals, "ann", "net_sales", "2011-11-19").value == 0
    late = _pick(actuals, "ann", "net_sales", "2011-11-20")
    assert (late.value, late.cause_code) == (None, "M208")
    assert (
        _pick(actuals, "bob", "net_sales", "2011-11-19").cause_code == "M208"
    )  # Los Angeles ends its day 8 hours later


PULLED = "2011-11-20T00:00+00:00"


def test_a_hole_between_windows_of_a_pull_uncovers_every_day_before_it(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    w.load(con, tmp_path, w.UK, [], "2011-11-01T00:00+00:00", "2011-11-10T00:00+00:00", as_of=PULLED)
    w.load(con, tmp_path, w.UK, [], "2011-11-11T00:00+00:00", PULLED, as_of=PULLED)
    record_failure(con, w.failure(w.UK, "2011-11-10T00:00+00:00", "2011-11-11T00:00+00:00", as_of=PULLED))
    build_core(con, "CNY")

    actuals = compute_daily(con, w.definitions(), [date(2011, 11, 5), date(2011, 11, 12)])

    before = _pick(actuals, "ann", "net_sales", "2011-11-05")
    assert (before.value, before.cause_code) == (None, "P204")
    assert before.cause == "shopify.orders[uk] 2011-11-05: HTTP 503 five times"
    assert _pick(actuals, "ann", "net_sales", "2011-11-12").value == 0


def test_a_failed_end_of_a_pull_uncovers_its_days_since_their_later_changes_may_lie_there(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    w.load(con, tmp_path, w.UK, [], "2011-11-01T00:00+00:00", "2011-11-19T00:00+00:00", as_of=PULLED)
    record_failure(con, w.failure(w.UK, "2011-11-19T00:00+00:00", PULLED, as_of=PULLED))
    build_core(con, "CNY")

    actuals = compute_daily(con, w.definitions(), [date(2011, 11, 18)])

    assert _pick(actuals, "ann", "net_sales", "2011-11-18").cause_code == "P204"


def test_a_day_that_an_earlier_pull_proved_whole_stays_whole_when_a_later_pull_fails(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    w.load(con, tmp_path, w.UK, [], "2011-11-01T00:00+00:00", "2011-11-19T06:30+00:00")
    record_failure(con, w.failure(w.UK, "2011-11-19T00:00+00:00", PULLED, as_of=PULLED))
    build_core(con, "CNY")

    actuals = compute_daily(con, w.definitions(), [date(2011, 11, 18), date(2011, 11, 19)])

    assert _pick(actuals, "ann", "net_sales", "2011-11-18").value == 0
    assert _pick(actuals, "ann", "net_sales", "2011-11-19").cause_code == "P204"


def test_a_buyer_is_called_new_only_when_the_whole_past_of_every_shop_was_read(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    _load(con, tmp_path, [])
    con.execute("update source_account set active_from = date '2010-01-01'")

    actuals = compute_daily(con, w.definitions(), [date(2011, 11, 5)])

    unknown = _pick(actuals, "ann", "new_buyers", "2011-11-05")
    assert (unknown.value, unknown.cause_code) == (None, "M207")
    assert "whole history needed" in (unknown.cause or "")
    assert _pick(actuals, "ann", "net_sales", "2011-11-05").value == 0


def test_everyone_on_the_roster_has_a_row_for_every_kpi_of_the_role(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    w.put(con, "core_person", [{"person_id": "new", "role_id": "manager", "valid_from": date(2011, 11, 5)}])
    _load(con, tmp_path, [])

    actuals = compute_daily(con, w.definitions(), [date(2011, 11, 4), date(2011, 11, 5)])

    assert {(a.period, a.kpi_id) for a in actuals} == {
        ("2011-11-05", k) for k in ("margin", "net_sales", "new_buyers", "orders", "sales_attainment")
    }
    assert {a.cause_code for a in actuals} == {"M205"}


def test_a_median_is_the_exact_middle_and_missing_without_a_record(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    tickets = [
        w.ticket(f"T{i}", "2011-11-08T10:00+00:00", reply=r) for i, r in enumerate([4, 1, 9, 2, -3, None])
    ]
    _load(con, tmp_path, [], tickets=tickets)

    actuals = compute_daily(con, w.definitions(), [date(2011, 11, 8), date(2011, 11, 9)])

    assert _pick(actuals, "eve", "reply", "2011-11-08").value == Decimal(3)
    assert _pick(actuals, "eve", "reply", "2011-11-09").cause_code == "M211"


def test_a_buyer_is_new_only_in_the_period_of_the_first_order_in_any_shop(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    uk = [
        w.order("O1", "2011-11-08T10:00+00:00", [w.line("L1", "1")]),
        w.order("O2", "2011-11-09T10:00+00:00", [w.line("L2", "1")], buyer="B2"),
    ]
    _load(con, tmp_path, uk, [w.order("O3", "2011-11-02T10:00-07:00", [w.line("L3", "1")])])

    daily = compute_daily(con, w.definitions(), [date(2011, 11, 8), date(2011, 11, 9)])
    month = compute_spans(con, w.definitions(), [NOVEMBER])

    assert _pick(daily, "ann", "new_buyers", "2011-11-08").value == 0
    assert _pick(daily, "ann", "new_buyers", "2011-11-09").value == 1
    # B1 was first seen in la, so who owns la is credited: a buyer of the month counts once, not once per shop
    assert _pick(month, "ann", "new_buyers").value == 1


def test_attainment_uses_the_target_of_the_span(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    w.put(con, "core_target", [_target("net_sales", Decimal(3000))])
    _load(con, tmp_path, [w.order("O1", "2011-11-10T10:00+00:00", [w.line("L1", "10.00")])])

    day = _pick(
        compute_daily(con, w.definitions(), [date(2011, 11, 10)]), "ann", "sales_attainment", "2011-11-10"
    )
    to_date = _pick(
        compute_mtd(con, w.definitions(), [date(2011, 11, 10)]), "ann", "sales_attainment", "2011-11-10"
    )
    month = _pick(compute_spans(con, w.definitions(), [NOVEMBER]), "ann", "sales_attainment")
    stored = con.execute(
        "select target, target_to_date, attainment, pace, share_of_target, share_of_target_to_date"
        " from kpi_actual_mtd where person_id = 'ann' and kpi_id = 'net_sales'"
    ).fetchone()

    assert (day.value, to_date.value, month.value) == (Decimal("1.05"), Decimal("0.105"), Decimal("0.035"))
    reached = (Decimal("0.035"), Decimal("0.105"))
    assert stored == (Decimal(3000), Decimal(1000), *reached, *reached)


def test_where_less_is_better_attainment_and_pace_are_mirrored_and_the_shares_are_not(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    spent = "    numerator:\n      - {fact: order_line, sum: paid_amount_base, date: business_date}\n"
    text = w.definition_text([("spend", spent, "CNY")], {"manager": ["spend"]})
    lower = text.replace("direction: higher", "direction: lower").replace(
        "method: score.linear", "method: score.linear, args: {inverse: mirror}"
    )
    w.put(con, "core_target", [_target("spend", Decimal(420))])
    _load(con, tmp_path, [w.order("O1", "2011-11-14T10:00+00:00", [w.line("L1", "20.00")])])

    compute_mtd(con, load_definitions({"lower.yaml": lower}), [date(2011, 11, 15), date(2011, 11, 30)])

    stored = con.execute(
        "select value, target_to_date, attainment, pace, share_of_target, share_of_target_to_date"
        " from kpi_actual_mtd order by business_date"
    ).fetchall()
    half, whole = [tuple(str(x.normalize()) for x in row) for row in stored]
    assert half == (
        "2.1E+2",
        "2.1E+2",
        "1.5",
        "1",
        "0.5",
        "1",
    )  # 20 x 10.5 of 420, of which half is due on the 15th
    assert whole == ("2.1E+2", "4.2E+2", "1.5", "1.5", "0.5", "0.5")


def test_a_target_of_zero_has_no_share_no_attainment_and_one_cause_for_who_is_divided_by_it(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    w.put(con, "core_target", [_target("net_sales", Decimal(0))])
    _load(con, tmp_path, [w.order("O1", "2011-11-10T10:00+00:00", [w.line("L1", "10.00")])])
    day, known = date(2011, 11, 10), w.definitions()

    spans = [
        compute_daily(con, known, [day]),
        compute_mtd(con, known, [day]),
        compute_spans(con, known, [NOVEMBER]),
    ]

    labels = ["2011-11-10", "2011-11-10", "2011-11"]
    found = [
        _pick(actuals, "ann", "sales_attainment", label) for actuals, label in zip(spans, labels, strict=True)
    ]
    assert {(a.value, a.cause_code, a.cause) for a in found} == {
        (None, "M212", "the target of net_sales is 0")
    }
    stored = con.execute(
        "select attainment, pace, share_of_target, share_of_target_to_date"
        " from kpi_actual_mtd where person_id = 'ann' and kpi_id = 'net_sales'"
    ).fetchone()
    assert stored == (None, None, None, None)


def _target(kpi: str, value: Decimal) -> dict[str, object]:
    return {"scope": "person", "scope_id": "ann", "kpi_id": kpi, "period": "2011-11", "value": value}


def test_computing_a_day_again_changes_nothing(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    _load(con, tmp_path, [w.order("O1", "2011-11-10T10:00+00:00", [w.line("L1", "10.00")])])
    compute_daily(con, w.definitions(), [date(2011, 11, 10), date(2011, 11, 11)])
    before = con.execute("from kpi_actual_daily").fetchall()

    compute_daily(con, w.definitions(), [date(2011, 11, 10)])

    assert sorted(con.execute("from kpi_actual_daily").fetchall(), key=repr) == sorted(before, key=repr)


def test_a_person_is_credited_only_while_holding_the_role(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    w.put(
        con,
        "core_person",
        [
            {
                "person_id": "ann",
                "role_id": "manager",
                "valid_from": date(2011, 11, 10),
                "valid_to": date(2011, 11, 20),
            }
        ],
    )
    days = [f"2011-11-{d:02}T10:00+00:00" for d in (9, 10, 20, 21)]
    _load(con, tmp_path, [w.order(f"O{i}", day, [w.line(f"L{i}", "1.00")]) for i, day in enumerate(days)])

    actual = _pick(compute_spans(con, w.definitions(), [NOVEMBER]), "ann", "orders")

    assert actual.value == 2


def test_names_with_every_punctuation_are_inert(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    evil = "'; drop table core_person --\"%{}$$lo`\\"
    w.put(
        con,
        "core_ownership",
        [w.own("shop", "uk", "manager", "ann", "1"), w.own("shop", evil, "manager", evil, "1")],
    )
    w.put(
        con,
        "core_person",
        [{"person_id": p, "role_id": "manager", "valid_from": date(2011, 1, 1)} for p in ("ann", evil)],
    )
    _load(
        con, tmp_path, [w.order("O1", "2011-11-10T10:00+00:00", [w.line("L1", "1.00", sku=evil)], buyer=evil)]
    )

    actuals = compute_spans(con, w.definitions(), [NOVEMBER])

    assert _pick(actuals, "ann", "net_sales").value == Decimal("10.5")
    assert _pick(actuals, evil, "net_sales").cause_code == "M206"


def test_each_day_of_a_run_is_computed_by_the_version_in_force_on_it(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    days = [date(2011, 11, 8), date(2011, 11, 9), date(2011, 11, 10)]
    lines = [w.order(f"O{day.day}", f"{day}T10:00+00:00", [w.line(f"L{day.day}", "20.00")]) for day in days]
    _load(con, tmp_path, lines)
    known = w.definitions()
    old = known.kpi("net_sales", days[0])
    doubled = replace(old, effective_from=days[1], scale=2 * old.scale)
    both = replace(known, kpi_versions={**known.kpi_versions, "net_sales": (old, doubled)})

    found = compute_daily(con, both, days)

    values = [_pick(found, "ann", "net_sales", day.isoformat()).value for day in days]
    assert values == [Decimal(210), Decimal(420), Decimal(420)]  # 20.00 x 10.5


def test_a_computation_leaves_no_ranked_rows_behind(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    _load(con, tmp_path, [w.order("O1", "2011-11-08T10:00+00:00", [w.line("L1", "20.00")])])

    actual = _pick(compute_spans(con, w.definitions(), [NOVEMBER]), "ann", "orders")

    assert actual.value == 1
    left = con.execute(
        "select table_name from duckdb_tables() where table_name like 'kpi_ranked%'"
    ).fetchall()
    assert left == []
