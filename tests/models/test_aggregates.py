"""Aggregates and references between KPIs: what is read, what is followed, what is refused."""

from datetime import date
from decimal import Decimal

import pytest

from models.definitions import Aggregate, Definitions, Having, Range, Sum, load_definitions, parts_of
from models.definitions.composites import is_additive
from models.errors import MeritError, MeritErrors
from models.figure import bounded

DAY = date(2026, 1, 1)
LINES = "fact: order_line, date: business_date"
SALES = f"{{{LINES}, sum: paid_amount_base}}"
REFUNDS = "{fact: refund, date: business_date, sum: amount_base, sign: minus}"


def kpi(name: str, *numerator: str, below: str = "", more: str = "", begin: str = "2010-01-01") -> str:
    items = "".join(f"      - {item}\n" for item in numerator)
    return (
        f"  - id: {name}\n    effective_from: {begin}\n    label: {{zh: {name}, en: {name}}}\n"
        f"    formula: {{zh: {name}, en: {name}}}\n    kind: result\n    unit: CNY\n    direction: higher\n"
        f"    decimals: 2\n    numerator:\n{items}{below}{more}"
    )


def load(*kpis: str) -> Definitions:
    return load_definitions({"x.yaml": "kpis:\n" + "".join(kpis)})


def refused(*kpis: str) -> list[MeritError]:
    with pytest.raises(MeritErrors) as caught:
        load(*kpis)
    return caught.value.errors


def parts(definitions: Definitions, name: str, on: date = DAY) -> tuple[Aggregate, ...]:
    return parts_of(definitions.kpi(name, on), lambda other: definitions.kpi(other, on)).all


def test_every_form_of_aggregate_is_read() -> None:
    found = load(
        kpi(
            "a",
            f"{{{LINES}, count_distinct: [buyer_id, business_date], period: previous}}",
            f"{{{LINES}, median: qty, window: 180}}",
            f"{{{LINES}, percentile: qty, percent: 90, window: all}}",
            f"{{{LINES}, min: qty, at: start}}",
            f"{{{LINES}, max: qty, at: end, sign: minus}}",
            f"{{{LINES}, count_groups: buyer_id, having: {{count_distinct: [order_id], at_least: 2}}}}",
            f"{{{LINES}, count_groups: [buyer_id], having: {{sum: qty * 2, above: 0.5}}, period: last_year}}",
            f"{{{LINES}, count_groups: buyer_id, having: {{active_in: previous}}}}",
        )
    )

    read = parts(found, "a")

    assert [a.agg for a in read[:5]] == ["count_distinct", "median", "percentile", "min", "max"]
    assert read[0].keys == ("buyer_id", "business_date")
    assert [a.range.id for a in read] == [
        "previous", "window_180", "all", "start", "end", "current", "last_year", "current",
    ]  # fmt: skip
    assert (read[2].percent, read[4].sign) == (Decimal(90), -1)
    assert read[5].having == Having("count_distinct", keys=("order_id",), at_least=Decimal(2))
    assert (read[6].having or Having()).above == Decimal("0.5")
    assert read[7].having == Having()


def test_a_named_kpi_stands_for_its_aggregates_with_sign_and_range() -> None:
    found = load(
        kpi("net", SALES, REFUNDS),
        kpi("profit", "{kpi: net}", f"{{{LINES}, sum: cogs_base, sign: minus}}"),
        kpi("growth", "{kpi: profit}", "{kpi: profit, sign: minus, period: previous}",
            below="    denominator:\n      - {kpi: profit, period: previous}\n"),
    )  # fmt: skip

    read = [(a.fact, a.sign, a.range.id) for a in parts(found, "growth")]

    profit = [("order_line", 1), ("refund", -1), ("order_line", -1)]
    assert read == [
        *((fact, sign, "current") for fact, sign in profit),
        *((fact, -sign, "previous") for fact, sign in profit),
        *((fact, sign, "previous") for fact, sign in profit),
    ]


