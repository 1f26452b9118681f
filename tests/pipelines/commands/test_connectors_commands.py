"""`kpi connectors check|record|replay|doctor`: against fakes on loopback, with remedies in both languages and no secret told."""

import gzip
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors import http_json
from connectors.kit import Runtime
from connectors.kit.transport.state import FILE, ReportJob, State
from connectors.kit.window.landing import sha256_of
from connectors.testing.clock import Clock
from connectors.testing.fakes import amazon_ads, qianchuan
from connectors.testing.fakes.orderbook import NOW, TOKEN, OrderbookFake
from connectors.testing.loopback import Served
from models.loads import FailedWindow, StreamRef
from pipelines.commands.account_check import Probe, ProbeAnswer
from pipelines.commands.cli import main
from pipelines.company.company import Company, load_company
from pipelines.company.sandbox import Surroundings
from warehouse.raw.load import record_failure
from warehouse.store.connect import open_warehouse

EXAMPLE = Path(http_json.__file__).with_name("orderbook.yaml").read_text(encoding="utf-8")
FAST = EXAMPLE.replace("limit: {requests: 120, seconds: 60}", "limit: {requests: 60000}")
COMPANY = """\
id: own
name: {zh: 自有, en: Own}
zone: America/New_York
currency: CNY
first_day: 2026-03-06
CLOCK
"""
REPLAY = "clock: replay\nlast_day: 2026-12-31"
ACCOUNT = """\
  - connector: orderbook
    shop_id: SHOP
    zone: America/New_York
    base_url: URL
    secrets: {token: "${SECRET}"}
    settings: {page_size: "50"}
    active_to: 2026-03-10
"""


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OWN_TOKEN", TOKEN)
    monkeypatch.setenv("WRONG_TOKEN", "planted-wrong-token")
    monkeypatch.delenv("UNSET_TOKEN", raising=False)


@pytest.fixture
def server() -> Iterator[Served]:
    with Served() as served:
        yield served


@pytest.fixture
def url(server: Served) -> str:
    return server.mount("orders", OrderbookFake(Clock(NOW)))


def _company(root: Path, *accounts: str, clock: str = REPLAY) -> str:
    folder = root / "company"
    (folder / "connectors").mkdir(parents=True, exist_ok=True)
    (folder / "company.yaml").write_text(COMPANY.replace("CLOCK", clock), encoding="utf-8")
    listed = "sources:\n" + "".join(accounts) if accounts else "sources: []\n"
    (folder / "sources.yaml").write_text(listed, encoding="utf-8")
    (folder / "connectors" / "orderbook.yaml").write_text(FAST, encoding="utf-8")
    return str(folder)


def _account(url: str, secret: str = "OWN_TOKEN", shop: str = "flagship") -> str:
    return ACCOUNT.replace("URL", url).replace("SECRET", secret).replace("SHOP", shop)


