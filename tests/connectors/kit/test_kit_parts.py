"""The kit's parts on their own: declarations, windows, limiter, strict JSON, settings, landing files."""

import gzip
import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from connectors.kit import AccountSettings, replay
from connectors.kit.contract.auth import HeaderToken
from connectors.kit.contract.connector import Connector
from connectors.kit.contract.errors import (
    DeclarationWrong,
    KitError,
    LandingDamaged,
    SchemaDrift,
    UnknownConnector,
)
from connectors.kit.contract.redact import project
from connectors.kit.contract.request import HttpAnswer
from connectors.kit.contract.request_budget import Limit, Rate
from connectors.kit.contract.stream import Stream
from connectors.kit.contract.strict_json import NotJson, dumps, loads
from connectors.kit.contract.windows import Window, clip, local_day, midnight, split
from connectors.kit.transport.limiter import Limiter
from connectors.kit.transport.retry import wished_pause
from connectors.kit.window.landing import Landing
from connectors.kit.window.spool import Spool, SpooledRecord
from connectors.registry import get, names
from connectors.shopify import Shopify
from connectors.zendesk import Zendesk
from models.loads import StreamRef
from tests.connectors.bench import TOKEN, Bench, only, records
from tests.connectors.changed import changed
from tests.connectors.fakes import Desk, Shop, order, ticket

PACIFIC = ZoneInfo("America/Los_Angeles")


def _account(**changes: Any) -> AccountSettings:
    base = {
        "shop_id": "uk",
        "zone": "Europe/London",
        "base_url": "https://uk.example.com",
        "secrets": {"token": TOKEN},
    }
    return AccountSettings.model_validate({**base, **changes})


# -- declarations


def test_a_connector_that_does_not_classify_does_not_load() -> None:
    with pytest.raises(DeclarationWrong, match="classify"):
        type("Lax", (Connector,), {"name": "lax", "platform": "lax", "auth": HeaderToken("X"), "streams": ()})


def test_a_connector_without_streams_or_auth_does_not_load() -> None:
    def classify(self: object, answer: HttpAnswer) -> None:
        return None

    with pytest.raises(DeclarationWrong, match="auth"):
        type("Lax", (Connector,), {"name": "lax", "platform": "lax", "classify": classify})


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"proof": None}, "proof"),
        ({"lookback": None}, "lookback"),
        ({"lookback_reason": " "}, "lookback_reason"),
        ({"docs": ""}, "docs"),
        ({"limit": ""}, "limit"),
        ({"feeds": ()}, "feeds"),
        ({"pii": ("customer.id",)}, "customer.id"),
    ],
)
def test_a_stream_that_leaves_out_a_promise_does_not_load(change: dict[str, Any], word: str) -> None:
    stream: Stream[Any] = Shopify.streams[0]

    with pytest.raises(DeclarationWrong, match=word):
        changed(stream, **change)


def test_the_registry_knows_the_connectors_by_name() -> None:
    assert {"shopify", "zendesk"} < set(names())
    assert names() == tuple(sorted(names()))
    assert [get(name).name for name in names()] == list(names())
    assert (type(get("shopify")), type(get("zendesk"))) == (Shopify, Zendesk)
    with pytest.raises(UnknownConnector, match=", ".join(names())):
        get("shopfy")


# -- windows


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 7, 1), 24)]
)
def test_local_days_are_whole_when_the_clocks_change(day: date, hours: int) -> None:
    start, end = midnight(day, PACIFIC), midnight(day + timedelta(days=1), PACIFIC)

    (window,) = split(Window(start, end), PACIFIC, 1)

    assert window.end - window.start == timedelta(hours=hours)


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)),
    st.integers(1, 3_000_000),
    st.integers(1, 40),
    st.sampled_from(["UTC", "America/Los_Angeles", "Europe/London", "Asia/Shanghai", "Africa/Cairo"]),
)
def test_windows_cover_a_span_without_gap_or_overlap(
    start: datetime, seconds: int, days: int, name: str
) -> None:
    zone = ZoneInfo(name)
    whole = Window(start.replace(tzinfo=UTC), start.replace(tzinfo=UTC) + timedelta(seconds=seconds))

    parts = list(split(whole, zone, days))

    assert (parts[0].start, parts[-1].end) == (whole.start, whole.end)
    assert all(a.end == b.start for a, b in pairwise(parts))
    assert all(midnight(local_day(p.end, zone), zone) == p.end for p in parts[:-1])


