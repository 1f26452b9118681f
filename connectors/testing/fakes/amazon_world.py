"""The small world behind the fake of Amazon's Selling Partner API: a seller in the US on both sides of a change of clocks.

Here: records on the wire and what must become of them, written down without the connector's code. Not here: the API.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from connectors.testing.world import FakeRecord


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ZONE, MARKETPLACE = ZoneInfo("America/Los_Angeles"), "ATVPDKIKX0DER"  # amazon.com
# from a midnight in Los Angeles, over 8 March, when its clocks change
FIRST, NOW = datetime(2026, 3, 6, 8, tzinfo=UTC), datetime(2026, 3, 12, 19, 30, tzinfo=UTC)
ORDER_COLUMNS = _words(
    "amazon-order-id merchant-order-id purchase-date last-updated-date order-status fulfillment-channel sales-channel "
    "order-channel ship-service-level product-name sku asin item-status quantity currency item-price item-tax "
    "shipping-price shipping-tax gift-wrap-price gift-wrap-tax item-promotion-discount ship-promotion-discount ship-city "
    "ship-state ship-postal-code ship-country promotion-ids is-business-order purchase-order-number price-designation"
)
RETURN_COLUMNS = _words(
    "return-date order-id sku asin fnsku product-name quantity fulfillment-center-id detailed-disposition reason status "
    "license-plate-number customer-comments"
)
_KEPT_OF_ORDERS = _words(
    "amazon_order_id purchase_date last_updated_date order_status item_status fulfillment_channel sales_channel "
    "ship_service_level sku asin quantity currency item_price item_tax shipping_price shipping_tax gift_wrap_price "
    "gift_wrap_tax item_promotion_discount ship_promotion_discount ship_country is_business_order"
)
_KEPT_OF_RETURNS = _words(
    "return_date order_id sku asin quantity fulfillment_center_id detailed_disposition reason status license_plate_number"
)


def flat(instant: datetime) -> str:
    """An instant as flat files write it."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def zulu(instant: datetime) -> str:
    """An instant as payloads write it."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def begins(day: date) -> datetime:
    """Local midnight."""
    return datetime.combine(day, datetime.min.time(), tzinfo=ZONE).astimezone(UTC)


def order_id(number: int) -> str:
    """3-7-7 digits."""
    return f"111-{4_000_000 + number:07d}-{9_000_000 + number * 37:07d}"


def order_entry(number: int, line: int, changed: datetime, **more: str) -> FakeRecord:
    """One order line; lines 1 and 2 of an order are of the same SKU."""
    raw = dict.fromkeys(ORDER_COLUMNS, "")
    bought = changed - timedelta(hours=number % 26)
    raw |= {
        "amazon-order-id": order_id(number),
        "purchase-date": flat(bought),
        "last-updated-date": flat(changed),
        "order-status": "Shipped",
        "fulfillment-channel": "Amazon",
        "sales-channel": "Amazon.com",
        "ship-service-level": "Expedited",
        "product-name": "Teekanne für Gäste 茶壶",  # outside ASCII: a wrong charset shows
        "sku": f"AB-{number % 5}C/ÄÖ",
        "asin": f"B00{number % 5:07d}",
        "item-status": "Shipped",
        "quantity": str(1 + number % 3),
        "currency": "USD",
        "item-price": "90071992547409.93" if number == 3 else f"{19 + number}.10",  # no binary float holds it
        "item-tax": "1.52",
        "shipping-price": "5.99" if number % 4 == 0 else "",
        "item-promotion-discount": "2.00" if number % 6 == 0 else "",
        "ship-country": "US",
        "ship-city": "Seattle",
        "ship-state": "WA",
        "ship-postal-code": "98109",
        "promotion-ids": "US Core Free Shipping 2015/04/08 23-48-5-108",
        "is-business-order": "false",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    payload: dict[str, Any] = {name: raw[name.replace("_", "-")] or None for name in _KEPT_OF_ORDERS}
    payload |= {
        "line_number": line,
        "quantity": int(raw["quantity"]),
        "purchase_date": zulu(bought),
        "last_updated_date": zulu(changed),
    }
    key = f"{raw['amazon-order-id']}/{line}/{raw['sku']}"
    return FakeRecord(key, changed, bought, raw, payload)


def return_entry(number: int, at: datetime, **more: str) -> FakeRecord:
    """One returned unit."""
    raw = dict.fromkeys(RETURN_COLUMNS, "")
    raw |= {
        "return-date": flat(at),
        "order-id": order_id(number),
        "sku": f"AB-{number % 5}C/ÄÖ",
        "asin": f"B00{number % 5:07d}",
        "fnsku": f"X00{number:07d}",
        "product-name": "Teekanne für Gäste 茶壶",
        "quantity": "1",
        "fulfillment-center-id": "BFI4",
        "detailed-disposition": "SELLABLE" if number % 3 else "DEFECTIVE",
        "reason": "UNWANTED_ITEM" if number % 3 else "DEFECTIVE",
        "status": "Unit returned to inventory",
        "license-plate-number": f"LPNRR{number:09d}",
        "customer-comments": "",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    payload: dict[str, Any] = {name: raw[name.replace("_", "-")] or None for name in _KEPT_OF_RETURNS}
    payload |= {
        "line_number": 1,
        "quantity": int(raw["quantity"]),
        "return_date": zulu(at),
        "currency": "USD",
    }
    key = f"{at:%Y-%m-%d}/{order_id(number)}/1/{raw['license-plate-number']}/{raw['sku']}"
    return FakeRecord(key, at, at, raw, payload)


def traffic_entry(day: date, product: int | None, units: int, sales: Decimal) -> FakeRecord:
    """The whole shop's row (no product), or one product's, on one day."""
    sold: dict[str, Any] = {
        "unitsOrdered": units,
        "orderedProductSales": {"amount": sales, "currencyCode": "USD"},
        "totalOrderItems": units,
    }
    seen = {
        "sessions": 40 + units,
        "pageViews": 77 + units,
        "buyBoxPercentage": Decimal("95.20"),  # the zero at the end must stay
        "unitSessionPercentage": Decimal("7.69"),
    }
    refunded = 1 if product is None else None
    asin = None if product is None else f"B00{product:07d}"
    parent = None if product is None else "B009999999"
    if product is None:
        raw: dict[str, Any] = {"date": day.isoformat(), "salesByDate": sold, "trafficByDate": seen}
        sold["unitsRefunded"] = refunded
    else:
        raw = {"parentAsin": parent, "childAsin": asin, "salesByAsin": sold, "trafficByAsin": seen}
    payload = {
        "date": day.isoformat(),
        "level": "shop" if product is None else "sku",
        "product": asin,
        "parent_asin": parent,
        "child_asin": asin,
        "sku": None,
        "units_ordered": units,
        "order_items": units,
        "ordered_product_sales": str(sales),
        "currency": "USD",
        "units_refunded": refunded,
        "sessions": 40 + units,
        "page_views": 77 + units,
        "buy_box_percentage": "95.20",
    }
    key = f"{day}/shop" if product is None else f"{day}/sku/{asin}"
    return FakeRecord(key, begins(day), day, raw, payload)


def transaction_entry(number: int, at: datetime, status: str = "RELEASED") -> FakeRecord:
    """A refund (odd numbers) or the payment of an order."""
    is_refund, sign = bool(number % 2), -1 if number % 2 else 1
    price = Decimal("90071992547409.93") if number == 3 else Decimal(f"{19 + number}.10")
    parts = {
        "OurPricePrincipal": ("ProductCharges", price * sign),
        "OurPriceTax": ("Tax", Decimal("1.52") * sign),
        # a fee is taken from a payment and given back with a refund: its sign is the other one
        "Commission": ("AmazonFees", Decimal("-2.87") * sign),
    }
    kind, words = ("Refund", "Refund Order") if is_refund else ("Shipment", "Order Payment")
    refund = f"R{number:06d}" if is_refund else None
    raw = {
        "sellingPartnerMetadata": {"sellingPartnerId": "A3PLANTED", "accountType": "Standard Orders"},
        "transactionType": kind,
        "transactionId": f"tx-{number:04d}-planted",
        "transactionStatus": status,
        "description": words,
        "postedDate": zulu(at),
        "totalAmount": _money(_total(parts)),
        "marketplaceDetails": {"marketplaceId": MARKETPLACE, "marketplaceName": "Amazon.com"},
        "relatedIdentifiers": [
            {"relatedIdentifierName": name, "relatedIdentifierValue": value}
            for name, value in (("ORDER_ID", order_id(number)), ("REFUND_ID", refund))
            if value
        ],
        "items": [_item(number, parts)],
    }
    payload = {
        "transaction_id": raw["transactionId"],
        "transaction_type": kind,
        "transaction_status": status,
        "description": words,
        "posted_date": zulu(at),
        "total": str(_total(parts)),
        "currency": "USD",
        "marketplace_id": MARKETPLACE,
        "is_ours": True,
        "order_id": order_id(number),
        "refund_id": refund,
        "settlement_id": None,
        "deferred_transaction_id": None,
        "items": [_item_payload(number, parts)],
    }
    return FakeRecord(f"tx-{number:04d}-planted", at, at, raw, payload)


def _total(parts: dict[str, tuple[str, Decimal]]) -> Decimal:
    return sum((amount for _, amount in parts.values()), Decimal(0))


def _item(number: int, parts: dict[str, tuple[str, Decimal]]) -> dict[str, Any]:
    return {
        "description": "Teekanne für Gäste 茶壶",
        "totalAmount": _money(_total(parts)),
        "relatedIdentifiers": [],
        "breakdowns": [
            {
                "breakdownType": group,
                "breakdownAmount": _money(amount),
                "breakdowns": [{"breakdownType": name, "breakdownAmount": _money(amount), "breakdowns": []}],
            }
            for name, (group, amount) in parts.items()
        ],
        "contexts": [
            {
                "contextType": "ProductContext",
                "sku": f"AB-{number % 5}C/ÄÖ",
                "asin": f"B00{number % 5:07d}",
                "quantityShipped": 1,
                "fulfillmentNetwork": "AFN",
            }
        ],
    }


def _item_payload(number: int, parts: dict[str, tuple[str, Decimal]]) -> dict[str, Any]:
    return {
        "sku": f"AB-{number % 5}C/ÄÖ",
        "asin": f"B00{number % 5:07d}",
        "quantity": 1,
        "network": "AFN",
        "total": str(_total(parts)),
        "currency": "USD",
        "parts": [{"type": name, "amount": str(amount)} for name, (_, amount) in parts.items()],
    }


def _money(amount: Decimal) -> dict[str, Any]:
    return {"currencyAmount": amount, "currencyCode": "USD"}


def stock_row(number: int, sellable: int, changed: datetime) -> dict[str, Any]:
    """One SKU in Amazon's warehouses."""
    details = {
        "fulfillableQuantity": sellable,
        "inboundWorkingQuantity": 1,
        "inboundShippedQuantity": 4,
        "inboundReceivingQuantity": 2,
        "reservedQuantity": {"totalReservedQuantity": 3, "pendingCustomerOrderQuantity": 3},
    }
    return {
        "asin": f"B00{number:07d}",
        "fnSku": f"X00{number:07d}",
        "sellerSku": f"AB-{number:03d}/ÄÖ",
        "condition": "NewItem",
        "inventoryDetails": details,
        "lastUpdatedTime": zulu(changed),
        "productName": "Teekanne für Gäste 茶壶",
        "totalQuantity": sellable + 10,
        "stores": [],
    }


