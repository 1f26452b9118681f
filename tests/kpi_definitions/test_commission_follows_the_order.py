"""Commission rests on sales less the refunds of these very orders: the shipped plans name that figure.

Belongs here: which sales are paid for, and who bears a refund after a hand-over. Not here: pay lines (tests/models/pay).
"""

from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from models.definitions import Sum, load_definitions
from models.definitions.aggregates import Aggregate
from models.periods import Period
from tests.kpi_definitions.shipped import DEFINITIONS, FILES, FOLDER, ROOT, texts
from tests.warehouse import world as w
from warehouse.facts.build import build_core
from warehouse.figures.actuals import compute_spans
from warehouse.store.connect import open_warehouse

PLANS = load_definitions(texts([*FILES, *sorted(FOLDER.glob("pay/*.yaml"))])).pay_plans
LINES = [(plan.id, line) for plan in PLANS.values() for line in plan.lines]
NET = """    numerator:
      - {fact: order_line, sum: paid_amount_base, where: not is_excluded, date: business_date}
      - {fact: refund, sum: amount_base, where: not is_excluded, date: %s, sign: minus}
"""


def test_commission_is_paid_on_sales_whose_refunds_follow_their_orders() -> None:
    asked = {ref.name for _, line in LINES for ref in line.refs if ref.kind == "kpi"}

    assert "net_sales_cohort" in asked
    assert [
        plan for plan, line in LINES for ref in line.refs if (ref.kind, ref.name) == ("kpi", "net_sales")
    ] == []


@pytest.mark.parametrize(
    ("kpi", "ann", "bob"),
    [("net_sales", "1000", "-200"), ("net_sales_cohort", "800", "0")],
    ids=["boards and scores: the successor", "commission: who held the shop when it was ordered"],
)
def test_a_refund_after_a_hand_over_is_borne_as_the_page_for_hr_says(kpi: str, ann: str, bob: str) -> None:
    measure = DEFINITIONS.kpis[kpi].measure
    assert isinstance(measure, Sum)
    (dated,) = [
        part.date for part in measure.numerator if isinstance(part, Aggregate) and part.fact == "refund"
    ]
    back = w.refund("R", "2011-12-05T10:00+00:00", "200", [w.refund_line("RL", "L1", "200")])
    sold = w.order(
        "O1",
        "2011-11-08T10:00+00:00",
        [w.line("L1", "1000")],
        refunds=[back],
        updated="2011-12-05T10:00+00:00",
    )
    text = w.definition_text([(kpi, NET % dated, "CNY")], {"manager": [kpi]})
    definitions = load_definitions({"test.yaml": text})

    with TemporaryDirectory() as folder, open_warehouse(Path(folder) / "home") as con:
        w.accounts(con)
        w.put(con, "core_rate", [w.rate("GBP", "2011-11-01", "1")])
        w.put(con, "core_person", [
            {"person_id": p, "name": p, "role_id": "manager", "valid_from": w.at("2011-01-01T00:00+00:00").date()}
            for p in ("ann", "bob")
        ])  # fmt: skip
        held = ("shop", "uk", "manager")
        w.put(con, "core_ownership", [
            w.own(*held, "ann", "1", last="2011-11-30"), w.own(*held, "bob", "1", first="2011-12-01")
        ])  # fmt: skip
        for ref in (w.UK, w.LA):
            w.load(con, Path(folder), ref, [sold] if ref == w.UK else [], end="2012-01-10T00:00+00:00")
        build_core(con, "CNY")
        found = compute_spans(con, definitions, [Period.parse("2011-11"), Period.parse("2011-12")])

    values = {(a.person_id, a.period): a.value for a in found}
    assert (values["ann", "2011-11"], values["bob", "2011-12"]) == (Decimal(ann), Decimal(bob))
    page = (ROOT / "docs/hr.md").read_text(encoding="utf-8")
    assert f"| `{kpi}` " in page.split("## Who bears a refund after a hand-over")[1]