@given(st.integers(0, 10_000_000), st.integers(1, 10_000_000))
def test_halves_meet_or_do_not_exist(start: int, seconds: int) -> None:
    begin = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=start)
    window = Window(begin, begin + timedelta(seconds=seconds))

    halves = window.halves()

    if seconds < 2:
        assert halves is None
    else:
        assert halves is not None
        assert (halves[0].start, halves[0].end, halves[1].end) == (window.start, halves[1].start, window.end)
        assert halves[0].start < halves[0].end < halves[1].end


def test_a_span_outside_the_life_of_an_account_is_empty() -> None:
    account = _account(active_from="2026-01-01", active_to="2026-01-31")

    assert clip(datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 6, 1, tzinfo=UTC), account) is None
    assert clip(datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC), account) is None


def test_naive_instants_are_refused() -> None:
    with pytest.raises(KitError, match="zone"):
        clip(datetime(2025, 1, 1), datetime(2025, 6, 1, tzinfo=UTC), _account())


def test_orders_around_a_change_of_clocks_keep_their_local_day(bench: Bench) -> None:
    created = ["2026-11-01T06:59:59Z", "2026-11-01T07:00:00Z", "2026-11-02T07:59:59Z", "2026-11-02T08:00:00Z"]
    orders = [order(n, updated=at, createdAt=at) for n, at in enumerate(created, 1)]
    bench.platform.default = Shop(orders, zone="America/Los_Angeles")
    start, as_of = datetime(2026, 10, 31, 12, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC)
    settings = {"max_window_days": "1"}

    windows = bench.pull(
        Shopify(), span_from=start, as_of=as_of, zone="America/Los_Angeles", settings=settings
    )

    days = [(r["record_key"][-1], r["record_day"]) for w in windows for r in records(only([w]))]
    assert days == [("1", "2026-10-31"), ("2", "2026-11-01"), ("3", "2026-11-01"), ("4", "2026-11-02")]


_TZ_SCRIPT = """
import sys; sys.path[:0] = [".", "tests"]
from datetime import datetime, UTC
from itertools import pairwise
from pathlib import Path
from tests.connectors.bench import Bench, Clock, Platform, only
from tests.connectors.fakes import Shop, order
from connectors.shopify import Shopify
platform = Platform()
platform.default = Shop([order(n, createdAt="2011-11-01T23:30:00-05:00") for n in range(3)])
bench = Bench(platform, Clock(), Path(sys.argv[1]))
span = {"span_from": datetime(2011, 11, 1, tzinfo=UTC), "as_of": datetime(2011, 11, 5, tzinfo=UTC)}
window = only(bench.pull(Shopify(), **span))
print(window.landing_sha256, window.records_path.read_text())
"""


