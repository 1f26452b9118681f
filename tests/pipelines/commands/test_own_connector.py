"""A connector that a company declares in YAML: from its folder through a real socket into canonical rows, and from landing."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from connectors import http_json
from connectors.http_json.wire import column_type
from connectors.kit import replay
from connectors.testing.clock import Clock
from connectors.testing.fakes.orderbook import NOW, TOKEN, OrderbookFake
from connectors.testing.loopback import Served
from models.errors import MeritError
from models.loads import StreamRef
from models.tables import FACTS
from pipelines.commands.cli import main
from pipelines.company.company import load_company
from pipelines.company.home import Home
from pipelines.company.run_scope import RunScope
from pipelines.company.sandbox import Surroundings
from pipelines.steps.pull import pull_streams
from warehouse.facts.build import build_core
from warehouse.store.connect import open_warehouse

EXAMPLE = Path(http_json.__file__).with_name("orderbook.yaml").read_text(encoding="utf-8")
FAST = EXAMPLE.replace("limit: {requests: 120, seconds: 60}", "limit: {requests: 60000}")
COMPANY = """\
id: own
name: {zh: 自有, en: Own}
zone: America/New_York
currency: CNY
first_day: 2026-03-06
"""
SOURCES = """\
sources:
  - connector: orderbook
    shop_id: flagship
    zone: America/New_York
    base_url: URL
    secrets: {token: "${OWN_ORDERBOOK_TOKEN}"}
    settings: {page_size: "50"}
