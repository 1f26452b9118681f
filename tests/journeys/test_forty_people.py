"""Forty people, three shops, 17 roles and a month: from `kpi init` to the workbook, with the first tries that go wrong."""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl  # type: ignore[import-untyped]
import pytest

from pipelines.commands.cli import main
from tests.journeys.forty import firm as files
from tests.journeys.forty import roster, sales, work
from tests.journeys.forty.firm import Firm
from warehouse.store.connect import open_published, open_warehouse

pytestmark = pytest.mark.slow

SHIPPING = Decimal("5.00")
HALF = Decimal("0.5")
# Who is provisional, and the words of the cause that say what is to be added.
PROVISIONAL = {
    "E29": "teamwork: nobody rated E29 on teamwork",
    "E11": "paid_visitors: source of traffic is empty or says all in 31 rows",
    "E25": "main_image_ctr: the denominator (asset_traffic, made from traffic and task) is 0",
    "E01": "team_attainment: no total yet of E11 (promotion_manager)",
}


@dataclass(frozen=True)
class Month:
    """What the journey left, and what it printed on its way."""

    home: Path
    said: dict[str, tuple[int, str]]  # by step: exit code and what was printed
    con: duckdb.DuckDBPyConnection

    def figure(self, person: str, kpi: str) -> Decimal:
        """A figure as it is published."""
        sql = "select value from kpi_actual_period where (person_id, kpi_id, period) = (?, ?, '2026-03')"
        [(value,)] = self.con.execute(sql, [person, kpi]).fetchall()
        assert value is not None
        return Decimal(value)

    def line(self, person: str, kpi: str, column: str) -> object:
        """A column of a line of the person's card."""
        sql = f"select {column} from scorecard_line where (person_id, kpi_id, period) = (?, ?, '2026-03')"
        [(value,)] = self.con.execute(sql, [person, kpi]).fetchall()
        return value


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    """The whole journey, made once."""
    folder = tmp_path_factory.mktemp("forty")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KPI_HOME", str(folder / "home"))
        patch.setenv("DAGSTER_HOME", "")
        patch.delenv("KPI_COMPANY", raising=False)
        said = dict(_journey(Firm(folder / "tieshu")))
        with open_published(folder / "home") as con:
            yield Month(folder / "home", said, con)


def _journey(firm: Firm) -> Iterator[tuple[str, tuple[int, str]]]:
    """The commands in the order in which the firm gives them, each with its exit code and output."""
    yield "init", _say(lambda *arguments: main(arguments), ["init", str(firm.folder)])
    files.write_company(firm)
    files.write_lists(firm)
    files.write_people(firm)

    role = roster.HEADERS.index("岗位")
    forgotten = [row[:role] + row[role + 1 :] for row in (roster.HEADERS, *roster.people())]
    firm.book(files.ROSTER, [(roster.TITLE,), *forgotten], sheet="在职")
    yield "no column of roles", _say(firm.kpi, ["lint"])
    resigned = [tuple("辞职" if cell == "主动离职" else cell for cell in row) for row in roster.people()]
    firm.book(files.ROSTER, [(roster.TITLE,), roster.HEADERS, *resigned], sheet="在职")
    yield "a word of its own", _say(firm.kpi, ["lint"])
    files.write_people(firm)

    firm.write("targets.csv", firm.text("targets.csv") + "个人,E02,退款率(金额),2026年3月,8,历史数据,E01\n")
    yield "8 for 8 %", _say(firm.kpi, ["lint"])
    firm.change("targets.csv", "2026年3月,8,历史数据", "2026年3月,8%,历史数据")

    files.write_exports(firm)
    path = str(firm.folder / files.TAOBAO)
    yield "a download nobody described", _say(firm.kpi, ["connectors", "recognise", path, "--write"])
    yield "described", _say(firm.kpi, ["connectors", "recognise", path])
    agents = firm.folder / "exports" / "千牛客服-2026-03-05.xlsx"
    files.write_facts(firm)
    files.write_agents(firm)
    yield "agents", _say(firm.kpi, ["connectors", "recognise", str(agents)])
    yield "lint", _say(firm.kpi, ["lint"])
    yield "run", _say(firm.kpi, ["run", "--from", "2026-03-01", "--to", "2026-03-31"])
    yield "score", _say(firm.kpi, ["score", "--period", "2026-03"])
    yield "why", _say(firm.kpi, ["why", "E16", "cs_sales", "2026-03", "--lang", "zh"])


