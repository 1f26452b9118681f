"""The sample company's own definitions: its six roles and the KPIs that it reads differently, over the shipped ones."""

from datetime import date
from decimal import Decimal

import pytest

from models.definitions import Kpi, Ratio, Role, Sum
from tests.kpi_definitions.shipped import DEFINITIONS, SAMPLE_DEFINITIONS

TODAY = date(2016, 3, 31)
ROLES = [
    "aftersales_cs",
    "cs_supervisor",
    "ecom_ops_manager",
    "merchandiser",
    "ops_specialist",
    "store_manager",
]
KPIS = [
    "aov",
    "customer_satisfaction",
    "first_contact_resolution",
    "gross_margin",
    "gross_profit",
    "refund_rate",
    "resolution_rate",
    "sales_attainment",
    "ticket_hours",
]


def kpi(name: str) -> Kpi:
    return SAMPLE_DEFINITIONS.kpi(name, TODAY)


def role(name: str) -> Role:
    return SAMPLE_DEFINITIONS.role(name, TODAY)


def test_exactly_these_definitions_are_the_sample_companys_own() -> None:
    own = sorted(name for name, k in SAMPLE_DEFINITIONS.kpis.items() if "/sample/" in k.source)
    roles = sorted(name for name, r in SAMPLE_DEFINITIONS.roles.items() if "/sample/" in r.source)

    assert (own, roles) == (KPIS, ROLES)
    assert set(SAMPLE_DEFINITIONS.kpis) == set(DEFINITIONS.kpis)
    assert set(SAMPLE_DEFINITIONS.roles) == set(DEFINITIONS.roles)


@pytest.mark.parametrize("name", KPIS)
def test_an_own_reading_keeps_kind_unit_and_direction(name: str) -> None:
    ours, shipped = kpi(name), DEFINITIONS.kpis[name]

    assert (ours.kind, ours.unit, ours.direction) == (shipped.kind, shipped.unit, shipped.direction)


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
    measured = {line.duty for line in role(name).lines}

    assert measured == {duty.id for duty in role(name).duties}


@pytest.mark.parametrize("name", ROLES)
def test_behaviour_kpis_stand_only_in_the_behaviour_dimension(name: str) -> None:
    kinds = {(line.dimension == "behaviour", kpi(line.kpi).kind == "behaviour") for line in role(name).lines}

    assert kinds == {(True, True), (False, False)}


def test_every_role_waits_for_what_is_missing_and_leaves_out_only_surveys_that_nobody_answered() -> None:
    lines = {(name, line.kpi): line.no_data for name in ROLES for line in role(name).lines}

    assert {role(name).missing for name in ROLES} == {"pending"}
    assert {key for key, rule in lines.items() if rule == "exclude"} == {
        ("aftersales_cs", "customer_satisfaction"),
        ("cs_supervisor", "customer_satisfaction"),
    }


def test_the_sample_companys_margin_deducts_the_cost_of_goods_only() -> None:
    measure = kpi("gross_profit").measure

    assert isinstance(measure, Sum)
    assert "cogs_base" in repr(measure)
    assert "fee_base" not in repr(measure)


def test_first_reply_is_a_median_that_leaves_negative_minutes_out() -> None:
    measure = kpi("first_reply_minutes").measure

    assert not isinstance(measure, Ratio)
    assert "median" in repr(measure)
    assert "first_reply_minutes" in repr(measure)
