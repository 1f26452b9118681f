"""Connectors declared in YAML: every pager and way in against a real socket, every unsafe file refused with its line."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter, ValidationError

from connectors import http_json
from connectors.http_json import read_connector, read_connectors
from connectors.http_json.wire import column_type, instant_type, with_zone
from connectors.kit.contract.redact import pseudonym
from connectors.testing.clock import Clock
from connectors.testing.loopback import Served
from connectors.testing.platform import Platform as Fake
from connectors.testing.reply import Received
from connectors.testing.reply import Reply as FakeReply
from connectors.testing.tokens import Tokens
from models.errors import MeritError
from models.tables import FACTS
from tests.connectors.bench import TOKEN, Bench, Call, Reply, only, only_failed, records

EXAMPLE = Path(http_json.__file__).with_name("orderbook.yaml").read_text(encoding="utf-8")
FROM, AS_OF = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 1, 6, tzinfo=UTC)

CHATS = """\
docs: https://wiki.example.com/desk
auth: {bearer: token}
errors: {none: "the desk answers with status codes only, says its manual"}
limit: {requests: 6000}
streams:
  chats:
    table: chat
    path: /chats/{shop_id}
    params: {from: "{from}", to: "{to}", after: "{token}"}
    pager: {token: meta.next}
    records: items
    proof: {total: meta.total}
    read_by: time
    version: {path: changed, format: iso}
    day: started_at
    lookback: 0 days
    lookback_reason: every change is dated by the server
    final_after_days: 7
    fields:
      chat_id: id
      started_at: {path: started, format: epoch_milliseconds}
      agent_id: agent
      buyer_id: buyer.nick
      rating: {path: stars, optional: true}
