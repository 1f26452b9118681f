from decimal import Decimal, DivisionByZero

import pytest

from models.money import divide, multiply, plain, round_half_up, settle
from models.values import dec


@pytest.mark.parametrize(
    "value",
    [
        0.1,
        True,
        None,
        b"1",
        Decimal("NaN"),
        Decimal("Infinity"),
        "nan",
        "1e3",
        "１",
        "1_0",
        ".",
        "1.",
        "--1",
        "+-1",
        "",
    ],
)
def test_what_is_no_exact_number_is_refused(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        dec(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "places", "expected"),
    [("1.005", 2, "1.01"), ("89.995", 2, "90.00"), ("-0.125", 2, "-0.13"), ("0.5", 0, "1")],
)
def test_halves_go_away_from_zero(text: str, places: int, expected: str) -> None:
    assert str(round_half_up(dec(text), places)) == expected


def test_remainders_of_divisions_do_not_cost_a_grade() -> None:
    seventh = divide(Decimal("89.995"), Decimal(7))

    assert multiply(seventh, Decimal(7)) != Decimal("89.995")
    assert settle(multiply(seventh, Decimal(7)), 2) == Decimal("90.00")


def test_division_by_zero_is_an_error_and_never_an_infinity() -> None:
    with pytest.raises(DivisionByZero):
        divide(Decimal(1), Decimal(0))


def test_numbers_are_shown_without_exponents() -> None:
    assert [plain(Decimal(t)) for t in ("1E+6", "0.0000001", "-0.00", "120.50")] == [
        "1000000",
        "0.0000001",
        "0",
        "120.5",
    ]
