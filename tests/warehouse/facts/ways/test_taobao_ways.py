"""One set of Taobao's trades and refunds through pages of every size: the same money every day.

Trades of every state, presales, postage, discounts, refunds in part, whole and in vain. TOP states no tax.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.taobao_top import TaobaoTop
from connectors.testing.clock import Clock
from connectors.testing.fakes import taobao_world as made
from connectors.testing.fakes.taobao_top import TaobaoFake
from connectors.testing.world import FakeRecord
from tests.connectors.against_fake import FakeBench, served
from tests.connectors.testing.conformance.cases.taobao_top import ACCOUNT
from tests.warehouse.facts.ways.daily import DayMoney, hold_only, money, pulled

NOON = made.FIRST + timedelta(days=1, hours=12)
SENT = "WAIT_BUYER_CONFIRM_GOODS"


def _line(
    number: int, total: str, share: str, status: str = SENT, refund: str = "NO_REFUND"
) -> dict[str, Any]:
    return {
        "oid": 3_200_000_000_000_000_000 + number,
        "num": 1,
        "num_iid": 620_000_000,
        "outer_sku_id": "SKU-1",
        "total_fee": total,
        "part_mjz_discount": "0.00",
        "divide_order_fee": share,
        "status": status,
        "refund_status": refund,
    }


def _trade(
    number: int, status: str, lines: list[dict[str, Any]], post: str = "0.00", **more: Any
) -> FakeRecord:
    was = made.trade(number, NOON)
    raw = {
        **was.raw,
        "status": status,
        "post_fee": post,
        "orders": {"order": lines},
        "pay_time": made.local(NOON),
        **more,
    }
    if raw["pay_time"] is None:
        del raw["pay_time"]
    return FakeRecord(was.key, NOON, NOON, raw, {})


def _refund(number: int, status: str, fee: str) -> FakeRecord:
    was = made.refund(number, NOON)
    return FakeRecord(was.key, NOON, NOON, {**was.raw, "status": status, "refund_fee": fee}, {})


TRADES = [
    # 100 and 50 with 8 of postage, a discount of 10 shared; the third line of the trade was closed before it was paid
    _trade(
        1, SENT,
        [_line(1, "100.00", "93.00"), _line(2, "50.00", "47.00"), _line(3, "20.00", "20.00", "TRADE_CLOSED_BY_TAOBAO")],
        "8.00",
    ),
    _trade(2, "TRADE_FINISHED", [_line(4, "30.00", "30.00")], step_trade_status="FRONT_PAID_FINAL_PAID"),
    _trade(3, "WAIT_BUYER_PAY", [_line(5, "40.00", "40.00", "WAIT_BUYER_PAY")], step_trade_status="FRONT_PAID_FINAL_NOPAID"),
    _trade(4, SENT, [_line(6, "40.00", "40.00")], step_trade_status="FRONT_PAID_FINAL_NOPAID"),
    _trade(5, "WAIT_BUYER_PAY", [_line(7, "60.00", "60.00", "WAIT_BUYER_PAY")], pay_time=None),
    _trade(6, "TRADE_NO_CREATE_PAY", [_line(8, "60.00", "60.00", "TRADE_NO_CREATE_PAY")], pay_time=None),
    _trade(7, "TRADE_CLOSED_BY_TAOBAO", [_line(9, "60.00", "60.00", "TRADE_CLOSED_BY_TAOBAO")], pay_time=None),
    # paid and given back: a sale and a refund
    _trade(8, "TRADE_CLOSED", [_line(10, "70.00", "0.00", "TRADE_CLOSED", "SUCCESS")], end_time=made.local(NOON)),
    _trade(9, "PAID_FORBID_CONSIGN", [_line(11, "5.00", "5.00", "PAID_FORBID_CONSIGN")]),
    _trade(10, "PAY_PENDING", [_line(12, "9.00", "9.00", "PAY_PENDING")]),
]  # fmt: skip
REFUNDS = [
    _refund(8, "SUCCESS", "70.00"),
    _refund(1, "SUCCESS", "3.00"),
    _refund(2, "WAIT_SELLER_AGREE", "30.00"),
    _refund(3, "CLOSED", "30.00"),
    _refund(4, "SELLER_REFUSE_BUYER", "30.00"),
]
EXPECTED: dict[str, DayMoney] = {"2026-03-03 CNY": money("253.00", "73.00", None, 4)}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[FakeBench]:
    clock = Clock(made.AS_OF)
    with served(TaobaoFake(clock), clock, tmp_path / "taobao", ACCOUNT) as found:
        hold_only(found, {"trades": TRADES, "refunds": REFUNDS})
        yield found


@pytest.mark.parametrize("size", ["1", "3", "100"])
def test_the_same_trades_and_refunds_are_the_same_money_on_pages_of_every_size(
    bench: FakeBench, tmp_path: Path, size: str
) -> None:
    def windows(stream: str) -> Any:
        return bench.pull(TaobaoTop(), stream, span_from=made.FIRST, settings={"page_size": size})

    assert pulled(bench, tmp_path, "taobao_top", ("trades", "refunds"), windows) == EXPECTED
