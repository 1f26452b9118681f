"""The Shopify half of the sandbox over real HTTP."""

import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
import requests

from connectors.sandbox import Options, Sandbox, ShopifyLimits
from connectors.sandbox.accounts import DATA
from connectors.sandbox.prepare import prepare

pytestmark = pytest.mark.slow  # reads the whole bundle of orders

SHARED = Path(__file__).resolve().parents[4] / "shared"
LONDON = ZoneInfo("Europe/London")
AFTER_ALL = datetime(2012, 1, 10, tzinfo=UTC)
MONEY = "{ shopMoney { amount currencyCode } }"

Monthly = dict[tuple[str, str], dict[str, Decimal]]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(AFTER_ALL) as running:
        yield running


@pytest.fixture
def fresh() -> Iterator[Sandbox]:
    with Sandbox(AFTER_ALL) as running:
        yield running


def ask(sandbox: Sandbox, text: str, shop: str = "uk", /, **variables: Any) -> dict[str, Any]:
    response = requests.post(
        f"{sandbox.url}/shopify/{shop}/admin/api/2026-10/graphql.json",
        json={"query": text, "variables": variables},
        headers={"X-Shopify-Access-Token": sandbox.shopify_token},
        timeout=60,
    )
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    return answer


def order(sandbox: Sandbox, number: int, fields: str, shop: str = "uk") -> dict[str, Any] | None:
    found: dict[str, Any] | None = ask(
        sandbox,
        f"query($id: ID!) {{ order(id: $id) {{ {fields} }} }}",
        shop,
        id=f"gid://shopify/Order/{number}",
    )["data"]["order"]
    return found


def admin(sandbox: Sandbox, path: str, body: dict[str, Any]) -> requests.Response:
    return requests.post(f"{sandbox.url}/_sandbox/{path}", json=body, timeout=60)


WHOLE = """query($after: String) { orders(first: 250, after: $after, sortKey: UPDATED_AT) {
  nodes { id createdAt updatedAt
    lineItems(first: 250) {
      nodes { originalTotalSet { shopMoney { amount } } } pageInfo { hasNextPage endCursor } }
    shippingLines(first: 10) {
      nodes { originalPriceSet { shopMoney { amount } } } pageInfo { hasNextPage } }
    refunds { createdAt totalRefundedSet { shopMoney { amount } } } }
  pageInfo { hasNextPage endCursor } } }"""
LINES = """query($id: ID!, $after: String) { order(id: $id) { lineItems(first: 250, after: $after) {
  nodes { originalTotalSet { shopMoney { amount } } } pageInfo { hasNextPage endCursor } } } }"""


def whole_history(sandbox: Sandbox, shop: str) -> Iterator[dict[str, Any]]:
    after = None
    while True:
        orders = ask(sandbox, WHOLE, shop, after=after)["data"]["orders"]
        yield from orders["nodes"]
        if not orders["pageInfo"]["hasNextPage"]:
            return
        after = orders["pageInfo"]["endCursor"]


def line_amounts(sandbox: Sandbox, shop: str, node: dict[str, Any]) -> list[Decimal]:
    connection, found = node["lineItems"], []
    while True:
        found += [Decimal(line["originalTotalSet"]["shopMoney"]["amount"]) for line in connection["nodes"]]
        if not connection["pageInfo"]["hasNextPage"]:
            return found
        after = connection["pageInfo"]["endCursor"]
        connection = ask(sandbox, LINES, shop, id=node["id"], after=after)["data"]["order"]["lineItems"]


def month(instant: str) -> str:
    return datetime.fromisoformat(instant).astimezone(LONDON).strftime("%Y-%m")


@pytest.fixture(scope="module")
def served(sandbox: Sandbox) -> Monthly:
    figures: Monthly = defaultdict(lambda: defaultdict(Decimal))
    for shop in ("uk", "export"):
        for node in whole_history(sandbox, shop):
            amounts = line_amounts(sandbox, shop, node)
            assert not node["shippingLines"]["pageInfo"]["hasNextPage"]
            amounts += [
                Decimal(s["originalPriceSet"]["shopMoney"]["amount"]) for s in node["shippingLines"]["nodes"]
            ]
            figures[shop, month(node["createdAt"])]["gross"] += sum(amounts)
            figures[shop, month(node["createdAt"])]["orders"] += bool(amounts)
            for refund in node["refunds"]:
                amount = Decimal(refund["totalRefundedSet"]["shopMoney"]["amount"])
                figures[shop, month(refund["createdAt"])]["refunds"] += amount
    return figures


