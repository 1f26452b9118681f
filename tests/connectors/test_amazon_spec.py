"""What is sent to Amazon, and what the fake serves, held against Amazon's own models and report schemas.

Skipped where those are absent.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from connectors.amazon_sp.order_lookup import look_up
from connectors.testing.fakes import amazon_world as made
from connectors.testing.fakes.amazon_sp import ORDERS
from connectors.testing.platform import PlatformCall
from connectors.testing.reply import Received, Reply
from models.loads import PulledWindow
from tests.connectors.against_fake import mounted
from tests.connectors.amazon_bench import STREAMS, AmazonBench, at_amazon, spoilt

SPECS = Path(__file__).resolve().parents[3] / "shared" / "api-specs" / "amazon-sp-api"
needs_specs = pytest.mark.skipif(not SPECS.exists(), reason="Amazon's models are not here")
MODELS = ("reports_2021-06-30", "finances_2024-06-19", "fbaInventory", "orders_2026-01-01")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[AmazonBench]:
    with mounted(at_amazon(tmp_path)) as bench:
        yield bench


def _models() -> list[dict[str, Any]]:
    return [json.loads((SPECS / "models" / f"{name}.json").read_text("utf-8")) for name in MODELS]


def _operation(request: Received) -> tuple[dict[str, Any], dict[str, Any]]:
    """The model and the operation that a request means."""
    asked = request.path.split("/")
    for model in _models():
        for path, operations in model["paths"].items():
            parts = path.split("/")
            same = [a == p or (p.startswith("{") and a) for a, p in zip(asked, parts, strict=False)]
            if len(asked) == len(parts) and all(same) and request.method.lower() in operations:
                return model, operations[request.method.lower()]
    raise AssertionError(f"Amazon has no {request.method} {request.path}")


def violations(request: Received) -> list[str]:
    """Where a request departs from Amazon's model: unknown or missing parameters, wrong values, a body of another shape."""
    model, operation = _operation(request)
    known = {p["name"]: p for p in operation.get("parameters", ()) if p["in"] == "query"}
    wrong = [f"unknown {name}" for name in request.parameters if name not in known]
    wrong += [
        f"no {name}" for name, p in known.items() if p.get("required") and name not in request.parameters
    ]
    for name, value in request.parameters.items():
        wrong += _wrong_value(known.get(name, {}), value)
    body = next((p["schema"] for p in operation.get("parameters", ()) if p["in"] == "body"), None)
    if (body is None) is not (request.json is None):
        wrong.append("a body where there is none, or the other way round")
    elif body is not None:
        wrong += [f"unknown {name}" for name in set(request.json) - set(_resolved(model, body)["properties"])]
        wrong += [e.message for e in _validator(model, body).iter_errors(request.json)]
    return wrong


def _wrong_value(parameter: dict[str, Any], value: str) -> list[str]:
    kind, allowed = parameter.get("type"), parameter.get("enum")
    if kind == "boolean" and value not in ("true", "false"):
        return [f"{parameter['name']} is no boolean"]
    if kind == "integer" and not parameter.get("minimum", 0) <= int(value) <= parameter.get("maximum", 10**9):
        return [f"{parameter['name']} is out of range"]
    if parameter.get("format") == "date-time" and datetime.fromisoformat(value).tzinfo is None:
        return [f"{parameter['name']} has no zone"]
    return [f"{parameter['name']} is none of {allowed}"] if allowed and value not in allowed else []


def _resolved(model: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema["$ref"].rpartition("/")[2]
    found: dict[str, Any] = model["definitions"][name]
    return found


def _validator(model: dict[str, Any], schema: dict[str, Any]) -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator({**schema, "definitions": model["definitions"]})


def _plain(document: Any) -> Any:
    return json.loads(json.dumps(document, default=float))


@needs_specs
def test_every_request_of_every_stream_fits_amazons_models(bench: AmazonBench) -> None:
    for stream in STREAMS:
        assert all(isinstance(found, PulledWindow) for found in bench.read(stream)), stream
    look_up(bench.account(), made.order_id(3), bench.runtime())

    asked = [c.request for c in bench.platform.calls if not c.request.path.startswith(("/auth", "/files"))]

    assert [(r.path, violations(r)) for r in asked if violations(r)] == []
    assert len({_operation(request)[1]["operationId"] for request in asked}) == 6


@needs_specs
def test_the_check_itself_refuses_wrong_requests() -> None:
    listing = "/finances/2024-06-19/transactions?postedAfter=2026-03-01T00:00:00"
    body = json.dumps({"reportType": ORDERS, "marketplaceIds": "US", "MarketplaceIds": ["US"]}).encode()

    assert violations(Received("GET", listing + "&MarketplaceId=US", {}, b"")) == [
        "unknown MarketplaceId",
        "postedAfter has no zone",
    ]
    assert violations(
        Received("GET", "/fba/inventory/v1/summaries?granularityType=Shop&details=1", {}, b"")
    ) == [
        "no granularityId",
        "no marketplaceIds",
        "granularityType is none of ['Marketplace']",
        "details is no boolean",
    ]
    assert len(violations(Received("POST", "/reports/2021-06-30/reports", {}, body))) == 2


@needs_specs
def test_the_fake_answers_as_amazons_models_say(bench: AmazonBench) -> None:
    answers: list[tuple[Received, Any]] = []

    class Listen:
        def before(self, call: PlatformCall) -> Reply | None:
            return None

        def after(self, call: PlatformCall, reply: Reply) -> Reply:
            answers.append((call.request, reply.document))
            return reply

    bench.platform.fault = Listen()
    for stream in STREAMS:
        bench.read(stream)
    look_up(bench.account(), made.order_id(3), bench.runtime())

    checked = 0
    for request, document in answers:
        if request.path.startswith(("/auth", "/files")):
            continue
        model, operation = _operation(request)
        good = next(response for code, response in operation["responses"].items() if code in ("200", "202"))
        assert list(_validator(model, good["schema"]).iter_errors(_plain(document))) == []
        checked += 1
    assert checked > 30


@needs_specs
@pytest.mark.parametrize(
    ("stream", "schema"),
    [
        ("sales_traffic", "sellerSalesAndTrafficReport"),
        ("account_health", "accountHealthReport-2020-11-18"),
    ],
)
def test_the_fakes_json_reports_hold_no_field_that_amazons_schemas_lack(
    bench: AmazonBench, stream: str, schema: str
) -> None:
    files: list[Any] = []

    def keep(reply: Reply) -> Reply:
        files.append(json.loads(reply.document.text()))
        return reply

    bench.platform.fault = spoilt("/files/", keep)
    bench.read(stream)
    document = json.loads((SPECS / "report-schemas" / f"{schema}.json").read_text("utf-8"))

    strict = _closed(document)
    errors = [e.message for e in jsonschema.Draft7Validator(strict).iter_errors(files[-1])]

    assert [text for text in errors if "is a required property" not in text] == []


def _closed(schema: Any) -> Any:
    """The schema with no room for fields that it neither declares nor requires."""
    if isinstance(schema, list):
        return [_closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: part if name == "examples" else _closed(part) for name, part in schema.items()}
    if not isinstance(schema.get("properties"), dict):
        return found
    required = {
        name: {} for name in schema.get("required", ())
    }  # Amazon requires one that it does not declare
    return {**found, "properties": {**required, **found["properties"]}, "additionalProperties": False}