"""


def _folder(root: Path, url: str, text: str = FAST) -> Path:
    folder = root / "company"
    (folder / "connectors").mkdir(parents=True)
    (folder / "company.yaml").write_text(COMPANY, encoding="utf-8")
    (folder / "sources.yaml").write_text(SOURCES.replace("URL", url), encoding="utf-8")
    (folder / "connectors" / "orderbook.yaml").write_text(text, encoding="utf-8")
    return folder


def _work(folder: Path, root: Path) -> RunScope:
    days = date(2026, 3, 6), date(2026, 3, 10)
    return RunScope(load_company(folder), Home(root / "home"), *days, NOW)


def test_a_declared_source_reaches_the_canonical_tables(tmp_path: Path) -> None:
    with Served() as server:
        folder = _folder(tmp_path, server.mount("orders", OrderbookFake(Clock(NOW))))
        work = _work(folder, tmp_path)
        names = [("orderbook", "order_lines"), ("orderbook", "stock")]

        found = pull_streams(work, names, Surroundings({"OWN_ORDERBOOK_TOKEN": TOKEN}))

    assert [report.failures for reports in found.values() for report in reports] == [[], []]
    with open_warehouse(tmp_path / "home") as con:
        build_core(con, "CNY")
        lines = con.execute(
            "select count(*), sum(paid_amount), min(currency), count(distinct buyer_id), bool_or(is_excluded)"
            " from core_order_line"
        ).fetchone()
        line = con.execute(
            "select platform, shop_id, source_row_id, order_id, line_type, sku_id, qty, paid_amount, paid_amount_base,"
            " paid_at, business_date from core_order_line where line_id = '88005'"
        ).fetchone()
        stock = con.execute(
            "select sellable_qty, inbound_qty, on_hand_cost from core_inventory"
            " where snapshot_on = date '2026-03-08' and warehouse = 'D0' and sku_id = '0014'"
        ).fetchall()
    big, small = range(0, 60, 5), [n for n in range(60) if n % 5]
    fen = sum(9007199254740993 + n for n in big) + sum(1990 + n for n in small)
    assert lines == (60, Decimal(fen) / 100, "CNY", 6, True)
    paid = datetime(2026, 3, 6, 10, 5, tzinfo=UTC)
    amount = Decimal("90071992547409.98")
    assert line == (
        *("orderbook", "flagship", "88005", "4002", "shipping", None, 3, amount, amount),
        *(paid, date(2026, 3, 6)),
    )
    assert stock == [(114, 14, Decimal("90071992547409.93"))]


def test_a_word_that_nobody_translated_costs_its_records_and_not_the_window(tmp_path: Path) -> None:
    # the fake sends every sixth line as freight
    text = FAST.replace(
        "values: {goods: goods, freight: shipping}", "values: {goods: goods, parcel: shipping}"
    )
    with Served() as server:
        folder = _folder(tmp_path, server.mount("orders", OrderbookFake(Clock(NOW))), text)
        work = _work(folder, tmp_path)
        name = ("orderbook", "order_lines")
        around = Surroundings({"OWN_ORDERBOOK_TOKEN": TOKEN})
        [reports] = pull_streams(work, [name], around).values()
        kept_out = _built(tmp_path / "home")

        (folder / "connectors" / "orderbook.yaml").write_text(FAST, encoding="utf-8")
        later = replace(_work(folder, tmp_path), as_of=NOW + timedelta(hours=1))
        pull_streams(later, [name], around)

    assert [report.failures for report in reports] == [[]]
    assert kept_out == (50, "goods", 10, "W331", "line_type", "untranslated: freight")
    assert _built(tmp_path / "home") == (60, "shipping", 0, None, None, None)


WRONG = FAST.replace("values: {goods: goods, freight: shipping}", "values: {goods: goods, parcel: shipping}")


def test_a_completed_mapping_heals_by_a_replay_and_a_second_replay_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _pulled(tmp_path, WRONG)
    home = tmp_path / "home"
    monkeypatch.setenv("KPI_HOME", str(home))

    def replayed() -> list[str]:
        assert main(["connectors", "replay", "orderbook/order_lines", "--company", str(folder)]) == 0
        return [line.partition(": ")[2] for line in capsys.readouterr().out.splitlines()]

    assert _built(home) == (50, "goods", 10, "W331", "line_type", "untranslated: freight")
    unchanged = replayed()
    (folder / "connectors" / "orderbook.yaml").write_text(FAST, encoding="utf-8")
    changed = replayed()
    healed = (_built(home), _lines(home))
    again = replayed()
    (folder / "connectors" / "orderbook.yaml").write_text(WRONG, encoding="utf-8")
    back = replayed()
    (folder / "connectors" / "orderbook.yaml").write_text(FAST, encoding="utf-8")
    forth = replayed()

    assert {line.partition(" rows, ")[2] for line in unchanged + again} == {"0 new, 0 changed"}
    assert sum(int(line.split()[4]) for line in changed) == 10
    assert changed == back == forth
    assert healed == ((60, "shipping", 0, None, None, None), (60, 60))
    assert (_built(home), _lines(home)) == healed


def test_a_replay_of_a_folder_of_which_nothing_was_loaded_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _folder(tmp_path, "https://orders.example.com")
    (tmp_path / "home" / "landing" / "orderbook").mkdir(parents=True)
    monkeypatch.setenv("KPI_HOME", str(tmp_path / "home"))

    assert main(["connectors", "replay", "orderbook", "--company", str(folder)]) == 2

    assert "[U038]" in capsys.readouterr().err


def _pulled(root: Path, text: str) -> Path:
    """The company folder, after its order lines were pulled with a declaration."""
    with Served() as server:
        folder = _folder(root, server.mount("orders", OrderbookFake(Clock(NOW))), text)
        around = Surroundings({"OWN_ORDERBOOK_TOKEN": TOKEN})
        [reports] = pull_streams(_work(folder, root), [("orderbook", "order_lines")], around).values()
    assert [report.failures for report in reports] == [[]]
    return folder


def _lines(home: Path) -> tuple[int, ...]:
    """How many raw rows there are, and how many keys."""
    with open_warehouse(home) as con:
        build_core(con, "CNY")
        found = con.execute(
            "select count(*), count(distinct record_key) from raw_orderbook_order_lines"
        ).fetchone()
    assert found is not None
    return found


def _built(home: Path) -> tuple[object, ...]:
    """How many order lines there are, their last type, and what is kept out."""
    with open_warehouse(home) as con:
        build_core(con, "CNY")
        found = con.execute(
            "select (select count(*) from core_order_line), (select max(line_type) from core_order_line),"
            " count(*), max(cause_code), max(column_name), max(value) from core_refused where until_seq is null"
        ).fetchone()
    assert found is not None
    return found


def test_a_word_that_nobody_translated_is_no_word_of_the_column_by_chance() -> None:
    column = FACTS["order_line"].column("line_type")
    assert column is not None
    kind = TypeAdapter(column_type(column, values={"1": "goods"}))

    assert [kind.validate_python(word) for word in ("1", "goods", "shipping")] == [
        "goods",
        "untranslated: goods",
        "untranslated: shipping",
    ]


def test_its_landing_files_replay_with_the_companys_own_declaration(tmp_path: Path) -> None:
    with Served() as server:
        folder = _folder(tmp_path, server.mount("orders", OrderbookFake(Clock(NOW))))
        work = _work(folder, tmp_path)
        pull_streams(work, [("orderbook", "order_lines")], Surroundings({"OWN_ORDERBOOK_TOKEN": TOKEN}))
    (first, *_) = sorted(work.home.landing.rglob("*.jsonl.gz"))

    window = replay(
        first, root=work.home.landing, as_of=NOW, spool=tmp_path / "spool", find=work.company.connector
    )

    assert window.ref == StreamRef("orderbook", "order_lines", "flagship")
    assert window.rows > 0


def test_a_wrong_declaration_stops_the_company_with_its_line(tmp_path: Path) -> None:
    folder = _folder(tmp_path, "https://orders.example.com", FAST.replace("proof: {total: data.total}", ""))

    with pytest.raises(MeritError, match="C172") as refused:
        load_company(folder)

    assert refused.value.where.startswith("connectors/orderbook.yaml:")


def test_a_source_names_only_connectors_that_exist(tmp_path: Path) -> None:
    folder = _folder(tmp_path, "https://orders.example.com")
    (folder / "connectors" / "orderbook.yaml").rename(folder / "connectors" / "warehouse.yaml")

    with pytest.raises(MeritError) as refused:
        load_company(folder)

    assert refused.value.where == "sources.yaml:2"


def test_a_link_out_of_the_folder_is_not_read(tmp_path: Path) -> None:
    folder = _folder(tmp_path, "https://orders.example.com")
    secret = tmp_path / "elsewhere.yaml"
    secret.write_text(FAST, encoding="utf-8")
    (folder / "connectors" / "other.yaml").symlink_to(secret)

    with pytest.raises(MeritError, match="C008"):
        load_company(folder)
