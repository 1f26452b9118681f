"""What 抖店 sends for orders and after-sales requests, and the flat records the warehouse reads (shapes: README.md).

Only the fields declared here are ever written to disk; money is whole fen. Not here: requests.
"""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from connectors.kit.contract.errors import Incomplete, SchemaDrift
from connectors.kit.contract.fields import EpochSeconds, Id, Row
from connectors.kit.contract.strict_json import Json

MOST_FEN = 10**16  # DECIMAL(18,4) holds fourteen digits before the point; fen are two more


def _fen(value: int) -> int:
    if abs(value) >= MOST_FEN:
        raise ValueError("more than the warehouse holds")
    return value


def _absent_zero(value: object) -> object:
    # not a bool: False == 0 in Python, and a bool must stay a fault
    return None if value in (0, "0", "") and not isinstance(value, bool) else value


Fen = Annotated[int, AfterValidator(_fen)]
# 抖店 writes 0 or "" where there is none
Never = Annotated[EpochSeconds | None, BeforeValidator(_absent_zero)]
NoId = Annotated[Id | None, BeforeValidator(_absent_zero)]


class GoodsOrder(Row):
    """One goods order (商品单) of a shop order."""

    order_id: Id
    item_num: int
    pay_amount: Fen
    platform_cost_amount: Fen = 0
    post_amount: Fen = 0
    tax_amount: Fen = 0
    order_status: int
    trade_type: int | None = None
    code: str | None = None
    out_sku_id: str | None = None
    sku_id: NoId = None
    room_id_str: NoId = None
    author_id: NoId = None
    video_id: NoId = None


class DoudianOrder(Row):
    """One shop order (店铺单); of the buyer only a pseudonym."""

    order_id: Id
    order_status: int
    main_status: int | None = None
    create_time: EpochSeconds
    pay_time: Never = None
    update_time: EpochSeconds
    finish_time: Never = None
    pay_amount: Fen
    platform_cost_amount: Fen = 0
    post_amount: Fen = 0
    tax_amount: Fen = 0
    doudian_open_id: NoId = None
    sku_order_list: list[GoodsOrder]


class AfterSaleLine(Row):
    """A goods order that an after-sales request is about."""

    sku_order_id: Id
    aftersale_pay_amount: Fen
    aftersale_item_num: int
    aftersale_tax_amount: Fen = 0


class AfterSaleOrder(Row):
    """The order behind a request."""

    shop_order_id: Id
    related_order_info: list[AfterSaleLine]


class AfterSaleInfo(Row):
    """The request itself."""

    aftersale_id: Id
    aftersale_type: int
    aftersale_status: int
    refund_status: int
    refund_amount: Fen
    return_promotion_amount: Fen = 0
    apply_time: EpochSeconds
    create_time: EpochSeconds
    update_time: EpochSeconds
    arbitrate_status: int | None = None
    arbitrate_blame: int | None = None


class AfterSaleText(Row):
    """The platform's own words for codes."""

    reason_text: str | None = None


class Subsidy(Row):
    """What platform and 达人 take back of the discounts they bore; asked for only where a discount was returned."""

    platform_discount_return_amount: Fen
    kol_discount_return_amount: Fen


class AfterSale(Row):
    """One after-sales request (售后单) with its state."""

    aftersale_info: AfterSaleInfo
    order_info: AfterSaleOrder
    text_part: AfterSaleText | None = None
    subsidy: Subsidy | None = None

    @property
    def changed(self) -> datetime:
        """When it last changed."""
        return self.aftersale_info.update_time


def flat_order(order: DoudianOrder) -> dict[str, Json]:
    """The payload of `raw_doudian_orders`."""
    lines = [line.model_dump() for line in order.sku_order_list]
    if len({line["order_id"] for line in lines}) != len(lines):
        raise Incomplete("an order lists one of its lines twice", may_settle=True)
    # only more is a fault: what is left over is postage, which the lines may or may not hold
    read = sum(line.pay_amount for line in order.sku_order_list)
    if read > order.pay_amount:
        raise SchemaDrift(
            "the lines of an order hold more than was paid", actual=f"{read} of {order.pay_amount} fen"
        )
    return {**order.model_dump(exclude={"sku_order_list"}), "lines": lines}


def flat_after_sale(request: AfterSale) -> dict[str, Json]:
    """The payload of `raw_doudian_refunds`."""
    subsidy = request.subsidy
    return {
        **request.aftersale_info.model_dump(),
        "shop_order_id": request.order_info.shop_order_id,
        "lines": [line.model_dump() for line in request.order_info.related_order_info],
        "reason_text": request.text_part.reason_text if request.text_part else None,
        # 0 where nothing was asked: then no money or no discount went back (follow_ups.py)
        "platform_discount_return_amount": subsidy.platform_discount_return_amount if subsidy else 0,
        "kol_discount_return_amount": subsidy.kol_discount_return_amount if subsidy else 0,
    }
