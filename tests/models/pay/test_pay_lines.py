from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.pay import PAY_METHODS

MONEY = st.decimals("0", "1000000", places=2)


def run(method: str, **inputs: object) -> Any:
    return PAY_METHODS[f"pay.{method}"](inputs)


def test_a_designer_with_87_and_a_half_points_gets_1312_50() -> None:
    coefficient = run("coefficient", score="87.5", mode="linear").coefficient

    assert run("performance", base="1500", coefficient=coefficient).amount == Decimal("1312.50")


@pytest.mark.parametrize(
    ("score", "coefficient"), [("94.994", "1.2"), ("94.995", "1.5"), ("60", "0.8"), ("59.99", "0")]
)
def test_the_coefficient_is_that_of_the_score_as_it_is_printed(score: str, coefficient: str) -> None:
    edges = [None, "60", "80", "90", "95", None]
    values = zip("DCBAS", ("0", "0.8", "1.0", "1.2", "1.5"), edges, edges[1:], strict=False)
    bands = [{"grade": g, "coefficient": c, "min": low, "max": high} for g, c, low, high in values]

    assert run("coefficient", score=score, bands=bands).coefficient == Decimal(coefficient)


def test_a_coefficient_curve_is_level_outside_its_points() -> None:
    points = [["60", "0.5"], ["100", "1.5"]]

    found = [run("coefficient", score=s, mode="piecewise", points=points) for s in ("0", "80", "120")]

    assert [f.coefficient for f in found] == [Decimal("0.5"), Decimal("1.0"), Decimal("1.5")]
    assert {f.grade for f in found} == {None}


def test_performance_pay_counts_days_and_rounds_once() -> None:
    assert run(
        "performance", base="100", coefficient="1", payable_days="1", period_days="3"
    ).amount == Decimal("33.33")
    assert run("performance", base="3000", coefficient="1.2", payable_days="0", period_days="30").amount == 0
    assert (
        run("performance", base="2175", coefficient="1", payable_days="23", period_days="21.75").amount
        == 2300
    )


@pytest.mark.parametrize(
    ("spend", "attainment", "amount"),
    [
        ("84000", "0.95", "2400.00"),
        ("84000", "0.9", "2400.00"),
        ("84000", "0.8999", "0.00"),
        ("96000", "1", "0.00"),
        ("96000.01", "1", "0.00"),
        ("100000", "0.5", "-400.00"),
        ("0", "1", "3000.00"),
    ],
)
def test_ad_saving_has_a_gate_a_cap_and_a_share_of_overspending(
    spend: str, attainment: str, amount: str
) -> None:
    plan = {"net_sales": "800000", "allowed_rate": "0.12", "share": "0.2", "gate_min": "0.9", "cap": "3000"}

    found = run("ad_saving", actual_spend=spend, sales_attainment=attainment, overspend_share="0.1", **plan)

    assert found.allowed == 96000
    assert found.saving == 96000 - Decimal(spend)
    assert found.amount == Decimal(amount)


def test_an_allowance_moves_with_sales_and_a_budget_does_not() -> None:
    spent = {"actual_spend": "40000", "share": "0.2", "net_sales": "400000"}

    assert run("ad_saving", allowed_rate="0.12", **spent).amount == Decimal("1600.00")
    assert run("ad_saving", budget="96000", **spent).amount == Decimal("11200.00")


@pytest.mark.parametrize(
    ("basis", "scores", "amount"),
    [
        ("540000", {"a": "88", "b": "80"}, "400.00"),
        ("540000", {"a": "88", "b": "79.99"}, "0.00"),
        ("500000", {"a": "88"}, "0.00"),
        ("100000", {"a": "88"}, "0.00"),
    ],
)
def test_a_team_bonus_needs_every_member_and_never_falls_below_0(
    basis: str, scores: dict[str, str], amount: str
) -> None:
    plan = {"threshold": "500000", "rate": "0.01", "min_score": "80"}

    assert run("team_bonus", basis=basis, member_scores=scores, **plan).amount == Decimal(amount)


def test_a_supervisor_gets_a_multiple_of_the_average_rounded_line() -> None:
    found = run("supervisor_multiple", amounts={"a": "100.005", "b": "100.004"}, multiple="2")

    assert found.average == Decimal("100.005")
    assert found.amount == Decimal("200.01")


CURVE = [["0.8", "0.4"], ["1", "0.5"], ["1.2", "0.8"]]


