"""What a person edits counts from the next command on, and every reader shows the same."""

import csv
import io
import json
import re
import shutil
from pathlib import Path

import duckdb
import pytest

from pipelines.company.home import Home
from pipelines.graph.assets.close import CLOSE
from pipelines.graph.assets.score import (
    CLOSE_LIST,
    PERIOD_ACTUALS,
    PERIOD_FILES,
    PUBLISHED,
    SCORECARDS,
    WORKBOOK,
)
from pipelines.graph.runner import open_instance
from tests.journeys.small_firm import COMPANY, SmallFirm, write_small_firm
from warehouse.published.digest import published_rows

_MONTHLY = (PERIOD_FILES, PERIOD_ACTUALS, SCORECARDS, PUBLISHED, WORKBOOK, CLOSE, CLOSE_LIST)
OF_A_MONTH = {key.to_user_string() for key in _MONTHLY}
DAYS = ("--from", "2026-03-01", "--to", "2026-03-31")


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The firm after a run of March and its scoring, made once."""
    folder = tmp_path_factory.mktemp("firm")
    with pytest.MonkeyPatch.context() as patch:
        _surround(patch, folder)
        firm = write_small_firm(folder / "tea", folder / "home")
        assert firm.kpi("run", *DAYS) == 0
        assert firm.score() == 0
    return folder


@pytest.fixture
def firm(once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallFirm:
    """A copy of it for one test."""
    _surround(monkeypatch, tmp_path)
    for name in ("tea", "home"):
        shutil.copytree(once / name, tmp_path / name)
    return SmallFirm(tmp_path / "tea", tmp_path / "home")


def _surround(patch: pytest.MonkeyPatch, folder: Path) -> None:
    patch.setenv("KPI_HOME", str(folder / "home"))
    patch.setenv("DAGSTER_HOME", "")
    patch.delenv("KPI_COMPANY", raising=False)


def _total(firm: SmallFirm, person: str, period: str = "2026-03") -> tuple[str | None, str | None]:
    cards = [json.loads(row, parse_float=str) for row in published_rows(firm.home)["scorecard"]]
    [card] = [c for c in cards if (c["person_id"], c["period"]) == (person, period)]
    return card["total"], card["grade"]


def test_a_run_of_a_month_leaves_every_day_of_every_daily_asset_materialised(firm: SmallFirm) -> None:
    march = {f"2026-03-{day:02d}" for day in range(1, 32)}
    with open_instance(Home.at(firm.home)) as instance:
        months = {key for key in instance.get_asset_keys() if key.to_user_string() in OF_A_MONTH}
        found = {
            key.to_user_string(): instance.get_materialized_partitions(key)
            for key in set(instance.get_asset_keys()) - months
        }

    assert len(months) == len(OF_A_MONTH)
    assert {"core_sales__order_lines", "out_kpi__published", "role_shop_keeper_daily"} < found.keys()
    assert {name: march - days for name, days in found.items() if days != march} == {}


def test_an_edited_rating_counts_at_the_next_scoring_without_another_run(firm: SmallFirm) -> None:
    before = _total(firm, "K1")

    firm.change("ratings.csv", "K1,2026-03,teamwork,B1,superior,5,5", "K1,2026-03,teamwork,B1,superior,1,5")
    firm.score()

    # 80 x 100 % of the target, and 20 x 5/5, then 20 x 1/5
    assert (before, _total(firm, "K1")) == (("100.000000", "S"), ("84.000000", "B"))


def test_edited_people_ownership_targets_and_sales_count_at_the_next_scoring(firm: SmallFirm) -> None:

    firm.change("targets.csv", "K1,net_sales,2026-03,1000.00", "K1,net_sales,2026-03,2000.00")
    firm.score()
    by_target = _total(firm, "K1")
    firm.change(
        "ownership.csv",
        "tea,shop_keeper,K1,1,2026-01-01,2026-03-31",
        "tea,shop_keeper,K1,1,2026-01-01,2026-03-10",
    )
    firm.score()
    by_ownership = _total(firm, "K1")
    firm.change("facts/orders.csv", "T,1,600.00,", "T,1,800.00,")
    firm.score()

    # 1,000 of 2,000; then only the 600 sold until the 10th; then 800
    assert [by_target[0], by_ownership[0], _total(firm, "K1")[0]] == ["60.000000", "44.000000", "52.000000"]


def test_a_share_over_the_whole_stops_the_scoring_and_keeps_what_was_published(
    firm: SmallFirm, capsys: pytest.CaptureFixture[str]
) -> None:
    before = _total(firm, "K1")

    firm.write(
        "ownership.csv",
        "scope_type,scope_id,role_id,person_id,share,valid_from,valid_to\n"
        "shop,tea,shop_keeper,K1,1,2026-01-01,\nshop,tea,shop_keeper,K2,0.5,2026-01-01,\n",
    )

    assert firm.score() == 1
    assert "C120" in capsys.readouterr().err
    assert _total(firm, "K1") == before


def test_verify_names_the_inputs_that_were_changed_since_a_period_was_scored(
    firm: SmallFirm, capsys: pytest.CaptureFixture[str]
) -> None:
    assert firm.kpi("verify") == 0
    firm.change("ratings.csv", "K1,2026-03,teamwork,B1,superior,5,5", "K1,2026-03,teamwork,B1,superior,4,5")
    capsys.readouterr()

    code = firm.kpi("verify")

    told = capsys.readouterr().out
    assert code == 1
    assert (
        "2026-03: changed since it was computed: ratings.csv; `kpi score --period 2026-03` takes it in"
        in told
    )
    assert "2026-03：算出之后已改动：ratings.csv" in told
    assert "2026-03, K1, shop_keeper: total '100.000000' -> '96.000000'" in told
    firm.score()
    assert firm.kpi("verify") == 0


def test_verify_calls_a_difference_without_a_changed_input_one_to_report(
    firm: SmallFirm, capsys: pytest.CaptureFixture[str]
) -> None:
    with duckdb.connect(str(firm.home / "published" / "kpi.duckdb")) as con:
        con.execute("update scorecard set total = 99 where person_id = 'K1'")

    assert firm.kpi("verify") == 1
    assert "DIFFERENT, although no input was changed" in capsys.readouterr().out


def _heads_and_cells(firm: SmallFirm) -> tuple[list[str], str]:
    board = (firm.home / "reports" / "2026-03-31" / "board.html").read_text(encoding="utf-8")
    section = next(s for s in board.split("<section") if "掌柜" in s and '<table class="role"' in s)
    return re.findall(r'<summary><span class="zh" lang="zh">([^<]+)', section), section


def test_a_rating_is_not_called_missing_and_the_columns_keep_the_order_of_the_plan_before_and_after_scoring(
    firm: SmallFirm,
) -> None:
    heads, before = _heads_and_cells(firm)  # its board was written before anybody was scored
    assert firm.kpi("export", "--period", "2026-03-31", "--format", "html") == 0
    heads_after, after = _heads_and_cells(firm)

    assert heads == heads_after == ["净销售额", "团队协作"]
    assert "没有计算结果" not in before + after
    assert "期末评定" in before
    assert ">100.00" in after  # K1's rating, as it stands on the scorecard


def test_an_export_of_a_period_carries_names_and_its_page_holds_the_appraisal_sheets(firm: SmallFirm) -> None:
    folder = firm.home / "reports" / "2026-03"
    for kind in ("csv", "json", "html"):
        assert firm.kpi("export", "--period", "2026-03", "--format", kind) == 0

    rows = list(csv.DictReader(io.StringIO((folder / "scores.csv").read_text(encoding="utf-8-sig"))))
    told = {(r["person_name"], r["role_zh"], r["kpi_zh"]) for r in rows}
    page = (folder / "scores.html").read_text(encoding="utf-8")
    assert {("柯一", "掌柜", "净销售额"), ("柯一", "掌柜", "团队协作")} <= told
    assert {r["person_name"] for r in json.loads((folder / "scores.json").read_text("utf-8"))} == {
        "白掌门",
        "柯一",
        "柯二",
    }
    assert page.count('<article class="sheet"') == 3
    assert "绩效考核表" in page
    assert ">1,000.00<" in page
    assert not (firm.home / "reports" / "2026-03-31" / "scores.html").exists()


def test_a_lint_that_fails_counts_what_it_fails_for_and_says_it_last(
    firm: SmallFirm, capsys: pytest.CaptureFixture[str]
) -> None:
    (firm.folder / "facts" / "orders.csv").unlink()

    code = firm.kpi("lint")

    lines = capsys.readouterr().out.splitlines()
    [place] = [n for n, line in enumerate(lines) if line.startswith("[C101]")]
    assert code == 1
    assert "facts/orders.csv" in lines[place]
    assert lines[-1].startswith("findings: 1 error,")
    assert not [line for line in lines[place + 1 :] if line.startswith("[L")]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("K1,2026-03,temwork,B1,superior,5,5", "L113"),
        ("K1,2026-03,execution,B1,superior,5,5", "L114"),
        ("K1,2026-03,teamwork,K1,superior,5,5", "L115"),
        ("K1,2026-03,teamwork,K2,superior,5,5", "L116"),
        ("K1,2026-03,teamwork,X9,peer,5,5", "L116"),
    ],
)
def test_a_rating_that_counts_for_nothing_or_for_the_wrong_person_is_found_with_its_line(
    firm: SmallFirm, capsys: pytest.CaptureFixture[str], row: str, code: str
) -> None:
    firm.change("ratings.csv", "K1,2026-03,teamwork,B1,superior,5,5", row)

    firm.kpi("lint")

    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith(f"[{code}]")]
    assert [line for line in told if "ratings.csv:2" in line]


def test_warnings_are_not_told_as_a_stop_and_an_implausible_target_is_told_with_its_figure(
    firm: SmallFirm, capsys: pytest.CaptureFixture[str]
) -> None:
    firm.change("targets.csv", "K1,net_sales,2026-03,1000.00", "K1,net_sales,2026-03,0.1")

    code = firm.kpi("run", "--date", "2026-03-31")

    told = capsys.readouterr().err
    assert code == 0
    assert "[K102] check definitions_lint" in told
    assert "[K101]" not in told
    assert "后续步骤未运行" not in told
    [implausible] = [line for line in told.splitlines() if "targets_plausible" in line]
    assert "person_id=K1" in implausible
    assert "target_to_date=0.1" in implausible


def test_scoring_counts_the_warnings_of_the_linter_in_one_line_and_lint_and_run_tell_them(
    firm: SmallFirm, capsys: pytest.CaptureFixture[str]
) -> None:
    firm.change("targets.csv", "K1,net_sales,2026-03,1000.00", "K1,net_sales,2026-03,0.1")
    told = {}
    for command in (("lint",), ("run", "--date", "2026-03-31"), ("score", "--period", "2026-03")):
        firm.kpi(*command)
        printed = capsys.readouterr()
        told[command[0]] = printed.out + printed.err

    warnings = [line for line in told["lint"].splitlines() if line.startswith("[L")]
    [of_scoring] = [line for line in told["score"].splitlines() if "definitions_lint" in line]
    assert f"check definitions_lint has {len(warnings)} warnings" in of_scoring
    assert "kpi lint" in of_scoring
    assert "[L" not in told["score"]
    assert warnings
    assert "[L" in told["run"]


def test_doing_what_the_cause_says_removes_it_from_a_missing_cost_to_the_profit(firm: SmallFirm) -> None:
    firm.change("kpi_definitions/roles.yaml", "{kpi: net_sales, duty: sell", "{kpi: gross_profit, duty: sell")
    firm.change("targets.csv", "K1,net_sales", "K1,gross_profit")

    def cause() -> str:
        firm.score()
        lines = [json.loads(row, parse_float=str) for row in published_rows(firm.home)["scorecard_line"]]
        [line] = [
            x
            for x in lines
            if (x["person_id"], x["kpi_id"], x["period"]) == ("K1", "gross_profit", "2026-03")
        ]
        return str(line["cause"] or line["value"])

    heads = "sku_id,valid_from,cogs,currency,platform_fee,payment_fee,fulfil_fee,freight,tariff"
    costs = f"{heads}\nT,2026-01-01,10.00,USD,1.00,,,,\n"
    assert cause() == "no cost for SKU T on 2026-03-05; add it to costs.csv"
    firm.write("costs.csv", costs)
    assert cause().startswith(
        "no exchange rate for USD on 2026-03-05, in which costs.csv states the cost of SKU T"
    )
    firm.write("rates.csv", "currency,base_currency,rate_date,rate\nUSD,CNY,2026-01-01,7.10\n")
    assert cause().startswith("costs.csv states no payment_fee for SKU T on 2026-03-05; fill it in")
    firm.write("company.yaml", COMPANY + "empty_fees: zero\n")

    # 1,000.00 sold in two pieces, each of which cost 11.00 USD
    assert cause() == "843.8000000000"