"""


def _chat(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": number,
        "started": 1772352000000 + number,
        "changed": "2026-03-01T02:00:00+00:00",
        "agent": "A1",
        "buyer": {"nick": "小明"},
        **changes,
    }


def _query(call: Call) -> dict[str, list[str]]:
    return parse_qs(urlsplit(call.path).query)


def test_a_token_pager_leaves_the_token_out_of_the_first_page_and_hashes_buyers(bench: Bench) -> None:
    bench.platform.script = [
        Reply({"items": [_chat(1)], "meta": {"total": 2, "next": "t2"}}),
        Reply({"items": [_chat(2, buyer=None, stars="4.5")], "meta": {"total": 2, "next": None}}),
    ]

    window = only(bench.pull(read_connector(CHATS, "desk.yaml", "desk"), span_from=FROM, as_of=AS_OF))

    first, second = bench.platform.calls
    assert urlsplit(first.path).path == "/chats/uk"
    assert _query(first) == {"from": ["2026-03-01T00:00:00Z"], "to": ["2026-03-01T05:59:00Z"]}
    assert _query(second)["after"] == ["t2"]
    assert first.headers["Authorization"] == f"Bearer {TOKEN}"
    one, two = (record["payload"] for record in records(window))
    assert one == {
        "chat_id": "1",
        "started_at": "2026-03-01T08:00:00.001000Z",
        "agent_id": "A1",
        "buyer_id": pseudonym("小明"),
        "rating": None,
    }
    assert (two["buyer_id"], two["rating"]) == (None, "4.5")
    assert window.proof == "total=2"


def test_a_total_that_is_not_reached_hands_nothing_over(bench: Bench) -> None:
    bench.platform.default = lambda _: Reply({"items": [_chat(1)], "meta": {"total": 2, "next": None}})

    failed = only_failed(bench.pull(read_connector(CHATS, "desk.yaml", "desk"), span_from=FROM, as_of=AS_OF))

    assert failed.code == "P108"
    assert bench.landed() == []


def test_a_link_pager_follows_the_header_and_never_another_host(bench: Bench) -> None:
    text = CHATS.replace(', after: "{token}"', "").replace("{token: meta.next}", "{link: header}")
    connector = read_connector(text, "desk.yaml", "desk")
    body = {"items": [_chat(1)], "meta": {"total": 2}}
    here, away = "/chats/uk?seek=9", "https://evil.example/chats?seek=9"
    bench.platform.script = [
        Reply(body, headers={"Link": f'<{bench.platform.url}{here}>; rel="next"'}),
        Reply({"items": [_chat(2)], "meta": {"total": 2}}),
        Reply(body, headers={"Link": f'<{away}>; rel="next"'}),
    ]

    window = only(bench.pull(connector, span_from=FROM, as_of=AS_OF))
    failed = only_failed(bench.pull(connector, span_from=FROM, as_of=AS_OF))

    assert (window.rows, bench.platform.calls[1].path) == (2, here)
    assert (failed.code, "another host" in failed.cause) == ("P107", True)


CURSOR = (
    CHATS.replace("read_by: time", "read_by: cursor")
    .replace(
        '{from: "{from}", to: "{to}", after: "{token}"}',
        '{after: "{token}"}\n    first_params: {since: "{from_epoch}"}',
    )
    .replace("{token: meta.next}", "{cursor: {token: meta.next, end: meta.end}}")
    .replace("{total: meta.total}", "{flag: {path: meta.end, last: true}}")
)


def test_a_cursor_stream_begins_with_an_instant_and_goes_on_with_its_cursor(bench: Bench) -> None:
    connector = read_connector(CURSOR, "desk.yaml", "desk")
    bench.platform.script = [
        Reply({"items": [_chat(1)], "meta": {"next": "c1", "end": True}}),
        Reply({"items": [], "meta": {"next": "c2", "end": True}}),
    ]

    first = only(bench.pull(connector, span_from=FROM, as_of=AS_OF))
    only(bench.pull(connector, span_from=FROM, as_of=AS_OF, cursor=first.cursor))

    assert first.cursor == "c1"
    assert [_query(call) for call in bench.platform.calls] == [
        {"since": [str(int(FROM.timestamp()))]},
        {"after": ["c1"]},
    ]


def test_a_body_holds_numbers_and_flags_where_it_says_so_and_a_count_proves(bench: Bench) -> None:
    text = (
        CHATS.replace('    params: {from: "{from}", to: "{to}", after: "{token}"}\n', BODY)
        .replace("{token: meta.next}", "single")
        .replace("{total: meta.total}", COUNT)
    )
    bench.platform.script = [Reply({"items": [_chat(1)]}), Reply({"n": 1})]

    window = only(bench.pull(read_connector(text, "desk.yaml", "desk"), span_from=FROM, as_of=AS_OF))

    asked, counted = bench.platform.calls
    assert asked.json == {
        "range": {"from": 1772323200, "to": "1772344740"},
        "open": True,
        "kinds": ["chat"],
        "x": None,
    }
    assert (counted.method, _query(counted)) == ("GET", {"a": ["1772323200"], "b": ["1772344740"]})
    assert window.proof == "count=1"


BODY = """\
    method: POST
    body:
      range: {from: {number: "{from_epoch}"}, to: "{to_epoch}"}
      open: {flag: true}
      kinds: [chat]
      x: null
