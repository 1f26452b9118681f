"""The Meta ads connector against its fake on loopback, and what it asks against Meta's published parameters."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.kit.contract.request import HttpAnswer
from connectors.meta_ads.errors import trouble, usage, wish
from connectors.meta_ads.rows import WINDOWS
from connectors.testing.conformance.bench import Bench, Lab
from connectors.testing.conformance.traps import OnRequest, always, at
from connectors.testing.fakes.meta_ads import ACCOUNT, DELETED, PAGING_TOKEN, TOKEN
from connectors.testing.platform import PlatformCall
from connectors.testing.reply import Reply
from connectors.testing.spoil import copied
from tests.connectors.testing.conformance.cases.meta_ads import CASES

SPECS = Path(__file__).resolve().parents[2] / "../shared/api-specs/meta-ads"
no_specs = pytest.mark.skipif(not SPECS.exists(), reason="the platforms' specifications are not here")
(CASE,) = CASES
SETTINGS = CASE.account["settings"]


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Bench(CASE) as bench:
        yield bench.lab()


def _forms(lab: Lab) -> list[dict[str, str]]:
    return [c.request.form for c in lab.platform.calls if lab.platform.creates(c.request)]


def _is_totals(call: PlatformCall) -> bool:
    return call.request.path == f"/v25.0/act_{ACCOUNT}/insights" and call.request.method == "GET"


def _payloads(lab: Lab, **changes: Any) -> dict[str, Any]:
    return {key: json.loads(text) for key, text in lab.pull(**changes).payloads().items()}


def test_ads_are_added_up_by_campaign_and_day_to_the_last_digit(lab: Lab) -> None:
    run = lab.pull()

    assert run.payloads() == lab.truth()
    proof = run.taken[-1].window.proof
    assert "pages to the end, asked range echoed" in proof
    assert "totals equal: impressions" in proof
    assert "zone America/Los_Angeles, USD" in proof


def test_the_question_is_at_ad_level_by_day_with_deleted_ads_and_living_windows(lab: Lab) -> None:
    lab.pull()

    for form in _forms(lab):
        (statuses,) = json.loads(form["filtering"])
        assert (form["level"], form["time_increment"]) == ("ad", "1")
        assert "DELETED" in statuses["value"]
        assert json.loads(form["action_attribution_windows"]) == ["7d_click"]
    days = [json.loads(form["time_range"]) for form in _forms(lab)]
    assert days[-1]["until"] == "2026-03-20"


def test_without_deleted_ads_the_totals_would_not_agree(lab: Lab) -> None:
    def without_deleted(reply: Reply) -> Reply:
        spoilt = copied(reply)
        if isinstance(spoilt.document, dict) and "paging" in spoilt.document:
            rows = spoilt.document["data"]
            spoilt.document["data"] = [ad for ad in rows if not ad.get("ad_id", "").startswith(DELETED)]
        return spoilt

    run = lab.pull(fault=OnRequest(when=always, change=without_deleted))

    assert "P108" in run.codes
    assert "the platform's totals are not what was read" in run.told()
    assert run.payloads() == {}, "the empty window before the account ran is proven, the other one is not"


def test_figures_that_moved_between_run_and_totals_are_asked_for_anew(lab: Lab) -> None:
    def moved(reply: Reply) -> Reply:
        spoilt = copied(reply)
        for row in spoilt.document["data"]:
            row["impressions"] = str(int(row["impressions"]) + 1)
        return spoilt

    run = lab.pull(fault=OnRequest(when=at(2), change=moved, counts=_is_totals))

    assert run.payloads() == lab.truth()
    assert len(lab.platform.jobs.made) == 3, "two windows, one of them twice"


def test_the_url_of_the_next_page_is_never_followed_or_kept(lab: Lab) -> None:
    lab.pull()

    assert any("after=" in c.request.target for c in lab.platform.calls)
    assert not [c for c in lab.platform.calls if "access_token" in c.request.target]
    kept = b"".join(path.read_bytes() for path in lab.folder.rglob("*") if path.is_file())
    assert PAGING_TOKEN.encode() not in kept
    assert TOKEN.encode() not in kept


@pytest.mark.parametrize(
    ("attribution", "purchases", "value", "days"),
    [
        ("7d_click", 3, "149.70", 7),
        ("28d_click", 6, "149.70", 28),
        ("7d_click_1d_view", 6, "299.40", 7),
        ("1d_click", 0, "0", 1),
    ],
)
def test_the_attribution_is_a_setting_and_stands_in_key_and_row(
    lab: Lab, attribution: str, purchases: int, value: str, days: int
) -> None:
    account = lab.account(settings={**SETTINGS, "attribution": attribution})

    payloads = _payloads(lab, account=account)

    key, payload = next(iter(payloads.items()))
    assert key.endswith(f"/{attribution}")
    assert (payload["purchases"], payload["purchase_value"]) == (purchases, value)
    assert (payload["attribution"], payload["attribution_days"]) == (attribution, days)


@pytest.mark.parametrize(
    "wrong",
    [
        {"attribution": "28d_view"},
        {"attribution": "7d_view"},
        {"purchase_action": "Käufe"},
        {"ad_account_id": "act_1/insights"},
        {"ad_account_id": ""},
    ],
)
def test_a_senseless_setting_is_named_before_anything_is_asked(lab: Lab, wrong: dict[str, str]) -> None:
    run = lab.pull(account=lab.account(settings={**SETTINGS, **wrong}))

    assert run.codes == {"P120"}
    assert next(iter(wrong)) in run.told()
    assert run.calls == []


def test_another_zone_than_the_ad_accounts_loads_nothing(lab: Lab) -> None:
    run = lab.pull(account=lab.account(zone="Asia/Shanghai"))

    assert run.codes == {"P120"}
    assert run.taken == []


def test_a_window_with_too_many_ads_is_read_in_shorter_ones(lab: Lab) -> None:
    too_much = Reply.json(400, {"error": {"code": 100, "error_subcode": 1487534, "message": "reduce"}})

    def is_long(call: PlatformCall) -> bool:
        if not lab.platform.creates(call.request):
            return False
        span = json.loads(call.request.form["time_range"])
        return bool(span["since"][:7] != span["until"][:7])

    run = lab.pull(fault=OnRequest(when=always, instead=lambda: too_much, counts=is_long))

    assert run.payloads() == lab.truth()
    assert len(run.taken) > 2


def test_a_pause_that_meta_states_in_minutes_is_kept_or_ends_the_run(lab: Lab) -> None:
    def blocked(minutes: int) -> Reply:
        use = {ACCOUNT: [{"type": "ads_insights", "estimated_time_to_regain_access": minutes}]}
        error = {"error": {"code": 80000, "message": "too many calls"}}
        return Reply.json(400, error, X_Business_Use_Case_Usage=json.dumps(use))

    run = lab.pull(fault=OnRequest(when=at(1), instead=lambda: blocked(1)))
    later = lab.pull(fault=OnRequest(when=at(1), instead=lambda: blocked(19)))

    assert run.payloads() == lab.truth()
    assert run.calls[1].at - run.calls[0].at >= 60
    assert later.codes == {"P109"}
    assert len(later.calls) == 1


def test_usage_headers_are_read_and_junk_in_them_is_nothing() -> None:
    full = {"x-fb-ads-insights-throttle": '{"app_id_util_pct": 12.5, "acc_id_util_pct": 97}'}
    junk = {
        "x-business-use-case-usage": "{not json",
        "x-fb-ads-insights-throttle": '{"acc_id_util_pct": NaN}',
    }

    assert (usage(full), usage(junk), usage({})) == (97, 0, 0)
    assert wish(junk) is None


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        ({"code": 190}, 400, "P103"),
        ({"code": 200}, 403, "P105"),
        ({"code": 17}, 400, "P101"),
        ({"code": 613}, 400, "P101"),
        ({"code": 1}, 500, "P102"),
        ({"code": 5000, "is_transient": True}, 400, "P102"),
        ({"code": 100, "error_subcode": 1504018}, 400, "P110"),
        ({"code": 100}, 400, "P106"),
        ({"code": 2}, 200, "P102"),
    ],
)
def test_every_error_object_has_its_kind_whatever_the_status(
    error: dict[str, Any], status: int, code: str
) -> None:
    found = trouble(HttpAnswer(status, {}, {"error": {**error, "message": "planted words of the platform"}}))

    assert found is not None
    assert found.code == code
    assert "planted" not in found.cause


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("purchase", "0.5"),
        ("account_currency", "usd"),
        ("spend", "1.00001"),
        ("clicks", "12.5"),
        ("date_stop", "2026-03-21"),
    ],
)
def test_what_cannot_be_added_up_exactly_fails_the_window(lab: Lab, field: str, value: str) -> None:
    def spoil(reply: Reply) -> Reply:
        spoilt = copied(reply)
        for row in spoilt.document.get("data", []) if isinstance(spoilt.document, dict) else []:
            if field == "purchase" and "actions" in row:
                row["actions"][1]["7d_click"] = value
            elif "ad_id" in row:
                row[field] = value
        return spoilt

    run = lab.pull(fault=OnRequest(when=always, change=spoil))

    assert "P107" in run.codes
    assert run.payloads() == {}


# -- Meta's published parameters and fields


def _fields(name: str) -> set[str]:
    return {field["name"] for field in json.loads((SPECS / name).read_text("utf-8"))["fields"]}


def _parameters(method: str) -> set[str]:
    apis = json.loads((SPECS / "AdAccount.trimmed.json").read_text("utf-8"))["apis"]
    (found,) = [a for a in apis if a["method"] == method and a.get("endpoint") == "insights"]
    return {parameter["name"] for parameter in found["params"]}


def _enum(name: str) -> set[str]:
    enums = json.loads((SPECS / "enum_types.trimmed.json").read_text("utf-8"))
    (found,) = [enum["values"] for enum in enums if enum["name"] == name]
    return set(found)


@no_specs
def test_every_parameter_field_and_value_that_is_sent_is_published(lab: Lab) -> None:
    lab.pull()

    for form in _forms(lab):
        assert set(form) <= _parameters("POST")
        assert set(form["fields"].split(",")) <= _fields("AdsInsights.json")
        assert form["level"] in _enum("adaccountinsights_level_enum_param")
        (statuses,) = json.loads(form["filtering"])
        assert set(statuses["value"]) == _enum("adaccountadsets_effective_status_enum_param")
    for call in lab.platform.calls:
        asked = call.request.parameters
        if _is_totals(call):
            assert set(asked) <= _parameters("GET")
            assert set(asked["fields"].split(",")) <= _fields("AdsInsights.json")
        elif call.request.path == f"/v25.0/act_{ACCOUNT}":
            assert set(asked["fields"].split(",")) <= _fields("AdAccount.trimmed.json")
        elif "fields" in asked:
            assert set(asked["fields"].split(",")) <= _fields("AdReportRun.json")
        elif call.request.method == "GET":
            assert set(asked) <= {"limit", "after"}, "Graph's cursor paging, the same for every edge"


@no_specs
def test_every_attribution_window_is_published_and_the_check_refuses_a_wrong_one() -> None:
    published = _enum("adaccountinsights_action_attribution_windows_enum_param")

    assert {window for windows, _ in WINDOWS.values() for window in windows} <= published
    assert not {"14d_click"} <= published
    assert not {"purchases"} <= _fields("AdsInsights.json")
    assert not {"time_zone"} <= _parameters("POST")
    stats = _fields("AdsActionStats.json")
    assert {"action_type", "1d_click", "7d_click", "28d_click", "1d_view"} <= stats