def _say(command: Callable[..., int], arguments: list[str]) -> tuple[int, str]:
    """Run a command; exit code and everything it printed."""
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        code = command(*arguments)
    return code, out.getvalue()


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (
            "no column of roles",
            "[C106] the column role_id (also: 岗位, 岗位编号, role) is missing | at 花名册.xlsx[在职]:2",
        ),
        (
            "a word of its own",
            "[C156] leave_type: this value is not in use | at 花名册.xlsx[在职]:14 | found: '辞职'",
        ),
        ("a word of its own", "use one of voluntary 主动离职 |"),
        ("8 for 8 %", "[L117] error: the target of refund_rate is 8, which is 800 %"),
        ("8 for 8 %", "write 0.08 or 8%"),
        ("a download nobody described", "[C164] no layout fits the header row of the file"),
        ("a download nobody described", "written: layouts/exportitemlist202603.yaml"),
    ],
)
def test_a_first_try_that_goes_wrong_is_refused_with_what_to_do(month: Month, step: str, said: str) -> None:
    code, text = month.said[step]

    assert (code, said in text) == (1, True), text


def test_the_written_mapping_of_an_unknown_download_already_knows_what_it_needs(month: Month) -> None:
    code, text = month.said["described"]

    assert code == 0
    assert "paid_at      订单付款时间" in text
    assert f"rows: {len(sales.orders('tm'))}" in text
    assert "first_reply_seconds  首次响应时长（秒)" in month.said["agents"][1]


def test_every_command_of_the_way_ends_well_and_no_file_is_refused(month: Month) -> None:
    codes = {step: month.said[step][0] for step in ("init", "lint", "run", "score", "why")}

    assert codes == dict.fromkeys(codes, 0)
    assert "0 errors" in month.said["lint"][1]
    assert re.search(r"(\d+) files declared, \1 read, 0 refused", month.said["run"][1])


def test_the_workbook_has_forty_cards_and_at_most_five_are_provisional(month: Month) -> None:
    book = openpyxl.load_workbook(month.home / "reports/2026-03/workbook.xlsx")
    summary = list(book.worksheets[0].iter_rows(values_only=True))
    people = {
        str(row[0]): row for row in summary if str(row[0]).startswith("E") and str(row[0])[1:].isdigit()
    }
    provisional = {person: str(row[-1]) for person, row in people.items() if "provisional" in str(row[-2])}

    assert len(book.worksheets) == 2 + 40  # the summary and what is open stand before them
    assert len(people) == 40
    assert len({row[2] for row in people.values()}) == 18  # the 17 roles, and the firm's own for 飞鸽
    assert provisional.keys() == PROVISIONAL.keys()
    assert [p for p, cause in PROVISIONAL.items() if cause not in provisional[p]] == []


def test_the_engines_agree_on_every_figure(month: Month) -> None:
    with open_warehouse(month.home) as con:
        assert con.execute("select * from engine_finding").fetchall() == []


def _dollars(first: int, last: int) -> Decimal:
    """Net sales of the American shop in yuan, shipping with the goods, each amount at the rate of its day."""
    sold = [(order.amount + SHIPPING, order.on) for order in sales.orders("us")]
    back = [(-row.amount, row.on) for row in sales.refunds("us")]
    return sum(
        (amount * sales.rate(on) for amount, on in sold + back if on is not None and first <= on <= last),
        Decimal(),
    )


def _yuan(shop: str, first: int = 1, last: int = 31) -> Decimal:
    return sales.of_days(sales.orders(shop), first, last) - sales.of_days(sales.refunds(shop), first, last)


def test_an_order_at_the_edge_of_the_month_counts_on_the_day_it_was_paid(month: Month) -> None:
    assert (sales.orders("tm")[0].on, sales.orders("dy")[-1].on) == (1, None)  # of 28 February, paid in April
    assert month.figure("E02", "net_sales") == _yuan("tm")
    assert month.figure("E07", "net_sales") == _yuan("dy")
    assert month.figure("E08", "net_sales") == _dollars(1, 31)