@pytest.mark.parametrize(
    ("actual", "bonus", "above"),
    [
        ("799999.99", "0.00", "0.00"),
        ("800000", "8000.00", "0.00"),
        ("900000", "9000.00", "0.00"),
        ("1000000", "10000.00", "0.00"),
        ("1100000", "13000.00", "1000.00"),
        ("2000000", "16000.00", "10000.00"),
    ],
)
def test_a_quarterly_bonus_follows_its_curve_and_pays_points_above_target(
    actual: str, bonus: str, above: str
) -> None:
    plan = {"target_bonus": "20000", "target": "1000000", "curve": CURVE, "above_target_rate": "0.01"}

    found = run("quarterly_bonus", actual=actual, **plan)

    assert (found.bonus, found.above_target) == (Decimal(bonus), Decimal(above))
    assert found.amount == found.bonus + found.above_target
    assert run("quarterly_bonus", actual=actual, gate=False, **plan).amount == 0


@pytest.mark.parametrize(
    ("profit", "deficit", "gate", "base", "excess"),
    [
        ("5600000", "0", "0", "800000.00", "520000.00"),
        ("4000000", "0", "0", "800000.00", "0.00"),
        ("8000000", "0", "0", "800000.00", "1280000.00"),
        ("7200000", "0", "0", "800000.00", "1280000.00"),
        ("3200000", "0", "0.8", "640000.00", "0.00"),
        ("3199999.99", "0", "0.8", "0.00", "0.00"),
        ("5600000", "1600000", "0", "800000.00", "0.00"),
        ("0", "0", "0", "0.00", "0.00"),
        ("-100", "0", "0", "0.00", "0.00"),
        ("1000", "1000", "0", "0.00", "0.00"),
    ],
)
def test_a_profit_share_has_a_base_and_an_excess_up_to_its_last_band(
    profit: str, deficit: str, gate: str, base: str, excess: str
) -> None:
    edges, rates = ["1", "1.2", "1.4", "1.6", "1.8"], ["0.30", "0.35", "0.45", "0.50"]
    bands = [{"min": a, "max": b, "rate": r} for a, b, r in zip(edges, edges[1:], rates, strict=False)]
    plan = {"target_profit": "4000000", "base_share": "0.2", "coefficient": "1.0", "excess_bands": bands}

    found = run(
        "profit_share",
        profit=profit,
        deficit_brought_forward=deficit,
        base_gate=gate,
        shares={"a": "40", "b": "20", "c": "20", "d": "20"},
        **plan,
    )

    assert (found.base_pool, found.excess_pool) == (Decimal(base), Decimal(excess))
    assert found.pool == found.base_pool + found.excess_pool == sum(found.shares.values())


def test_the_published_profit_totals_come_out_at_every_band_edge() -> None:
    edges, rates = ["1", "1.2", "1.4", "1.6", "1.8"], ["0.30", "0.35", "0.45", "0.50"]
    bands = [{"min": a, "max": b, "rate": r} for a, b, r in zip(edges, edges[1:], rates, strict=False)]
    plan = {"target_profit": "400", "base_share": "0.2", "coefficient": "1", "excess_bands": bands}

    pools = [
        run("profit_share", profit=p, shares={"a": "1"}, **plan).excess_pool
        for p in ("480", "560", "640", "720")
    ]

    assert pools == [24, 52, 88, 128]


ITEMS = [{"qty": "5200", "price": "0.45"}, {"qty": "800", "price": "0.80"}]


def test_piece_pay_takes_penalties_up_to_a_share_and_tops_up_to_the_guarantee() -> None:
    fined = {"items": ITEMS, "penalties": [{"count": "100", "each": "10"}], "penalty_cap_share": "0.2"}

    free, kept = run("piece", **fined), run("piece", guarantee="3500", **fined)

    assert (free.gross, free.penalty, free.topup, free.amount) == (2980, 596, 0, 2384)
    assert (kept.topup, kept.amount) == (1116, 3500)


def test_penalties_above_the_gross_leave_nothing_but_no_debt() -> None:
    found = run("piece", items=ITEMS, penalties=[{"count": "400", "each": "10"}])

    assert (found.penalty, found.topup, found.amount) == (4000, 1020, 0)


def test_piece_tiers_price_the_total_quantity() -> None:
    tiers = [
        {"max": "1000", "price": "0.5"},
        {"min": "1000", "max": "2000", "price": "0.6"},
        {"min": "2000", "price": "0.8"},
    ]

    found = run("piece", items=[{"qty": "1500"}, {"qty": "1000"}], tiers=tiers)

    assert found.gross == 500 + 600 + 400


def test_nothing_packed_is_the_guarantee() -> None:
    assert run("piece", items=[], guarantee="2500").amount == Decimal("2500.00")


def test_an_anchor_gets_the_sum_or_the_greater_part_but_not_less_than_the_guarantee() -> None:
    show = {"hours": "62.5", "hourly_rate": "80", "gmv": "186000", "refunds": "31000", "base": "3000"}
    bands = [{"max": "100000", "rate": "0.01"}, {"min": "100000", "rate": "0.015"}]
    show["commission"] = {"mode": "progressive", "bands": bands}  # type: ignore[assignment]

    assert run("anchor", **show).amount == Decimal("9825.00")
    assert run("anchor", mode="greater_of", **show).amount == Decimal("8000.00")
    assert run("anchor", guarantee="12000", **show).amount == Decimal("12000.00")


