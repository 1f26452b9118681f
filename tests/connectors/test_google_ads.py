"""The Google Ads connector against its fake on loopback, and every name it uses against Google's protos."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.google_ads.errors import trouble
from connectors.google_ads.requests import BOOKS, FIELDS
from connectors.google_ads.rows import GoogleCampaignDay, day_record, rounded
from connectors.kit.contract.errors import KitError, Retryable
from connectors.kit.contract.request import HttpAnswer
from connectors.kit.window.reading import plain
from connectors.testing.conformance.bench import Bench, Lab
from connectors.testing.conformance.traps import OnRequest, always, at
from connectors.testing.fakes.google_ads import (
    CUSTOMER,
    DEVELOPER,
    MANAGER,
    PAGE,
    failure,
    row_of,
)
from connectors.testing.platform import PlatformCall
from connectors.testing.reply import Reply
from connectors.testing.spoil import copied
from tests.connectors.testing.conformance.cases.google_ads import CASES

SPECS = Path(__file__).resolve().parents[2] / "../shared/api-specs/google-ads/v25"
no_specs = pytest.mark.skipif(not SPECS.exists(), reason="the platforms' specifications are not here")
(CASE,) = CASES
SETTINGS = CASE.account["settings"]


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Bench(CASE) as bench:
        yield bench.lab()


def _searches(lab: Lab) -> list[PlatformCall]:
    return [c for c in lab.platform.calls if not lab.platform.exchanges(c.request)]


def _wire(**metrics: Any) -> dict[str, Any]:
    raw = row_of(CASE.span[0].date(), 1, 1_100_000)
    return {**raw, "metrics": {**raw["metrics"], **metrics}}


def test_every_campaign_day_comes_once_counted_by_google(lab: Lab) -> None:
    run = lab.pull()

    assert run.payloads() == lab.truth()
    last = run.taken[-1].window
    assert last.proof == f"total={last.rows}, zone America/Los_Angeles, USD"
    assert last.pages == -(-last.rows // PAGE) > 2
    assert sum(taken.window.rows for taken in run.taken) == len(lab.truth())


def test_a_window_without_any_row_is_proven_empty_by_its_field_mask(lab: Lab) -> None:
    run = lab.pull(account=lab.account(settings={**SETTINGS, "max_window_days": "10"}))

    assert run.payloads() == lab.truth()
    assert (run.taken[0].window.rows, run.taken[0].window.pages) == (0, 1)
    assert run.taken[0].window.proof.startswith("total=0,")


@pytest.mark.parametrize("body", [{}, {"results": []}, {"fieldMask": None}, {"totalResultsCount": "0"}])
def test_an_answer_that_is_no_answer_to_a_query_is_never_an_empty_day(lab: Lab, body: dict[str, Any]) -> None:
    def is_page(call: PlatformCall) -> bool:
        return "FROM campaign" in (call.request.json or {}).get("query", "")

    run = lab.pull(fault=OnRequest(when=always, instead=lambda: Reply.json(200, body), counts=is_page))

    assert run.codes == {"P107"}
    assert run.taken == []


def test_pages_that_lost_rows_do_not_add_up(lab: Lab) -> None:
    def shorter(reply: Reply) -> Reply:
        spoilt = copied(reply)
        if len(spoilt.document.get("results", [])) > 1:
            spoilt.document["results"].pop()
        return spoilt

    run = lab.pull(
        fault=OnRequest(when=always, change=shorter, counts=lambda c: not lab.platform.exchanges(c.request))
    )

    assert "P108" in run.codes
    assert "total is not what was read" in run.told()
    assert run.payloads() == {}


def test_headers_carry_token_developer_token_and_the_manager_without_dashes(lab: Lab) -> None:
    settings = {**SETTINGS, "customer_id": "123-456-7890", "login_customer_id": "987-654-3210"}

    run = lab.pull(account=lab.account(settings=settings))

    assert run.payloads() == lab.truth()
    for call in _searches(lab):
        assert call.request.headers["developer-token"] == DEVELOPER
        assert call.request.headers["login-customer-id"] == MANAGER
        assert call.request.path == f"/v25/customers/{CUSTOMER}/googleAds:search"


@pytest.mark.parametrize(
    "wrong", [{"customer_id": "123"}, {"customer_id": "1234567890/x"}, {"login_customer_id": "me"}]
)
def test_a_senseless_customer_number_is_named(lab: Lab, wrong: dict[str, str]) -> None:
    run = lab.pull(account=lab.account(settings={**SETTINGS, **wrong}))

    assert run.codes == {"P120"}
    assert next(iter(wrong)) in run.told()
    assert _searches(lab) == []


def test_another_zone_or_currency_than_the_customers_loads_nothing(lab: Lab) -> None:
    zone = lab.pull(account=lab.account(zone="Europe/Berlin"))
    currency = lab.pull(account=lab.account(currency="EUR"))

    assert (zone.codes, currency.codes) == ({"P120"}, {"P120"})
    assert zone.taken + currency.taken == []


def test_a_pause_that_stands_in_the_body_is_kept_to_the_second(lab: Lab) -> None:
    quota = {"rateScope": "DEVELOPER", "rateName": "planted", "retryDelay": "35.2s"}
    name = "RESOURCE_EXHAUSTED"

    run = lab.pull(
        fault=OnRequest(
            when=at(1),
            instead=lambda: failure(429, name, "quotaError", name, quota),
            counts=lambda c: not lab.platform.exchanges(c.request),
        )
    )

    first, second = _searches(lab)[:2]
    assert run.payloads() == lab.truth()
    assert 36 <= second.at - first.at < 38


def test_the_days_operations_are_counted_and_never_overdrawn(lab: Lab) -> None:
    account = lab.account(settings={**SETTINGS, "operations_per_day": "3"})

    run = lab.pull(account=account)

    assert "P115" in run.codes
    assert len(_searches(lab)) == 3


@pytest.mark.parametrize(
    ("status", "kind", "name", "code"),
    [
        (401, "authenticationError", "OAUTH_TOKEN_EXPIRED", "P103"),
        (401, "authenticationError", "DEVELOPER_TOKEN_INVALID", "P104"),
        (400, "authenticationError", "CUSTOMER_NOT_FOUND", "P120"),
        (403, "authorizationError", "USER_PERMISSION_DENIED", "P105"),
        (429, "quotaError", "RESOURCE_TEMPORARILY_EXHAUSTED", "P101"),
        (403, "quotaError", "ACCESS_PROHIBITED", "P105"),
        (500, "internalError", "INTERNAL_ERROR", "P102"),
        (400, "queryError", "DATE_RANGE_TOO_WIDE", "P110"),
        (400, "queryError", "UNRECOGNIZED_FIELD", "P106"),
        (400, "requestError", "EXPIRED_PAGE_TOKEN", "P106"),
        (400, "someNewError", "WHATEVER", "P106"),
        (503, "someNewError", "WHATEVER", "P102"),
    ],
)
def test_every_error_has_its_kind_and_no_word_of_the_platform_is_told(
    status: int, kind: str, name: str, code: str
) -> None:
    found = trouble(HttpAnswer(status, {}, failure(status, "X", kind, name).document))

    assert isinstance(found, KitError)
    assert found.code == code
    assert "planted" not in found.cause


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {"error": "text"},
        {"error": {"details": "text"}},
        {"error": {"details": [{"errors": [{"errorCode": 7}]}]}},
    ],
)
def test_an_error_in_an_odd_shape_is_still_an_error(body: Any) -> None:
    assert trouble(HttpAnswer(429, {}, body)) is not None
    assert isinstance(trouble(HttpAnswer(429, {}, body)), Retryable)


@pytest.mark.parametrize("micros", ["1234567", "-1", "1.5", "1e6", "900000000000000000000", None, 1.0])
def test_cost_that_cannot_be_held_exactly_is_refused(micros: Any) -> None:
    with pytest.raises(ValidationError):
        GoogleCampaignDay.model_validate(_wire(costMicros=micros))


def test_googles_binary_fractions_are_rounded_once_and_conversions_kept_whole() -> None:
    row = GoogleCampaignDay.model_validate(
        _wire(
            conversionsValue=Decimal("0.00005"),
            conversions=Decimal("1E-7"),
            conversionsValueByConversionDate=3,
        )
    )

    payload = plain(day_record(row))

    assert (payload["conversions_value"], payload["conversions"]) == ("0.0001", "0.0000001")
    assert payload["conversions_value_by_conversion_date"] == "3.0000"
    assert rounded(Decimal("1234.5600000000001")) == Decimal("1234.5600")


# -- Google's protos


def _message(file: str, name: str) -> set[str]:
    """Field names of a message of a .proto file, as JSON spells them."""
    text = re.sub(r"//[^\n]*", "", (SPECS / file).read_text("utf-8"))
    body = text[text.index(f"message {name} {{") :]
    depth, end = 0, 0
    for end, mark in enumerate(body):  # noqa: B007 - the last one counts
        depth += (mark == "{") - (mark == "}")
        if mark == "}" and depth == 0:
            break
    names = re.findall(r"[\w.]+\s+(\w+)\s*=\s*\d+\s*(?:\[|;)", body[: end + 1])
    return {re.sub("_([a-z])", lambda found: found[1].upper(), n) for n in names}


def _camel(text: str) -> str:
    return re.sub("_([a-z])", lambda found: found[1].upper(), text)


@no_specs
def test_every_selected_field_stands_in_the_protos() -> None:
    messages = {
        "metrics": _message("common/metrics.proto", "Metrics"),
        "segments": _message("common/segments.proto", "Segments"),
        "campaign": _message("resources/campaign.proto", "Campaign"),
        # customer.proto is not among the files; these three are in the reference of the resource Customer
        "customer": {"id", "currencyCode", "timeZone"},
    }
    row = _message("services/google_ads_service.proto", "GoogleAdsRow")

    selected = {*FIELDS.asked, *re.findall(r"customer\.\w+", BOOKS)}
    for path in selected:
        part, name = path.split(".")
        assert part in row
        assert _camel(name) in messages[part], path
    assert "costMicro" not in messages["metrics"], "the check itself tells names apart"


@no_specs
def test_every_request_and_answer_field_stands_in_the_protos(lab: Lab) -> None:
    answers: list[Reply] = []

    class Listen:
        def before(self, call: PlatformCall) -> None:
            """Nothing."""

        def after(self, call: PlatformCall, reply: Reply) -> Reply:
            if "search" in call.request.path:
                answers.append(reply)
            return reply

    lab.pull(fault=Listen())

    service = "services/google_ads_service.proto"
    request, settings = _message(service, "SearchGoogleAdsRequest"), _message(service, "SearchSettings")
    response = _message(service, "SearchGoogleAdsResponse")
    assert "pageSize" in request, "deprecated in the protos, and refused when it is sent"
    for call in _searches(lab):
        body = call.request.json
        assert set(body) <= request - {"pageSize"}
        assert set(body.get("searchSettings", {})) <= settings
    assert {"nextPageToken", "totalResultsCount", "fieldMask", "results"} <= response
    assert all(set(reply.document) <= response for reply in answers)
    text = (SPECS / service).read_text("utf-8")
    assert 'post: "/v25/customers/{customer_id=*}/googleAds:search"' in text


@no_specs
def test_every_error_name_that_is_known_stands_in_the_protos() -> None:
    errors = "errors/errors.proto"
    codes = _message(errors, "ErrorCode")

    assert {"quotaError", "authenticationError", "authorizationError", "internalError", "queryError"} <= codes
    assert "requestError" in codes
    assert "quotaErrorDetails" in _message(errors, "ErrorDetails")
    assert {"rateScope", "rateName", "retryDelay"} <= _message(errors, "QuotaErrorDetails")
    assert {"errorCode", "details"} <= _message(errors, "GoogleAdsError")
    for file, names in {
        "errors/authentication_error.proto": (
            "OAUTH_TOKEN_EXPIRED",
            "OAUTH_TOKEN_INVALID",
            "CUSTOMER_NOT_FOUND",
        ),
        "errors/quota_error.proto": ("ACCESS_PROHIBITED", "RESOURCE_TEMPORARILY_EXHAUSTED"),
        "errors/query_error.proto": ("DATE_RANGE_TOO_WIDE",),
    }.items():
        text = (SPECS / file).read_text("utf-8")
        assert all(re.search(rf"\b{name} = \d+;", text) for name in names), file


def test_the_fake_refuses_what_google_refuses(lab: Lab) -> None:
    lab.pull()
    good = _searches(lab)[0].request

    def asked(**changes: Any) -> int:
        body = json.dumps({**good.json, **changes}).encode()
        return lab.platform.answer(replace(good, body=body)).status

    assert asked() == 200
    assert asked(pageSize=10) == 400
    assert asked(query="SELECT campaign.nonsense FROM campaign") == 400
    assert asked(query="DROP campaign") == 400
