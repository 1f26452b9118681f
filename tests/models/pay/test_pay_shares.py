from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.pay import PAY_METHODS

FEN = Decimal("0.01")
AMOUNTS = st.decimals("-10000000", "10000000", places=2)
IDS = st.text("abc019甲", min_size=1, max_size=4)
WEIGHTS = st.dictionaries(IDS, st.decimals("0", "1000", places=5), min_size=1, max_size=12)


def run(method: str, **inputs: object) -> Any:
    return PAY_METHODS[f"pay.{method}"](inputs)


def split(amount: object, weights: object) -> dict[str, Decimal]:
    return run("split", amount=amount, weights=weights).shares  # type: ignore[no-any-return]


def test_the_odd_fen_goes_to_the_largest_remainder_and_then_to_the_first_id() -> None:
    assert split("1000.00", {"e03": "1", "e01": "1", "e02": "1"}) == {
        "e01": Decimal("333.34"),
        "e02": Decimal("333.33"),
        "e03": Decimal("333.33"),
    }
    assert split("0.10", {"a": "1", "b": "2", "c": "4"}) == {"a": FEN, "b": 3 * FEN, "c": 6 * FEN}


def test_a_negative_amount_divides_as_the_positive_one_did() -> None:
    weights = {"a": "1", "b": "1", "c": "1"}

    assert split("-0.05", weights) == {key: -share for key, share in split("0.05", weights).items()}


def test_somebody_without_weight_gets_nothing_not_even_an_odd_fen() -> None:
    assert split("0.02", {"a": "0", "b": "1", "c": "1", "d": "1"})["a"] == 0


def test_an_amount_with_more_than_two_decimals_is_rounded_before_it_is_split() -> None:
    assert sum(split("10.005", {"a": "1", "b": "2"}).values()) == Decimal("10.01")


def test_a_pool_weighs_coefficient_by_days() -> None:
    members = {
        "a": {"coefficient": "1.2", "days": "31"},
        "b": {"coefficient": "1", "days": "0"},
        "c": {"coefficient": "0.6", "days": "31"},
    }

    shares = run("pool", amount="900", members=members).shares

    assert shares == {"a": Decimal("600.00"), "b": Decimal("0.00"), "c": Decimal("300.00")}


@given(AMOUNTS, WEIGHTS)
def test_shares_always_sum_to_the_amount_and_lie_within_a_fen_of_the_exact_share(
    amount: Decimal, weights: dict[str, Decimal]
) -> None:
    assume(sum(weights.values()) > 0)

    shares = split(amount, weights)

    assert sum(shares.values()) == amount
    whole = Fraction(sum(map(Fraction, weights.values())))
    for key, weight in weights.items():
        assert abs(Fraction(shares[key]) - Fraction(amount) * Fraction(weight) / whole) < Fraction(FEN)


@given(AMOUNTS, WEIGHTS, st.randoms())
def test_the_order_of_members_never_matters(
    amount: Decimal, weights: dict[str, Decimal], random: Any
) -> None:
    assume(sum(weights.values()) > 0)
    shuffled = dict(random.sample(list(weights.items()), len(weights)))

    assert split(amount, shuffled) == split(amount, weights)


@given(AMOUNTS, WEIGHTS, st.decimals("0.001", "1000", places=3))
def test_only_the_proportion_of_weights_matters(
    amount: Decimal, weights: dict[str, Decimal], factor: Decimal
) -> None:
    assume(sum(weights.values()) > 0)

    assert split(amount, {key: weight * factor for key, weight in weights.items()}) == split(amount, weights)


@given(AMOUNTS, st.dictionaries(IDS, st.tuples(st.integers(0, 20), st.integers(0, 31)), min_size=1))
def test_a_pool_conserves_the_fen(amount: Decimal, people: dict[str, tuple[int, int]]) -> None:
    assume(any(c * d for c, d in people.values()))
    members = {key: {"coefficient": Decimal(c) / 10, "days": d} for key, (c, d) in people.items()}

    assert sum(run("pool", amount=amount, members=members).shares.values()) == amount


def test_a_person_is_capped_before_the_company_is() -> None:
    found = run("caps", amounts={"a": "9000", "b": "3000"}, person_cap="6000", pool_cap="6000")

    assert found.amounts == {"a": 4000, "b": 2000}
    assert found.cut == 6000


def test_the_cap_of_the_company_wins_over_a_floor() -> None:
    found = run("caps", amounts={"a": "100", "b": "900"}, person_floor="500", pool_cap="700")

    assert found.amounts == {"a": 250, "b": 450}
    assert found.cut == 300


def test_a_debt_is_not_scaled_by_the_cap_of_the_company() -> None:
    found = run("caps", amounts={"a": "1000", "b": "1000", "c": "-200"}, pool_cap="1000")

    assert found.amounts == {"a": 600, "b": 600, "c": -200}


def test_without_limits_nothing_is_cut() -> None:
    found = run("caps", amounts={"a": "10.005"})

    assert found.amounts == {"a": Decimal("10.01")}
    assert found.cut == 0


LIMITS = st.none() | st.decimals("0", "5000", places=2)


@given(st.dictionaries(IDS, st.decimals("-3000", "9000", places=2), min_size=1), LIMITS, LIMITS, LIMITS)
def test_caps_conserve_and_hold(
    amounts: dict[str, Decimal], low: Decimal | None, high: Decimal | None, pool: Decimal | None
) -> None:
    assume(low is None or high is None or low <= high)

    found = run("caps", amounts=amounts, person_floor=low, person_cap=high, pool_cap=pool)

    assert sum(found.amounts.values()) + found.cut == sum(amounts.values())
    assert pool is None or sum(found.amounts.values()) <= pool
    assert high is None or max(found.amounts.values()) <= high
    for key, amount in found.amounts.items():
        assert amount <= max(amounts[key], low if low is not None else amounts[key])


@given(AMOUNTS, st.decimals("0", "1", places=4), st.integers(1, 7))
def test_what_is_held_back_is_released_to_the_fen(amount: Decimal, share: Decimal, periods: int) -> None:
    first = 1 - Decimal("0.1") * (periods - 1)
    releases = [
        {"period": f"2027-{n:02}", "share": first if n == 1 else "0.1"} for n in range(1, periods + 1)
    ]

    found = run("holdback", amount=amount, share=share, releases=releases)

    assert found.paid + found.withheld == amount
    assert sum(found.releases.values()) == found.withheld


def test_a_holdback_without_a_plan_releases_nothing_yet() -> None:
    found = run("holdback", amount="1000", share="0.3")

    assert (found.paid, found.withheld, found.releases) == (700, 300, {})


def test_the_first_release_gets_the_odd_fen() -> None:
    releases = [{"period": p, "share": "0.25"} for p in ("2027-04", "2027-01", "2027-03", "2027-02")]

    found = run("holdback", amount="1.00", share="0.05", releases=releases)

    assert found.releases == {"2027-01": 2 * FEN, "2027-02": FEN, "2027-03": FEN, "2027-04": FEN}


@pytest.mark.parametrize("count", [1, 3, 300])
def test_equal_people_never_differ_by_more_than_a_fen(count: int) -> None:
    shares = split("10000.01", {f"p{n:03}": "1" for n in range(count)}).values()

    assert max(shares) - min(shares) <= FEN
