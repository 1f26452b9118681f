"""The Shopify connector against a scripted shop on a real socket."""

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.kit import replay
from connectors.kit.window.landing import read_lines
from connectors.registry import get
from connectors.shopify import Shopify
from models.loads import PulledWindow
from tests.connectors.bench import TOKEN, Bench, Reply, only, only_failed, records
from tests.connectors.fakes import GIDS, PLANTED, Shop, line, money, order, refund

FROM, AS_OF = datetime(2011, 11, 1, tzinfo=UTC), datetime(2011, 11, 5, 6, 30, tzinfo=UTC)


def test_every_order_of_several_pages_arrives_once_with_its_proof(bench: Bench) -> None:
    bench.platform.default = Shop([order(n) for n in range(1, 8)])

    window = only(bench.pull(Shopify(), span_from=FROM, as_of=AS_OF, settings={"page_size": "3"}))

    assert [r["record_key"] for r in records(window)] == [f"{GIDS}Order/{n}" for n in range(1, 8)]
    assert (window.rows, window.pages, window.requests) == (7, 3, 5)
    assert window.proof == "hasNextPage=false, count=7, zone Europe/London, GBP"
    assert window.window_from == datetime(2011, 10, 31, 22, 0, tzinfo=UTC), "two hours of look-back"
    assert window.window_to == datetime(2011, 11, 5, 6, 29, tzinfo=UTC), "one minute of lag"


def test_payload_has_exactly_the_documented_shape(bench: Bench) -> None:
    post = {"id": f"{GIDS}ShippingLine/1", "title": "POSTAGE", "discountedPriceSet": money("18.00")}
    shipping = [post | {"taxLines": [{"priceSet": money("1.50")}]}]
    given = order(
        1,
        totalTaxSet=money("1.50"),
        lineItems=[line(11, "15.30", ("1.10", "0.205"))],
        shippingLines=shipping,
        refunds=[refund(5, [11], "20.55")],
    )
    bench.platform.default = Shop([given])

    (record,) = records(only(bench.pull(Shopify(), span_from=FROM, as_of=AS_OF)))

    assert record["record_day"] == "2011-11-01"
    assert record["version_at"] == "2011-11-01T10:00:00Z"
    assert record["payload"] == {
        "id": f"{GIDS}Order/1",
        "created_at": "2011-11-01T10:00:00Z",
        "processed_at": "2011-11-01T10:00:00Z",
        "updated_at": "2011-11-01T10:00:00Z",
        "cancelled_at": None,
        "paid_at": "2011-11-01T10:00:00Z",
        "test": False,
        "financial_status": "PAID",
        "currency": "GBP",
        "taxes_included": False,
        "total": "15.30",
        "total_tax": "1.50",
        "total_tip": "0.00",
        "total_duties": "0",
        "total_fees": "0",
        "total_refunded": "0.0",
        "customer_id": f"{GIDS}Customer/17850",
        "country_code": "GB",
        "country": "United Kingdom",
        "line_items": [
            {
                "id": f"{GIDS}LineItem/11",
                "sku": "SKU11",
                "kind": "goods",
                "quantity": 6,
                "original_total": "15.30",
                "discount": "1.305",
                "total": "13.995",
                "duty": "0",
                "tax": "0",
            }
        ],
        "shipping_lines": [
            {"id": f"{GIDS}ShippingLine/1", "title": "POSTAGE", "total": "18.00", "tax": "1.50"}
        ],
        "refunds": [
            {
                "id": f"{GIDS}Refund/5",
                "created_at": "2011-11-03T09:00:00Z",
                "total": "20.55",
                "currency": "GBP",
                "duties": "0",
                "lines": [
                    {
                        "id": f"{GIDS}RefundLineItem/11",
                        "line_item_id": f"{GIDS}LineItem/11",
                        "sku": "SKU11",
                        "kind": "goods",
                        "quantity": 1,
                        "subtotal": "2.55",
                        "duty": "0",
                        "tax": "0.00",
                    }
                ],
                "shipping": [],
                "rest": {"amount": "18.00", "tax": "0", "exchanged": "0"},
            }
        ],
    }


