"""Two downloads of neighbouring months, as platforms bound them: none is refused, no row counts twice, all heals."""

from decimal import Decimal

import pytest

from tests.connectors.file_drop import export_files as files
from tests.warehouse.facts.test_exports import declare, put
from tests.warehouse.facts.world import FactWorld

JANUARY, FEBRUARY = ("2026-01-01", "2026-01-31"), ("2026-02-01", "2026-02-28")
NIGHT = (
    "2026-01-31 23:59:58",
    "2026-02-01 00:00:05",
)  # placed in the last seconds of January, paid in the first of February


def line(key: str, ordered: str, paid: str, amount: str = "100.00", **more: object) -> dict[str, object]:
    return {
        "order_id": key, "line_id": key, "qty": 1, "paid_amount": amount, "ordered_at": ordered, "paid_at": paid, "status": "",
        **more,
    }  # fmt: skip


def month(world: FactWorld, days: tuple[str, str], *rows: dict[str, object]) -> None:
    world.drop("order_line", list(rows), days=days, currency="CNY", name=f"facts/{days[0][:7]}.csv")


def sales(world: FactWorld) -> list[tuple[str, str, Decimal]]:
    return world.rows(
        "select cast(business_date as varchar), line_id, paid_amount from core_order_line order by all"
    )


FIRST = line("A", "2026-01-05 10:00:00", "2026-01-05 10:01:00")
LATE = line("N", *NIGHT)
SECOND = line("B", "2026-02-07 10:00:00", "2026-02-07 10:01:00")


@pytest.mark.parametrize("bound", ["order", "payment", "both"])
def test_two_correct_monthly_downloads_both_load_however_they_are_bounded(
    world: FactWorld, bound: str
) -> None:
    month(world, JANUARY, FIRST, *([LATE] if bound != "payment" else []))
    month(world, FEBRUARY, *([LATE] if bound != "order" else []), SECOND)

    world.build()

    assert world.failures() == []
    assert sales(world) == [
        ("2026-01-05", "A", Decimal(100)),
        ("2026-02-01", "N", Decimal(100)),
        ("2026-02-07", "B", Decimal(100)),
    ]


@pytest.mark.parametrize("name", ["doudian", "shopify"])
def test_an_export_bounded_by_the_day_of_order_holds_what_was_paid_after_midnight(
    world: FactWorld, name: str
) -> None:
    if name == "doudian":
        rows = files.changed(files.DOUDIAN, 2, "订单提交时间", "2026/10/02 23:59:58")
        rows = files.changed(rows, 2, "支付完成时间", "2026/10/03 00:00:05")
    else:
        rows = files.changed(files.SHOPIFY, 1, "Created at", "2026-10-02 23:59:58 +0800")
        rows = files.changed(rows, 1, "Paid at", "2026-10-03 00:00:05 +0800")
    declare(world, "order_line", put(world, rows), ("2026-10-01", "2026-10-02"), rows=3)

    world.build()

    assert world.failures() == []
    days = world.rows("select distinct cast(business_date as varchar) from core_order_line order by 1")
    assert days[-1] == ("2026-10-03",)


def test_a_row_that_stands_in_two_downloads_has_the_state_of_the_newer_one(world: FactWorld) -> None:
    month(world, JANUARY, FIRST, LATE | {"status": "待发货"})
    month(world, FEBRUARY, LATE | {"status": "已完成"}, SECOND)

    world.build()

    assert world.failures() == []
    assert world.rows("select status from core_order_line where line_id = 'N'") == [("已完成",)]


@pytest.mark.parametrize("first", ["2026-01", "2026-02"])
def test_which_of_two_downloads_came_first_changes_nothing(world: FactWorld, first: str) -> None:
    for days in sorted([JANUARY, FEBRUARY], key=lambda d: not d[0].startswith(first)):
        rows = (
            [FIRST, LATE | {"status": "待发货"}] if days == JANUARY else [LATE | {"status": "已完成"}, SECOND]
        )
        month(world, days, *rows)
        world.build()

    assert world.rows("select line_id, status from core_order_line where line_id = 'N'") == [("N", "已完成")]


def test_a_row_taken_over_by_a_newer_download_comes_back_when_that_one_goes(world: FactWorld) -> None:
    month(world, JANUARY, FIRST, LATE)
    month(world, FEBRUARY, LATE, SECOND)
    world.build()

    month(world, FEBRUARY, SECOND)
    world.build()
    assert [key for _, key, _ in sales(world)] == ["A", "N", "B"]

    month(world, FEBRUARY, LATE, SECOND)
    world.build()
    world.remove("facts/2026-02.csv")
    world.build()

    assert [key for _, key, _ in sales(world)] == ["A", "N"]


def test_an_order_paid_after_the_first_download_heals_with_the_next_one(world: FactWorld) -> None:
    month(world, JANUARY, FIRST)
    month(world, FEBRUARY, SECOND)
    world.build()

    month(world, JANUARY, FIRST, LATE)
    world.build()

    assert ("2026-02-01", "N", Decimal(100)) in sales(world)


def test_two_downloads_that_disagree_on_the_money_are_refused_and_say_which_row(world: FactWorld) -> None:
    month(world, JANUARY, FIRST, LATE)
    month(world, FEBRUARY, LATE | {"paid_amount": "90.00"}, SECOND)

    world.build()

    assert [code for code, _ in world.failures()] == ["W205"]
    assert "(N)" in world.failures()[0][1]


def test_a_row_that_fits_neither_by_order_nor_by_payment_is_still_refused(world: FactWorld) -> None:
    month(world, JANUARY, FIRST, LATE, line("X", "2025-12-31 23:00:00", "2026-02-03 10:00:00"))

    world.build()

    code, cause = world.failures()[0]
    assert (code, "bounded" in cause, "2026-02-01, not in 2026-01-01 to 2026-01-31" in cause) == (
        "C145",
        False,
        True,
    )


def test_a_refund_asked_for_in_one_month_and_paid_in_the_next_stands_in_the_file_of_either(
    world: FactWorld,
) -> None:
    row = {"refund_id": "R1", "refund_line_id": "R1", "order_id": "A", "qty": 1}
    asked = row | {"amount": "0.00", "requested_at": "2026-01-31 23:00:00", "refunded_at": ""}
    paid = row | {
        "amount": "40.00",
        "requested_at": "2026-01-31 23:00:00",
        "refunded_at": "2026-02-02 09:00:00",
    }
    world.drop("refund", [asked], days=JANUARY, currency="CNY")
    world.drop("refund", [paid], days=FEBRUARY, currency="CNY")

    world.build()

    assert world.failures() == []
    found = world.rows("select cast(business_date as varchar), amount from core_refund")
    assert found == [("2026-02-02", Decimal(40))]
