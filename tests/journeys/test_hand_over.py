"""A shop changes hands in the middle of a month: growth, net sales and refunds of both, from files to `kpi why`."""

from decimal import Decimal

import pytest

from tests.journeys.small_firm import COMPANY, ROLE, SmallFirm
from warehouse.store.connect import open_published

GROWING = ROLE.replace(
    "          - {kpi: net_sales, duty: sell, weight: 100, target: plan, method: score.linear, args: {cap: 1.2}}\n",
    "          - {kpi: net_sales, duty: sell, weight: 40, target: plan, method: score.linear, args: {cap: 1.2}}\n"
    "          - {kpi: net_sales_cohort, duty: sell, weight: 30, target: plan, method: score.linear, args: {cap: 1.2}}\n"
    "          - {kpi: sales_growth_yoy, duty: sell, weight: 30, target: 0.10, method: score.linear, args: {cap: 1.2}}\n",
)
# What K1 sold is partly paid back when K2 holds the shop; in 2025 both halves of the month sold something, under B1.
THIS = (("A1", "2026-03-04 09:00:00", "3600.00"), ("A2", "2026-03-25 09:00:00", "2000.00"))
LAST = (("L1", "2025-03-02 09:00:00", "1500.00"), ("L2", "2025-03-30 09:00:00", "2500.00"))
DROP = "  - {table: %s, file: facts/%s%d.csv, shop_id: tea, zone: Asia/Shanghai, from: %d-03-01, to: %d-03-31, rows: %d}\n"


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> SmallFirm:
    folder = tmp_path_factory.mktemp("handed")
    firm = SmallFirm(folder / "tea", folder / "home")
    firm.write("company.yaml", COMPANY.replace("first_day: 2026-03-01", "first_day: 2025-03-01"))
    firm.write("kpi_definitions/roles.yaml", GROWING)
    firm.write(
        "people.csv",
        "person_id,name,role_id,dept,manager_id,valid_from,valid_to\n"
        "B1,白掌门,shop_keeper,店,,2024-01-01,\n"
        "K1,柯一,shop_keeper,店,B1,2026-01-01,\nK2,柯二,shop_keeper,店,B1,2026-01-01,\n",
    )
    firm.write(
        "ownership.csv",
        "scope_type,scope_id,role_id,person_id,share,valid_from,valid_to\n"
        "shop,tea,shop_keeper,B1,1,2024-01-01,2025-12-31\n"
        "shop,tea,shop_keeper,K1,1,2026-01-01,2026-03-18\n"
        "shop,tea,shop_keeper,K2,1,2026-03-19,\n",
    )
    orders = "order_id,line_id,buyer_id,sku_id,qty,paid_amount,currency,paid_at\n"
    refunds = "refund_id,refund_line_id,order_id,line_id,qty,amount,currency,refunded_at\n"
    for year, lines in ((2025, LAST), (2026, THIS)):
        rows = "".join(f"{key},{key},b1,T,1,{paid},CNY,{when}\n" for key, when, paid in lines)
        firm.write(f"facts/orders{year}.csv", orders + rows)
    firm.write("facts/refunds2025.csv", refunds)
    firm.write("facts/refunds2026.csv", refunds + "R1,R1,A1,A1,1,600.00,CNY,2026-03-28 09:00:00\n")
    counts = (("order_line", "orders", 2, 2), ("refund", "refunds", 0, 1))
    firm.write(
        "facts.yaml",
        "drops:\n"
        + "".join(
            DROP % (table, name, year, year, year, n)
            for table, name, *rows in counts
            for year, n in zip((2025, 2026), rows, strict=True)
        ),
    )
    with pytest.MonkeyPatch.context() as patch:
        _surround(patch, firm)
        assert firm.kpi("run", "--date", "2026-03-31") == 0
        assert firm.kpi("score", "--period", "2026-03") == 0
    return firm


@pytest.fixture(autouse=True)
def _here(firm: SmallFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    _surround(monkeypatch, firm)


def _surround(patch: pytest.MonkeyPatch, firm: SmallFirm) -> None:
    patch.setenv("KPI_HOME", str(firm.home))
    patch.setenv("DAGSTER_HOME", "")
    patch.delenv("KPI_COMPANY", raising=False)


@pytest.mark.parametrize(
    ("kpi", "first", "second"),
    [
        # the 600 went back on a day of K2
        ("net_sales", "3600", "1400"),
        # and belong to an order of K1
        ("net_sales_cohort", "3000", "2000"),
        # 3,600 against the 1,500 of 1 to 18 March 2025; 1,400 against the 2,500 of 19 to 31 March
        ("sales_growth_yoy", "1.4", "-0.44"),
    ],
)
def test_each_is_measured_by_the_own_days_of_both_years(
    firm: SmallFirm, kpi: str, first: str, second: str
) -> None:
    with open_published(firm.home) as con:
        sql = "select person_id, value from kpi_actual_period where period = '2026-03' and kpi_id = ? and person_id <> 'B1'"
        found = dict(con.execute(sql, [kpi]).fetchall())

    assert found == {"K1": Decimal(first), "K2": Decimal(second)}


@pytest.mark.parametrize(
    ("person", "arithmetic"), [("K1", "2,100 ÷ 1,500 = 140.00 %"), ("K2", "−1,100 ÷ 2,500 = −44.00 %")]
)
def test_why_shows_both_sides_of_the_growth(
    firm: SmallFirm, capsys: pytest.CaptureFixture[str], person: str, arithmetic: str
) -> None:
    assert firm.kpi("why", person, "sales_growth_yoy", "2026-03", "--lang", "en") == 0

    told = capsys.readouterr().out
    assert arithmetic in told
    assert "on the shops and days held now" in told


def test_who_gave_the_shop_up_a_quarter_ago_has_no_growth_and_hears_why(
    firm: SmallFirm, capsys: pytest.CaptureFixture[str]
) -> None:
    firm.kpi("why", "B1", "sales_growth_yoy", "2026-03", "--lang", "en")

    assert "M205" in capsys.readouterr().out