"""
COUNT = '{count: {path: /count, params: {a: "{from_epoch}", b: "{to_epoch}"}, total: n}}'


class Desk(Fake):
    """Chats behind a bearer token that expires, with a refresh token that rotates."""

    exchange_path = "/oauth/token"

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.tokens = Tokens(clock=clock, refresh="planted-refresh-one", rotates=True)

    def answer(self, request: Received) -> FakeReply:
        assert self.tokens is not None
        if request.path == self.exchange_path:
            form = request.form
            granted = self.tokens.exchange(form["refresh_token"])
            known = (form["client_id"], form["client_secret"]) == ("app", "planted-client-secret")
            if granted is None or not known:
                return FakeReply.json(400, {"error": "invalid_grant"})
            return FakeReply.json(
                200, {"access_token": granted[0], "expires_in": 60, "refresh_token": granted[1]}
            )
        if not self.tokens.accepts(request.headers.get("authorization", "").removeprefix("Bearer ")):
            return self.unauthorised()
        return FakeReply.json(200, {"items": [_chat(1)], "meta": {"total": 1, "next": None}})


def test_oauth_exchanges_the_refresh_token_and_keeps_the_rotated_one(bench: Bench) -> None:
    connector = read_connector(
        CHATS.replace("{bearer: token}", "{oauth: {token_path: /oauth/token, rotates: true}}"),
        "d.yaml",
        "desk",
    )
    clock = Clock(AS_OF)
    desk = Desk(clock)
    with Served() as server:
        url = server.mount("desk", desk)
        given: dict[str, Any] = {
            "runtime": bench.clock.runtime(),
            "base_url": url,
            "settings": {"client_id": "app"},
            "secrets": {"refresh_token": "planted-refresh-one", "client_secret": "planted-client-secret"},
        }
        first = only(bench.pull(connector, span_from=FROM, as_of=AS_OF, **given))
        assert desk.tokens is not None
        desk.tokens.expire()
        second = only(bench.pull(connector, span_from=FROM, as_of=AS_OF, **given))

    assert (first.rows, second.rows) == (1, 1)
    assert (desk.tokens.calls, desk.tokens.refused) == (2, 0)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"code": 50000}, "P102"),
        ({"code": 42900}, "P101"),
        ({"code": 40100}, "P104"),
        ({"data": {"total": 0, "items": []}}, "P107"),
    ],
)
def test_the_error_rule_tells_trouble_in_a_200(bench: Bench, body: dict[str, Any], code: str) -> None:
    connector = read_connector(EXAMPLE, "orderbook.yaml", "orderbook")
    bench.platform.default = lambda _: Reply(body)

    failed = bench.pull(connector, span_from=FROM, as_of=AS_OF)

    assert {getattr(window, "code", "none") for window in failed} == {code}


# -- values


@pytest.mark.parametrize(
    ("unit", "wire", "found"),
    [
        ("fen", 1999, "19.99"),
        ("fen", "-5", "-0.05"),
        ("micros", "1234500", "1.2345"),
        ("one", Decimal("90071992547409.93"), "90071992547409.93"),
        ("micros", 90071992547409930000, "90071992547409.93"),
    ],
)
def test_money_is_scaled_exactly(unit: str, wire: Any, found: str) -> None:
    column = FACTS["order_line"].column("paid_amount")
    assert column is not None

    assert TypeAdapter(column_type(column, unit=unit)).validate_python(wire) == Decimal(found)


@pytest.mark.parametrize(
    "wire", [1234567, "1e3", "１２", 1.5, True, "12,5", "", None, "123456789012345678901"]
)
def test_money_that_is_not_exact_is_refused(wire: Any) -> None:
    column = FACTS["order_line"].column("paid_amount")
    assert column is not None

    with pytest.raises(ValidationError):
        TypeAdapter(column_type(column, unit="micros")).validate_python(wire)


def test_points_in_time_need_their_own_zone_or_the_shops() -> None:
    seconds = TypeAdapter(instant_type("epoch_seconds")).validate_python(1772352000)
    zone = ZoneInfo("Europe/London")

    assert seconds == datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert with_zone("2026-10-25 01:30", zone) == "2026-10-25T00:30:00+00:00"  # shown twice: its first pass
    with pytest.raises(ValueError, match="never showed"):
        with_zone("2026-03-29 01:30", zone)


# -- refusals

WRONG = [
    ("no proof", "proof: {total: data.total}", "", "C172"),
    ("no proof for pages", "proof: {total: data.total}", "proof: {flag: {path: data.last, last: true}}", "C172"),
    ("empty proof", "proof: {total: data.total}", "proof: {}", "C172"),
    ("no error rule", 'errors: {field: code, good: ["0"], throttled: ["42900"], expired: ["40100"]}', "", "C173"),
    ("error rule without good", 'good: ["0"], ', "", "C173"),
    ("another host", "path: /api/order-lines", "path: https://evil.example/x", "C174"),
    ("another host by two slashes", "path: /api/order-lines", "path: //evil.example/x", "C174"),
    ("another host by an at", "path: /api/order-lines", "path: /@evil.example", "C174"),
    ("climbing path", "path: /api/order-lines", "path: /api/../admin", "C174"),
    ("query in the path", "path: /api/order-lines", "path: /api/x?all=1", "C174"),
    ("token in the path", "path: /api/order-lines", 'path: "/api/{token}"', "C174"),
    ("unknown placeholder", '"{to_epoch}"', '"{secret}"', "C174"),
    ("attribute in a placeholder", '"{to_epoch}"', '"{to.__class__}"', "C174"),
    ("no end of the window", '      updated_to: "{to_epoch}"\n', "", "C174"),
    ("page is never asked", '      page: "{page}"\n', "", "C174"),
    ("unknown pager", "{pages: {total: data.total, first: 1}}", "{scroll: x}", "C175"),
    ("unknown column", "      qty: quantity", "      quantity: quantity", "C176"),
    ("required column left out", "      qty: quantity\n", "", "C176"),
    ("no currency", "      currency: {value: CNY}\n      ordered_at", "      ordered_at", "C176"),
    ("made-up figure", "qty: quantity", 'qty: {value: "1"}', "C176"),
    ("column of the account", "      line_id: line_no", "      line_id: line_no\n      shop_id: shop", "C176"),
    ("money without a unit", "{path: paid, unit: fen}", "paid", "C177"),
    ("time without a format", "{path: order.placed, format: local}", "order.placed", "C177"),
    ("unit of a count", "qty: quantity", "qty: {path: quantity, unit: fen}", "C177"),
    ("no version", "version: {path: updated_at, format: epoch_seconds}", "", "C178"),
    ("day that may change kind", "day: ordered_at ", "day: qty ", "C178"),
    ("endless look-back", "lookback: 2 hours", "lookback: 900 days", "C178"),
    ("kept personal field", "[order.receiver, order.phone]", "[order.buyer]", "C179"),
    ("unknown auth", "{header: X-Api-Key, secret: token}", "{cookie: x}", "C171"),
    ("header of ours", "{header: X-Api-Key, secret: token}", "{header: Host, secret: token}", "C171"),
    ("an alias", "docs: https", "x: &a 1\ndocs: https", "D105"),
    ("a tag", "docs: https", "docs: !!python/name:os.system https", "D105"),
    ("a key twice", "limit: {requests: 120, seconds: 60}", "limit: {requests: 120}\nlimit: {requests: 1}", "D104"),
    ("a file too large", "docs: https", "#" + "x" * 1_000_001 + "\ndocs: https", "D101"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "old", "new", "code"), WRONG, ids=[row[0] for row in WRONG])
def test_an_unsafe_or_unproven_file_is_refused_with_its_line(
    what: str, old: str, new: str, code: str
) -> None:
    assert EXAMPLE.count(old) >= 1, what

    with pytest.raises(MeritError) as refused:
        read_connector(EXAMPLE.replace(old, new, 1), "connectors/orderbook.yaml", "orderbook")

    assert refused.value.code == code
    assert refused.value.where.startswith("connectors/orderbook.yaml:")
    assert refused.value.remedy


@pytest.mark.parametrize(
    "name", ["../up", "Order", "order_book", "a", "shopify", "file", "zendesk", "sub/orderbook", "x" * 40]
)
def test_a_connector_file_cannot_take_any_name(name: str) -> None:
    with pytest.raises(MeritError, match="C170"):
        read_connectors({f"connectors/{name}.yaml": EXAMPLE}, ("file_drop", "shopify", "zendesk"))


def test_the_example_declares_what_it_shows() -> None:
    connector = read_connectors({"connectors/orderbook.yaml": EXAMPLE}, ())["orderbook"]

    assert [(s.name, s.feeds, s.windows.kind) for s in connector.streams] == [
        ("order_lines", ("order_line",), "time"),
        ("stock", ("inventory",), "day"),
    ]
    assert connector.stream("order_lines").record.hashed == ("order.buyer",)
