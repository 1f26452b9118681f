"""A cause names the thing whose mending removes it: for each, what its remedy says is done to the files, and the figure comes.

The company is kept in files alone; its folder is read, loaded and computed by the real steps. Causes of costs stand in
tests/journeys/test_edits.py, those of records of connectors in tests/pipelines/commands/test_own_connector.py.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from models.codes import known
from models.inputs import Actual
from models.periods import Period
from pipelines.company import clock
from pipelines.company.company import load_company
from pipelines.company.home import Home
from pipelines.company.run_scope import RunScope
from pipelines.steps.facts import build_facts
from pipelines.steps.files import load_files
from tests.warehouse.figures.given import role_text
from warehouse.figures.actuals import compute_spans
from warehouse.store.connect import open_warehouse

MARCH = Period.parse("2026-03")
FIRST, LAST = date(2026, 2, 1), date(2026, 3, 31)
COMPANY = """\
id: tea
name: {zh: 茶铺, en: Tea}
zone: Asia/Shanghai
currency: CNY
clock: replay
first_day: 2026-02-01
last_day: 2026-03-31
"""
ORDERS = "order_id,line_id,buyer_id,sku_id,qty,paid_amount,currency,paid_at,owner_id"
REFUNDS = "refund_id,refund_line_id,order_id,line_id,qty,amount,currency,refunded_at"
TRAFFIC = "traffic_on,source,visitors,buyers"
REPORT = "agent_id,served_on,satisfaction_rate,buyers_served"
DAYS = ("2026-02-01", "2026-03-31")
SOLD = "A1,A1,b1,T,1,600.00,CNY,2026-03-05 10:00:00,"


@dataclass
class Files:
    """A company folder by name of file, and what its figures are."""

    root: Path
    drops: dict[str, str] = field(default_factory=dict)

    def write(self, name: str, *lines: str) -> None:
        path = self.root / "tea" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def fact(self, table: str, *lines: str, days: tuple[str, str] = DAYS, shop: str = "s1") -> None:
        """A fact file with its header and its entry, in the place of the one of the same days."""
        name = f"facts/{table}-{shop}-{days[0]}.csv"
        self.write(name, *lines)
        self.drops[name] = (
            f"  - {{table: {table}, file: {name}, shop_id: {shop}, zone: Asia/Shanghai,"
            f" from: {days[0]}, to: {days[1]}, rows: {len(lines) - 1}}}"
        )
        self.write("facts.yaml", "drops:", *self.drops.values())

    def own(self, *rows: str) -> None:
        self.write("ownership.csv", "scope_type,scope_id,role_id,person_id,share,valid_from,valid_to", *rows)

    def people(self, since: str = "2026-01-01") -> None:
        heads = "person_id,name,role_id,dept,manager_id,valid_from,valid_to"
        self.write("people.csv", heads, f"K1,柯一,keeper,店,,{since},")

    def figure(self, kpi: str) -> Actual:
        """K1's figure of March, from the files as they are."""
        args = ", args: {inverse: ratio}" if kpi == "refund_rate" else ""
        self.write("kpi_definitions/roles.yaml", f"roles:\n{role_text('keeper', {kpi: args})}")
        company = load_company(self.root / "tea")
        work = RunScope(company, Home(self.root / "home"), FIRST, LAST, clock.as_of(company, LAST))
        load_files(work)
        build_facts(work)
        with open_warehouse(self.root / "home") as con:
            [found] = [a for a in compute_spans(con, work.definitions, [MARCH]) if a.kpi_id == kpi]
        return found


@dataclass(frozen=True)
class Case:
    """What is wrong, the words of the cause that name it, and what its remedy says to do."""

    kpi: str
    wrong: Callable[[Files], None]
    named: str
    mend: Callable[[Files], None]
    value: str


def nothing(files: Files) -> None:
    """The firm as it is."""


def visits(*rows: str) -> Callable[[Files], None]:
    return lambda files: files.fact("traffic", TRAFFIC, *rows)


def orders(*rows: str, days: tuple[str, str] = DAYS) -> Callable[[Files], None]:
    return lambda files: files.fact("order_line", ORDERS, *rows, days=days)


def given_back(files: Files) -> None:
    files.fact("refund", REFUNDS, "R1,R1,A9,A9,1,60.00,CNY,2026-03-08 10:00:00")


def owned(*rows: str) -> Callable[[Files], None]:
    return lambda files: files.own(*rows)


def rate(files: Files) -> None:
    files.write("rates.csv", "currency,base_currency,rate_date,rate", "USD,CNY,2026-01-01,7.00")