REFERENCE = """
select if(Country = 'United Kingdom', 'uk', 'export') as shop, strftime(InvoiceDate, '%Y-%m') as month,
       sum(UnitPrice * Quantity) filter (where sold) as gross,
       count(distinct InvoiceNo) filter (where sold) as orders,
       coalesce(-sum(UnitPrice * Quantity) filter (where cancelled), 0) as refunds
from (select *, starts_with(InvoiceNo, 'C') as cancelled,
             not cancelled and Quantity > 0 and UnitPrice > 0 as sold
      from read_parquet($file))
group by all
"""


def test_every_month_of_each_shop_equals_plain_sql_over_the_bundle(served: Monthly) -> None:
    rows = duckdb.execute(REFERENCE, {"file": str(DATA / "online_retail.parquet")}).fetchall()

    expected = {(shop, m): {"gross": g, "orders": Decimal(o), "refunds": r} for shop, m, g, o, r in rows}

    assert {key: dict(value) for key, value in served.items()} == expected


@pytest.mark.skipif(not SHARED.exists(), reason="../shared is absent")
def test_months_of_both_shops_equal_the_reference_answer(served: Monthly) -> None:
    with (SHARED / "data/expected/or_monthly.csv").open() as file:
        expected = {
            row["month"]: tuple(Decimal(row[name]) for name in ("gross_sales", "orders", "refund_value"))
            for row in csv.DictReader(file)
        }

    both = {
        m: tuple(served["uk", m][name] + served["export", m][name] for name in ("gross", "orders", "refunds"))
        for m in expected
    }

    assert both == expected


REPRESENTATIVE = f"""query Orders($query: String!, $first: Int!, $lines: Int!) {{
  orders(query: $query, sortKey: UPDATED_AT, first: $first, reverse: false) {{
    edges {{ cursor node {{ id name }} }}
    nodes {{
      __typename id legacyResourceId name createdAt processedAt updatedAt cancelledAt test
      displayFinancialStatus currencyCode presentmentCurrencyCode
      originalTotalPriceSet {MONEY} totalPriceSet {MONEY} subtotalPriceSet {MONEY}
      totalShippingPriceSet {MONEY} currentTotalPriceSet {MONEY} totalRefundedSet {MONEY}
      totalDiscountsSet {MONEY}
      customer {{ id legacyResourceId }} shippingAddress {{ country countryCodeV2 }}
      lineItems(first: $lines) {{
        nodes {{ id sku title name quantity originalUnitPriceSet {MONEY} discountedUnitPriceSet {MONEY}
          originalTotalSet {MONEY} discountedTotalSet {MONEY} totalDiscountSet {MONEY}
          discountAllocations {{ allocatedAmountSet {MONEY} }} }}
        pageInfo {{ hasNextPage endCursor }} }}
      shippingLines(first: 10) {{
        nodes {{ id title code originalPriceSet {MONEY} discountedPriceSet {MONEY}
          discountAllocations {{ allocatedAmountSet {MONEY} }} }}
        pageInfo {{ hasNextPage startCursor endCursor }} }}
      refunds(first: 50) {{
        id legacyResourceId createdAt processedAt updatedAt totalRefundedSet {MONEY}
        refundLineItems(first: $lines) {{
          nodes {{ id quantity subtotalSet {MONEY} lineItem {{ id sku }} }}
          pageInfo {{ hasNextPage hasPreviousPage endCursor }} }} }} }}
    pageInfo {{ hasNextPage endCursor }} }}
  ordersCount(query: $query, limit: null) {{ count precision }}
  shop {{ name ianaTimezone currencyCode }}
  refund(id: "gid://shopify/Refund/5363911") {{ id }}
}}"""


@pytest.mark.skipif(not SHARED.exists(), reason="../shared is absent")
def test_a_whole_answer_fits_the_official_schema(sandbox: Sandbox) -> None:
    graphql = pytest.importorskip("graphql")
    document = json.loads(
        gzip.decompress((SHARED / "api-specs/shopify/admin_2026-10.introspection.json.gz").read_bytes())
    )
    schema = graphql.build_client_schema(document.get("data", document))
    query = "updated_at:>='2010-12-01T00:00:00Z' updated_at:<'2010-12-08T00:00:00Z'"

    answer = ask(sandbox, REPRESENTATIVE, query=query, first=40, lines=20)

    assert graphql.validate(schema, graphql.parse(REPRESENTATIVE)) == []
    assert answer["data"]["refund"] is None or answer["data"]["refund"]["id"]
    checked = check_object(answer["data"], schema.query_type, selections(graphql, REPRESENTATIVE), schema)
    assert checked > 2000


