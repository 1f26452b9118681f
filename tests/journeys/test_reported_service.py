"""A firm with 千牛's own service report and no chats: agents and supervisor are scored by it, and it is said so."""

import csv
import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest

from tests.journeys.small_firm import COMPANY, SmallFirm
from warehouse.published.digest import published_rows

DAYS = [date(2026, 3, 1) + timedelta(days=n) for n in range(31)]
HEADER = (
    "旺旺昵称,咨询人数,接待人数,询单人数,询单最终付款人数,首次响应时长（秒),平均响应时长（秒),客户满意率,旺旺回复率,"
    "询单最终付款金额,成功退款金额"
)
# 10 of 20 inquirers paid 2,500.00 in 10 orders, 100.00 came back; all 40 buyers of 40 were answered
AGENT = "茶铺:小青,40,40,20,10,8.00,30.00,96.00%,100.00%,2500.00,100.00"
TOTAL = "汇总值,40,40,20,10,-,-,-,-,2500.00,100.00"
ENTRY = "shop_id: tea, zone: Asia/Shanghai"
MONTH = "from: 2026-03-01, to: 2026-03-31"


def _write(folder: Path, home: Path) -> SmallFirm:
    """A1 answers as 茶铺:小青 and S1 heads the service of the shop."""
    firm = SmallFirm(folder, home)
    firm.write("company.yaml", COMPANY.replace("shop_keeper", "cs_supervisor"))
    firm.write(
        "people.csv",
        "person_id,name,role_id,dept,manager_id,valid_from,valid_to\n"
        "S1,苏主管,cs_supervisor,客服,,2026-01-01,\n"
        "A1,安小青,presales_cs,客服,S1,2026-01-01,\n",
    )
    firm.write(
        "ownership.csv",
        "scope_type,scope_id,role_id,person_id,share,valid_from,valid_to\n"
        "agent,茶铺:小青,presales_cs,A1,1,2026-01-01,\n"
        "shop,tea,cs_supervisor,S1,1,2026-01-01,\n",
    )
    firm.write(
        "targets.csv",
        "scope,scope_id,kpi_id,period,value,basis,approved_by\n"
        "person,A1,cs_sales,2026-03,74400.00,negotiated,S1\n"
        "person,S1,cs_aov,2026-03,250.00,negotiated,S1\n",
    )
    firm.write("ratings.csv", "person_id,period,item_id,rater_id,rater_type,score,scale_max\n")
    firm.write(
        "facts/attendance.csv",
        "employee_id,worked_on,scheduled_hours,worked_hours,absent\nA1,2026-03-02,8,8,false\n",
    )
    firm.write(
        "facts/training.csv",
        "training_id,owner_id,planned_on,held_on,trainees,passed\nT1,S1,2026-03-09,2026-03-09,10,9\n",
    )
    firm.write(
        "facts/tickets.csv",
        "ticket_id,agent_id,status,opened_at,resolved_at,sla_hours,reopens\n"
        "K1,茶铺:小青,solved,2026-03-02 09:00:00,2026-03-02 10:00:00,24,0\n",
    )
    for day in DAYS:
        firm.write(f"exports/{day}.csv", f"{HEADER}\n{AGENT}\n{TOTAL}\n")
    reports = "".join(
        f"  - {{table: agent_day, file: exports/{day}.csv, layout: auto, platform: taobao, {ENTRY}, from: {day}, to: {day}}}\n"
        for day in DAYS
    )
    others = "".join(
        f"  - {{table: {table}, file: facts/{name}.csv, {ENTRY}, {MONTH}, rows: 1}}\n"
        for table, name in (("attendance", "attendance"), ("training", "training"), ("ticket", "tickets"))
    )
    firm.write("facts.yaml", f"drops:\n{reports}{others}")
    return firm


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The firm after a run of March and its scoring."""
    folder = tmp_path_factory.mktemp("service")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KPI_HOME", str(folder / "home"))
        patch.setenv("DAGSTER_HOME", "")
        patch.delenv("KPI_COMPANY", raising=False)
        made = _write(folder / "tea", folder / "home")
        assert made.kpi("run", "--from", "2026-03-01", "--to", "2026-03-31") == 0
        assert made.score() == 0
        yield made


def _lines(firm: SmallFirm, person: str) -> dict[str, dict[str, Any]]:
    rows = [json.loads(row, parse_float=str) for row in published_rows(firm.home)["scorecard_line"]]
    return {row["kpi_id"]: row for row in rows if row["person_id"] == person}


def _cards(firm: SmallFirm) -> list[dict[str, Any]]:
    return [json.loads(row, parse_float=str) for row in published_rows(firm.home)["scorecard"]]


def _measured(firm: SmallFirm, person: str) -> dict[str, tuple[Decimal, str | None]]:
    return {k: (Decimal(row["value"]), row["measured_as"]) for k, row in _lines(firm, person).items()}


def test_the_agent_is_scored_by_the_report(firm: SmallFirm) -> None:
    assert _measured(firm, "A1") == {
        "cs_sales": (Decimal(74400), "reported_net_sales"),
        "inquiry_conversion": (Decimal("0.5"), "reported_conversion"),
        "cs_aov": (Decimal(250), "reported_aov"),
        "reply_rate": (Decimal(1), "reported_reply_rate"),
        "avg_reply_seconds": (Decimal(30), "reported_reply_seconds"),
        "attendance": (Decimal(1), None),
    }
    cards = {row["person_id"]: row for row in _cards(firm)}
    assert (cards["A1"]["status"], cards["A1"]["total"], cards["A1"]["grade"]) == (
        "scored",
        "100.000000",
        "S",
    )


def test_the_supervisor_is_scored_by_the_report_of_the_shop(firm: SmallFirm) -> None:
    found = _measured(firm, "S1")

    by_report = {
        "customer_satisfaction": (Decimal("0.96"), "reported_satisfaction"),
        "first_reply_seconds": (Decimal(8), "reported_first_reply"),
        "inquiry_conversion": (Decimal("0.5"), "reported_conversion"),
        "cs_aov": (Decimal(250), "reported_aov"),
    }
    assert {k: v for k, v in found.items() if v[1]} == by_report
    assert found["team_attainment"] == (Decimal(1), None)
    cards = {row["person_id"]: row for row in _cards(firm)}
    assert cards["S1"]["status"] == "scored"


def test_the_sheet_says_which_kpi_measured_a_line(firm: SmallFirm) -> None:
    [book] = firm.home.rglob("2026-03/workbook.xlsx")

    cells = [
        str(cell)
        for sheet in openpyxl.load_workbook(book).worksheets
        for row in sheet.iter_rows(values_only=True)
        for cell in row
    ]

    [remark, *_] = [cell for cell in cells if "reported_net_sales" in cell]
    assert remark.splitlines()[0] == (
        "按客服净销售额（平台报表）计量（reported_net_sales）"
        " measured by Agent net sales (platform's report) (reported_net_sales)"
    )
    assert any("service_reports.yaml" in cell for cell in cells)


def test_why_tells_which_kpi_measured_with_its_rows_definition_and_files(
    firm: SmallFirm, capsys: pytest.CaptureFixture[str]
) -> None:
    assert firm.kpi("why", "A1", "cs_sales", "2026-03", "--lang", "en") == 0

    out = capsys.readouterr().out
    assert "  measured by Agent net sales (platform's report) (reported_net_sales)\n  74,400.00\n" in out
    assert "source rows = 31 (file_drop.agent_day)" in out
    assert [
        line for line in out.splitlines() if "service_chats.yaml" in line or "service_reports.yaml" in line
    ] != []
    assert "service_reports.yaml" in out
    assert "file_drop" in out.split("Landing files")[1]


def test_why_of_a_day_and_the_board_say_so_too(firm: SmallFirm, capsys: pytest.CaptureFixture[str]) -> None:
    assert firm.kpi("why", "A1", "cs_sales", "2026-03-31", "--lang", "en") == 0

    assert capsys.readouterr().out.count("measured by Agent net sales") == 2
    [board] = list(firm.home.rglob("board*.html"))[:1]
    assert "按客服净销售额（平台报表）计量" in board.read_text("utf-8")


def test_lint_misses_no_chats_where_the_report_is_there(
    firm: SmallFirm, capsys: pytest.CaptureFixture[str]
) -> None:
    firm.kpi("lint", "--all")

    out = capsys.readouterr().out
    assert "[L090]" not in "\n".join(
        line for line in out.splitlines() if "presales_cs" in line or "cs_supervisor" in line
    )


def test_the_exported_scores_name_what_was_measured(
    firm: SmallFirm, capsys: pytest.CaptureFixture[str]
) -> None:
    assert firm.kpi("export", "--period", "2026-03", "--format", "csv") == 0

    capsys.readouterr()
    [path] = [p for p in firm.home.rglob("*.csv") if "2026-03" in str(p)][:1]
    rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    assert {r["measured_as"] for r in rows if r["kpi_id"] == "cs_sales"} == {"reported_net_sales"}
