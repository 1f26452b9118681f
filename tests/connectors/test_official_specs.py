"""What the connectors send, checked against what the platforms publish.

Skipped where the specifications are absent.
"""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.kit import AccountSettings
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.windows import Window
from connectors.shopify import Shopify, requests
from connectors.zendesk import PATH, Zendesk
from tests.connectors.bench import Bench, Call, only
from tests.connectors.fakes import Desk, Shop, line, metrics, order, refund, ticket

SPECS = Path(__file__).resolve().parents[2] / "../shared/api-specs"
SHOPIFY = SPECS / "shopify/admin_2026-10.introspection.json.gz"
ZENDESK = SPECS / "zendesk/support-api.trimmed.json"
no_specs = pytest.mark.skipif(
    not (SHOPIFY.exists() and ZENDESK.exists()), reason="the platforms' specifications are not here"
)


@pytest.fixture(scope="module")
def schema() -> Any:
    from graphql import build_client_schema

    found = json.loads(gzip.decompress(SHOPIFY.read_bytes()))
    return build_client_schema(found.get("data", found))


QUERIES = [
    *("Orders", "OrderLines", "OrderRefunds", "RefundParts", "OrdersCount", "Shop"),
    *("RunBulk", "BulkStatus", "BulkList"),
]


def _bulk_query() -> str:
    account = AccountSettings(shop_id="uk", zone="Europe/London", base_url="https://uk.example.com")
    window = Window(datetime(2011, 11, 1, tzinfo=UTC), datetime(2011, 11, 2, tzinfo=UTC))
    return requests.bulk_orders(PageQuery(account=account, window=window, page_size=1))


@no_specs
def test_the_query_inside_a_bulk_operation_fits_the_schema_and_the_limits_of_bulk(schema: Any) -> None:
    from graphql import parse, validate

    text = _bulk_query()

    assert validate(schema, parse(text)) == []
    assert text.count("edges {") == 3, "at most five connections, two deep"
    assert "refundLineItems" not in text, "no connection inside a list"
    assert "updated_at:>='2011-11-01T00:00:00Z' updated_at:<'2011-11-02T00:00:00Z'" in text


@no_specs
@pytest.mark.parametrize("name", QUERIES)
def test_every_shopify_query_fits_the_official_schema(schema: Any, name: str) -> None:
    from graphql import parse, validate

    assert validate(schema, parse(requests.DOCUMENTS[name])) == []


@no_specs
def test_the_check_itself_refuses_a_wrong_query(schema: Any) -> None:
    from graphql import parse, validate

    wrong = requests.DOCUMENTS["Orders"].replace("processedAt", "paidAt", 1)

    assert [e.message for e in validate(schema, parse(wrong))] == [
        "Cannot query field 'paidAt' on type 'Order'."
    ]


@no_specs
def test_no_shopify_query_asks_for_a_deprecated_field(schema: Any) -> None:
    from graphql import NoDeprecatedCustomRule, parse, validate

    texts = [_bulk_query(), *(requests.DOCUMENTS[name] for name in QUERIES)]

    assert [e for text in texts for e in validate(schema, parse(text), [NoDeprecatedCustomRule])] == []


@no_specs
def test_the_variables_that_are_sent_fit_the_declared_types(schema: Any, bench: Bench) -> None:
    from graphql import get_variable_values, parse

    long = order(1, lineItems=[line(n) for n in range(1, 5)], refunds=[refund(1, [1, 2, 3])])
    bench.platform.default = Shop([long, order(2)])
    settings = {"page_size": "1", "line_page_size": "2"}
    only(
        bench.pull(
            Shopify(),
            span_from=datetime(2011, 11, 1, tzinfo=UTC),
            as_of=datetime(2011, 11, 5, tzinfo=UTC),
            settings=settings,
        )
    )

    sent = {call.json["operationName"] for call in bench.platform.calls}
    for call in bench.platform.calls:
        operation = parse(call.json["query"]).definitions[0]
        assert operation.name.value == call.json["operationName"]  # type: ignore[attr-defined]
        values = get_variable_values(schema, operation.variable_definitions, call.json["variables"])  # type: ignore[attr-defined]
        assert values == call.json["variables"], "a list here would be errors"
    assert sent == {"Orders", "OrderLines", "RefundParts", "OrdersCount", "Shop"}


def _zendesk_spec() -> Any:
    """Zendesk's own file with its written-down slips mended (api-specs/README.md, Quirks)."""
    from openapi_core import OpenAPI

    document = json.loads(ZENDESK.read_text("utf-8"))
    operation = document["paths"][PATH]
    document["paths"] = {PATH: operation}
    document["servers"] = [{"url": "http://127.0.0.1"}]
    parameters = document["components"]["parameters"]
    for used in operation["parameters"]:
        found = parameters[used["$ref"].rpartition("/")[2]]
        if found["name"] == "start_time":
            found["required"] = False  # untrue once a cursor is sent
    # pagination and side-load parameters are missing in the original
    operation["parameters"].append(
        {"name": "include", "in": "query", "schema": {"type": "string", "enum": ["metric_sets"]}}
    )
    return OpenAPI.from_dict(document)


def _as_request(call: Call) -> Any:
    from openapi_core.testing import MockRequest

    asked = {name: values[0] for name, values in parse_qs(urlsplit(call.path).query).items()}
    return MockRequest(
        "http://127.0.0.1", call.method.lower(), urlsplit(call.path).path, args=asked, headers=call.headers
    )


@no_specs
def test_every_zendesk_request_fits_the_official_specification(bench: Bench) -> None:
    bench.platform.default = Desk([ticket(n) for n in range(1, 6)])
    only(
        bench.pull(
            Zendesk(),
            span_from=datetime(2016, 2, 29, tzinfo=UTC),
            as_of=datetime(2016, 3, 2, tzinfo=UTC),
            settings={"email": "agent@example.com"},
        )
    )
    spec = _zendesk_spec()

    for call in bench.platform.calls:
        assert spec.unmarshal_request(_as_request(call)).errors == []
    assert len(bench.platform.calls) == 3


@no_specs
def test_the_check_itself_refuses_a_wrong_zendesk_request() -> None:
    spec = _zendesk_spec()
    headers = {"Authorization": "Basic eDp5"}

    wrong_type = spec.unmarshal_request(_as_request(Call("GET", f"{PATH}?start_time=today", headers, None)))
    wrong_path = spec.unmarshal_request(_as_request(Call("GET", f"{PATH}s?start_time=1", headers, None)))

    assert wrong_type.errors
    assert wrong_path.errors


@no_specs
def test_the_scripted_desk_answers_as_zendesk_specifies() -> None:
    from openapi_core.testing import MockRequest, MockResponse

    spec = _zendesk_spec()
    body = {"tickets": [ticket(1)], "metric_sets": [metrics(1)], "after_cursor": "c1", "end_of_stream": True}
    request = MockRequest(
        "http://127.0.0.1", "get", PATH, args={"start_time": "1"}, headers={"Authorization": "Basic eDp5"}
    )

    found = spec.unmarshal_response(request, MockResponse(json.dumps(body).encode()))

    assert found.errors == []
