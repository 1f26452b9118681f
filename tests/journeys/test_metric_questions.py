"""Questions about figures that other tools answer wrongly: the company and every answer stand in metric_questions.yaml."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.definitions.load import load_definitions
from pipelines.company.company import shipped_definitions
from tests.journeys.small_firm import COMPANY, SmallFirm
from warehouse.store.connect import open_published

GIVEN: dict[str, Any] = yaml.load(
    Path(__file__).with_name("metric_questions.yaml").read_text("utf-8"), yaml.BaseLoader
)
SHIPPED = load_definitions(shipped_definitions())
ANSWERS = GIVEN["answers"]
ROLE = """\
roles:
  - id: shop_keeper
    effective_from: 2026-01-01
    label: {zh: 掌柜, en: Shop keeper}
    duties: [{id: sell, zh: 完成销售, en: Sell}]
    cycle: M
    missing: pending
    grade_table: standard
    dimensions:
      - id: result
        label: {zh: 业绩结果, en: Results}
        weight: 100
        kpis:
"""


def role() -> str:
    """Every KPI that is asked for, with weights that make 100."""
    names = sorted({answer["kpi"] for answer in ANSWERS})
    weights = [100 - 5 * (len(names) - 1), *[5] * (len(names) - 1)]
    line = (
        "          - {kpi: %s, duty: sell, weight: %d, target: 1, method: score.linear, args: {cap: 1.2%s}}\n"
    )
    turned = {"higher": "", "lower": ", inverse: mirror"}
    return ROLE + "".join(
        line % (name, weight, turned[SHIPPED.kpi(name, date(2026, 10, 1)).direction])
        for name, weight in zip(names, weights, strict=True)
    )


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> SmallFirm:
    folder = tmp_path_factory.mktemp("asked")
    firm = SmallFirm(folder / "tea", folder / "home")
    days = COMPANY.replace("first_day: 2026-03-01", "first_day: 2026-10-01")
    firm.write("company.yaml", days.replace("last_day: 2026-04-30", "last_day: 2026-11-30"))
    firm.write("kpi_definitions/roles.yaml", role())
    keepers = GIVEN["keepers"]
    people = "".join(f"{name},{name},shop_keeper,店,,2026-01-01\n" for name in keepers)
    firm.write("people.csv", f"person_id,name,role_id,dept,manager_id,valid_from\n{people}")
    owned = "".join(f"shop,{shop},shop_keeper,{name},1,2026-01-01\n" for name, shop in keepers.items())
    firm.write("ownership.csv", f"scope_type,scope_id,role_id,person_id,share,valid_from\n{owned}")
    firm.write("rates.csv", GIVEN["rates"])
    drops = []
    for table, shops in GIVEN["files"].items():
        for shop, text in shops.items():
            firm.write(f"facts/{table}-{shop}.csv", text)
            drops.append(
                f"  - {{table: {table}, file: facts/{table}-{shop}.csv, shop_id: {shop}, zone: {GIVEN['shops'][shop]},"
                f" from: 2026-10-01, to: 2026-11-30, rows: {len(text.splitlines()) - 1}}}\n"
            )
    firm.write("facts.yaml", "drops:\n" + "".join(drops))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KPI_HOME", str(firm.home))
        patch.setenv("DAGSTER_HOME", "")
        patch.delenv("KPI_COMPANY", raising=False)
        assert firm.kpi("run", "--from", GIVEN["run"]["from"], "--to", GIVEN["run"]["to"]) == 0
    return firm


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: f"{answer['kpi']} {answer['ask']}")
def test_the_figure_is_the_answer_or_absent_with_its_cause(firm: SmallFirm, answer: dict[str, str]) -> None:
    with open_published(firm.home) as con:
        sql = "select value, cause_code from kpi_actual_daily where (person_id, business_date, kpi_id) = (?, ?, ?)"
        found = con.execute(sql, [answer["person"], answer["day"], answer["kpi"]]).fetchall()

    expected = Decimal(answer["value"]) if "value" in answer else None
    assert found == [(expected, answer.get("cause"))]