def test_lines_and_refund_lines_that_go_on_are_followed_to_their_end(bench: Bench) -> None:
    long = order(
        1,
        lineItems=[line(n) for n in range(1, 8)],
        refunds=[refund(5, [1, 2, 3, 4, 5]), refund(6, [6, 7, 1])],
    )
    bench.platform.default = Shop([long, order(2)])

    small = {"line_page_size": "2", "more_page_size": "2", "refund_page_size": "3"}
    window = only(bench.pull(Shopify(), span_from=FROM, as_of=AS_OF, settings=small))

    payload = records(window)[0]["payload"]
    assert [one["sku"] for one in payload["line_items"]] == [f"SKU{n}" for n in range(1, 8)]
    assert [len(one["lines"]) for one in payload["refunds"]] == [5, 3]
    assert window.requests == 1 + 3 + 2 + 1 + 2


def test_the_same_answers_give_the_same_file_and_the_same_records(bench: Bench) -> None:
    bench.platform.default = Shop([order(n) for n in range(1, 5)])

    first = only(bench.pull(Shopify(), span_from=FROM, as_of=AS_OF))
    kept = first.records_path.read_bytes()
    second = only(bench.pull(Shopify(), span_from=FROM, as_of=AS_OF))

    assert (first.landing_file, first.landing_sha256) == (second.landing_file, second.landing_sha256)
    assert second.records_path.read_bytes() == kept
    assert len(bench.landed()) == 1


def test_replay_of_the_landing_file_equals_the_pull(bench: Bench) -> None:
    long = order(1, lineItems=[line(n) for n in range(1, 8)], refunds=[refund(5, [1, 2, 3])])
    bench.platform.default = Shop([long, *(order(n) for n in range(2, 9))])
    settings = {"line_page_size": "2", "more_page_size": "2", "page_size": "3", "refund_page_size": "1"}
    window = only(bench.pull(Shopify(), span_from=FROM, as_of=AS_OF, settings=settings))
    calls = len(bench.platform.calls)

    again = replay(
        bench.folder / "landing" / window.landing_file,
        root=bench.folder / "landing",
        as_of=AS_OF,
        spool=bench.folder / "replayed",
        sha256=window.landing_sha256,
        find=get,
    )

    assert again.records_path.read_bytes() == window.records_path.read_bytes()
    for name in (
        "ref",
        "window_from",
        "window_to",
        "kind",
        "rows",
        "pages",
        "proof",
        "landing_file",
        "landing_sha256",
        "as_of",
    ):
        assert getattr(again, name) == getattr(window, name), name
    assert len(bench.platform.calls) == calls, "a replay asks nobody"


