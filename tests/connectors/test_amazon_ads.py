"""The Amazon Ads connector against its fake on loopback, and its requests against Amazon's own specification."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.testing.conformance.bench import Bench, Lab
from connectors.testing.conformance.traps import OnPage, OnRequest, always, at
from connectors.testing.document import ServedFile
from connectors.testing.fakes.amazon_ads import CLIENT, CREATE, PROFILE, REFRESH, SECRET
from connectors.testing.platform import PlatformCall
from connectors.testing.reply import Reply
from connectors.testing.spoil import copied
from tests.connectors.testing.conformance.cases.amazon_ads import CASES

SPECS = Path(__file__).resolve().parents[2] / "../shared/api-specs/amazon-ads"
no_specs = pytest.mark.skipif(not SPECS.exists(), reason="the platforms' specifications are not here")
PRODUCTS, BRANDS, DISPLAY = CASES
ANSWERS = {"POST": "createasyncreportresponse", "GET": "getasyncreportresponse"}


@pytest.fixture(params=CASES, ids=lambda case: case.stream)
def any_lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    with Bench(request.param) as bench:
        yield bench.lab()


@pytest.fixture
def bench() -> Iterator[Bench]:
    with Bench(PRODUCTS) as bench:
        yield bench


def _payloads(lab: Lab, **changes: Any) -> dict[str, Any]:
    return {key: json.loads(text) for key, text in lab.pull(**changes).payloads().items()}


def _posted(lab: Lab) -> list[Any]:
    return [c.request.json for c in lab.platform.calls if lab.platform.creates(c.request)]


def test_every_campaign_day_comes_with_spend_and_the_named_attribution(any_lab: Lab) -> None:
    run = any_lab.pull()

    assert not run.failures
    assert run.payloads() == any_lab.truth()
    assert all("zone America/Los_Angeles, USD" in taken.window.proof for taken in run.taken)
    assert all("whole file, asked range echoed" in taken.window.proof for taken in run.taken)


def test_one_report_of_thirty_one_local_days_is_asked_for_every_day(bench: Bench) -> None:
    lab = bench.lab()
    lab.run(span_from=PRODUCTS.span[0])
    lab.clock.advance(timedelta(days=1))
    before = len(_posted(lab))

    run, _ = lab.run(as_of=lab.clock.wall())

    (asked,) = _posted(lab)[before:]
    assert (asked["startDate"], asked["endDate"]) == ("2026-02-19", "2026-03-21")
    assert not run.failures


def test_the_day_before_is_not_asked_for_until_twelve_hours_after_it(bench: Bench) -> None:
    lab = bench.lab()

    early = lab.pull(as_of=PRODUCTS.span[1] - timedelta(hours=2))
    late = lab.pull(as_of=PRODUCTS.span[1])

    assert [run.taken[-1].window.replaces[1] for run in (early, late) if run.taken[-1].window.replaces] == [
        date(2026, 3, 19),
        date(2026, 3, 20),
    ]


@pytest.mark.parametrize("days", [1, 7, 14, 30])
def test_the_asked_window_of_sponsored_products_is_in_key_and_row(bench: Bench, days: int) -> None:
    lab = bench.lab()
    settings = {**PRODUCTS.account["settings"], "attribution_days": str(days)}

    payloads = _payloads(lab, account=lab.account(settings=settings))

    key = f"SP/158410630682987/2026-03-01/{days}d-click"
    raw = lab.platform.world.entries("sponsored_products")[0].raw
    assert (payloads[key]["attribution"], payloads[key]["attribution_days"]) == (f"{days}d-click", days)
    assert Decimal(payloads[key]["sales"]) == raw[f"sales{days}d"]
    assert payloads[key]["orders"] == raw[f"purchases{days}d"]


@pytest.mark.parametrize("case", [BRANDS, DISPLAY], ids=lambda case: case.stream)
def test_brands_and_display_can_count_clicks_only(case: Any) -> None:
    with Bench(case) as bench:
        lab = bench.lab()
        settings = {**case.account["settings"], "attribution_basis": "clicks"}

        payloads = _payloads(lab, account=lab.account(settings=settings))

    first = next(iter(payloads.values()))
    assert {payload["attribution"] for payload in payloads.values()} == {"14d-click"}
    assert (first["orders"], first["new_buyer_orders"]) == (4, 2)


@pytest.mark.parametrize(
    "wrong",
    [{"attribution_days": "28"}, {"attribution_days": "seven"}, {"profile_id": ""}, {"client_id": ""}],
)
def test_a_senseless_setting_is_named(bench: Bench, wrong: dict[str, str]) -> None:
    lab = bench.lab()

    run = lab.pull(account=lab.account(settings={**PRODUCTS.account["settings"], **wrong}))

    assert run.codes == {"P120"}
    assert next(iter(wrong)) in run.told()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"zone": "Asia/Shanghai"}, "America/Los_Angeles there, Asia/Shanghai here"),
        ({"zone": "America/Phoenix"}, "America/Los_Angeles there, America/Phoenix here"),
        ({"currency": "CNY"}, "USD there, CNY here"),
    ],
)
def test_a_profile_with_another_zone_or_currency_loads_nothing(
    bench: Bench, changes: dict[str, str], told: str
) -> None:
    lab = bench.lab()

    run = lab.pull(account=lab.account(**changes))

    assert (run.codes, run.taken) == ({"P120"}, [])
    assert told in run.told()


def test_a_duplicate_question_goes_on_with_the_report_that_is_being_made(bench: Bench) -> None:
    lab = bench.lab()
    lost = OnRequest(
        when=at(1), change=lambda _: Reply(500, b""), counts=lambda c: lab.platform.creates(c.request)
    )

    run = lab.pull(fault=lost)

    assert run.payloads() == lab.truth()
    assert len(lab.platform.jobs.made) == 2, "one for each window, although one answer was lost"
    assert len(_posted(lab)) == 3


def test_a_file_that_is_shorter_than_its_stated_size_is_refused(bench: Bench) -> None:
    lab = bench.lab()

    def half(reply: Reply) -> Reply:
        document = copied(reply).document
        assert isinstance(document, ServedFile)
        document.rows = document.rows[::2]
        return (
            Reply.file(ServedFile(rows=[], format="json"))
            if not document.rows
            else Reply(200, document.encode())
        )

    run = lab.pull(fault=OnPage(shape=lab.shape, when=always, change=half, only_filled=True))

    assert run.codes == {"P108"}
    assert "another size than announced" in run.told()


def test_two_rows_of_one_campaign_and_day_are_refused(bench: Bench) -> None:
    lab = bench.lab()

    def twice(reply: Reply) -> Reply:
        spoilt = copied(reply)
        spoilt.document.rows.append(dict(spoilt.document.rows[0]))
        return spoilt

    run = lab.pull(fault=OnPage(shape=lab.shape, when=always, change=twice, only_filled=True))

    assert run.codes == {"P108"}
    assert "several rows of one key" in run.told()


def test_money_with_more_digits_than_the_warehouse_holds_is_refused_not_rounded(bench: Bench) -> None:
    lab = bench.lab()
    entry = lab.platform.world.entries("sponsored_products")[0]
    lab.platform.world.put(
        "sponsored_products", replace(entry, raw={**entry.raw, "cost": Decimal("1.00001")})
    )

    run = lab.pull()

    assert run.codes == {"P107"}
    assert "cost" in run.told()


def test_a_report_of_another_question_is_refused(bench: Bench) -> None:
    lab = bench.lab()

    def other_columns(reply: Reply) -> Reply:
        spoilt = copied(reply)
        if isinstance(spoilt.document, dict) and "configuration" in spoilt.document:
            spoilt.document["configuration"]["columns"] = ["date", "campaignId"]
        return spoilt

    run = lab.pull(fault=OnRequest(when=always, change=other_columns))

    assert run.codes == {"P108"}
    assert "another range" in run.told()


def test_a_dead_refresh_token_stops_the_account_and_no_secret_is_told(bench: Bench) -> None:
    lab = bench.lab()

    run = lab.pull(account=lab.account(secrets={"client_secret": SECRET, "refresh_token": REFRESH + "x"}))

    assert run.codes == {"P104"}
    assert not [secret for secret in (SECRET, REFRESH) if secret in run.told()]


# -- Amazon's own specification


def _spec() -> Any:
    from openapi_core import Config, OpenAPI

    document = json.loads((SPECS / "ReportingVersion3.json").read_text("utf-8"))
    document["servers"] = [{"url": "http://127.0.0.1"}]
    # the original lets unknown fields pass
    for name in ("CreateAsyncReportRequest", "AsyncReportConfiguration"):
        document["components"]["schemas"][name]["additionalProperties"] = False
    kinds = [f"application/vnd.{kind}.v3+json" for kind in ("createasyncreportrequest", *ANSWERS.values())]
    return OpenAPI.from_dict(
        document, config=Config(extra_media_type_deserializers=dict.fromkeys(kinds, json.loads))
    )


def _as_request(call: PlatformCall) -> Any:
    from openapi_core.testing import MockRequest

    request = call.request
    return MockRequest(
        "http://127.0.0.1",
        request.method.lower(),
        request.path,
        headers=dict(request.headers),
        data=request.body or None,
        content_type=request.headers.get("content-type", ""),
    )


@no_specs
def test_every_reporting_request_fits_the_official_specification(any_lab: Lab) -> None:
    spec = _spec()
    any_lab.pull()

    asked = [c for c in any_lab.platform.calls if c.request.path.startswith("/reporting")]
    assert {c.request.method for c in asked} == {"GET", "POST"}
    for call in asked:
        assert spec.unmarshal_request(_as_request(call)).errors == []
        assert "?" not in call.request.target, "the specification knows no query"


@no_specs
@pytest.mark.parametrize(
    "wrong",
    [
        {"endDay": "2026-03-20"},
        {"configuration": {"adProduct": "SPONSORED_TOASTS"}},
        {"startDate": 20260301},
    ],
)
def test_the_check_itself_refuses_a_wrong_question(bench: Bench, wrong: dict[str, Any]) -> None:
    spec = _spec()
    lab = bench.lab()
    lab.pull()
    call = next(c for c in lab.platform.calls if lab.platform.creates(c.request))
    body = {**call.request.json, **wrong}
    spoilt = replace(call, request=replace(call.request, body=json.dumps(body).encode()))

    assert spec.unmarshal_request(_as_request(spoilt)).errors


@no_specs
def test_the_fake_answers_as_amazon_specifies(bench: Bench) -> None:
    from openapi_core.testing import MockResponse

    spec, lab = _spec(), bench.lab()
    answers: list[tuple[PlatformCall, Reply]] = []

    class Listen:
        def before(self, call: PlatformCall) -> None:
            """Nothing."""

        def after(self, call: PlatformCall, reply: Reply) -> Reply:
            answers.append((call, reply))
            return reply

    lab.pull(fault=Listen())

    told = [(c, r) for c, r in answers if c.request.path.startswith("/reporting")]
    assert len(told) > 5
    for call, reply in told:
        kind = f"application/vnd.{ANSWERS[call.request.method]}.v3+json"
        response = MockResponse(reply.body(), content_type=kind)
        assert spec.unmarshal_response(_as_request(call), response).errors == []


@no_specs
def test_login_profile_and_headers_are_as_in_amazons_own_collection(bench: Bench) -> None:
    collection = (SPECS / "postman_auth_reporting_exports.trimmed.json").read_text("utf-8")
    profiles = json.loads((SPECS / "AccountsProfiles.json").read_text("utf-8"))["paths"]
    lab = bench.lab()
    lab.pull()

    token = next(c.request for c in lab.platform.calls if lab.platform.exchanges(c.request))
    created = next(c.request for c in lab.platform.calls if lab.platform.creates(c.request))
    assert set(token.form) == {"grant_type", "refresh_token", "client_id", "client_secret"}
    assert all(f'"{name}"' in collection for name in token.form)
    assert created.headers["content-type"] == CREATE
    assert CREATE in collection
    assert (
        created.headers["amazon-advertising-api-clientid"],
        created.headers["amazon-advertising-api-scope"],
    ) == (
        CLIENT,
        PROFILE,
    )
    assert "Amazon-Advertising-API-Scope" in collection
    assert "/v2/profiles/{profileId}" in profiles
