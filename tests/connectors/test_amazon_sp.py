"""Amazon's Selling Partner API: what the connector keeps, and the lies it refuses (specification: test_amazon_spec.py)."""

import itertools
from collections.abc import Iterator
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.amazon_sp import AmazonSp, library
from connectors.amazon_sp.order_lookup import look_up
from connectors.kit import AccountSettings
from connectors.kit.contract.errors import BadRequest, DeclarationWrong
from connectors.kit.contract.request import HttpAnswer
from connectors.testing.fakes import amazon_world as made
from connectors.testing.reply import Reply
from models.loads import PulledWindow
from tests.connectors.against_fake import mounted
from tests.connectors.amazon_bench import AmazonBench, at_amazon, failed, records, rows_changed, spoilt


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[AmazonBench]:
    with mounted(at_amazon(tmp_path)) as bench:
        yield bench


# -- the library


def test_the_librarys_public_names_are_where_this_version_has_them() -> None:
    account = AccountSettings(
        shop_id="us", zone="UTC", base_url="https://example.com", settings={"marketplace": "DE"}
    )

    request = library.get("/reports/2021-06-30/reports/{}", "R/1")
    listed = library.get("/reports", reportTypes=["A", "B"], pageSize=10, details=True)

    assert (request.method, request.path, request.params) == ("GET", "/reports/2021-06-30/reports/R%2F1", ())
    assert listed.params == (("reportTypes", "A,B"), ("pageSize", "10"), ("details", "true"))
    assert (library.marketplace_id(account), library.by_marketplace()) == ("A1PA6795UKMFR9", "Marketplace")


def test_a_report_that_the_library_does_not_know_any_more_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(DeclarationWrong, match="GET_NO_SUCH_REPORT"):
        library.report_type("GET_NO_SUCH_REPORT")