def selections(graphql: Any, text: str) -> Any:
    return graphql.parse(text).definitions[0].selection_set


def check_object(value: dict[str, Any], kind: Any, chosen: Any, schema: Any) -> int:
    """Count of leaves, after asserting that every field is present and of its declared type."""
    names = [node.name.value for node in chosen.selections]
    assert sorted(value) == sorted(names)
    return sum(
        check_value(value[node.name.value], kind.fields[node.name.value].type, node.selection_set, schema)
        for node in chosen.selections
        if node.name.value != "__typename"
    )


def check_value(value: Any, kind: Any, chosen: Any, schema: Any) -> int:
    import graphql

    if isinstance(kind, graphql.GraphQLNonNull):
        assert value is not None
        return check_value(value, kind.of_type, chosen, schema)
    if value is None:
        return 1
    if isinstance(kind, graphql.GraphQLList):
        return sum(check_value(item, kind.of_type, chosen, schema) for item in value)
    if isinstance(kind, graphql.GraphQLEnumType):
        assert value in kind.values
        return 1
    if isinstance(kind, graphql.GraphQLScalarType):
        expected = {"Int": int, "Boolean": bool}.get(kind.name, str)
        assert type(value) is expected, (kind.name, value)
        return 1
    return check_object(value, kind, chosen, schema)


def test_the_first_order_of_the_set_is_served_as_it_is_stored(sandbox: Sandbox) -> None:
    fields = f"""name createdAt customer {{ id }} shippingAddress {{ country countryCodeV2 }}
        totalPriceSet {MONEY}
        lineItems(first: 1) {{
          nodes {{ id sku quantity originalUnitPriceSet {MONEY} }} pageInfo {{ hasNextPage }} }}"""

    served = order(sandbox, 536365, fields)

    assert served == {
        "name": "#536365",
        "createdAt": "2010-12-01T08:26:00Z",
        "customer": {"id": "gid://shopify/Customer/17850"},
        "shippingAddress": {"country": "United Kingdom", "countryCodeV2": "GB"},
        "totalPriceSet": {"shopMoney": {"amount": "139.12", "currencyCode": "GBP"}},
        "lineItems": {
            "nodes": [
                {
                    "id": "gid://shopify/LineItem/5363650001",
                    "sku": "85123A",
                    "quantity": 6,
                    "originalUnitPriceSet": {"shopMoney": {"amount": "2.55", "currencyCode": "GBP"}},
                }
            ],
            "pageInfo": {"hasNextPage": True},
        },
    }


def test_summer_time_is_sent_as_utc(sandbox: Sandbox) -> None:
    served = order(sandbox, 563185, "createdAt lineItems(first: 1) { nodes { sku } }")

    assert served == {"createdAt": "2011-08-12T13:50:00Z", "lineItems": {"nodes": [{"sku": "B"}]}}


def test_paging_by_any_size_gives_each_order_once(sandbox: Sandbox) -> None:
    text = """query($after: String, $first: Int = 7, $reverse: Boolean) {
      page: orders(first: $first, after: $after, reverse: $reverse, sortKey: UPDATED_AT,
        query: "updated_at:>='2010-12-01' AND updated_at:<'2010-12-02'")
        { nodes { id updatedAt } pageInfo { hasNextPage endCursor } } }"""

    def read(first: int, *, reverse: bool) -> list[tuple[str, str]]:
        found, after = [], None
        while True:
            part = ask(sandbox, text, after=after, first=first, reverse=reverse)["data"]["page"]
            found += [(node["updatedAt"], node["id"]) for node in part["nodes"]]
            after = part["pageInfo"]["endCursor"]
            if not part["pageInfo"]["hasNextPage"]:
                return found

    small, large, backwards = read(7, reverse=False), read(250, reverse=False), read(11, reverse=True)

    assert small == large == sorted(set(large)) == backwards[::-1]
    assert len(small) > 50


