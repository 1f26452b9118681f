"""What each amount of a Shopify order is: when it was paid, which line is a tip, the tax of a line, the rest of a refund."""

import gzip
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest

from connectors.kit import replay
from connectors.kit.contract.errors import KitError
from connectors.registry import get
from connectors.shopify import Shopify
from connectors.shopify.requests import (
    DOCUMENTS,
    LINE_PAGE_SIZE,
    PAGE_SIZE,
    REFUND_LINE_PAGE_SIZE,
    REFUND_PAGE_SIZE,
)
from connectors.testing.fakes.graphql import parse
from connectors.testing.fakes.shopify_execute import Meter, compile_connection, compile_object
from tests.connectors.bench import Bench, only, only_failed, records
from tests.connectors.fakes import GIDS, Shop, line, money, order, payment, refund

FROM, AS_OF = datetime(2011, 11, 1, tzinfo=UTC), datetime(2011, 11, 5, 6, 30, tzinfo=UTC)
CARD, LATER = "2011-11-01T10:00:00Z", "2011-11-03T12:00:00Z"


def flat(bench: Bench, given: dict[str, Any]) -> dict[str, Any]:
    """The payload of one order."""
    bench.platform.default = Shop([given])
    (record,) = records(only(bench.pull(Shopify(), span_from=FROM, as_of=AS_OF)))
    payload = record["payload"]
    assert isinstance(payload, dict)
    return payload


def failed(bench: Bench, given: dict[str, Any]) -> tuple[str, str]:
    bench.platform.default = Shop([given])
    window = only_failed(bench.pull(Shopify(), span_from=FROM, as_of=AS_OF))
    return window.code, window.cause


def taxed(number: int, total: str, tax: str, **more: Any) -> dict[str, Any]:
    return line(number, total) | {"taxLines": [{"priceSet": money(tax)}], **more}


def bare(number: int, total: str, title: str) -> dict[str, Any]:
    """A line without a product: a tip, or something typed in by hand."""
    return line(number, total) | {"title": title, "sku": None, "vendor": None, "requiresShipping": False}


# -- when it was paid


@pytest.mark.parametrize("status", ["PENDING", "AUTHORIZED", "PARTIALLY_PAID", "VOIDED", "EXPIRED"])
def test_an_order_nobody_paid_in_full_has_no_day_of_payment(bench: Bench, status: str) -> None:
    assert flat(bench, order(1, displayFinancialStatus=status))["paid_at"] is None


@pytest.mark.parametrize("status", ["PAID", "PARTIALLY_REFUNDED", "REFUNDED"])
def test_a_paid_order_counts_when_its_money_was_taken_not_when_it_was_placed(
    bench: Bench, status: str
) -> None:
    taken = [payment(CARD, "15.30", "AUTHORIZATION"), payment(LATER, "15.30", "CAPTURE")]

    assert flat(bench, order(1, displayFinancialStatus=status, transactions=taken))["paid_at"] == LATER


def test_a_deposit_pays_nothing_until_the_rest_is_there(bench: Bench) -> None:
    assert (
        flat(bench, order(1, transactions=[payment(LATER, "5.30"), payment(CARD, "10.00")]))["paid_at"]
        == LATER
    )


def test_a_payment_for_what_an_edit_added_does_not_move_the_day_of_the_order(bench: Bench) -> None:
    edited = order(
        1, totalPriceSet=money("20.30"), transactions=[payment(CARD, "15.30"), payment(LATER, "5.00")]
    )

    assert flat(bench, edited)["paid_at"] == CARD


def test_a_payment_that_failed_is_none(bench: Bench) -> None:
    tried = [payment(CARD, "15.30", status="FAILURE"), payment(LATER, "15.30")]

    assert flat(bench, order(1, transactions=tried))["paid_at"] == LATER


def test_an_order_marked_as_paid_and_one_put_in_from_elsewhere_count_when_they_were_processed(
    bench: Bench,
) -> None:
    imported = order(1, processedAt="2010-05-01T09:00:00Z", transactions=[payment(LATER, "15.30")])

    assert flat(bench, order(1, transactions=[]))["paid_at"] == CARD
    assert flat(bench, imported)["paid_at"] == "2010-05-01T09:00:00Z"