def test_the_greater_part_may_be_the_commission() -> None:
    show = {"hours": "10", "hourly_rate": "80", "gmv": "186000", "refunds": "31000", "base": "3000"}
    rate = {"mode": "flat", "rate": "0.01"}

    assert run("anchor", mode="greater_of", commission=rate, **show).amount == Decimal("4550.00")


def test_an_anchor_whose_refunds_exceed_sales_still_gets_hours() -> None:
    rate = {"mode": "flat", "rate": "0.01"}

    found = run("anchor", hours="10", hourly_rate="80", gmv="100", refunds="500", commission=rate)

    assert (found.commission, found.amount) == (0, 800)


@pytest.mark.parametrize(
    ("wage", "deduction", "allowed"),
    [("6000", "600", "600"), ("6000", "2000", "1200"), ("2800", "600", "300"), ("2000", "600", "0")],
)
def test_a_deduction_stays_within_both_limits(wage: str, deduction: str, allowed: str) -> None:
    found = run("deduction_limit", wage=wage, deduction=deduction, share_cap="0.2", minimum_wage="2500")

    assert found.allowed == Decimal(allowed)
    assert found.remaining == Decimal(deduction) - found.allowed


@pytest.mark.parametrize(
    ("unit", "rounding", "amount"),
    [
        ("0.01", "half_up", "753.33"),
        ("1", "half_up", "753.00"),
        ("10", "half_up", "750.00"),
        ("10", "up", "760.00"),
        ("100", "down", "700.00"),
        ("0.05", "up", "753.35"),
    ],
)
def test_an_amount_table_interpolates_and_rounds_to_its_unit(unit: str, rounding: str, amount: str) -> None:
    points = [["80", "500"], ["95", "1260"]]

    assert run("amount_table", x="85", points=points, unit=unit, rounding=rounding).amount == Decimal(amount)


def test_a_whole_unit_is_not_lost_to_the_last_digit_of_a_division() -> None:
    points = [["0", "0"], ["3", "90"], ["7", "200"]]

    assert run("amount_table", x="1", points=points, unit="30", rounding="down").amount == 30
    assert (
        run("amount_table", x="1", points=[["0", "0"], ["7", "210"]], unit="30", rounding="up").amount == 30
    )


def test_an_amount_table_ends_as_it_is_told() -> None:
    points = [["80", "500"], ["90", "800"]]

    assert run("amount_table", x="70", points=points).amount == 500
    assert run("amount_table", x="70", points=points, below="zero").amount == 0
    assert run("amount_table", x="100", points=points, above="extend").amount == 1100


def cells(*values: str) -> list[dict[str, str | None]]:
    return [
        {"min": None, "max": "0.9", "coefficient": values[0]},
        {"min": "0.9", "max": None, "coefficient": values[1]},
    ]


@pytest.mark.parametrize(
    ("x", "y", "coefficient"),
    [("0.79", "1", "0.5"), ("0.8", "0.8999", "0.6"), ("0.8", "0.9", "1.2"), ("0", "-1", "0")],
)
def test_a_matrix_is_read_by_two_measures(x: str, y: str, coefficient: str) -> None:
    rows = [{"max": "0.8", "bands": cells("0", "0.5")}, {"min": "0.8", "bands": cells("0.6", "1.2")}]

    assert run("matrix", x=x, y=y, bands=rows).coefficient == Decimal(coefficient)


def test_the_end_to_end_statement_of_an_agent_adds_rounded_lines() -> None:
    bands = [{"max": "50000", "rate": "0.005"}, {"min": "50000", "rate": "0.008"}]

    performance = run("performance", base="2000", coefficient="1.0").amount
    commission = run("commission", mode="progressive", basis="92000", bands=bands).amount

    assert performance + commission - Decimal("12.50") == Decimal("2573.50")


@given(MONEY, MONEY, st.decimals("0", "1", places=3))
def test_more_ad_spend_never_pays_more(spend: Decimal, more: Decimal, share: Decimal) -> None:
    plan = {"net_sales": "500000", "allowed_rate": "0.1", "share": share, "overspend_share": "0.5"}

    low = run("ad_saving", actual_spend=spend, **plan).amount

    assert run("ad_saving", actual_spend=spend + more, **plan).amount <= low


@given(st.lists(MONEY, min_size=1, max_size=6), st.randoms())
def test_the_order_of_pieces_and_penalties_does_not_matter(prices: list[Decimal], random: Any) -> None:
    items = [{"qty": "3", "price": price} for price in prices]
    fines = [{"count": "1", "each": price / 4} for price in prices]

    there = run("piece", items=items, penalties=fines)

    assert run("piece", items=random.sample(items, len(items)), penalties=fines[::-1]) == there
    assert there.amount == there.gross - there.penalty + there.topup
