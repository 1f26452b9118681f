"""Which part of a target counts for whoever was not in the role all period, and how that is told."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from models.appraisal.targets import TargetBook
from models.definitions import Definitions, load_definitions
from models.errors import CompanyError
from models.inputs import Person, Target
from models.money import exact
from models.periods import Period

MARCH, QUARTER = Period.parse("2012-03"), Period.parse("2012-Q1")
SUM = "{fact: order_line, sum: paid_amount_base, date: business_date}"
KPIS = {
    "sales": ("CNY", f"numerator: [{SUM}]"),
    "pieces": ("pieces", "numerator: [{fact: order_line, sum: qty, date: business_date}]"),
    "rate": ("ratio", f"numerator: [{SUM}], denominator: [{SUM}]"),
    "turn": ("days", "numerator: [{fact: inventory, sum: sellable_qty, date: snapshot_on, at: end}]"),
    "typical": ("CNY", "numerator: [{fact: order_line, median: paid_amount_base, date: business_date}]"),
}


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    text = "kpis:\n" + "".join(
        f"  - {{id: {key}, effective_from: 2010-01-01, label: {{zh: k, en: k}}, formula: {{zh: k, en: k}}, kind: result,"
        f" unit: {unit}, direction: higher, decimals: 2, {body}}}\n"
        for key, (unit, body) in KPIS.items()
    )
    return load_definitions({"x.yaml": text})


def person(first: str, last: str | None, role: str = "r") -> Person:
    return Person(
        person_id="P1",
        name="甲",
        role_id=role,
        dept="x",
        manager_id=None,
        valid_from=date.fromisoformat(first),
        valid_to=date.fromisoformat(last) if last else None,
    )


def target(kpi: str, value: str, *, period: str = "2012-03", pro_rate: bool = True) -> Target:
    return Target(
        scope="role", scope_id="r", kpi_id=kpi, period=period, value=Decimal(value), pro_rate=pro_rate
    )


LEAVER, JOINER = person("2010-01-01", "2012-03-15"), person("2012-03-16", None)


@exact
def part(value: str, here: int, of: int) -> Decimal:
    return Decimal(value) * here / of


@pytest.mark.parametrize(
    ("people", "here"),
    [
        ([LEAVER], 15),
        ([JOINER], 16),
        ([person("2012-03-05", "2012-03-10")], 6),
        ([person("2010-01-01", "2012-03-04"), person("2012-03-05", "2012-03-20")], 20),  # changed department
        ([person("2010-01-01", "2012-03-10"), person("2012-03-11", None, "other")], 10),  # changed role
        ([person("2010-01-01", None)], 31),
        ([], 31),  # nothing is known of the person
    ],
)
def test_targets_of_leavers_and_joiners_are_pro_rated_by_the_days_in_the_role(
    definitions: Definitions, people: Sequence[Person], here: int
) -> None:
    found = TargetBook(definitions, [target("sales", "100000")], people).resolve("P1", "r", "sales", MARCH)

    assert found is not None
    assert found.value == part("100000", here, 31)


@pytest.mark.parametrize(
    ("kpi", "is_divided"),
    [("sales", True), ("pieces", True), ("rate", False), ("turn", False), ("typical", False)],
)
def test_what_adds_up_is_divided_by_days_and_a_ratio_an_average_or_a_level_is_not(
    definitions: Definitions, kpi: str, is_divided: bool
) -> None:
    found = TargetBook(definitions, [target(kpi, "62")], [LEAVER]).resolve("P1", "r", kpi, MARCH)

    assert found is not None
    assert found.value == (30 if is_divided else 62)


def test_a_target_that_says_so_stands_as_it_is(definitions: Definitions) -> None:
    book = TargetBook(definitions, [target("sales", "50000", pro_rate=False)], [LEAVER])

    found = book.resolve("P1", "r", "sales", MARCH)

    assert found is not None
    assert found.value == 50000
    assert found.step.en == "target = 50000 (the role's target; 15 of 31 days in the role, stands as stated)"
    assert found.step.zh == "目标 = 50000（岗位目标；在岗 15 天，共 31 天，不折算）"
    # it is due over the days that the person is here
    assert book.due("P1", "r", "sales", MARCH, (MARCH.start, date(2012, 3, 3))) == 10000


def test_the_arithmetic_of_a_divided_target_is_told_in_both_languages(definitions: Definitions) -> None:
    found = TargetBook(definitions, [target("sales", "93000")], [LEAVER]).resolve("P1", "r", "sales", MARCH)

    assert found is not None
    assert found.step.en == "target = 93000 × 15 ÷ 31 = 45000 (the role's target; 15 of 31 days in the role)"
    assert found.step.zh == "目标 = 93000 × 15 ÷ 31 = 45000（岗位目标；在岗 15 天，共 31 天）"


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (("2012-03-16", "2012-03-16"), 3000),  # one day: the whole target by the days of the month
        (("2012-03-01", "2012-03-20"), 15000),  # five days here by the 20th
        (("2012-03-01", "2012-03-15"), 0),
        (("2012-03-01", "2012-03-31"), 48000),
    ],
)
def test_only_the_days_in_the_role_are_due(
    definitions: Definitions, days: tuple[str, str], expected: int
) -> None:
    first, last = (date.fromisoformat(day) for day in days)
    book = TargetBook(definitions, [target("sales", "93000"), target("rate", "0.08")], [JOINER])

    assert book.due("P1", "r", "sales", MARCH, (first, last)) == expected
    assert book.due("P1", "r", "rate", MARCH, (first, last)) == Decimal("0.08")


def test_a_quarter_is_divided_by_its_own_days(definitions: Definitions) -> None:
    book = TargetBook(definitions, [target("sales", "91000", period="2012-Q1")], [LEAVER])

    found = book.resolve("P1", "r", "sales", QUARTER)

    assert found is not None
    assert found.value == 75000


def test_two_rows_that_differ_in_pro_rating_only_are_two_targets(definitions: Definitions) -> None:
    book = TargetBook(definitions, [target("sales", "1"), target("sales", "1", pro_rate=False)], [LEAVER])

    with pytest.raises(CompanyError) as caught:
        book.resolve("P1", "r", "sales", MARCH)

    assert caught.value.code == "C160"
