"""The definitions that ship: they load, they are complete, and roles are weighted by the rules."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from models.definitions import Definitions, Kpi, OrderStatistic, Ratio, Role, Sum, load_definitions

ROOT = Path(__file__).resolve().parents[2] / "kpi_definitions"
FILES = sorted([*ROOT.glob("kpis/*.yaml"), *ROOT.glob("roles/*.yaml"), ROOT / "grades.yaml"])
TODAY = date(2016, 3, 31)
KPIS = [
    "gmv",
    "net_sales",
    "sales_attainment",
    "gross_profit",
    "gross_margin",
    "order_count",
    "units_sold",
    "aov",
    "units_per_order",
    "refund_amount",
    "refund_rate",
    "refund_rate_event",
    "new_buyers",
    "new_buyer_share",
    "returning_buyer_share",
    "sku_active",
    "tickets_opened",
    "tickets_resolved",
    "first_reply_minutes",
    "ticket_resolution_minutes",
    "ticket_hours",
    "resolution_rate",
    "reopen_rate",
    "first_contact_resolution",
    "customer_satisfaction",
    "initiative",
    "execution",
    "teamwork",
    "responsibility",
    "team_attainment",
    "direct_report_excellence",
]
ROLES = [
    "aftersales_cs",
    "cs_supervisor",
    "ecom_ops_manager",
    "merchandiser",
    "ops_specialist",
    "store_manager",
]


def shipped() -> Definitions:
    return load_definitions({str(f.relative_to(ROOT.parent)): f.read_text(encoding="utf-8") for f in FILES})


DEFINITIONS = shipped()


def kpi(name: str) -> Kpi:
    return DEFINITIONS.kpi(name, TODAY)


def role(name: str) -> Role:
    return DEFINITIONS.role(name, TODAY)


def test_the_catalogue_is_what_the_product_promises() -> None:
    assert sorted(DEFINITIONS.kpis) == sorted(KPIS)
    assert sorted(DEFINITIONS.roles) == ROLES


def test_loading_twice_gives_the_same_hash() -> None:
    assert shipped().hash == DEFINITIONS.hash


@pytest.mark.parametrize("name", KPIS)
def test_every_kpi_has_both_languages_unit_direction_and_its_place(name: str) -> None:
    found = kpi(name)

    assert found.label.zh != found.label.en
    assert found.formula.zh != found.formula.en
    assert any("\u4e00" <= c <= "\u9fff" for c in found.label.zh + found.formula.zh)
    assert found.formula.en.isascii()
    assert found.unit in {"CNY", "ratio", "count", "minutes", "hours", "points", "pieces"}
    assert found.direction in {"higher", "lower"}
    assert found.source.startswith("kpi_definitions/kpis/")
    assert found.effective_from <= date(2010, 12, 1)


@pytest.mark.parametrize("name", ROLES)
def test_weights_of_a_role_sum_to_100_at_both_levels(name: str) -> None:
    found = role(name)

    assert sum(d.weight for d in found.dimensions) == 100
    assert [sum(line.weight for line in d.lines) for d in found.dimensions] == [Decimal(100)] * len(
        found.dimensions
    )


@pytest.mark.parametrize("name", ROLES)
def test_behaviour_weighs_less_than_results_and_at_most_30(name: str) -> None:
    weights = {d.id: d.weight for d in role(name).dimensions}

    assert weights["behaviour"] < weights["result"]
    assert weights["behaviour"] <= 30


@pytest.mark.parametrize("name", ROLES)
def test_every_duty_is_measured_and_every_line_names_a_duty(name: str) -> None:
    found = role(name)
    measured = {line.duty for d in found.dimensions for line in d.lines}

    assert measured == {duty.id for duty in found.duties}


@pytest.mark.parametrize("name", ROLES)
def test_behaviour_kpis_stand_only_in_the_behaviour_dimension(name: str) -> None:
    kinds = {
        (d.id == "behaviour", kpi(line.kpi).kind == "behaviour")
        for d in role(name).dimensions
        for line in d.lines
    }

    assert kinds == {(True, True), (False, False)}


def test_all_five_methods_are_in_use() -> None:
    methods = {line.method for name in ROLES for d in role(name).dimensions for line in d.lines}

    assert methods == {f"score.{m}" for m in ("linear", "piecewise", "step", "gap_points", "rating")}


def test_every_role_waits_for_what_is_missing_and_leaves_out_only_surveys_that_nobody_answered() -> None:
    lines = {(name, line.kpi): line.no_data for name in ROLES for line in role(name).lines}

    assert {role(name).missing for name in ROLES} == {"pending"}
    assert {key for key, rule in lines.items() if rule == "exclude"} == {
        ("aftersales_cs", "customer_satisfaction"),
        ("cs_supervisor", "customer_satisfaction"),
    }


def test_grades_follow_the_standard_table() -> None:
    bands = DEFINITIONS.grade_table("standard", TODAY).bands

    assert [(b.grade, str(b.value)) for b in bands] == [
        ("D", "0"),
        ("C", "0.8"),
        ("B", "1.0"),
        ("A", "1.2"),
        ("S", "1.5"),
    ]


def test_sums_of_facts_never_count_excluded_orders() -> None:
    for name in KPIS:
        measure = kpi(name).measure
        parts = list(measure.numerator) if isinstance(measure, (Ratio, Sum)) else []
        parts += (
            list(measure.denominator)
            if isinstance(measure, Ratio) and isinstance(measure.denominator, tuple)
            else []
        )
        facts = [p for p in parts if p.fact in {"order_line", "refund"}]

        assert [name for p in facts if "is_excluded" not in repr(p.where)] == []


def test_the_cohort_refund_rate_follows_the_order_and_the_other_the_refund() -> None:
    dates = {}
    for name in ("refund_rate", "refund_rate_event"):
        measure = kpi(name).measure
        assert isinstance(measure, Ratio)
        dates[name] = measure.numerator[0].date

    assert dates == {"refund_rate": "order_business_date", "refund_rate_event": "business_date"}


def test_first_reply_is_a_median_that_leaves_negative_minutes_out() -> None:
    measure = kpi("first_reply_minutes").measure

    assert isinstance(measure, OrderStatistic)
    assert "first_reply_minutes" in repr(measure)