def test_the_count_is_exact_without_a_limit_and_capped_with_one(sandbox: Sandbox) -> None:
    text = "query($limit: Int) { ordersCount(limit: $limit) { count precision } }"

    exact, capped = ask(sandbox, text, limit=None)["data"], ask(sandbox, text, limit=100)["data"]

    assert exact == {"ordersCount": {"count": 18899, "precision": "EXACT"}}
    assert capped == {"ordersCount": {"count": 100, "precision": "AT_LEAST"}}


def test_the_clock_hides_later_orders_and_refunds_and_turns_updated_at_back(fresh: Sandbox) -> None:
    fields = f"updatedAt totalRefundedSet {MONEY} refunds {{ createdAt }}"
    text = """{ orders(first: 1, sortKey: UPDATED_AT, reverse: true, query: "created_at:<'2010-12-03'")
        { nodes { id createdAt updatedAt } } }"""
    late = ask(fresh, text)["data"]["orders"]["nodes"][0]
    number = int(late["id"].rsplit("/", 1)[1])
    refunded = order(fresh, number, fields)

    fresh.set_clock(datetime.fromisoformat(late["createdAt"]))
    young = order(fresh, number, fields)
    fresh.set_clock(datetime(2010, 12, 1, tzinfo=UTC))
    unborn = order(fresh, number, fields)

    assert refunded is not None
    assert refunded["refunds"]
    assert late["updatedAt"] == max(refund["createdAt"] for refund in refunded["refunds"])
    assert young is not None
    assert (young["updatedAt"], young["refunds"]) == (late["createdAt"], [])
    assert young["totalRefundedSet"]["shopMoney"]["amount"] == "0.00"
    assert unborn is None


def test_a_patch_is_a_new_version_from_its_own_time_on(fresh: Sandbox) -> None:
    fields = f"updatedAt totalPriceSet {MONEY} totalRefundedSet {MONEY}"
    body = {
        "at": "2011-12-20T10:00:00+00:00",
        "set_line_price": {"gid://shopify/LineItem/5363650001": "3.555"},
        "add_refund": {"lines": [{"line_item_id": "5363650001", "quantity": 2}], "amount": "6.10"},
    }

    before = order(fresh, 536365, fields)
    status = admin(fresh, "shopify/uk/orders/536365", body).status_code
    after = order(fresh, 536365, fields)
    fresh.set_clock(datetime(2011, 12, 19, tzinfo=UTC))
    back = order(fresh, 536365, fields)

    assert status == 200
    assert after == {
        "updatedAt": "2011-12-20T10:00:00Z",
        "totalPriceSet": {"shopMoney": {"amount": "145.15", "currencyCode": "GBP"}},
        "totalRefundedSet": {"shopMoney": {"amount": "6.10", "currencyCode": "GBP"}},
    }
    assert back == before


def test_a_patch_that_does_not_fit_is_refused(fresh: Sandbox) -> None:
    wrong: list[dict[str, Any]] = [
        {},
        {"at": "soon"},
        {"at": "2011-12-20T10:00:00Z", "set_line_price": {"1": "1"}},
        {"at": "2011-12-20T10:00:00Z", "price": 1},
    ]

    statuses = [admin(fresh, "shopify/uk/orders/536365", body).status_code for body in wrong]

    assert statuses == [400] * 4


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{ shop { money } }", "undefinedField"),
        ("{ stores { id } }", "undefinedField"),
        ("{ shop }", "selectionMismatch"),
        ("{ shop { name(first: 1) } }", "argumentNotAccepted"),
        ("{ orders { nodes { id } } }", "BAD_REQUEST"),
        ("{ orders(first: 251) { nodes { id } } }", "BAD_REQUEST"),
        ("query($id: ID!) { order(id: $id) { id } }", "INVALID_VARIABLE"),
    ],
)
def test_a_wrong_query_is_answered_with_errors_and_no_data(sandbox: Sandbox, text: str, code: str) -> None:
    answer = ask(sandbox, text)

    assert "data" not in answer
    assert answer["errors"][0]["extensions"]["code"] == code


@pytest.mark.parametrize("text", ["", "{", "mutation { a }", "{ shop { name } } }", "{ ...f }"])
def test_text_that_is_no_read_query_is_refused(sandbox: Sandbox, text: str) -> None:
    assert ask(sandbox, text)["errors"]


