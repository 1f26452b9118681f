import itertools
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import DefinitionError
from models.pay import PAY_METHODS

SLABS = [
    {"min": None, "max": "300000", "rate": "0.03"},
    {"min": "300000", "max": "600000", "rate": "0.05"},
    {"min": "600000", "max": None, "rate": "0.07"},
]
ATTAINMENT = [{"max": "1", "rate": "0.01"}, {"min": "1", "rate": "0.02"}]
BASES = st.decimals("-100000", "2000000", places=2)
RATES = st.decimals("0", "0.3", places=4)


def pay(**inputs: object) -> Decimal:
    result: Any = PAY_METHODS["pay.commission"](inputs)
    return result.amount  # type: ignore[no-any-return]


def refusal(**inputs: object) -> DefinitionError:
    with pytest.raises(DefinitionError) as caught:
        pay(**inputs)
    return caught.value


def slabs(edges: list[Decimal], rates: list[Decimal]) -> list[dict[str, object]]:
    bounds = [None, *sorted(set(edges)), None]
    pairs = itertools.pairwise(bounds)
    return [{"min": a, "max": b, "rate": r} for (a, b), r in zip(pairs, rates * len(bounds), strict=False)]


TABLES = st.builds(
    slabs,
    st.lists(st.decimals("1", "900000", places=2), max_size=5),
    st.lists(RATES, min_size=1, max_size=6),
)


@pytest.mark.parametrize(
    ("basis", "amount"),
    [("299999.99", "9000.00"), ("300000", "15000.00"), ("599999", "29999.95"), ("600000", "42000.00")],
)
def test_a_whole_slab_jumps_at_its_edge(basis: str, amount: str) -> None:
    assert pay(mode="whole_slab", basis=basis, bands=SLABS) == Decimal(amount)


def test_the_edge_belongs_to_the_lower_slab_when_closed_on_the_right() -> None:
    closed = {"mode": "whole_slab", "bands": SLABS, "closed": "right"}

    assert pay(basis="600000", **closed) == Decimal("30000.00")
    assert pay(basis="600000.01", **closed) == Decimal("42000.00")


def test_progressive_does_not_jump_where_whole_slab_does() -> None:
    assert pay(mode="progressive", basis="599999", bands=SLABS) == Decimal("23999.95")
    assert pay(mode="progressive", basis="600000", bands=SLABS) == Decimal("24000.00")


def test_flat_pays_its_rate_and_rounds_half_a_fen_up() -> None:
    assert pay(mode="flat", basis="100.50", rate="0.01") == Decimal("1.01")
    assert pay(mode="flat", basis="-100.50", rate="0.01", negative="signed") == Decimal("-1.01")


def test_the_agent_of_the_end_to_end_example_earns_586() -> None:
    bands = [{"max": "50000", "rate": "0.005"}, {"min": "50000", "rate": "0.008"}]

    assert pay(mode="progressive", basis="92000", bands=bands, multiplier="1.0") == Decimal("586.00")


@pytest.mark.parametrize("basis", ["0", "-5000"])
def test_no_sales_pay_nothing_not_even_a_lump(basis: str) -> None:
    bands = [{"rate": "0.01", "lump": "500"}]

    assert pay(mode="whole_slab", basis=basis, bands=bands) == 0


def test_a_negative_basis_may_count_with_its_sign() -> None:
    assert pay(mode="progressive", basis="-1000", bands=SLABS, negative="signed") == Decimal("-30.00")
    assert pay(mode="whole_slab", basis="-1000", bands=SLABS, negative="signed") == Decimal("-30.00")


def test_lump_excess_pays_the_lump_and_a_rate_on_what_lies_above_the_slab() -> None:
    bands = [
        {"max": "100000", "rate": "0.01"},
        {"min": "100000", "max": "200000", "lump": "1000", "rate": "0.02"},
        {"min": "200000", "lump": "3000", "rate": "0.03"},
    ]

    assert pay(mode="lump_excess", basis="50000", bands=bands) == Decimal("500.00")
    assert pay(mode="lump_excess", basis="150000", bands=bands) == Decimal("2000.00")
    assert pay(mode="lump_excess", basis="200000", bands=bands) == Decimal("3000.00")


