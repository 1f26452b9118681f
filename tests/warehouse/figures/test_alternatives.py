"""Own chats, else the platform's own agent report: which of them measures, for whom, over what span, and what is said of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from models.appraisal.scorecard import ScoreLine, score_period
from models.inputs import Actual, Target
from models.loads import FILE_DROP, SourceAccount, StreamRef
from models.periods import Period
from tests.warehouse import world as w
from tests.warehouse.figures.test_absent import asking, keep
from warehouse.figures import second
from warehouse.figures.actuals import compute_daily, compute_mtd, compute_spans
from warehouse.figures.inputs import read_actuals, read_people
from warehouse.published.scorecards import store_scorecards
from warehouse.raw.load import set_source_accounts
from warehouse.store.rows import insert_rows, only_column
from warehouse.store.sqltext import Sql

MARCH, APRIL = Period.parse("2026-03"), Period.parse("2026-04")
SALES = "cs_sales"
CHATS, REPORT = StreamRef("desk", "chats", "s1"), StreamRef(FILE_DROP, "agent_day", "s1")
RATINGS = StreamRef("taobao_top", "service_ratings", "s1")


def source(ref: StreamRef, **more: Any) -> SourceAccount:
    fact = "agent_day" if ref.stream == "agent_day" else "chat"
    return SourceAccount(ref=ref, feeds=(fact,), zone="UTC", **more)


def fed(
    con: duckdb.DuckDBPyConnection, folder: Path, *accounts: SourceAccount, to: str = "2026-05-01"
) -> None:
    """Accounts that were read whole from the first of March until before a day."""
    set_source_accounts(con, accounts)
    for account in accounts:
        w.load(
            con, folder, account.ref, [], account.active_from or "2026-03-01T00:00+00:00", f"{to}T00:00+00:00"
        )


def at(ref: StreamRef, shop: str) -> StreamRef:
    return replace(ref, shop_id=shop)


def chatted(con: duckdb.DuckDBPyConnection, *chats: dict[str, Any]) -> None:
    usual = {
        "platform": "desk",
        "shop_id": "s1",
        "rating_only": False,
        "started_on": date(2026, 3, 3),
        "replied": True,
    }
    money = {"credited_base": 70, "refunded_base": 0, "buyer_id": "b1", "is_inquiry": True}
    ids = ({"chat_id": f"C{i}", "source_row_id": f"C{i}"} for i in range(len(chats)))
    insert_rows(
        con, "core_chat", [{**usual, **money, **own, **chat} for own, chat in zip(ids, chats, strict=True)]
    )


def reported(con: duckdb.DuckDBPyConnection, *days: dict[str, Any]) -> None:
    usual = {"platform": "taobao", "shop_id": "s1", "agent_id": "kf1", "sales_amount_base": 100}
    rest = {"refund_amount_base": 10, "inquirers": 20, "payers": 5, "served_on": date(2026, 3, 4)}
    ids = ({"source_row_id": f"D{i}"} for i in range(len(days)))
    insert_rows(
        con, "core_agent_day", [{**usual, **rest, **own, **day} for own, day in zip(ids, days, strict=True)]
    )


def found(
    con: duckdb.DuckDBPyConnection, kpi: str = SALES, period: Period = MARCH, person: str = "ann"
) -> Actual:
    [actual] = [
        a for a in compute_spans(con, asking(kpi), [period]) if (a.person_id, a.kpi_id) == (person, kpi)
    ]
    return actual


def told(actual: Actual) -> tuple[Decimal | None, str | None, str | None]:
    return actual.value, actual.measured_as, actual.cause_code


def test_without_own_chats_the_report_measures_with_its_own_parts_and_rows(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    fed(con, tmp_path, source(REPORT))
    keep(con, ann="s1")
    reported(con, {}, {"agent_id": "kf2", "sales_amount_base": 50})

    sales, rate = found(con), found(con, "inquiry_conversion")

    assert (told(sales), sales.n_rows) == ((Decimal(130), "reported_net_sales", None), 2)
    assert (rate.value, rate.numerator, rate.denominator) == (Decimal("0.25"), 10, 40)


def test_own_chats_go_before_the_report_wherever_they_are_there(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    fed(con, tmp_path, source(CHATS), source(REPORT))
    keep(con, ann="s1")
    chatted(con, {})
    reported(con, {})

    assert told(found(con)) == (Decimal(70), None, None)


def test_a_missed_day_of_the_own_chats_never_turns_to_the_report(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    fed(con, tmp_path, source(CHATS), source(REPORT), to="2026-03-31")
    w.load(con, tmp_path, REPORT, [], "2026-03-31T00:00+00:00", "2026-04-01T00:00+00:00")
    keep(con, ann="s1")
    chatted(con, {})
    reported(con, {})

    missing = found(con)

    assert told(missing) == (None, None, "M208")
    assert "desk.chats[s1] 2026-03-31" in (missing.cause or "")


def test_a_missed_day_of_the_report_is_the_cause_where_the_report_measures(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    fed(con, tmp_path, source(REPORT), to="2026-03-31")
    keep(con, ann="s1")
    reported(con, {})

    missing = found(con)

    assert told(missing) == (None, "reported_net_sales", "M207")
    assert f"{FILE_DROP}.agent_day[s1] 2026-03-31" in (missing.cause or "")


def test_without_any_source_the_cause_names_both_tables(con: duckdb.DuckDBPyConnection) -> None:
    keep(con, ann="s1")

    missing = found(con)

    assert told(missing) == (None, None, "M206")
    assert (
        missing.cause == "no source feeds chat (not rating_only) for s1, nor agent_day (reported_net_sales)"
    )


def test_one_shop_with_chats_and_one_with_the_report_is_missing_and_says_which(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    fed(con, tmp_path, source(CHATS), source(at(REPORT, "s2")))
    keep(con, ann="s1")
    w.put(con, "core_ownership", [w.own("shop", s, "keeper", "ann", "1", "2005-01-01") for s in ("s1", "s2")])
    chatted(con, {})
    reported(con, {"shop_id": "s2"})

    mixed = found(con)

    assert told(mixed) == (None, None, "M224")
    assert mixed.cause == (
        "no one source covers all of 2026-03-01 to 2026-03-31 for ann: chat is there for s1 (2026-03-01 to 2026-03-31);"
        " agent_day is there for s2 (2026-03-01 to 2026-03-31)"
    )


def test_a_report_for_all_shops_measures_where_chats_are_there_for_some_only(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    fed(con, tmp_path, source(CHATS), source(REPORT), source(at(REPORT, "s2")))
    keep(con, ann="s1")
    w.put(con, "core_ownership", [w.own("shop", s, "keeper", "ann", "1", "2005-01-01") for s in ("s1", "s2")])
    chatted(con, {})
    reported(con, {}, {"shop_id": "s2"})

    assert told(found(con)) == (Decimal(180), "reported_net_sales", None)


def test_a_shop_of_which_nothing_is_fed_changes_no_choice(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    fed(con, tmp_path, source(CHATS), source(at(REPORT, "s2")))
    keep(con, ann="s1", bob="s2")
    w.put(
        con,
        "core_ownership",
        [
            w.own("shop", s, "keeper", p, "1", "2005-01-01")
            for s, p in (("s1", "ann"), ("s3", "ann"), ("s2", "bob"))
        ],
    )
    chatted(con, {})
    reported(con, {"shop_id": "s2"})

    assert told(found(con)) == (Decimal(70), None, None)
    assert told(found(con, person="bob")) == (Decimal(90), "reported_net_sales", None)


def test_chats_that_begin_within_a_month_leave_the_whole_month_to_the_report(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    fed(con, tmp_path, source(CHATS, active_from="2026-03-16"), source(REPORT))
    keep(con, ann="s1")
    chatted(con, {"started_on": date(2026, 3, 20)}, {"started_on": date(2026, 4, 2)})
    reported(con, {})
    days = [date(2026, 3, 4), date(2026, 3, 20), date(2026, 4, 2)]
    known = asking(SALES)

    daily = {a.period: a.measured_as for a in compute_daily(con, known, days)}
    to_date = {a.period: a.measured_as for a in compute_mtd(con, known, days)}

    expected = {"2026-03-04": "reported_net_sales", "2026-03-20": "reported_net_sales", "2026-04-02": None}
    assert daily == to_date == expected
    assert told(found(con)) == (Decimal(90), "reported_net_sales", None)
    assert told(found(con, period=APRIL)) == (Decimal(70), None, None)


def test_a_quarter_of_which_each_month_has_another_source_is_missing(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    fed(con, tmp_path, source(CHATS, active_from="2026-04-01"), source(REPORT, active_to="2026-03-31"))
    keep(con, ann="s1")
    chatted(con, {"started_on": date(2026, 4, 2)})
    reported(con, {})

    assert told(found(con)) == (Decimal(90), "reported_net_sales", None)
    assert told(found(con, period=APRIL)) == (Decimal(70), None, None)
    assert told(found(con, period=Period.parse("2026-H1")))[1:] == (None, "M224")


def serving(con: duckdb.DuckDBPyConnection, *agents: str) -> None:
    """People who own the accounts that they chat with."""
    keep(con, **{f"p_{agent}": "-" for agent in agents})
    owned = [w.own("agent", agent, "keeper", f"p_{agent}", "1", "2005-01-01") for agent in agents]
    w.put(con, "core_ownership", owned)


def test_an_agent_is_measured_by_the_source_of_the_shops_that_name_the_agent(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    fed(con, tmp_path, source(CHATS), source(at(REPORT, "s2")))
    serving(con, "kf1", "kf2", "kf3", "kf4")
    chatted(con, {"agent_id": "kf1"}, {"agent_id": "kf3"})
    reported(con, {"agent_id": "kf2", "shop_id": "s2"}, {"agent_id": "kf3", "shop_id": "s2"})

    actuals = {a.person_id: told(a) for a in compute_spans(con, asking(SALES), [MARCH])}

    assert actuals == {
        "p_kf1": (Decimal(70), None, None),
        "p_kf2": (Decimal(90), "reported_net_sales", None),
        "p_kf3": (None, None, "M224"),
        "p_kf4": (Decimal(0), None, None),
    }


def test_the_rows_of_a_group_are_not_replaced_by_those_that_name_its_holder(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    fed(con, tmp_path, source(REPORT))
    keep(con, ann="-")
    w.put(con, "core_ownership", [w.own("queue", "q1", "keeper", "ann", "1", "2005-01-01")])
    reported(con, {})

    assert told(found(con)) == (None, None, "M206")


def test_a_source_of_ratings_alone_feeds_satisfaction_and_no_chats(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    fed(con, tmp_path, source(RATINGS, only="rating_only"), source(REPORT))
    keep(con, ann="s1")
    chatted(con, *[{"rating_only": True, "rating": 5, "credited_base": None}] * 5)
    reported(con, {"satisfaction_rate": Decimal("0.5"), "buyers_served": 10})

    assert told(found(con)) == (Decimal(90), "reported_net_sales", None)
    assert told(found(con, "customer_satisfaction")) == (Decimal(1), None, None)


def _card_line(con: duckdb.DuckDBPyConnection, targets: Sequence[Target] = ()) -> ScoreLine:
    known = asking(SALES)
    compute_spans(con, known, [MARCH])
    cards = score_period(known, MARCH, read_people(con), read_actuals(con, MARCH), targets, ratings=[])
    store_scorecards(con, MARCH, cards)
    [line] = cards[0].lines
    return line


def test_the_target_is_that_of_the_line_whichever_way_it_was_measured(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    fed(con, tmp_path, source(REPORT))
    keep(con, ann="s1")
    reported(con, {})
    aim = Target(scope="person", scope_id="ann", kpi_id=SALES, period="2026-03", value=Decimal(100))
    other = Target(
        scope="person", scope_id="ann", kpi_id="reported_net_sales", period="2026-03", value=Decimal(1)
    )

    line = _card_line(con, [aim, other])

    assert (line.value, line.target, line.attainment, line.measured_as) == (
        90,
        100,
        Decimal("0.9"),
        "reported_net_sales",
    )
    assert line.steps[0].en == "measured by Agent net sales (platform's report) (reported_net_sales)"
    for table in ("kpi_actual_period", "scorecard_line"):
        assert only_column(con, Sql(f"select measured_as from {table}")) == ["reported_net_sales"]


def test_the_second_engine_holds_back_the_line_where_it_finds_the_alternative_otherwise(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fed(con, tmp_path, source(REPORT))
    keep(con, ann="s1")
    reported(con, {})
    assert told(found(con)) == (Decimal(90), "reported_net_sales", None)
    added = second.engine.added

    def doubled(*args: Any) -> Any:
        sums = added(*args)
        return {
            m: {who: replace(f, value=f.value * 2) for who, f in people.items()} for m, people in sums.items()
        }

    monkeypatch.setattr(second.engine, "added", doubled)

    held_back = found(con)

    assert told(held_back) == (None, "reported_net_sales", "M240")
    assert held_back.cause == (
        "two engines disagree on reported_net_sales: numerator: 90 by SQL, 180 by Polars"
    )