def test_the_zone_of_the_host_changes_nothing(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[3]

    told = {
        subprocess.run(
            [sys.executable, "-c", _TZ_SCRIPT, str(tmp_path / zone.replace("/", "_"))],
            env={**os.environ, "TZ": zone},
            cwd=root,
            check=True,
            capture_output=True,
        ).stdout
        for zone in ("UTC", "Asia/Shanghai", "America/Los_Angeles")
    }

    assert len(told) == 1
    assert b'"record_day":"2011-11-02"' in told.pop()


# -- limiter and retry


def test_a_bucket_starts_with_one_token_and_keeps_the_declared_rate() -> None:
    now = 0.0
    bucket = Limiter(lambda: now).bucket(Limit("zendesk/helpdesk", Rate(10, seconds=60, burst=5)))

    waits = [bucket.reserve(now) for _ in range(4)]

    assert waits == [0.0, 6.0, 12.0, 18.0]


def test_a_bucket_believes_what_the_platform_says_is_left() -> None:
    bucket = Limiter(lambda: 0.0).bucket(Limit("shopify/uk", Rate(100, seconds=1)))
    bucket.learn(0.0, available=10, capacity=2000, per_second=100, cost=210)

    assert bucket.reserve(0.0) == 2.0


def test_accounts_do_not_share_a_bucket_but_pulls_of_one_account_do() -> None:
    limiter = Limiter(lambda: 0.0)

    assert limiter.bucket(Limit("a", Rate(1))) is limiter.bucket(Limit("a", Rate(1)))
    assert limiter.bucket(Limit("a", Rate(1))) is not limiter.bucket(Limit("b", Rate(1)))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        *(("3", 3.0), ("0", 0.0), ("1.5", 1.5), (None, None), ("", None), ("soon", None), ("-5", None)),
        *(("1e9", None), ("２", None)),
        *(("Mon, 23 Nov 2026 12:00:30 GMT", 30.0), ("Mon, 23 Nov 2020 12:00:30 GMT", 0.0)),
    ],
)
def test_a_retry_after_header_is_understood_or_ignored(header: str | None, seconds: float | None) -> None:
    assert wished_pause(header, datetime(2026, 11, 23, 12, tzinfo=UTC)) == seconds


# -- strict JSON and redaction


@pytest.mark.parametrize("text", ["12345678901234.5678", "1.10", "-0.10", "1E+5", "9007199254740993"])
def test_numbers_keep_every_digit(text: str) -> None:
    assert dumps(loads(f"[{text}]".encode())) == f"[{text}]"


@pytest.mark.parametrize("text", [b"[NaN]", b'{"a":1,"a":1}', b"[1e400]", b"[-Infinity]", b"[1e-400]"])
def test_json_no_honest_platform_sends_is_drift(text: bytes) -> None:
    with pytest.raises(SchemaDrift):
        loads(text)


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", b"[1] 2", b"[" * 100_000, b"[" + b"9" * 5000 + b"]"])
def test_what_is_not_one_whole_document_is_not_json(text: bytes) -> None:
    with pytest.raises(NotJson):
        loads(text)


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False, places=4),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(_JSON)
def test_what_was_written_reads_back_equal(value: Any) -> None:
    assert loads(dumps(value).encode()) == value


@given(_JSON)
def test_a_decimal_elsewhere_changes_no_other_byte(value: Any) -> None:
    assert dumps([value, Decimal("1.10")]) == f"[{dumps(value)},1.10]"


def test_only_declared_fields_pass_and_the_rest_is_counted() -> None:
    dropped: Counter[str] = Counter()
    tree = {"rows": {"id": None, "who": {"id": None}}, "next": None}
    page = {
        "rows": [{"id": 1, "mail": "x", "who": {"id": 2, "name": "y"}}, {"id": {"mail": "z"}}],
        "next": "n",
        "users": [],
    }

    kept = project(page, tree, dropped)

    assert kept == {"rows": [{"id": 1, "who": {"id": 2}}, {"id": {}}], "next": "n"}
    assert dropped == {"rows.mail": 1, "rows.who.name": 1, "rows.id.mail": 1, "users": 1}


# -- settings


@pytest.mark.parametrize(
    "url",
    [
        "http://uk.example.com",
        "ftp://x",
        "https://user:pw@x",
        "https://x?token=1",
        "file:///etc/passwd",
        "http://10.0.0.1",
        "x",
    ],
)
def test_only_https_or_this_machine_itself_is_asked(url: str) -> None:
    with pytest.raises(ValidationError):
        _account(base_url=url)


@pytest.mark.parametrize("shop_id", ["../../etc", "", "a/b", ".hidden", "x" * 65, "a\n"])
def test_a_shop_id_cannot_leave_its_folder(shop_id: str) -> None:
    with pytest.raises(ValidationError):
        _account(shop_id=shop_id)


def test_secrets_never_show() -> None:
    account = _account()
    with pytest.raises(ValidationError) as caught:
        _account(zone="Mars/Base", secrets={"token": [TOKEN]})

    assert TOKEN not in f"{account!r}{account}{account.model_dump()}{account.model_dump_json()}{caught.value}"