def stock_entry(day: date, row: dict[str, Any]) -> FakeRecord:
    """That SKU at the end of a day."""
    details = row["inventoryDetails"]
    payload = {
        "day": day.isoformat(),
        "seller_sku": row["sellerSku"],
        "fn_sku": row["fnSku"],
        "asin": row["asin"],
        "condition": "NewItem",
        "total_quantity": row["totalQuantity"],
        "fulfillable_quantity": details["fulfillableQuantity"],
        "inbound_working_quantity": 1,
        "inbound_shipped_quantity": 4,
        "inbound_receiving_quantity": 2,
        "reserved_quantity": 3,
        "last_updated_time": row["lastUpdatedTime"],
    }
    return FakeRecord(f"{day}/{row['sellerSku']}", begins(day), day, row, payload)


_HEALTH = {
    "lsr": ("lateShipmentRate", "lateShipmentCount", "orderCount"),
    "vtr": ("validTrackingRate", "validTrackingCount", "shipmentCount"),
    "cancel_rate": ("preFulfillmentCancellationRate", "cancellationCount", "orderCount"),
}


def health_row(defects: int) -> dict[str, Any]:
    """The marketplace's metrics."""
    defect_rate = {**_rate(), "orderCount": 539, "orderWithDefects": {"count": defects, "status": "GOOD"}}
    row: dict[str, Any] = {
        "marketplaceId": MARKETPLACE,
        "orderDefectRate": {kind: {**defect_rate, "fulfillmentType": kind} for kind in ("mfn", "afn")},
        "accountHealthRating": {"accountHealthRatingStatus": "GREAT", "reportingDateRange": _range()},
    }
    return row | {name: {**_rate(), top: 9, of: 870} for name, top, of in _HEALTH.values()}