def test_an_order_with_many_payments_is_asked_for_all_of_them(bench: Bench) -> None:
    tries = [payment(CARD, "15.30", status="ERROR") for _ in range(4)]

    payload = flat(bench, order(1, transactions=[*tries, payment(LATER, "15.30")]))

    assert payload["paid_at"] == LATER
    assert [c.json["operationName"] for c in bench.platform.calls] == [
        "Orders",
        "OrderPayments",
        "OrdersCount",
        "Shop",
    ]


@pytest.mark.parametrize("status", ["LOST", None])
def test_a_status_nobody_knows_is_refused_with_its_order(bench: Bench, status: str | None) -> None:
    code, cause = failed(bench, order(1, displayFinancialStatus=status))

    assert (code, f"{GIDS}Order/1" in cause) == ("P107", True)


# -- tips and gift cards


@pytest.mark.parametrize(
    ("lines", "tip", "kinds"),
    [
        ([line(1), bare(2, "2.50", "Tip")], "2.50", ["goods", "tip"]),
        ([line(1), bare(2, "2.50", "Pourboire")], "2.50", ["goods", "tip"]),
        ([bare(1, "40.00", "Engraving"), bare(2, "2.50", "Fooi")], "2.50", ["goods", "tip"]),
        ([bare(1, "40.00", "Engraving"), line(2)], "0.00", ["goods", "goods"]),
        ([line(1) | {"title": "Tip"}], "0.00", ["goods"]),  # a product of that name
        ([line(1) | {"isGiftCard": True, "requiresShipping": False}, line(2)], "0.00", ["gift_card", "goods"]),
    ],
    ids=["named", "named in another language", "beside a line typed in", "no tip", "a product called Tip", "gift card"],
)  # fmt: skip
def test_a_tip_and_a_sold_gift_card_are_no_goods_line(
    bench: Bench, lines: list[dict[str, Any]], tip: str, kinds: list[str]
) -> None:
    payload = flat(bench, order(1, lineItems=lines, totalTipReceivedSet=money(tip)))

    assert [one["kind"] for one in payload["line_items"]] == kinds


def test_a_tip_that_two_lines_may_be_is_refused_and_one_beside_the_lines_is_not(bench: Bench) -> None:
    lines = [bare(1, "2.50", "A"), bare(2, "2.50", "B")]
    tip: dict[str, Any] = {"totalTipReceivedSet": money("2.50"), "lineItems": lines}

    assert failed(bench, order(1, **tip))[0] == "P107"
    beside = flat(bench, order(1, totalPriceSet=money("7.50"), **tip))
    assert [one["kind"] for one in beside["line_items"]] == ["goods", "goods"]


# -- taxes


def test_an_order_that_states_no_tax_has_none_and_not_a_tax_of_zero(bench: Bench) -> None:
    unstated = flat(bench, order(1, totalTaxSet=None))

    assert [unstated["total_tax"], unstated["line_items"][0]["tax"]] == [None, None]
    assert flat(bench, order(1))["line_items"][0]["tax"] == "0"


def test_prices_that_hold_the_tax_hold_just_the_tax_of_the_order(bench: Bench) -> None:
    lines = [taxed(1, "10.00", "1.67"), taxed(2, "10.00", "1.67"), taxed(3, "5.00", "0.83")]

    # rounded once for the order: 25.00 / 6 = 4.1666...
    payload = flat(bench, order(1, taxesIncluded=True, totalTaxSet=money("4.16"), lineItems=lines))

    assert [one["tax"] for one in payload["line_items"]] == ["1.66", "1.67", "0.83"]


def test_duties_that_prices_hold_are_taken_out_of_the_goods(bench: Bench) -> None:
    sold = [line(1, "60.00"), line(2, "30.00")]
    payload = flat(bench, order(1, dutiesIncluded=True, originalTotalDutiesSet=money("9.00"), lineItems=sold))

    assert [one["duty"] for one in payload["line_items"]] == ["6.00", "3.00"]


# -- refunds


def _back(total: str, **parts: Any) -> dict[str, Any]:
    return refund(5, [], total) | parts