def test_a_named_kpi_is_the_version_in_force() -> None:
    found = load(
        kpi("net", SALES, REFUNDS), kpi("net", SALES, begin="2027-01-01"), kpi("profit", "{kpi: net}")
    )

    assert len(parts(found, "profit", date(2026, 12, 31))) == 2
    assert len(parts(found, "profit", date(2027, 1, 1))) == 1


TARGET = "    denominator: {target: net}\n"
RATE = f"    denominator:\n      - {SALES}\n"


@pytest.mark.parametrize(
    ("kpis", "code", "actual"),
    [
        ([kpi("a", "{kpi: b}"), kpi("b", "{kpi: c}"), kpi("c", "{kpi: a}")], "D211", "a -> b -> c -> a"),
        ([kpi("a", "{kpi: a}")], "D211", "a -> a"),
        ([kpi("a", "{kpi: nett}"), kpi("net", SALES)], "D208", "nett"),
        ([kpi("a", "{kpi: b}"), kpi("b", SALES, below=RATE)], "D232", "x.yaml:"),
        ([kpi("a", "{kpi: b}"), kpi("b", SALES, below=TARGET), kpi("net", SALES)], "D232", "x.yaml:"),
        ([kpi("a", "{kpi: b}"), kpi("b", SALES, more="    scale: 2\n")], "D232", "x.yaml:"),
        ([kpi("a", "{kpi: b}"), kpi("b", SALES, more="    floor: 0\n")], "D232", "x.yaml:"),
        ([kpi("a", "{kpi: b, period: previous}"), kpi("b", f"{{{LINES}, sum: qty, at: end}}")], "D232", "previous"),
        ([kpi("a", "{kpi: b}"), kpi("b", SALES, begin="2020-01-01")], "D218", "b at x.yaml"),
        ([kpi("a", "{kpi: b}", begin="2020-01-01"), kpi("b", SALES), kpi("b", SALES, below=RATE, begin="2021-01-01")],
         "D232", "x.yaml:"),
        ([kpi("a", "{kpi: b, where: qty > 1}"), kpi("b", SALES)], "D110", ""),
    ],
)  # fmt: skip
def test_a_reference_that_does_not_hold_is_refused_once(kpis: list[str], code: str, actual: str) -> None:
    found = refused(*kpis)

    assert [e.code for e in found] == [code]
    assert actual in found[0].actual
    assert found[0].where.startswith("x.yaml:")
    assert found[0].remedy


def test_a_chain_of_references_that_doubles_is_refused_at_once() -> None:
    chain = [kpi(f"k{i}", f"{{kpi: k{i + 1}}}", f"{{kpi: k{i + 1}}}") for i in range(40)]

    found = refused(*chain, kpi("k40", SALES))

    assert {e.code for e in found} == {"D232"}


def test_only_what_days_add_up_to_is_divided_by_days() -> None:
    found = load(
        kpi("net", SALES, REFUNDS),
        kpi("profit", "{kpi: net}"),
        kpi("stock", "{fact: inventory, date: snapshot_on, sum: on_hand_cost_base, at: end}"),
        kpi("worth", "{kpi: net}", "{kpi: stock}"),
        kpi("before", SALES.replace("}", ", period: previous}")),
        kpi("middle", f"{{{LINES}, median: qty}}"),
        kpi("kept", SALES, more="    floor: 0\n"),
    )

    additive = {name for name in found.kpis if is_additive(found.kpis[name], found.kpis.__getitem__)}

    assert additive == {"net", "profit"}


def test_bounds_keep_the_value_within() -> None:
    found = load(kpi("a", SALES, more="    floor: -1\n    cap: 1\n"))

    one = found.kpis["a"]

    assert isinstance(one.measure, Sum)
    assert one.measure.numerator[0].range == Range()
    assert [bounded(one, Decimal(x)) for x in ("-3", "0.5", "7")] == [Decimal(-1), Decimal("0.5"), Decimal(1)]
