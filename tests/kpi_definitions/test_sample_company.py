"""The sample company: readable, free of contradictions, and honest about what is made up."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from connectors.file_drop import DroppedCompany, check_company, read_company
from connectors.sandbox.prepare_facts import files
from tests.kpi_definitions.shipped import SAMPLE
from tests.kpi_definitions.shipped import SAMPLE_DEFINITIONS as DEFINITIONS

OWN_ROWS = ["P113", "P114", "P116", "P120", "P122"]  # anchor, controller, producer, pre-sales agent, packer
SHARED = Path(__file__).resolve().parents[2] / "../shared/data"


@pytest.fixture(scope="module", name="company")
def _company() -> DroppedCompany:
    return read_company(SAMPLE)


def shares(company: DroppedCompany, scope: str, role: str, day: date) -> dict[str, Decimal]:
    found = {}
    for row in company.rows("ownership"):
        start, end, share = row["valid_from"], row["valid_to"], row["share"]
        assert isinstance(start, date)
        assert isinstance(end, date)
        assert isinstance(share, Decimal)
        if (row["scope_id"], row["role_id"]) == (scope, role) and start <= day <= end:
            found[str(row["person_id"])] = share
    return found


def test_all_tables_are_read_without_a_single_bad_row(company: DroppedCompany) -> None:
    counts = {name: len(table.rows) for name, table in company.tables.items()}

    assert counts == {
        "costs": 4070, "ownership": 55, "people": 54, "rates": 67,
        "ratings": 193, "skus": 4070, "targets": 110,
    }  # fmt: skip
    assert company.quarantine_report() == []
    assert [t.unknown_columns for t in company.tables.values()] == [()] * 7


def test_no_table_contradicts_another_or_the_definitions(company: DroppedCompany) -> None:
    check_company(company.tables, role_ids=set(DEFINITIONS.roles), kpi_ids=set(DEFINITIONS.kpis))

    rated = {str(r["item_id"]) for r in company.rows("ratings")}
    assert rated <= set(DEFINITIONS.kpis)


def test_the_shares_of_uk_change_in_the_middle_of_the_scored_month(company: DroppedCompany) -> None:
    before = shares(company, "uk", "ops_specialist", date(2011, 11, 15))
    after = shares(company, "uk", "ops_specialist", date(2011, 11, 16))

    assert before == {"P004": Decimal("0.6"), "P005": Decimal("0.4")}
    assert after == {"P004": Decimal("0.5"), "P005": Decimal("0.5")}


def test_export_has_no_store_manager_in_its_first_three_months(company: DroppedCompany) -> None:
    assert shares(company, "export", "store_manager", date(2011, 2, 28)) == {}
    assert shares(company, "export", "store_manager", date(2011, 3, 1)) == {"P003": Decimal(1)}


def test_specialists_hand_over_without_a_gap(company: DroppedCompany) -> None:
    day, sums = date(2010, 12, 1), set()
    while day <= date(2011, 12, 31):
        sums.add(sum(shares(company, "export", "ops_specialist", day).values()))
        day += timedelta(days=1)

    assert sums == {Decimal(1)}


def test_every_person_owns_something_within_their_employment(company: DroppedCompany) -> None:
    employed = {r["person_id"]: (r["valid_from"], r["valid_to"]) for r in company.rows("people")}
    owned = defaultdict(list)
    for row in company.rows("ownership"):
        owned[row["person_id"]].append((row["valid_from"], row["valid_to"]))

    assert sorted(map(str, employed.keys() - owned)) == OWN_ROWS
    assert owned.keys() <= employed.keys()
    for person, spans in owned.items():
        start, end = employed[person]
        assert all(start <= a and b <= end for a, b in spans)  # type: ignore[operator]


def test_the_manager_lacks_exactly_one_rating(company: DroppedCompany) -> None:
    items = [
        r["item_id"] for r in company.rows("ratings") if (r["person_id"], r["period"]) == ("P001", "2011-11")
    ]

    assert items == ["execution"]


def test_every_rate_holds_until_the_next_month(company: DroppedCompany) -> None:
    rates = company.rows("rates")

    assert {(r["currency"], r["base_currency"]) for r in rates} == {("GBP", "CNY")}
    assert [r["rate_date"] for r in rates] == [
        date(y, m, 1) for y in range(2010, 2017) for m in range(1, 13)
    ][11:78]
    assert all(
        Decimal("9.2") <= r["rate"] <= Decimal("10.5") for r in rates if isinstance(r["rate"], Decimal)
    )


def test_made_up_figures_say_so(company: DroppedCompany) -> None:
    assert all("example, not real" in str(r["note"]) for r in company.rows("costs"))
    assert all("not official" in str(r["source"]) for r in company.rows("rates"))
    assert all("example" in str(r["note"]) for r in company.rows("targets"))
    assert {r["comment"] for r in company.rows("ratings")} == {"synthetic"}
    assert "fictional" in (SAMPLE / "README.md").read_text(encoding="utf-8")


def test_every_sku_has_one_cost_and_one_group(company: DroppedCompany) -> None:
    skus = [r["sku_id"] for r in company.rows("skus")]

    assert sorted(map(str, skus)) == sorted(str(r["sku_id"]) for r in company.rows("costs"))
    assert {str(r["sku_group"]) for r in company.rows("skus")} == {
        "series-10-46", "series-20", "series-21", "series-22",
        "series-23", "series-47-85", "series-90", "other",
    }  # fmt: skip


def test_secrets_stand_only_as_names_of_variables() -> None:
    sources = yaml.safe_load((SAMPLE / "sources.yaml").read_text(encoding="utf-8"))["sources"]

    assert [s["shop_id"] for s in sources] == ["uk", "export", "helpdesk"]
    assert all(v.startswith("${") for s in sources for v in s["secrets"].values())


@pytest.mark.skipif(not SHARED.exists(), reason="the public data sets are not beside the repository")
def test_the_sample_covers_the_data_sets_it_is_made_for(company: DroppedCompany) -> None:
    import duckdb

    con = duckdb.connect()
    codes = con.execute(
        "select distinct StockCode from read_parquet(?)", [str(SHARED / "online_retail/transactions.parquet")]
    ).fetchall()
    opened = con.execute(
        "with t as (select strptime(opened_at, '%d/%m/%Y %H:%M') as o from read_parquet(?)) "
        "select min(o)::date, max(o)::date from t",
        [str(SHARED / "incidents/events.parquet")],
    ).fetchall()
    helpdesk = yaml.safe_load((SAMPLE / "sources.yaml").read_text(encoding="utf-8"))["sources"][2]

    assert {c[0] for c in codes} == {r["sku_id"] for r in company.rows("skus")}
    assert opened == [(helpdesk["active_from"], helpdesk["active_to"])]


def test_the_fact_files_are_what_the_generator_makes() -> None:
    made = files()

    assert {name: (SAMPLE / name).read_text("utf-8") for name in made} == made
    assert {f"facts/{path.name}" for path in (SAMPLE / "facts").iterdir()} == made.keys() - {"facts.yaml"}