def health_entries(day: date, row: dict[str, Any]) -> list[FakeRecord]:
    """Those metrics on a day."""
    defects = row["orderDefectRate"]["mfn"]["orderWithDefects"]["count"]
    parts = {"odr": [_part("mfn", defects, 539), _part("afn", defects, 539)]}
    parts |= {metric: [_part("", 9, 870)] for metric in _HEALTH}
    return [
        FakeRecord(
            f"{day}/{metric}",
            begins(day),
            day,
            row,
            {"day": day.isoformat(), "metric": metric, "account_status": "NORMAL", "parts": found},
        )
        for metric, found in parts.items()
    ]


def _range() -> dict[str, str]:
    return {"reportingDateFrom": "2026-02-10T00:00Z", "reportingDateTo": "2026-03-11T23:59Z"}


def _rate() -> dict[str, Any]:
    return {
        "reportingDateRange": _range(),
        "rate": Decimal("0.0104"),
        "status": "GOOD",
        "targetValue": Decimal("0.04"),
        "targetCondition": "LESS_THAN",
    }


def _part(fulfilment: str, numerator: int, denominator: int) -> dict[str, Any]:
    return {
        "fulfilment": fulfilment,
        "date_from": "2026-02-10T00:00Z",
        "date_to": "2026-03-11T23:59Z",
        "numerator": numerator,
        "denominator": denominator,
        "rate": "0.0104",
        "status": "GOOD",
    }