def test_no_personal_field_and_no_token_reaches_the_disk(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    bench.platform.default = Shop([order(1)])

    window = only(bench.pull(Shopify(), span_from=FROM, as_of=AS_OF))

    landed = gzip.decompress((bench.folder / "landing" / window.landing_file).read_bytes()).decode()
    told = landed + window.records_path.read_text() + caplog.text
    assert not [planted for planted in (*PLANTED.values(), TOKEN) if planted in told]
    assert bench.platform.calls[0].headers["X-Shopify-Access-Token"] == TOKEN


@pytest.mark.parametrize("amount", ["12345678901234.567890123456", "0.10", "-0.01", "1.230"])
def test_money_survives_to_the_last_digit(bench: Bench, amount: str) -> None:
    bench.platform.default = Shop([order(1, totalPriceSet=money(amount))])

    window = only(bench.pull(Shopify(), span_from=FROM, as_of=AS_OF))

    assert records(window)[0]["payload"]["total"] == amount


def test_money_as_a_json_number_is_exact_in_records_and_landing(bench: Bench) -> None:
    shop = Shop([order(1, totalPriceSet=money("@"))])
    served = shop(_first_call(bench))
    raw = json.dumps(served.body).replace('"@"', "12345678901234.5678").encode()
    bench.platform.script = [Reply(raw=raw)]
    bench.platform.default = shop

    window = only(bench.pull(Shopify(), span_from=FROM, as_of=AS_OF))

    assert records(window)[0]["payload"]["total"] == "12345678901234.5678"
    landed = gzip.decompress((bench.folder / "landing" / window.landing_file).read_bytes())
    assert b'"amount":12345678901234.5678' in landed


def _first_call(bench: Bench) -> Any:
    bench.platform.default = Shop([])
    bench.pull(Shopify(), span_from=FROM, as_of=AS_OF)
    for path in bench.landed():
        path.unlink()
    return bench.platform.calls[0]


@pytest.mark.parametrize("amount", ["1,000.00", "１２", "1e3", "NaN", "", "12.", None, True])
def test_an_amount_that_is_no_plain_decimal_is_refused(bench: Bench, amount: Any) -> None:
    bench.platform.default = Shop([order(1, totalPriceSet=money(amount))])

    failed = only_failed(bench.pull(Shopify(), span_from=FROM, as_of=AS_OF))

    assert failed.code == "P107"
    assert "totalPriceSet.shopMoney.amount" in failed.cause
    assert bench.landed() == []


def test_a_count_that_differs_fails_after_fresh_reads(bench: Bench) -> None:
    shop = Shop([order(1)])
    shop.count_offset = 1
    bench.platform.default = shop

    failed = only_failed(bench.pull(Shopify(), span_from=FROM, as_of=AS_OF))

    assert (failed.code, failed.requests) == ("P108", 6)
    assert "2 counted, 1 read" in failed.cause
    assert bench.landed() == []


def test_an_order_that_leaves_the_window_while_it_is_read_settles_by_reading_again(bench: Bench) -> None:
    shop = Shop([order(1), order(2)])

    def moving(call: Any) -> Reply:
        if len(bench.platform.calls) == 2:
            shop.orders[0]["updatedAt"] = "2011-11-05T06:29:30Z"
        return shop(call)

    bench.platform.default = moving

    window = only(bench.pull(Shopify(), span_from=FROM, as_of=AS_OF))

    assert [r["record_key"] for r in records(window)] == [f"{GIDS}Order/2"]


def test_throttled_inside_a_success_waits_and_goes_on(bench: Bench) -> None:
    bench.platform.script = [
        Reply({"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]})
    ]
    bench.platform.default = Shop([order(1)])

    window = only(bench.pull(Shopify(), span_from=FROM, as_of=AS_OF))

    assert (window.rows, window.retries) == (1, 1)
    assert sum(bench.clock.slept) >= 1


def test_a_query_that_costs_too_much_is_asked_in_smaller_pages(bench: Bench) -> None:
    shop = Shop([order(n) for n in range(1, 6)])
    refused = Reply({"errors": [{"message": "cost", "extensions": {"code": "MAX_COST_EXCEEDED"}}]})
    bench.platform.default = lambda call: (
        refused if call.json["variables"].get("first", 0) > 4 else shop(call)
    )

    window = only(bench.pull(Shopify(), span_from=FROM, as_of=AS_OF))

    assert window.rows == 5
    sizes = [c.json["variables"]["first"] for c in bench.platform.calls if "first" in c.json["variables"]]
    assert sizes == [5, 2, 2, 2]


def test_an_order_whose_refund_list_may_be_cut_is_asked_for_alone(bench: Bench) -> None:
    bench.platform.default = Shop([order(1, refunds=[refund(n, [n]) for n in range(1, 6)])])

    window = only(bench.pull(Shopify(), span_from=FROM, as_of=AS_OF))

    assert len(records(window)[0]["payload"]["refunds"]) == 5
    assert [c.json["operationName"] for c in bench.platform.calls] == [
        "Orders",
        "OrderRefunds",
        "OrdersCount",
        "Shop",
    ]


def test_more_refunds_than_can_be_proven_is_loud(bench: Bench) -> None:
    bench.platform.default = Shop([order(1, refunds=[refund(n, [n]) for n in range(1, 32)])])

    failed = only_failed(bench.pull(Shopify(), span_from=FROM, as_of=AS_OF))

    assert (failed.code, failed.requests) == ("P108", 2)


def test_a_search_that_shopify_ignored_is_loud(bench: Bench) -> None:
    shop = Shop([order(1, updated="2009-01-01T00:00:00Z")])
    shop.found = lambda query: shop.orders  # type: ignore[method-assign]
    bench.platform.default = shop

    failed = only_failed(bench.pull(Shopify(), span_from=FROM, as_of=AS_OF))

    assert failed.code == "P108"
    assert "ignored the asked time range" in failed.cause


def test_an_uncountable_window_is_halved(bench: Bench) -> None:
    shop = Shop([order(1), order(2, updated="2011-11-04T10:00:00Z")])

    def counts_one(call: Any) -> Reply:
        if (
            call.json["operationName"] == "OrdersCount"
            and len(shop.found(call.json["variables"]["query"])) > 1
        ):
            return Reply({"data": {"ordersCount": {"count": 1, "precision": "AT_LEAST"}}})
        return shop(call)

    bench.platform.default = counts_one

    first, second = bench.pull(Shopify(), span_from=FROM, as_of=AS_OF)

    assert (getattr(first, "rows", 0), getattr(second, "rows", 0)) == (1, 1)
    assert first.window_to == second.window_from


def test_windows_are_whole_local_days_and_follow_each_other(bench: Bench) -> None:
    bench.platform.default = Shop(
        [order(1), order(2, updated="2011-11-20T10:00:00Z")], zone="America/New_York"
    )
    as_of = datetime(2011, 11, 25, 6, 30, tzinfo=UTC)

    windows = bench.pull(Shopify(), span_from=FROM, as_of=as_of, zone="America/New_York")

    assert [w.window_to for w in windows[:-1]] == [w.window_from for w in windows[1:]]
    assert windows[0].window_to == datetime(2011, 11, 7, 5, 0, tzinfo=UTC), (
        "midnight in New York after the change of clocks"
    )
    assert sum(getattr(w, "rows", 0) for w in windows) == 2


def test_pulls_are_clipped_to_the_life_of_the_shop(bench: Bench) -> None:
    bench.platform.default = Shop([order(1)])
    life = {"active_from": "2011-11-01", "active_to": "2011-11-02", "settings": {"max_window_days": "366"}}

    window = only(
        bench.pull(
            Shopify(),
            span_from=datetime(2010, 1, 1, tzinfo=UTC),
            as_of=datetime(2020, 1, 1, tzinfo=UTC),
            **life,
        )
    )

    assert window.window_from == datetime(2011, 11, 1, tzinfo=UTC)
    assert window.window_to == datetime(2012, 1, 2, tzinfo=UTC)


def test_an_empty_range_asks_nothing(bench: Bench) -> None:
    assert bench.pull(Shopify(), span_from=FROM, as_of=FROM.replace(year=2010)) == []
    assert bench.platform.calls == []


def test_a_mix_of_currencies_is_refused(bench: Bench) -> None:
    euro = {"shopMoney": {"amount": "1", "currencyCode": "EUR"}}
    bench.platform.default = Shop([order(1, totalRefundedSet=euro)])

    assert only_failed(bench.pull(Shopify(), span_from=FROM, as_of=AS_OF)).code == "P107"


@pytest.mark.parametrize(
    ("books", "told"),
    [({"zone": "Asia/Shanghai"}, "Asia/Shanghai there"), ({"currency": "EUR"}, "EUR there, GBP here")],
)
def test_a_shop_that_keeps_other_books_than_the_source_says_is_refused(
    bench: Bench, books: dict[str, str], told: str
) -> None:
    bench.platform.default = Shop([order(1)], **books)

    failed = only_failed(bench.pull(Shopify(), span_from=FROM, as_of=AS_OF, currency="GBP"))

    assert (failed.code, told in failed.cause) == ("P120", True)


def test_orders_by_day_of_making_replace_what_their_days_held(bench: Bench) -> None:
    orders = [order(1), order(2, createdAt="2011-11-02T10:00:00Z", updated="2011-11-30T10:00:00Z")]
    bench.platform.default = Shop(orders)
    span_from, as_of = datetime(2011, 12, 31, tzinfo=UTC), datetime(2012, 1, 1, 3, tzinfo=UTC)

    windows = bench.pull(Shopify(), span_from=span_from, as_of=as_of, settings={"orders_by": "created"})

    assert {w.kind for w in windows} == {"day"}
    held = {w.replaces[0].isoformat(): w.rows for w in windows if isinstance(w, PulledWindow) and w.replaces}
    assert (held["2011-11-01"], held["2011-11-02"], held["2011-11-03"]) == (1, 1, 0)
    assert (min(held), len(held)) == ("2011-11-01", 61)
    first = bench.platform.calls[0].json["variables"]
    assert (first["sort"], first["query"].split(":")[0]) == ("CREATED_AT", "created_at")


@pytest.mark.parametrize("settings", [{"bulk": "yes"}, {"orders_by": "paid"}])
def test_a_way_of_reading_that_does_not_exist_is_refused_before_any_request(
    bench: Bench, settings: dict[str, str]
) -> None:
    assert only_failed(bench.pull(Shopify(), span_from=FROM, as_of=AS_OF, settings=settings)).code == "P120"
    assert bench.platform.calls == []


def test_the_landing_file_tells_requests_without_the_shops_address(bench: Bench) -> None:
    bench.platform.default = Shop([order(1)])

    window = only(bench.pull(Shopify(), span_from=FROM, as_of=AS_OF))

    lines = list(read_lines(bench.folder / "landing" / window.landing_file))
    assert [one["kind"] for one in lines] == ["header", "page", "proof", "proof", "end"]
    assert lines[1]["request"]["json"]["variables"]["first"] == 5
    assert bench.platform.url not in json.dumps(lines, default=str)