def too_much_in_another_currency(files: Files) -> None:
    rate(files)
    orders(SOLD.replace("600.00,CNY", "90000000000000.00,USD"))(files)


def joined_in_march(files: Files) -> None:
    files.own()
    files.people("2026-03-01")
    orders(
        "A1,A1,b1,T,1,2000.00,CNY,2026-02-05 10:00:00,K1", "A2,A2,b1,T,1,3000.00,CNY,2026-03-05 10:00:00,K1"
    )(files)


def chats_of_one_shop(files: Files) -> None:
    files.own("shop,s1,keeper,K1,1,2026-01-01,", "shop,s2,keeper,K1,1,2026-01-01,")
    files.fact("chat", "chat_id,agent_id,started_at,rating", "C1,a,2026-03-05 10:00:00,5")
    files.fact("agent_day", REPORT, *(f"a,2026-03-0{n},0.90,100" for n in range(1, 8)), shop="s2")


def report_of_both(files: Files) -> None:
    files.fact("agent_day", REPORT, *(f"b,2026-03-0{n},0.90,100" for n in range(1, 8)))


CASES = {
    "M201": Case(
        "reported_visit_conversion",
        visits("2026-03-05,organic,0,0"),
        "traffic",
        visits("2026-03-05,organic,200,20"),
        "0.1",
    ),
    "M202": Case(
        "net_sales",
        orders(SOLD.replace("CNY", "USD")),
        "rate for USD on 2026-03-05; add it to rates.csv",
        rate,
        "4200",
    ),
    "M204": Case(
        "visitors",
        visits("2026-03-05,organic,,20"),
        "of 2026-03-05 lacks a value",
        visits("2026-03-05,organic,200,20"),
        "200",
    ),
    "M205": Case("net_sales", owned(), "K1 owns no", owned("shop,s1,keeper,K1,1,2026-01-01,"), "600"),
    "M206": Case(
        "visitors", nothing, "no source feeds traffic for s1", visits("2026-03-05,organic,200,20"), "200"
    ),
    "M207": Case(
        "gmv",
        orders(SOLD, days=("2026-02-01", "2026-03-15")),
        "2026-03-16: no file of facts.yaml speaks for this day",
        orders(days=("2026-03-16", "2026-03-31")),
        "600",
    ),
    "M220": Case(
        "paid_visitors",
        visits("2026-03-05,all,200,20", "2026-03-06,all,300,20"),
        "source of traffic is empty or says all in 2 rows",
        visits("2026-03-05,paid,50,20", "2026-03-06,organic,300,20"),
        "50",
    ),
    "M221": Case(
        "refund_rate",
        given_back,
        "R1",
        orders(SOLD, "A9,A9,b2,T,1,400.00,CNY,2026-03-06 10:00:00,"),
        "0.06",
    ),
    "M222": Case(
        "reported_visit_conversion",
        visits("2026-03-05,organic,200,400"),
        "traffic",
        visits("2026-03-05,organic,400,200"),
        "0.5",
    ),
    "M223": Case(
        "sales_growth_mom",
        joined_in_march,
        "K1 was not at work in the role on 2026-02-01",
        lambda files: files.people("2026-02-01"),
        "0.5",
    ),
    "M224": Case(
        "customer_satisfaction", chats_of_one_shop, "agent_day is there for s2", report_of_both, "0.9"
    ),
    "W331": Case(
        "net_sales",
        too_much_in_another_currency,
        "paid_amount_base",
        orders(SOLD),
        "600",
    ),
}


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """One shop of one person, whose orders and refunds of two months stand in files."""
    made = Files(tmp_path)
    made.write("company.yaml", COMPANY)
    made.people()
    made.own("shop,s1,keeper,K1,1,2026-01-01,")
    orders(SOLD)(made)
    made.fact("refund", REFUNDS)
    return made


@pytest.mark.parametrize("code", CASES)
def test_what_the_remedy_of_a_cause_says_brings_the_figure(files: Files, code: str) -> None:
    case = CASES[code]
    case.wrong(files)
    missing = files.figure(case.kpi)

    case.mend(files)
    mended = files.figure(case.kpi)

    assert (missing.value, missing.cause_code) == (None, code), missing.cause
    assert case.named in (missing.cause or "")
    assert (mended.value, mended.cause) == (Decimal(case.value), None)
    entry = known(code)
    assert entry is not None
    assert entry.remedy_zh
    assert entry.remedy_en