def _charge(kind: str, amount: str, tax: str) -> list[dict[str, Any]]:
    first = "subtotalAmountSet" if kind == "RefundShippingLine" else "amountSet"
    return [{"id": f"{GIDS}{kind}/1", first: money(amount), "taxAmountSet": money(tax)}]


@pytest.mark.parametrize(
    ("given", "included", "rest"),
    [
        (refund(5, [1001], "2.55"), False, ("0", "0", "0")),
        (refund(5, [1001], "0.00"), False, ("0", "0", "2.55")),  # exchanged: no money, no reason stated
        (_back("5.00"), False, ("5.00", "0", "0")),
        (_back("6.00", orderAdjustments=_charge("OrderAdjustment", "-5.00", "-1.00")), False, ("5.00", "1.00", "0")),
        (_back("6.00", orderAdjustments=_charge("OrderAdjustment", "-6.00", "-1.00")), True, ("5.00", "1.00", "0")),
        (refund(5, [1001], "2.00") | {"orderAdjustments": _charge("OrderAdjustment", "0.55", "0")}, False, ("-0.55", "0", "0")),
        (_back("5.50", refundShippingLines=_charge("RefundShippingLine", "5.00", "0.50")), False, ("0", "0", "0")),
        (_back("9.00", duties=[{"amountSet": money("9.00")}]), False, ("0", "0", "0")),
    ],
    ids=["goods", "exchange", "money alone", "goodwill", "goodwill with tax in prices", "a part was kept", "shipping", "duty"],
)  # fmt: skip
def test_the_rest_of_a_refund_is_what_neither_goods_nor_shipping_nor_duty_explain(
    bench: Bench, given: dict[str, Any], included: bool, rest: tuple[str, str, str]
) -> None:
    payload = flat(bench, order(1, refunds=[given], taxesIncluded=included))

    found = payload["refunds"][0]["rest"]
    assert tuple(Decimal(found[name]) for name in ("amount", "tax", "exchanged")) == tuple(map(Decimal, rest))


def test_a_refund_with_several_adjustments_is_asked_for_whole(bench: Bench) -> None:
    several = [*_charge("OrderAdjustment", "-1.00", "0.00"), *_charge("OrderAdjustment", "-2.00", "0.00")]

    payload = flat(bench, order(1, refunds=[_back("3.00", orderAdjustments=several)]))

    assert payload["refunds"][0]["rest"]["amount"] == "3.00"
    assert bench.platform.calls[1].json["operationName"] == "RefundParts"


# -- limits


def test_a_page_of_orders_costs_less_than_a_query_may() -> None:
    sizes = {
        "first": PAGE_SIZE,
        "lines": LINE_PAGE_SIZE,
        "refunds": REFUND_PAGE_SIZE,
        "refundLines": REFUND_LINE_PAGE_SIZE,
    }
    (orders,) = parse(DOCUMENTS["Orders"], {"query": "", "sort": "UPDATED_AT", "after": None, **sizes})
    (alone,) = parse(DOCUMENTS["OrderRefunds"], {"id": "1", "most": 30, "refundLines": 1})

    assert 800 < compile_connection(orders, "Order", Meter(), PAGE_SIZE).requested < 1_000
    assert compile_object(alone.children, "Order", Meter()).requested < 1_000


def test_a_landing_file_from_before_the_taxes_is_refused_and_never_read_as_no_tax(bench: Bench) -> None:
    bench.platform.default = Shop([order(1)])
    window = only(bench.pull(Shopify(), span_from=FROM, as_of=AS_OF))
    landed = bench.folder / "landing" / window.landing_file
    old = gzip.compress(gzip.decompress(landed.read_bytes()).replace(b'"taxesIncluded":false,', b""))
    # the name of a landing file ends with the beginning of its hash
    before = landed.with_name(f"{landed.name.rpartition('_')[0]}_{sha256(old).hexdigest()[:16]}.jsonl.gz")
    before.write_bytes(old)

    with pytest.raises(KitError) as refused:
        replay(before, root=bench.folder / "landing", as_of=AS_OF, spool=bench.folder / "again", find=get)

    assert (refused.value.code, "taxesIncluded" in refused.value.cause) == ("P107", True)
