"""One set of 抖店's orders and requests through pages of every size and the shop's own download: the same money every day.

Orders of every state, postage, subsidies of platform and 达人, the tax of a cross-border order; requests in part and whole.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.doudian import Doudian
from connectors.testing.clock import Clock
from connectors.testing.fakes import doudian as made
from connectors.testing.world import FakeRecord
from tests.connectors.against_fake import FakeBench, served
from tests.connectors.file_drop.export_files import write_csv
from tests.connectors.testing.conformance.cases.doudian import ACCOUNT
from tests.warehouse.facts.ways.daily import DayMoney, days, hold_only, money, pulled
from tests.warehouse.facts.world import FactWorld

NOON = made.FIRST + timedelta(days=1, hours=12)
DEPOSIT = {"main_status": 103, "order_status": 1}
# number: status, fen paid, fen of platform and 达人, fen of postage within, fen of tax within
_SOLD: Mapping[int, tuple[dict[str, Any], int, int, int, int]] = {
    0: ({"order_status": 2}, 10_800, 1_000, 800, 0),
    2: ({"order_status": 105, "main_status": 105}, 5_000, 0, 0, 0),
    4: ({"order_status": 101}, 2_000, 300, 0, 0),
    6: ({"order_status": 5}, 10_908, 0, 0, 908),
    8: ({"order_status": 1, "pay_time": 0}, 7_000, 0, 0, 0),
    10: (DEPOSIT, 1_000, 0, 0, 0),
    12: ({"order_status": 4, "pay_time": 0}, 6_000, 0, 0, 0),
}
# number: order, refund_status, fen, fen of platform and 达人, fen of tax
_BACK: Mapping[int, tuple[int, int, int, int, int]] = {
    0: (0, 3, 10_800, 1_000, 0),
    1: (2, 5, 1_250, 0, 0),
    2: (6, 3, 10_908, 0, 908),
    3: (4, 1, 2_000, 0, 0),
    4: (4, 4, 2_000, 0, 0),
}
EXPECTED: dict[str, DayMoney] = {
    # 108 + 10, 50, 20 + 3, 109.08 - 9.08; back: 118, 12.50, 100
    "2026-11-10 CNY": money("291.00", "230.50", "0.00", 4)
}


def _order(number: int) -> FakeRecord:
    status, paid, borne, post, tax = _SOLD[number]
    was = made.order(number, NOON)
    line = {
        **was.raw["sku_order_list"][0],
        "pay_amount": paid - post,
        "platform_cost_amount": borne,
        "tax_amount": tax,
    }
    head = {"pay_amount": paid, "platform_cost_amount": borne, "post_amount": post, "tax_amount": tax}
    raw = {**was.raw, "main_status": 2, **head, **status, "sku_order_list": [line]}
    return FakeRecord(was.key, NOON, NOON, raw, {})


def _request(number: int) -> FakeRecord:
    order, status, fen, borne, tax = _BACK[number]
    was = made.after_sale(number, NOON)
    line = {
        "sku_order_id": str(6_940_000_000_000_000_000 + 10 * order),
        "aftersale_pay_amount": fen,
        "aftersale_item_num": 1,
        "aftersale_tax_amount": tax,
    }
    info = {
        **was.raw["aftersale_info"],
        "refund_status": status,
        "refund_amount": fen,
        "return_promotion_amount": borne,
    }
    raw = {
        **was.raw,
        "aftersale_info": info,
        "order_info": {
            "shop_order_id": str(6_930_000_000_000_000_000 + order),
            "related_order_info": [line],
        },
        "detail": {
            **was.raw["detail"],
            "platform_discount_return_amount": borne - borne // 3,
            "kol_discount_return_amount": borne // 3,
        },
    }
    return FakeRecord(was.key, NOON, NOON, raw, {})


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[FakeBench]:
    clock = Clock(made.AS_OF)
    with served(made.DoudianFake(clock), clock, tmp_path / "doudian", ACCOUNT) as found:
        hold_only(found, {"orders": map(_order, _SOLD), "refunds": map(_request, _BACK)})
        yield found


@pytest.mark.parametrize("size", ["1", "3", "100"])
def test_the_same_orders_and_requests_are_the_same_money_on_pages_of_every_size(
    bench: FakeBench, tmp_path: Path, size: str
) -> None:
    def windows(stream: str) -> Any:
        return bench.pull(Doudian(), stream, span_from=made.FIRST, settings={"page_size": size})

    found = pulled(bench, tmp_path, "doudian", ("orders", "refunds"), windows)

    assert found == EXPECTED


def test_the_shops_own_download_of_the_same_orders_is_the_same_money(tmp_path: Path) -> None:
    header: list[object] = ["主订单编号", "子订单编号", "商品数量", "商家编码",
              "订单应付金额", "平台实际承担优惠金额", "达人实际承担优惠金额",
              "税费", "订单提交时间", "支付完成时间", "订单状态"]  # fmt: skip
    words = {1: "待支付", 2: "备货中", 4: "已关闭", 5: "已完成", 101: "部分发货", 105: "已支付"}
    rows: list[list[object]] = [header]
    for record in map(_order, _SOLD):
        raw = record.raw
        borne = raw["platform_cost_amount"]
        amounts = [raw["pay_amount"], borne - borne // 3, borne // 3, raw["tax_amount"]]
        told = "部分支付" if raw["main_status"] == 103 else words[raw["order_status"]]
        line = f"\t{raw['sku_order_list'][0]['order_id']}"
        shown = [f"{Decimal(fen) / 100:.2f}" for fen in amounts]
        paid = "2026-11-10 12:00:00" if raw["pay_time"] else ""
        rows.append([f"\t{record.key}", line, "1", "SKU-1", *shown, "2026-11-10 11:00:00", paid, told])
    world = FactWorld(tmp_path / "files")
    write_csv(world.folder / "exports/a.csv", rows, "gb18030")
    world.drops["a"] = (
        "table: order_line, file: exports/a.csv, layout: auto, shop_id: dy, zone: Asia/Shanghai, "
        f"from: 2026-11-10, to: 2026-11-10, rows: {len(_SOLD)}, platform: doudian"
    )

    world.build()

    assert world.failures() == []
    with world.warehouse() as con:
        (found,) = days(con).values()
    (day,) = EXPECTED.values()
    # the download holds no requests: its tax is that of the orders alone
    assert (found.gmv, found.orders, found.tax) == (day.gmv, day.orders, Decimal("9.08"))