def test_both_sides_of_the_hand_over_are_credited_with_their_days(month: Month) -> None:
    until = roster.HANDED_OVER - 1

    # a refund is borne by who holds the shop on its day
    assert month.figure("E03", "net_sales") == _yuan("dy", 1, until) + HALF * _dollars(until + 1, 31)
    assert month.figure("E04", "net_sales") == _yuan("dy", until + 1, 31) + HALF * _dollars(1, until)
    assert month.figure("E05", "net_sales") == HALF * _dollars(1, 31)
    assert month.figure("E03", "shop_score") == month.figure("E05", "shop_score") == Decimal("4.85")


def test_the_refund_rate_follows_the_order(month: Month) -> None:
    kept = [row.amount for row in sales.refunds("tm") if row.order.on is not None]
    rate = sum(kept, Decimal()) / sales.of_days(sales.orders("tm"), 1, 31)

    assert month.figure("E02", "refund_rate") == rate.quantize(Decimal("1e-10"))


def test_the_leaver_has_the_days_until_the_last_one_and_the_successor_those_after(month: Month) -> None:
    days = {d: work.advertised(d) for d in sales.DAYS}
    later = [days[d] for d in sales.DAYS] + [days[d] for d in sales.DAYS if d > roster.LEFT]
    spend, sold = (sum((row[at] for row in later), Decimal()) for at in (0, 1))

    assert month.figure("E12", "roi") == Decimal("4.5")  # 15 days of 90 for 20
    assert month.figure("E13", "roi") == (sold / spend).quantize(Decimal("1e-10"))
    assert month.line("E12", "sales_attainment", "value") == (
        _yuan("tm", 1, roster.LEFT) / (Decimal(15000) * 15 / 31)
    ).quantize(Decimal("1e-10"))
    assert month.line("E12", "task_on_time", "denominator") == 2  # the own tasks, none of the shop's designer


def test_the_joiner_is_measured_from_the_first_day_against_a_part_of_the_target(month: Month) -> None:
    place = [account for shop, account in roster.AGENTS.values() if shop == "dy"].index(
        roster.AGENTS["E21"][1]
    )
    worked = [work.served(d, place) for d in sales.DAYS if d >= roster.JOINED and d % 7 != place]

    assert month.figure("E21", "reported_sales") == sum((row.sales for row in worked), Decimal())
    assert month.line("E21", "reported_sales", "target") == (Decimal(9000) * 16 / 31).quantize(
        Decimal("1e-10")
    )


def test_an_agent_is_measured_by_the_platform_s_report_and_the_sheet_says_so(month: Month) -> None:
    days = [work.served(d, 0) for d in sales.DAYS]
    waited = sum((row.reply * row.served for row in days), Decimal()) / sum(row.served for row in days)
    book = openpyxl.load_workbook(month.home / "reports/2026-03/workbook.xlsx")
    [sheet] = [s for s in book.worksheets if s.title.startswith("E16")]
    cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]

    assert month.figure("E16", "cs_sales") == sum((row.sales - row.back for row in days), Decimal())
    assert month.figure("E16", "avg_reply_seconds") == waited.quantize(Decimal("1e-10"))
    assert month.line("E16", "cs_sales", "measured_as") == "reported_net_sales"
    assert any("平台报表" in cell for cell in cells)
    assert "平台报表" in month.said["why"][1]


def test_the_supervisor_s_first_reply_is_that_of_all_her_agents(month: Month) -> None:
    rows = [work.served(d, at) for at in range(3) for d in sales.DAYS]
    douyin = [account for shop, account in roster.AGENTS.values() if shop == "dy"]
    for at, account in enumerate(douyin):
        joined = roster.JOINED if account == roster.AGENTS["E21"][1] else 1
        rows += [work.served(d, at) for d in sales.DAYS if d >= joined and d % 7 != at]
    waited = sum((row.first * row.served for row in rows), Decimal()) / sum(row.served for row in rows)

    assert month.figure("E15", "reported_first_reply") == waited.quantize(Decimal("1e-10"))