def test_progressive_and_whole_slab_add_the_lump_of_the_reached_slab_only() -> None:
    bands = [{"max": "100", "rate": "0.1", "lump": "5"}, {"min": "100", "rate": "0.2", "lump": "50"}]

    assert pay(mode="progressive", basis="150", bands=bands) == Decimal("70.00")
    assert pay(mode="whole_slab", basis="150", bands=bands) == Decimal("80.00")


def test_a_slab_may_hold_a_lump_alone() -> None:
    assert pay(mode="whole_slab", basis="10", bands=[{"lump": "800"}]) == Decimal("800.00")


def test_attainment_exactly_on_the_edge_counts_as_reached_even_where_the_quotient_does_not_end() -> None:
    common = {"mode": "whole_slab", "bands_of": "attainment", "bands": ATTAINMENT}

    assert pay(basis="333333.33", target="333333.33", **common) == Decimal("6666.67")
    assert pay(basis="333333.32", target="333333.33", **common) == Decimal("3333.33")


def test_attainment_edges_of_progressive_are_shares_of_the_target() -> None:
    bands = [
        {"max": "1", "rate": "0.1"},
        {"min": "1", "max": "1.2", "rate": "0.15"},
        {"min": "1.2", "rate": "0.2"},
    ]

    found = pay(mode="progressive", bands_of="attainment", target="1000000", basis="1300000", bands=bands)

    assert found == Decimal("150000.00")


def test_attainment_edges_of_lump_excess_are_shares_of_the_target_too() -> None:
    bands = [{"max": "1", "rate": "0"}, {"min": "1", "rate": "0.1", "lump": "100"}]

    found = pay(mode="lump_excess", bands_of="attainment", target="1000", basis="1500", bands=bands)

    assert found == Decimal("150.00")


def test_another_measure_may_choose_the_slab() -> None:
    bands = [{"max": "0.1", "rate": "0.01"}, {"min": "0.1", "rate": "0.02"}]

    assert pay(mode="whole_slab", basis="10000", lookup="0.1", bands=bands) == Decimal("200.00")
    assert pay(mode="whole_slab", basis="10000", lookup="0.0999", bands=bands) == Decimal("100.00")


def test_a_lookup_may_be_an_attainment_of_another_measure() -> None:
    found = pay(mode="whole_slab", basis="500", lookup="1.01", bands_of="attainment", bands=ATTAINMENT)

    assert found == Decimal("10.00")


def acos(actual: str, **changes: str) -> dict[str, str]:
    rule = {"kind": "amount_pct", "actual": actual, "limit": "0.22", "direction": "lower"}
    return {**rule, "per": "0.01", "each": "0.05", **changes}


def margin(actual: str, **changes: str) -> dict[str, str]:
    rule = {"kind": "rate_points", "actual": actual, "limit": "0.10", "direction": "higher"}
    return {**rule, "per": "0.01", "each": "0.03", **changes}


@pytest.mark.parametrize(
    ("modifier", "amount"),
    [
        (acos("0.22"), "1000.00"),
        (acos("0.2299"), "1000.00"),
        (acos("0.23"), "950.00"),
        (acos("0.2299", count_mode="started"), "950.00"),
        (acos("0.235", count_mode="proportional"), "925.00"),
        (acos("0.90"), "0.00"),
        (margin("0.11"), "1000.00"),
        (margin("0.09"), "700.00"),
        (margin("0.089"), "700.00"),
        (margin("0.06"), "0.00"),
    ],
)
def test_a_modifier_takes_its_share_per_step_and_stops_at_nothing(
    modifier: dict[str, str], amount: str
) -> None:
    assert pay(mode="flat", basis="10000", rate="0.1", modifiers=[modifier]) == Decimal(amount)


def test_modifiers_of_the_amount_multiply_and_those_of_the_rate_add() -> None:
    both = [acos("0.24"), acos("0.23")]
    rates = [margin("0.09"), margin("0.08")]

    assert pay(mode="flat", basis="10000", rate="0.1", modifiers=both) == Decimal("855.00")
    assert pay(mode="flat", basis="10000", rate="0.1", modifiers=rates) == Decimal("100.00")


def test_rate_points_lower_every_slab_and_never_below_0() -> None:
    bands = [{"max": "1000", "rate": "0.02"}, {"min": "1000", "rate": "0.05"}]

    found = pay(mode="progressive", basis="2000", bands=bands, modifiers=[margin("0.09")])

    assert found == Decimal("20.00")


