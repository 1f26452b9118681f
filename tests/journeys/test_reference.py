"""The whole history through HTTP, compared to the fen with plain SQL over the bundled data and with independent answers."""

from pathlib import Path

import duckdb
import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
BUNDLE = ROOT / "connectors" / "sandbox" / "data"
EXPECTED = ROOT.parent / "shared" / "data" / "expected"
needs_expected = pytest.mark.skipif(not EXPECTED.exists(), reason="the independent answers are not here")


SALES = """
    with sold as (
        select strftime(business_date, '%Y-%m') as month, sum(paid_amount) as gross, count(distinct order_id) as orders
        from core_order_line where not is_excluded group by 1
    ), given_back as (
        select strftime(business_date, '%Y-%m') as month, sum(amount) as refunds from core_refund group by 1
    )
    select month, gross, orders, refunds from sold join given_back using (month) order by 1
"""


def test_monthly_sales_orders_and_refunds_equal_plain_sql_over_the_bundle(
    published: duckdb.DuckDBPyConnection,
) -> None:
    plain = duckdb.execute(
        """
        with t as (
            select *, starts_with(InvoiceNo, 'C') as is_refund, cast(UnitPrice as decimal(12, 3)) * Quantity as amount,
                not is_refund and Quantity > 0 and UnitPrice > 0 as is_sale
            from read_parquet(?)
        )
        select strftime(InvoiceDate, '%Y-%m'), sum(amount) filter (is_sale), count(distinct InvoiceNo) filter (is_sale),
            -sum(amount) filter (is_refund)
        from t group by 1 order by 1
        """,
        [str(BUNDLE / "online_retail.parquet")],
    ).fetchall()

    found = published.execute(SALES).fetchall()

    assert len(found) == 13
    assert found == plain


@needs_expected
def test_monthly_sales_orders_and_refunds_equal_the_independent_answers(
    published: duckdb.DuckDBPyConnection,
) -> None:
    money = "{'gross_sales': 'DECIMAL(18,4)', 'refund_value': 'DECIMAL(18,4)'}"
    answers = duckdb.execute(
        f"select month, gross_sales, orders, refund_value from read_csv(?, types = {money}) order by 1",
        [str(EXPECTED / "or_monthly.csv")],
    ).fetchall()

    assert published.execute(SALES).fetchall() == answers


@needs_expected
def test_buyers_and_returning_buyers_of_each_month_equal_the_independent_answers(
    published: duckdb.DuckDBPyConnection,
) -> None:
    answers = duckdb.execute(
        "select month, buyers, returning_buyers from read_csv(?) order by 1",
        [str(EXPECTED / "or_repeat_monthly.csv")],
    ).fetchall()

    found = published.execute(
        """
        select strftime(business_date, '%Y-%m') as month, count(distinct buyer_id),
            count(distinct buyer_id) filter (buyer_first_on < date_trunc('month', business_date))
        from core_order_line group by 1 order by 1
        """
    ).fetchall()

    assert found == answers


@needs_expected
def test_tickets_and_their_medians_equal_the_independent_answers(
    published: duckdb.DuckDBPyConnection,
) -> None:
    columns = "month, tickets, reopened, no_reassign, first_response_median_min, resolution_median_min"
    answers = duckdb.execute(
        f"select {columns} from read_csv(?) order by 1", [str(EXPECTED / "tickets_monthly.csv")]
    ).fetchall()

    found = published.execute(
        """
        select strftime(opened_on, '%Y-%m') as month, count(*), count(*) filter (reopens > 0),
            count(*) filter (assignee_stations = 1), median(first_reply_minutes) filter (first_reply_minutes >= 0),
            median(resolution_minutes) filter (resolution_minutes >= 0)
        from core_ticket group by 1 order by 1
        """
    ).fetchall()

    assert found == answers


def test_every_shop_and_month_is_reconciled_to_the_fen(published: duckdb.DuckDBPyConnection) -> None:
    rows = published.execute(
        "select period, shop_id, measure, platform_total, credited + unowned + excluded, difference"
        " from reconciliation"
    ).fetchall()

    assert len({(period, shop) for period, shop, *_ in rows}) == 13 * 2 + 1
    assert [row for row in rows if row[3] != row[4] or row[5] != 0] == []
    assert all(row[3] != 0 for row in rows if row[2] == "gmv")