# -- landing and spool


def test_a_landing_file_depends_on_its_content_only(tmp_path: Path) -> None:
    ref, window = (
        StreamRef("a", "b", "c"),
        Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)),
    )

    def write(value: int) -> tuple[str, str]:
        writer = Landing(tmp_path).writer(ref, window)
        writer.line({"kind": "page", "body": value})
        return writer.commit()

    first, again, other = write(1), write(1), write(2)

    assert first == again
    assert first[0] != other[0]
    assert first[0] == f"a/b/c/20260101T000000Z_20260102T000000Z_{first[1][:12]}.jsonl.gz"
    assert len(list((tmp_path / "a/b/c").iterdir())) == 2


def test_a_landing_file_that_is_given_up_leaves_nothing(tmp_path: Path) -> None:
    window = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))
    writer = Landing(tmp_path).writer(StreamRef("a", "b", "c"), window)
    writer.line({})

    writer.discard()

    assert list((tmp_path / "a/b/c").iterdir()) == []


@pytest.mark.parametrize("harm", ["flip", "cut", "rename", "end line gone", "missing"])
def test_a_damaged_landing_file_is_refused(bench: Bench, harm: str) -> None:
    bench.platform.default = Desk([ticket(n) for n in range(1, 6)])
    settings = {"email": "agent@example.com"}
    window = only(
        bench.pull(
            Zendesk(),
            span_from=datetime(2016, 2, 29, tzinfo=UTC),
            as_of=datetime(2016, 3, 2, tzinfo=UTC),
            settings=settings,
        )
    )
    root = bench.folder / "landing"
    path = _harmed(root / window.landing_file, harm)

    with pytest.raises(LandingDamaged):
        replay(path, root=root, as_of=window.as_of, spool=bench.folder / "again", find=get)


def _harmed(path: Path, harm: str) -> Path:
    data = path.read_bytes()
    if harm == "flip":
        path.write_bytes(data[:60] + bytes([data[60] ^ 1]) + data[61:])
    elif harm == "cut":
        path.write_bytes(data[:-20])
    elif harm == "rename":
        return path.rename(path.with_name("20260101T000000Z_20260102T000000Z_000000000000.jsonl.gz"))
    elif harm == "missing":
        path.unlink()
    else:
        import hashlib

        lines = gzip.decompress(data).splitlines(keepends=True)
        shorter = gzip.compress(b"".join(lines[:-1]))
        path = path.with_name(f"a_b_{hashlib.sha256(shorter).hexdigest()[:12]}.jsonl.gz")
        path.write_bytes(shorter)
    return path


def test_the_spool_keeps_the_latest_version_of_a_key_whatever_the_order(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        for version in ("2", "3", "1"):
            spool.add(SpooledRecord("k", version, f"v{version}"))
        spool.add(SpooledRecord("a", "1", "first"))
        written = spool.write("x.ndjson")

        assert spool.count() == 2

    assert written.read_text() == "first\nv3\n"
    assert [p.name for p in tmp_path.iterdir()] == ["x.ndjson"]


def test_memory_stays_flat_however_many_records_a_window_has(bench: Bench) -> None:
    import tracemalloc

    def peak(pages: int) -> int:
        bench.platform.default = Desk([ticket(n) for n in range(1, pages * 100 + 1)], page=100)
        bench.platform.calls.clear()
        settings = {"email": "a@example.com", "requests_per_minute": "100000"}
        tracemalloc.start()
        given: dict[str, Any] = {
            "span_from": datetime(2016, 2, 29, tzinfo=UTC),
            "as_of": datetime(2016, 3, 2, tzinfo=UTC),
        }
        only(bench.pull(Zendesk(), settings=settings, **given))
        _, top = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return top

    peak(1)

    assert peak(16) < 1.5 * peak(4)


def test_amounts_are_decimals_until_they_are_text() -> None:
    assert loads(b'{"a": 0.1}') == {"a": Decimal("0.1")}