def test_aliases_fragments_and_typenames_are_understood(sandbox: Sandbox) -> None:
    text = """query Q { a: shop { ...names } b: shop { ... on Shop { zone: ianaTimezone } } }
        fragment names on Shop { __typename name }"""

    assert ask(sandbox, text)["data"] == {
        "a": {"__typename": "Shop", "name": "uk"},
        "b": {"zone": "Europe/London"},
    }


def test_an_unknown_filter_is_skipped_with_a_warning(sandbox: Sandbox) -> None:
    answer = ask(sandbox, '{ ordersCount(query: "colour:red", limit: null) { count } }')

    assert answer["data"]["ordersCount"]["count"] == 18899
    assert answer["extensions"]["search"][0]["warnings"][0]["field"] == "colour"


def test_a_token_that_is_wrong_is_refused_with_401(sandbox: Sandbox) -> None:
    url = f"{sandbox.url}/shopify/uk/admin/api/2026-10/graphql.json"

    response = requests.post(url, json={"query": "{ shop { name } }"}, timeout=60)

    assert response.status_code == 401
    assert "Invalid API key" in response.json()["errors"]


def test_other_versions_shops_and_methods_do_not_exist(sandbox: Sandbox) -> None:
    headers = {"X-Shopify-Access-Token": sandbox.shopify_token}
    paths = ["uk/admin/api/2023-10/graphql.json", "moon/admin/api/2026-10/graphql.json"]

    missing = [
        requests.post(f"{sandbox.url}/shopify/{p}", headers=headers, timeout=60).status_code for p in paths
    ]
    read = requests.get(
        f"{sandbox.url}/shopify/uk/admin/api/2026-10/graphql.json", headers=headers, timeout=60
    )

    assert missing == [404, 404]
    assert read.status_code == 405


def test_an_empty_bucket_answers_throttled_with_status_200_and_no_data() -> None:
    limits = ShopifyLimits(maximum=100, restore_per_second=1, query_maximum=90)
    text = "{ orders(first: 20) { nodes { id customer { id } } } }"

    with Sandbox(AFTER_ALL, options=Options(shopify_limits=limits)) as strict:
        answers = [ask(strict, text) for _ in range(4)]
        large = ask(strict, "{ orders(first: 250) { nodes { id } } }")

    assert answers[0]["extensions"]["cost"]["requestedQueryCost"] == 42
    assert answers[-1]["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert "data" not in answers[-1]
    assert answers[-1]["extensions"]["cost"]["throttleStatus"]["restoreRate"] == 1
    assert large["errors"][0]["extensions"] == {
        "code": "MAX_COST_EXCEEDED",
        "cost": 252,
        "maxCost": 90,
        "documentation": "https://shopify.dev/api/usage/limits",
    }


def test_a_refund_names_the_line_it_returns_and_can_be_asked_for_alone(sandbox: Sandbox) -> None:
    fields = f"""id totalRefundedSet {MONEY} refundLineItems(first: 250) {{
        nodes {{ quantity subtotalSet {MONEY} lineItem {{ id sku }} }} }}"""
    text = f"""{{ orders(first: 250, sortKey: CREATED_AT, query: "created_at:<2010-12-03") {{
        nodes {{ lineItems(first: 250) {{ nodes {{ id }} }} refunds {{ {fields} }} }} }} }}"""

    orders = ask(sandbox, text)["data"]["orders"]["nodes"]
    matched = [o for o in orders if o["lineItems"]["nodes"] and o["refunds"]]
    refund = matched[0]["refunds"][0]
    alone = ask(sandbox, f"query($id: ID!) {{ refund(id: $id) {{ {fields} }} }}", id=refund["id"])

    assert alone["data"]["refund"] == refund
    lines = {line["id"] for line in matched[0]["lineItems"]["nodes"]}
    assert {line["lineItem"]["id"] for line in refund["refundLineItems"]["nodes"]} <= lines


@pytest.mark.skipif(not SHARED.exists(), reason="../shared is absent")
def test_the_bundle_is_what_the_prepare_script_makes(tmp_path: Path) -> None:
    names = (
        "online_retail/transactions", "incidents/events", "fb_live/posts", "attendance/absence",
    )  # fmt: skip

    made = prepare(*(SHARED / f"data/{name}.parquet" for name in names), tmp_path)

    assert [file.read_bytes() == (DATA / file.name).read_bytes() for file in made] == [True] * 4
