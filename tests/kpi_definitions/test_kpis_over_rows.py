"""Every measured KPI over one small October: the compiled figures are those that the formula gives by hand."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest

from models.money import divide, multiply, total
from tests.kpi_definitions import month
from tests.kpi_definitions.shipped import DEFINITIONS
from tests.warehouse import world as w
from warehouse.figures.plan import KpiPlan, MeasuredPerson, Span, Term, measures_by_fact, plan_kpi
from warehouse.figures.run import MeasureResults, read_figures
from warehouse.store.connect import open_warehouse

SPAN = Span("2026-10", date(2026, 10, 1), date(2026, 10, 31))
KEY = ("2026-10", "p", "r")
PLANS = {
    name: plan for name in DEFINITIONS.kpis if (plan := plan_kpi(DEFINITIONS, name, SPAN.end)) is not None
}

# numerator and denominator, so that no quotient has to be rounded by hand; one number for a sum
EXPECTED: dict[str, tuple[str, str] | str] = {
    "gmv": "600", "net_sales": "450", "net_sales_cohort": "550", "order_count": "3", "units_sold": "5",
    "sku_active": "2", "sales_growth_mom": ("-50", "500"), "sales_growth_yoy": ("-50", "500"),
    "market_share": ("450", "9000"), "aov": ("600", "3"), "units_per_order": ("5", "3"), "distributor_sales": "300",
    "new_distributors": "1", "new_customers": "2", "gross_profit": "190", "gross_margin": ("190", "450"),
    "contribution_profit": "140", "net_profit": "20", "new_buyers": "2", "new_buyer_share": ("2", "2"),
    "returning_buyer_share": ("0", "2"), "conversion_rate": ("3", "100"), "visitors": "100",
    "reported_visit_conversion": ("4", "100"),
    "organic_traffic_share": ("60", "100"), "paid_visitors": "40", "ft_exposure": "1000", "user_growth": ("1", "2"),
    "repurchase_rate": ("1", "3"), "member_retention": ("1", "2"), "group_active_rate": ("50", "200"),
    "private_gmv": "100", "refund_amount": "150", "refund_rate": ("50", "600"), "refund_rate_event": ("150", "600"),
    "quality_refund_rate": ("1", "3"), "dispute_rate": ("1", "2"), "refund_saved_rate": ("1", "3"),
    "bad_review_rate": ("1", "2"), "review_score": ("7", "2"), "promo_fee_rate": ("50", "450"),
    "tacos": ("50", "450"), "ad_budget_use": ("50", "80"), "ad_cost_saving": "4", "roi": ("120", "50"),
    "net_roi": ("110", "50"), "acos": ("50", "120"), "ctr": ("100", "2000"), "cpc": ("50", "100"),
    "ad_conversion": ("2", "100"), "cac": ("50", "1"), "ad_sales_share": ("120", "600"), "spend_volume": "20",
    "inquiry_cost": ("50", "2"), "launch_on_time": ("1", "3"), "listing_errors": "3",
    "new_sku_sales_share": ("100", "600"), "new_sku_success": ("1", "2"), "selection_roi": ("20", "100"),
    "sell_through_sku": ("2", "3"), "inventory_turn_days": ("15500", "240"), "slow_stock_share": ("300", "500"),
    "stockout_rate": ("3", "62"), "forecast_accuracy": ("16", "20"), "infringement": "1", "content_count": "2",
    "content_views": "200100", "engagement_rate": ("10000", "200100"), "completion_rate": ("50000", "200000"),
    "new_followers": "115", "content_gmv": "600", "content_first_pass": ("1", "2"), "hit_content": "1",
    "live_gmv": "4800", "live_hours": "4", "live_schedule_rate": ("210", "240"), "live_uv": "2000",
    "live_entry_rate": ("4000", "20000"), "live_ctr": ("800", "8000"), "live_conversion": ("60", "2000"),
    "live_avg_watch": ("120000", "2000"), "live_interaction": ("100", "2000"), "live_follow_rate": ("80", "1600"),
    "live_gpm": ("6000000", "2000"), "live_refund_rate": ("1200", "6000"), "live_violations": "2",
    "run_sheet_rate": ("38", "40"), "scene_errors": "4", "per_hour_gmv": ("4800", "4"), "influencer_count": "1",
    "influencer_gmv": "150", "sample_post_rate": ("1", "2"), "influencer_cost_rate": ("10", "150"),
    "contract_fulfil_rate": ("1", "2"), "customer_satisfaction": ("1", "2"), "inquiry_conversion": ("1", "2"),
    "cs_sales": "250", "cs_aov": ("300", "1"), "first_reply_seconds": ("90020", "2"),
    "avg_reply_seconds": ("80", "4"), "reply_3min_rate": ("4", "5"), "reply_rate": ("2", "2"),
    "quality_check": ("170", "2"), "message_24h": ("1", "2"), "tickets_opened": "2", "tickets_resolved": "2",
    "first_reply_minutes": "20", "first_reply_business_minutes": "8.5",
    "ticket_resolution_minutes": "360", "ticket_hours": ("720", "120"),
    "resolution_rate": ("1", "2"), "reopen_rate": ("1", "2"), "first_contact_resolution": ("1", "2"),
    "compensation_rate": ("11", "450"), "complaints": "1", "task_on_time": ("2", "6"), "first_pass_rate": ("1", "2"),
    "task_volume": "10", "design_errors": "1", "main_image_ctr": ("20", "500"), "page_conversion": ("8", "200"),
    "report_on_time": ("1", "2"), "late_reports": "1", "report_errors": "2", "close_on_time": ("1", "3"),
    "close_days_late": "4", "purchase_cost_down": ("10", "100"), "po_on_time": ("1", "2"),
    "incoming_pass": ("9", "10"), "po_plan_done": ("10", "40"), "supplier_dev": "1",
    "payment_terms": ("18900", "360"), "ship_on_time": ("1", "2"), "order_delivery_rate": ("1", "2"),
    "ship_error_rate": ("1", "2"), "ship_error_count": "1", "damage_rate": ("1", "2"), "stock_accuracy": ("1", "2"),
    "parcels_packed": "2", "pieces_per_hour": ("8", "4"), "fulfil_cost": ("40", "2"), "putaway_on_time": ("1", "2"),
    "safety_incidents": "1", "price_violations": "1", "cost_control_rate": ("120", "120"),
    "recon_accuracy": ("1996", "2000"), "staff_turnover": ("2", "8"), "key_staff_turnover": "1",
    "tech_innovation": ("3", "4"), "process_improvement": ("0", "1"), "product_optimisation": "1",
    "partnerships": "1", "insight_adopted": "1", "training_effect": ("9", "10"), "training_done": ("1", "2"),
    "attendance": ("1", "2"), "odr": ("8", "1000"), "late_ship_rate": ("2", "100"), "valid_tracking": ("2", "100"),
    "prefulfil_cancel": ("2", "100"), "ipi": ("500", "1"), "shop_score": ("4.9", "1"), "ft_shop_level": ("4", "1"),
    "account_health": "210", "buy_box": ("240", "400"), "unit_session": ("5", "100"), "bsr_improve": ("20", "80"),
    "core_keyword_top": ("1", "2"), "inquiries": "2", "inquiry_reply": ("1", "3"), "inquiry_order_rate": ("1", "2"),
    "reported_conversion": ("8", "20"), "reported_sales": "450", "reported_net_sales": "280",
    "reported_reply_seconds": ("2400", "60"), "reported_reply_3min": ("92.5", "100"),
    "reported_reply_rate": ("69", "70"), "reported_first_reply": ("800", "60"), "reported_aov": ("450", "8"),
    "reported_satisfaction": ("36", "40"),
    "collected": "800", "collection_rate": ("800", "1600"), "order_gp": "280", "overdue_ar": ("800", "2000"),
}  # fmt: skip


@pytest.fixture(scope="module", name="figures")
def _figures() -> Iterator[MeasureResults]:
    with TemporaryDirectory() as folder, open_warehouse(Path(folder)) as con:
        people = [
            {"person_id": p, "name": p, "role_id": "r", "valid_from": date(2025, 1, 1)} for p in ("p", "q")
        ]
        owned = [w.own("shop", s, "r", p, "1", "2025-01-01") for s, p in (("s1", "p"), ("s2", "q"))]
        w.put(con, "core_person", people)
        w.put(con, "core_ownership", owned)
        for name, rows in month.TABLES.items():
            for number, row in enumerate(rows):
                _insert(con, f"core_{name}", {**month.SHOP, "source_row_id": str(number), **row})
        _insert(
            con, "core_new_sku", {**month.SHOP, "shop_id": "s2", "sku_id": "k7", "day_90_on": month.day(9)}
        )
        work = [MeasuredPerson(SPAN, "p", "r", tuple(PLANS.values()))]
        yield read_figures(con, measures_by_fact(work), [SPAN], "span")


def _insert(con: duckdb.DuckDBPyConnection, table: str, row: month.Row) -> None:
    marks = ", ".join(f"? as {name}" for name in row)
    con.execute(f"insert into {table} by name select {marks}", list(row.values()))


def summed(figures: MeasureResults, terms: tuple[Term, ...]) -> Decimal:
    found = [(term.sign, figures.of(term.measure, KEY).value) for term in terms]
    assert all(value is not None for _, value in found)
    return total([multiply(Decimal(sign), value) for sign, value in found if value is not None])


def value(figures: MeasureResults, plan: KpiPlan) -> Decimal:
    above = multiply(summed(figures, plan.numerator), plan.kpi.scale)
    return divide(above, summed(figures, plan.denominator)) if plan.denominator else above


def test_every_measured_kpi_has_figures_to_compare_with() -> None:
    against_target = {name for name, plan in PLANS.items() if plan.target_of is not None}

    assert against_target == {
        "sales_attainment",
        "profit_attainment",
        "traffic_attainment",
        "content_published",
    }
    assert sorted(EXPECTED) == sorted(set(PLANS) - against_target)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_kpi_over_the_rows_is_what_its_formula_gives_by_hand(figures: MeasureResults, name: str) -> None:
    told = EXPECTED[name]
    above, below = (told, "1") if isinstance(told, str) else told

    found = value(figures, PLANS[name])

    assert round(found, 10) == round(divide(Decimal(above), Decimal(below)), 10)


@pytest.mark.parametrize("name", EXPECTED)
def test_no_row_of_the_month_leaves_a_kpi_unknown(figures: MeasureResults, name: str) -> None:
    lacking = [term.measure for term in PLANS[name].terms if figures.of(term.measure, KEY).n_null]

    assert lacking == []


def test_a_new_product_of_unknown_result_is_no_failure_but_makes_the_rate_missing(
    figures: MeasureResults,
) -> None:
    above = PLANS["new_sku_success"].numerator[0].measure

    found = figures.of(above, ("2026-10", "q", "r"))

    assert found.n_null == 1