def test_the_multiplier_comes_last_and_only_once_is_rounded() -> None:
    assert pay(mode="flat", basis="333.33", rate="0.015", multiplier="1.2") == Decimal("6.00")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"bands": SLABS[:1] + SLABS[2:]}, "bands_gap"),
        ({"bands": SLABS[1:]}, "bands_gap"),
        ({"bands": []}, "bands_gap"),
        ({"bands": [*SLABS, {"min": "500000", "max": "700000", "rate": "0.06"}]}, "bands_overlap"),
        ({"bands": [{"max": "5"}, {"min": "5", "rate": "0.1"}]}, "D221"),
        ({"bands": [{"rates": "0.1"}]}, "D220"),
        ({"rate": "0.05"}, "D221"),
        ({"lookup": "1"}, "D221"),
        ({"target": "1000"}, "D221"),
        ({"bands_of": "attainment"}, "D221"),
        ({"bands_of": "attainment", "target": "0"}, "ratio_needs_positive_target"),
        ({"bands_of": "attainment", "target": "-5"}, "ratio_needs_positive_target"),
        ({"multiplier": "-1"}, "D221"),
        ({"closed": "both"}, "D221"),
        ({"modifiers": [{**margin("0.09"), "per": "0"}]}, "D221"),
        ({"modifiers": [{**margin("0.09"), "each": "-1"}]}, "D221"),
        ({"modifiers": [{**margin("0.09"), "direction": None}]}, "D221"),
        ({"modifiers": [{**margin("0.09"), "actual": None}]}, "D221"),
        ({"mode": None}, "D221"),
        ({"mode": "flat"}, "D221"),
        ({"basis": None}, "D221"),
        ({"basis": "1" + "0" * 40}, "D221"),
    ],
)
def test_a_table_or_argument_that_would_pay_something_else_is_refused(
    changes: dict[str, object], code: str
) -> None:
    plan: dict[str, object] = {"mode": "progressive", "basis": "1000", "bands": SLABS}

    assert refusal(**{**plan, **changes}).code == code


def test_flat_refuses_what_it_would_ignore() -> None:
    assert refusal(mode="flat", basis="1", rate="0.1", bands=SLABS).code == "D221"
    assert refusal(mode="flat", basis="1", rate="0.1", bands_of="attainment", target="1").code == "D221"
    assert refusal(mode="flat", basis="1").code == "D221"


@given(TABLES, BASES, st.decimals("0", "500", places=2))
def test_progressive_rises_with_the_basis_and_never_faster_than_its_highest_rate(
    table: list[dict[str, Any]], basis: Decimal, more: Decimal
) -> None:
    highest = max(band["rate"] for band in table)

    low = pay(mode="progressive", basis=basis, bands=table)
    high = pay(mode="progressive", basis=basis + more, bands=table)

    assert 0 <= high - low <= more * highest + Decimal("0.01")


@given(st.lists(st.decimals("1", "900000", places=2), max_size=5), RATES, BASES)
def test_slabs_of_one_rate_pay_like_a_flat_rate(edges: list[Decimal], rate: Decimal, basis: Decimal) -> None:
    table = slabs(edges, [rate])

    flat = pay(mode="flat", basis=basis, rate=rate)

    assert pay(mode="progressive", basis=basis, bands=table) == flat
    assert pay(mode="whole_slab", basis=basis, bands=table) == flat


@given(TABLES, BASES, st.randoms())
def test_the_order_of_slabs_does_not_matter(table: list[dict[str, Any]], basis: Decimal, random: Any) -> None:
    shuffled = random.sample(table, len(table))

    for mode in ("whole_slab", "progressive", "lump_excess"):
        assert pay(mode=mode, basis=basis, bands=shuffled) == pay(mode=mode, basis=basis, bands=table)


@given(TABLES, st.decimals("0.01", "2000000", places=2))
def test_progressive_is_the_sum_of_each_part_at_its_own_rate(
    table: list[dict[str, Any]], basis: Decimal
) -> None:
    edges = [Decimal(0), *(b["max"] for b in table if b["max"] is not None and b["max"] < basis), basis]
    by_hand = Decimal(0)
    for low, high in itertools.pairwise(edges):
        middle = (low + high) / 2
        rate = next(b["rate"] for b in table if b["max"] is None or middle < b["max"])
        by_hand += (high - low) * rate

    assert abs(pay(mode="progressive", basis=basis, bands=table) - by_hand) <= Decimal("0.005")