def _rows(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


# -- check


def test_a_check_asks_every_stream_of_every_account_and_loads_nothing(
    tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _company(tmp_path, _account(url), _account(url, shop="outlet"))

    assert main(["connectors", "check", "--company", folder]) == 0

    told = capsys.readouterr()
    rows = [row[:4] for row in _rows(told.out)[2:]]
    assert rows == [
        ["orderbook", stream, shop, "ok,"]
        for shop in ("flagship", "outlet")
        for stream in ("order_lines", "stock")
    ]
    assert "24 rows in 2026-03-10 04:00..03-11 04:00 UTC" in told.out, "the last whole day in New York"
    assert "check    orderbook.stock[outlet]" in told.err
    assert not (tmp_path / "home" / "warehouse.duckdb").exists()
    assert not (tmp_path / "home" / "landing").exists()


def test_a_check_names_each_trouble_with_its_remedy_in_both_languages(
    tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _company(
        tmp_path,
        _account(url, "WRONG_TOKEN", "closed"),
        _account(url, "UNSET_TOKEN", "empty"),
        _account(url),
    )

    assert main(["connectors", "check", "--company", folder]) == 1

    told = capsys.readouterr()
    assert "[P104]" in told.out
    assert "do: issue a new token on the platform" in told.out
    assert "凭证无效；建议：" in told.out
    assert "orderbook.stock[closed], sources.yaml:" in told.out
    assert "set the variable UNSET_TOKEN" in told.out
    assert told.out.count("flagship  ok") == 2, "one bad account hides no other"
    assert "planted-" not in told.out + told.err


def test_a_check_of_one_connector_leaves_the_others_alone(
    tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _company(tmp_path, _account(url))

    assert main(["connectors", "check", "orderbook", "--company", folder]) == 0
    assert main(["connectors", "check", "shopify", "--company", folder]) == 2

    assert "[U029]" in capsys.readouterr().err


def test_a_company_without_accounts_has_nothing_to_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["connectors", "check", "--company", _company(tmp_path)]) == 0

    assert "result" in capsys.readouterr().out


def _probing(
    root: Path, server: Served, platform: Any, account: str, *, now: datetime, reports: bool = False
) -> list[ProbeAnswer]:
    """A check on the fake platform's own clock, with the tokens of the home."""
    base = server.mount("platform", platform)
    text = account.replace("URL", base).replace("TOKENS", base + platform.exchange_path)
    company = load_company(_company(root, text, clock=f"clock: replay\nlast_day: {now:%Y-%m-%d}"))
    clock = platform.clock
    runtime = Runtime(
        sleep=clock.sleep,
        chance=lambda: 0.5,
        monotonic=clock.monotonic,
        wall=clock.wall,
        state=State(root / "home" / FILE),
    )
    secrets = {"REFRESH": account_secrets(company)[0], "APP": account_secrets(company)[1]}
    probe = Probe(company, Surroundings(secrets), runtime, root / "scratch", reports)
    source = company.sources[0]
    return [probe.answer(source, name) for name in source.stream_names]


def account_secrets(company: Company) -> tuple[str, str]:
    module = amazon_ads if company.sources[0].connector == "amazon_ads" else qianchuan
    return module.REFRESH, module.SECRET


AMAZON = f"""\
  - connector: amazon_ads
    shop_id: us
    zone: America/Los_Angeles
    currency: USD
    base_url: URL
    token_url: TOKENS
    secrets: {{refresh_token: "${{REFRESH}}", client_secret: "${{APP}}"}}
    settings: {{client_id: {amazon_ads.CLIENT}, profile_id: "{amazon_ads.PROFILE}"}}
    active_to: 2026-03-20
"""
QIANCHUAN = f"""\
  - connector: qianchuan
    shop_id: qc
    zone: Asia/Shanghai
    currency: CNY
    base_url: URL
    token_url: TOKENS
    secrets: {{refresh_token: "${{REFRESH}}", client_secret: "${{APP}}"}}
    settings: {{advertiser_id: "{qianchuan.ADVERTISER}", app_id: "{qianchuan.APP_ID}", aweme_ids: "{qianchuan.AWEMES[0]}"}}
    active_to: 2026-11-20
"""


def test_a_check_makes_no_report_unless_it_is_asked_to(tmp_path: Path, server: Served) -> None:
    now = datetime(2026, 3, 21, 20, tzinfo=UTC)
    platform = amazon_ads.AmazonAdsFake(Clock(now))

    quiet = _probing(tmp_path, server, platform, AMAZON, now=now)
    assert (platform.jobs.made, [f.said.startswith("not asked") for f in quiet]) == ([], [True] * 3)

    asked = _probing(tmp_path, server, platform, AMAZON, now=now, reports=True)

    assert [f.said[:2] for f in asked] == ["ok"] * 3, [f.said for f in asked]
    assert len(platform.jobs.made) == 3


def test_a_check_keeps_the_rotated_token_that_the_next_run_needs(tmp_path: Path, server: Served) -> None:
    platform = qianchuan.QianchuanFake(Clock(qianchuan.NOW))
    assert platform.tokens is not None

    first = _probing(tmp_path, server, platform, QIANCHUAN, now=qianchuan.NOW)
    platform.clock.advance(
        timedelta(hours=30)
    )  # the access token has ended: only the new refresh token helps
    second = _probing(tmp_path, server, platform, QIANCHUAN, now=qianchuan.NOW)

    assert [f.trouble for f in (*first, *second)] == [None] * 6
    assert (platform.tokens.calls, platform.tokens.refused) == (2, 0)


def test_a_day_that_is_shown_only_while_it_lasts_is_no_trouble_of_a_check(
    tmp_path: Path, server: Served
) -> None:
    platform = qianchuan.QianchuanFake(Clock(qianchuan.NOW))

    found = {f.stream: f for f in _probing(tmp_path, server, platform, QIANCHUAN, now=qianchuan.NOW)}

    assert found["rooms"].said == "not asked: the platform shows a day only while it lasts"


# -- record and replay


def _record(folder: str, into: Path, *more: str, stream: str = "order_lines", shop: str = "flagship") -> int:
    names = ["orderbook", "--shop", shop, "--stream", stream, "--into", str(into), "--company", folder]
    return main(["connectors", "record", *names, "--from", "2026-03-07", "--to", "2026-03-09", *more])


def test_a_recording_holds_the_asked_days_and_says_what_is_in_it(
    tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    into = tmp_path / "fixture"

    assert _record(_company(tmp_path, _account(url)), into) == 0

    told = capsys.readouterr().out
    manifest = json.loads((into / "manifest.json").read_text("utf-8"))
    files = manifest["files"]
    assert manifest["days"] == ["2026-03-07", "2026-03-09"]
    assert (files[0]["from"], files[-1]["to"]) == ("2026-03-07T05:00:00Z", "2026-03-10T04:00:00Z")
    assert all(sha256_of(into / f["file"]) == f["sha256"] for f in files)
    assert sum(f["rows"] for f in files) > 10
    assert "data.items.order.buyer" in manifest["fields"]
    assert "order.receiver" in manifest["personal_fields_left_out"]
    assert str(into / "manifest.json") in told
    assert {p.name for p in into.iterdir()} == {"manifest.json", "orderbook"}


def test_a_recording_holds_no_secret_and_nobody(tmp_path: Path, url: str) -> None:
    into = tmp_path / "fixture"
    _record(_company(tmp_path, _account(url)), into)

    files = [p.read_bytes() for p in into.rglob("*") if p.is_file()]
    texts = [gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data for data in files]
    assert len(texts) > 1
    assert not any(TOKEN.encode() in text or b"Planted" in text for text in texts)


def test_a_recording_of_days_holds_exactly_these_days(tmp_path: Path, url: str) -> None:
    into = tmp_path / "fixture"

    assert _record(_company(tmp_path, _account(url)), into, stream="stock") == 0

    files = json.loads((into / "manifest.json").read_text("utf-8"))["files"]
    assert [f["rows"] for f in files] == [24, 24, 24]
    assert (files[0]["from"], files[-1]["to"]) == ("2026-03-07T05:00:00Z", "2026-03-10T04:00:00Z")


def test_a_recording_overwrites_nothing(tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    folder, into = _company(tmp_path, _account(url)), tmp_path / "fixture"
    into.mkdir()
    (into / "mine.txt").write_text("kept")

    assert _record(folder, into) == 2

    assert "[U031]" in capsys.readouterr().err
    assert [p.name for p in into.iterdir()] == ["mine.txt"]


def test_a_recording_of_what_nobody_pulls_names_what_there_is(
    tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _company(tmp_path, _account(url))

    assert _record(folder, tmp_path / "fixture", stream="orders") == 2

    told = capsys.readouterr().err
    assert "[U032]" in told
    assert "orderbook flagship order_lines" in told


def test_a_recording_that_fails_leaves_no_folder(
    tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _company(tmp_path, _account(url, "WRONG_TOKEN"))

    assert _record(folder, tmp_path / "fixture") == 1

    assert "[P104]" in capsys.readouterr().out
    assert not [p.name for p in tmp_path.iterdir() if "fixture" in p.name]


def test_a_recorded_file_is_replayed_into_the_warehouse_and_again_without_a_change(
    tmp_path: Path, url: str, server: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, into = _company(tmp_path, _account(url)), tmp_path / "fixture"
    _record(folder, into)
    server.mount("orders", OrderbookFake(Clock(NOW)))
    (first, *_) = json.loads((into / "manifest.json").read_text("utf-8"))["files"]
    capsys.readouterr()

    for _ in range(2):
        assert main(["connectors", "replay", str(into / first["file"]), "--company", folder]) == 0

    once, again = capsys.readouterr().out.splitlines()
    assert once.endswith(f"{first['rows']} rows, {first['rows']} new, 0 changed")
    assert again.endswith("0 new, 0 changed")
    assert (tmp_path / "home" / "landing" / first["file"]).exists()
    with open_warehouse(tmp_path / "home") as con:
        kept = con.execute("select landing_file, landing_sha256 from load_window").fetchall()
    assert kept == [(first["file"], first["sha256"])]


@pytest.mark.parametrize("harm", ["flip", "header"])
def test_a_harmed_recording_is_refused_and_not_kept(
    tmp_path: Path, url: str, harm: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, into = _company(tmp_path, _account(url)), tmp_path / "fixture"
    _record(folder, into)
    (path, *_) = sorted(into.rglob("*.jsonl.gz"))
    data = path.read_bytes()
    if harm == "flip":
        path.write_bytes(data[:80] + bytes([data[80] ^ 1]) + data[81:])
    else:
        text = gzip.decompress(data).replace(b'"flagship"', b'"../../../etc"', 1)
        path.write_bytes(gzip.compress(text, mtime=0))
        path = path.rename(path.with_name(f"{path.name[:34]}{sha256_of(path)[:12]}.jsonl.gz"))

    assert main(["connectors", "replay", str(path), "--company", folder]) == 1

    assert "[P121]" in capsys.readouterr().err
    assert not list((tmp_path / "home").rglob("*.jsonl.gz"))


# -- doctor


def _doctor(folder: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    capsys.readouterr()
    code = main(["connectors", "doctor", "--company", folder])
    return code, capsys.readouterr().out


def test_a_healthy_company_needs_no_hand(
    tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _company(tmp_path, _account(url))
    days = ["--from", "2026-03-09", "--to", "2026-03-10"]
    assert main(["connectors", "pull", "orderbook", *days, "--company", folder]) == 0

    code, told = _doctor(folder, capsys)

    assert code == 0
    assert ["orderbook", "stock", "flagship", "2026-03-11", "04:00"] in [row[:5] for row in _rows(told)]
    assert "nothing needs a hand" in told
    assert TOKEN not in told


def test_an_open_failure_needs_a_hand_until_it_is_pulled(
    tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _company(tmp_path, _account(url))
    start, end = datetime(2026, 3, 9, 5, tzinfo=UTC), datetime(2026, 3, 10, 4, tzinfo=UTC)
    ref = StreamRef("orderbook", "order_lines", "flagship")
    with open_warehouse(tmp_path / "home") as con:
        record_failure(
            con,
            FailedWindow(
                ref=ref,
                window_from=start,
                window_to=end,
                kind="time",
                code="P102",
                cause="the platform is down",
                as_of=end,
            ),
        )

    code, told = _doctor(folder, capsys)
    main(
        ["connectors", "pull", "orderbook", "--from", "2026-03-08", "--to", "2026-03-10", "--company", folder]
    )
    later, calm = _doctor(folder, capsys)

    assert code == 1
    assert "[P102] the platform is down | at orderbook.order_lines[flagship] from 2026-03-09 05:00" in told
    assert "网络或平台故障" in told
    assert (later, "P102" in calm) == (0, False)


def test_reports_quotas_and_tokens_are_shown_and_never_a_secret(
    tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    now = datetime.now(UTC)
    state = State(tmp_path / "home" / FILE)
    asked = {"connector": "amazon_ads", "shop": "us", "asked_at": now}
    state.keep_job(ReportJob(spec="s1", stream="sponsored_products", id="R-17", **asked))
    hour = now + timedelta(hours=1)
    state.keep_job(
        ReportJob(spec="s2", stream="sponsored_brands", id="R-18", cool_until=hour, why="FATAL", **asked)
    )
    state.keep_job(ReportJob(spec="s3", stream="sponsored_display", id="R-19", collected_at=now, **asked))
    state.spend("orderbook/flagship", now.date(), 9)
    with state.exclusive():
        state.keep_token(
            "https://tokens.example.com/o#abc", "planted-app", "planted-refresh", now - timedelta(days=12)
        )

    code, told = _doctor(_company(tmp_path, _account(url)), capsys)

    assert code == 0
    assert "R-17" in told
    assert "waits: the next run collects it" in told
    assert f"cools down until {hour:%Y-%m-%d %H:%M}: FATAL" in told
    assert "R-19" not in told, "it was collected"
    assert "orderbook/flagship     1" in told
    assert ["tokens.example.com", "nobody", "in", "sources.yaml"] in [row[:4] for row in _rows(told)]
    assert "12 days" in told
    assert "planted" not in told
    assert "#abc" not in told


def test_a_live_company_hears_of_a_stream_that_stands_still_and_of_a_secret_that_is_missing(
    tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    account = _account(url, "UNSET_TOKEN").replace("    active_to: 2026-03-10\n", "")
    folder = _company(tmp_path, account, clock="clock: now")

    code, told = _doctor(folder, capsys)

    assert code == 1
    assert told.count("[P116] a stream has no fresh proof") == 2
    assert "[P120] a secret of the source is not set" in told
    assert "UNSET_TOKEN" in told


@pytest.mark.parametrize(
    ("days", "code", "word"), [(3, 1, "[P117]"), (-1, 1, "[P117]"), (30, 0, "nothing needs a hand")]
)
def test_an_authorisation_that_ends_within_a_week_needs_a_hand(
    tmp_path: Path, url: str, days: int, code: int, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    end = (datetime.now(UTC) + timedelta(days=days)).date()
    account = _account(url).replace('{page_size: "50"}', f'{{page_size: "50", authorised_until: "{end}"}}')

    found, told = _doctor(_company(tmp_path, account), capsys)

    assert (found, word in told) == (code, True)


def test_a_token_that_does_not_open_needs_a_hand(
    tmp_path: Path, server: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    platform = qianchuan.QianchuanFake(Clock(qianchuan.NOW))
    _probing(tmp_path, server, platform, QIANCHUAN, now=qianchuan.NOW)
    base = platform.url
    account = QIANCHUAN.replace("URL", base).replace("TOKENS", base + str(platform.exchange_path))
    folder = _company(tmp_path, account)
    monkeypatch.setenv("REFRESH", qianchuan.REFRESH)
    monkeypatch.setenv("APP", qianchuan.SECRET)
    good = _doctor(folder, capsys)
    monkeypatch.setenv("APP", "another-secret")

    code, told = _doctor(folder, capsys)

    assert (good[0], "qianchuan qc" in good[1]) == (0, True)
    assert code == 1
    assert "[P124]" in told
    assert "another-secret" not in told


@pytest.fixture(autouse=True)
def _quiet_logs() -> Iterator[None]:
    """The commands send progress to stderr; the next test begins as it was."""
    ours = logging.getLogger("meritline")
    before = (ours.handlers[:], ours.propagate, ours.level)
    yield
    ours.handlers, ours.propagate = before[0], before[1]
    ours.setLevel(before[2])