def test_nothing_is_asked_while_the_environment_overrules_the_marketplace(
    bench: AmazonBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SP_API_DEFAULT_MARKETPLACE", "JP")

    code, cause = failed(bench.one("orders"))

    assert (code, "SP_API_DEFAULT_MARKETPLACE" in cause) == ("P120", True)
    assert bench.platform.calls == []


# -- orders


def test_lines_of_one_sku_in_one_order_are_told_apart_by_their_number(bench: AmazonBench) -> None:
    keys = [record["record_key"] for record in records(bench.one("orders"))]

    twins = [key for key in keys if key.startswith(made.order_id(13))]
    assert [key.split("/")[1] for key in twins] == ["1", "2"]


def test_equal_lines_that_changed_at_different_instants_fail_the_window(bench: AmazonBench) -> None:
    def later(rows: list[dict[str, Any]]) -> None:
        twin = next(row for row in reversed(rows) if row["amazon-order-id"] == made.order_id(13))
        twin["last-updated-date"] = "2026-03-09T00:00:00+00:00"

    bench.platform.fault = spoilt("/files/", rows_changed(later))

    assert failed(bench.one("orders"))[0] == "P107"


def test_a_file_of_another_encoding_fails_until_the_account_names_it(bench: AmazonBench) -> None:
    def western(reply: Reply) -> Reply:
        reply.document = deepcopy(reply.document)
        for row in reply.document.rows:
            row["product-name"] = "Teekanne für Gäste"
        reply.document.charset = "cp1252"
        return reply

    bench.platform.fault = spoilt("/files/", western)
    code, cause = failed(bench.one("orders"))
    right = bench.one("orders", settings={"report_charset": "cp1252"})
    unknown = failed(bench.one("orders", settings={"report_charset": "klingon"}))

    assert (code, "utf-8" in cause) == ("P107", True)
    assert any("ÄÖ" in record["payload"]["sku"] for record in records(right))
    assert unknown[0] == "P120"


def test_a_report_that_was_cancelled_is_an_empty_day_for_orders_and_a_failure_for_traffic(
    bench: AmazonBench,
) -> None:
    bench.platform.jobs.ending = "cancelled"

    orders, traffic = bench.one("orders"), bench.one("sales_traffic")

    assert isinstance(orders, PulledWindow)
    assert (orders.rows, orders.proof.startswith("empty: Amazon cancels")) == (0, True)
    assert failed(traffic)[0] == "P113"


def test_a_cancelled_report_of_orders_is_asked_for_once_more_before_the_day_is_believed_to_be_empty(
    bench: AmazonBench,
) -> None:
    jobs = bench.platform.jobs
    jobs.ending = "cancelled"

    def next_one_is_made(reply: Reply) -> Reply:
        if reply.status == 202:
            jobs.ending = "ready"
        return reply

    bench.platform.fault = spoilt("/reports/2021-06-30/reports", next_one_is_made)

    found = bench.one("orders")

    assert [job.ending for job in jobs.made] == ["cancelled", "ready"]
    assert len(records(found)) > 0


def test_a_day_of_orders_is_empty_when_its_report_is_cancelled_twice_and_others_are_asked_once(
    bench: AmazonBench,
) -> None:
    bench.platform.jobs.ending = "cancelled"

    for stream in ("orders", "returns"):
        assert isinstance(bench.one(stream), PulledWindow)

    kinds = [job.spec["reportType"] for job in bench.platform.jobs.made]
    assert [kinds.count(kind) for kind in dict.fromkeys(kinds)] == [2, 1]


@pytest.mark.parametrize("column", ["item-tax", "shipping-tax"])
def test_a_report_of_orders_that_does_not_state_the_tax_is_refused_and_not_read_as_untaxed(
    bench: AmazonBench, column: str
) -> None:
    def without(reply: Reply) -> Reply:
        reply.document = deepcopy(reply.document)
        reply.document.columns = tuple(name for name in reply.document.columns if name != column)
        for row in reply.document.rows:
            row.pop(column)
        return reply

    bench.platform.fault = spoilt("/files/", without)

    code, cause = failed(bench.one("orders"))

    assert (code, column in cause) == ("P107", True)


def test_personal_columns_planted_in_every_file_and_answer_are_in_no_landed_byte(bench: AmazonBench) -> None:
    planted = "planted-personal-0815"
    names = ("buyer-name", "ship-city", "ship-postal-code", "customer-comments", "buyer-email")

    def plant(rows: list[dict[str, Any]]) -> None:
        for row in rows:
            row.update(dict.fromkeys(names[:1], planted))
            row.update({name: planted for name in names[1:] if name in row})

    bench.platform.fault = spoilt("/files/", rows_changed(plant))
    for stream in ("orders", "returns"):
        assert records(bench.one(stream))

    assert planted not in bench.landed()
    assert "Teekanne" not in bench.landed()


# -- returns


def test_returns_of_an_account_without_a_currency_are_refused_by_that_name(bench: AmazonBench) -> None:
    code, cause = failed(bench.one("returns", currency=None))

    assert (code, "currency" in cause) == ("P120", True)


def test_equal_lines_without_a_plate_are_two_units(bench: AmazonBench) -> None:
    def twice(rows: list[dict[str, Any]]) -> None:
        for row in rows:
            row["license-plate-number"] = ""
        rows.append(dict(rows[-1]))

    bench.platform.fault = spoilt("/files/", rows_changed(twice))

    keys = [record["record_key"] for record in records(bench.one("returns"))]

    assert len(keys) == len(set(keys))
    assert sum("/2//" in key for key in keys) == 1


# -- sales and traffic


def test_products_that_do_not_add_up_to_their_day_fail_it(bench: AmazonBench) -> None:
    def one_less(rows: list[dict[str, Any]]) -> None:
        rows.pop()

    bench.platform.fault = spoilt("/files/", rows_changed(one_less))

    code, cause = failed(bench.one("sales_traffic"))

    assert (code, "do not add up" in cause) == ("P108", True)


def test_a_cent_too_much_in_one_product_fails_the_day(bench: AmazonBench) -> None:
    def one_cent(rows: list[dict[str, Any]]) -> None:
        rows[0]["salesByAsin"]["orderedProductSales"]["amount"] += Decimal("0.01")

    bench.platform.fault = spoilt("/files/", rows_changed(one_cent))

    assert failed(bench.one("sales_traffic"))[0] == "P108"


def test_two_shops_of_one_app_share_the_budget_of_sales_and_traffic_whatever_a_header_grants(
    bench: AmazonBench,
) -> None:
    def generous(reply: Reply) -> Reply:
        reply.headers["x-amzn-RateLimit-Limit"] = "100"
        return reply

    bench.platform.fault = spoilt("/reports", generous)
    process = bench.runtime()
    for shop in ("us", "us-2"):
        bench.read("sales_traffic", days=8, shop_id=shop, runtime=process)

    created = [c.at for c in bench.platform.calls if bench.platform.creates(c.request)]
    gaps = [after - before for before, after in itertools.pairwise(created)]
    assert len(created) == 16
    assert min(gaps) >= 900


def test_a_fatal_report_is_not_asked_for_again_within_four_hours(bench: AmazonBench) -> None:
    bench.platform.jobs.ending = "failed"
    first = failed(bench.one("sales_traffic"))
    made_before = len(bench.platform.jobs.made)

    again = failed(bench.one("sales_traffic"))

    assert (first[0], again[0]) == ("P113", "P113")
    assert "FATAL" in first[1]
    assert len(bench.platform.jobs.made) == made_before


# -- lists


def test_a_list_whose_tokens_are_lost_is_refused(bench: AmazonBench) -> None:
    def cut(reply: Reply) -> Reply:
        reply.document = deepcopy(reply.document)
        reply.document.pop("pagination", None)
        reply.document["payload"].pop("nextToken", None)
        return reply

    bench.platform.fault = spoilt("/f", cut)

    stock, money = failed(bench.one("fba_inventory")), failed(bench.one("finances"))

    assert (stock[0], "was not in the list" in stock[1]) == ("P108", True)
    assert (money[0], "second walk" in money[1]) == ("P108", True)


def test_movements_of_another_marketplace_are_kept_and_marked(bench: AmazonBench) -> None:
    def elsewhere(reply: Reply) -> Reply:
        reply.document = deepcopy(reply.document)
        for row in reply.document["payload"]["transactions"][:1]:
            row["marketplaceDetails"] = {"marketplaceId": "A2EUQ1WTGCTBG2", "marketplaceName": "Amazon.ca"}
        return reply

    bench.platform.fault = spoilt("/finances", elsewhere)

    ours = [record["payload"]["is_ours"] for found in bench.read("finances") for record in records(found)]

    assert set(ours) == {True, False}


def test_a_tax_without_parts_is_the_items_and_the_tax_of_a_fee_is_not(bench: AmazonBench) -> None:
    def amount(value: str) -> dict[str, Any]:
        return {"currencyAmount": Decimal(value), "currencyCode": "USD"}

    def bare(reply: Reply) -> Reply:
        reply.document = deepcopy(reply.document)
        fee = {"breakdownType": "Tax", "breakdownAmount": amount("-0.30")}
        for row in reply.document["payload"]["transactions"]:
            row["items"][0]["breakdowns"] = [
                {"breakdownType": "Tax", "breakdownAmount": amount("-5.00"), "breakdowns": None},
                {"breakdownType": "AmazonFees", "breakdowns": [{"breakdownType": "Commission", "breakdowns": [fee]}]},
            ]  # fmt: skip
        return reply

    bench.platform.fault = spoilt("/finances", bare)

    found = [record for window in bench.read("finances", days=4) for record in records(window)]

    assert found
    assert all(
        record["payload"]["items"][0]["parts"]
        == [{"type": "OurPriceTax", "amount": "-5.00"}, {"type": "Tax", "amount": "-0.30"}]
        for record in found
    )


def test_stock_of_another_marketplace_is_refused(bench: AmazonBench) -> None:
    def other(reply: Reply) -> Reply:
        reply.document = deepcopy(reply.document)
        reply.document["payload"]["granularity"]["granularityId"] = "A2EUQ1WTGCTBG2"
        return reply

    bench.platform.fault = spoilt("/fba", other)

    assert failed(bench.one("fba_inventory"))[0] == "P108"


# -- words for trouble


@pytest.mark.parametrize(
    ("status", "errors", "verdict"),
    [
        (403, [{"code": "Unauthorized", "message": "", "details": "The access token you provided has expired."}], "P103"),
        (403, [{"code": "Unauthorized", "message": "Access to requested resource is denied.", "details": ""}], "P105"),
        (403, [{"code": "Unauthorized", "message": "", "details": None}], "P105"),
        (429, [{"code": "QuotaExceeded", "message": ""}], "P101"),
        (400, [], "P106"),
        (400, [{"code": "InvalidInput", "message": "planted-text"}], "P106"),
        (500, "planted-text", "P102"),
        (200, [], "P102"),
        (200, [{"code": "InternalFailure", "message": "planted-text"}], "P102"),
        (200, [{"code": "QuotaExceeded", "message": ""}], "P101"),
        (200, "planted-text", "P106"),
        (200, [3], "P106"),
    ],
)  # fmt: skip
def test_errors_are_never_no_data_and_never_quoted(status: int, errors: Any, verdict: str) -> None:
    trouble = AmazonSp().classify(HttpAnswer(status, {}, {"errors": errors}))

    assert trouble is not None
    assert trouble.default_code == verdict
    assert "planted-text" not in str(trouble)


def test_an_expired_token_is_renewed_once_and_a_missing_role_is_not_an_expired_token(
    bench: AmazonBench,
) -> None:
    assert bench.platform.tokens is not None
    records(bench.one("orders"))
    bench.platform.tokens.expire()

    records(bench.one("returns"))

    assert bench.platform.tokens.calls == 2


# -- single orders


def test_a_single_order_is_looked_up_without_its_buyer(bench: AmazonBench) -> None:
    found = look_up(bench.account(), made.order_id(13), bench.runtime())

    assert (found.order_id, len(found.order_items), found.order_items[0].product.seller_sku) == (
        made.order_id(13),
        2,
        "AB-3C/ÄÖ",
    )
    assert "Jane" not in repr(found)
    with pytest.raises(BadRequest) as refused:
        look_up(bench.account(), "111-0000000-0000000", bench.runtime())
    assert refused.value.actual == "NotFound"
