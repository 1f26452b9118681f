"""A published database with hand-made rows: real labels, gaps with causes, and names that attack."""

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from models.figure import attained

DAY = date(2011, 11, 30)
PERIOD = "2011-11"
HOSTILE = [
    "<script>alert(1)</script>",
    '=HYPERLINK("http://evil.example","x")',
    '="a"',
    "@x",
    "\tleading tab",
    "javascript:alert(1)",
    "+1+1",
    "-2+3",
    "http://evil.example/",
    "1e5",
]

SCHEMA = (Path(__file__).parent / "published.sql").read_text(encoding="utf-8")
KPIS = [
    ("net_sales", "净销售额", "Net sales", "CNY", "higher", "result", 2, "成交额 − 退款", "paid − refunds"),
    (
        "gross_margin",
        "毛利率",
        "Gross margin",
        "ratio",
        "higher",
        "result",
        4,
        "毛利 ÷ 净销售额",
        "profit / sales",
    ),
    (
        "refund_rate",
        "退款率（金额）",
        "Refund rate",
        "ratio",
        "lower",
        "result",
        4,
        "退款 ÷ 成交额",
        "refunds / sales",
    ),
    ("orders", "订单量", "Orders", "count", "higher", "process", 0, "去重订单数", "distinct orders"),
    (
        "initiative",
        "工作主动性",
        "Initiative",
        "points",
        "higher",
        "behaviour",
        1,
        "主管评分",
        "manager's rating",
    ),
]
ROLES = [("store_manager", "店长", "Store manager"), ("ops_specialist", "运营专员", "Operations specialist")]
PEOPLE = [
    ("P001", "陈建国", "ecom_ops_manager", None),
    ("P002", "王芳", "store_manager", "P001"),
    ("P003", "李娜", "store_manager", "P001"),
    ("P004", "欧阳晓明", "ops_specialist", "P002"),
    ("P005", "Anna O'Neill", "ops_specialist", "P003"),
]


def published(path: str = ":memory:") -> duckdb.DuckDBPyConnection:
    """A database with the published tables, filled."""
    con = duckdb.connect(path)
    con.execute("set timezone = 'UTC'")
    con.execute("begin")
    con.execute(SCHEMA)
    con.execute(
        "insert into company values ('sample', '美瑞礼品（示例）', 'Merit Gifts (sample)',"
        " 'Europe/London', 'CNY', 'zh,en')"
    )
    con.execute(
        "insert into publication values ('2011-12-01 06:30:00+00', ?, ?, 'a1b2c3d4e5f60718')", [DAY, PERIOD]
    )
    con.execute("insert into publication values ('2011-12-02 06:30:00+00', '2011-12-01', null, 'another')")
    con.execute(
        "insert into kpi_label values ('net_sales', 'v2', 'v2', 'count', 'higher', 'result', 0,"
        " '', '', '', '', date '2012-01-01', null)"
    )
    for position, kpi in enumerate(KPIS):
        source = "shopify.orders" if position < 4 else "ratings.csv"
        where = f"kpi_definitions/kpis/sales.yaml:{12 + position * 9}"
        con.execute(
            "insert into kpi_label values (?,?,?,?,?,?,?,?,?,?,?, date '2010-01-01', null)",
            [*kpi, source, where],
        )
    for role in ROLES:
        con.execute("insert into role_label values (?,?,?, 'kpi_definitions/roles/x.yaml:1')", role)
    for person in PEOPLE:
        add_person(con, *person)
    for n, person in enumerate(["P002", "P003", "P004"]):
        add_ownership(
            con, "export" if n == 1 else "uk", "ops_specialist" if n == 2 else "store_manager", person
        )
    _figures(con)
    _health(con)
    _money(con)
    _cards(con)
    con.execute("commit")
    return con


def add_person(
    con: duckdb.DuckDBPyConnection, person: str, name: str, role: str, manager: str | None
) -> None:
    con.execute(
        "insert into core_person values (?,?,?,'运营部',?, date '2010-12-01', null, date '2010-12-01',"
        " null, null, false, 1)",
        [person, name, role, manager],
    )


def add_ownership(con: duckdb.DuckDBPyConnection, shop: str, role: str, person: str) -> None:
    con.execute(
        "insert into core_ownership values ('shop', ?, ?, ?, 0.6, date '2010-12-01', null)",
        [shop, role, person],
    )


def _figures(con: duckdb.DuckDBPyConnection) -> None:
    sums = {"net_sales": ("182345.678", "200000"), "gross_margin": ("0.3512", "0.35"),
            "refund_rate": ("0.031", "0.08"), "orders": ("1834", "1900")}  # fmt: skip
    for person, _, role, _ in PEOPLE[1:4]:
        for n, (kpi, (value, target)) in enumerate(sums.items()):
            factor = Decimal(1) if person != "P003" else Decimal("1.08")
            actual, whole = Decimal(value) * factor, Decimal(target)
            reached = attained(actual, whole, "lower" if kpi == "refund_rate" else "higher")
            con.execute(
                "insert into kpi_actual_mtd values (?,?,?,?,null,null,?,'scored',null,null,1200,?,?,?,?,?,?,null)",
                [
                    DAY,
                    person,
                    role,
                    kpi,
                    actual,
                    whole,
                    whole,
                    reached,
                    reached,
                    actual / whole,
                    actual / whole,
                ],
            )
            for back in range(30):
                day = DAY - timedelta(days=back)
                wave = Decimal((back * 7 + n * 3) % 11 + 4) / 10
                _daily(
                    con, day, person, role, kpi, None if back in {9, 10, 17} else Decimal(value) * wave / 30
                )
        con.execute(
            "insert into kpi_actual_mtd values (?,?,?, 'initiative', null,null,null, 'missing', 'M040',"
            " '评分未提交 rating not handed in', 0, 90, 90, null, null, null, null, null)",
            [DAY, person, role],
        )


def _daily(
    con: duckdb.DuckDBPyConnection, day: date, person: str, role: str, kpi: str, value: Decimal | None
) -> None:
    state = ("scored", None, None) if value is not None else ("missing", "P201", "HTTP 503 after 6 tries")
    con.execute(
        "insert into kpi_actual_daily values (?,?,?,?,null,null,?,?,?,?,?,null)",
        [day, person, role, kpi, value, *state, 40 if value is not None else 0],
    )


def _health(con: duckdb.DuckDBPyConnection) -> None:
    for shop in ("uk", "export"):
        for back in range(14):
            day = DAY - timedelta(days=back)
            broken = shop == "export" and back in {0, 1}
            con.execute(
                "insert into source_health values ('shopify', 'orders', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [shop, day, None if broken else 1200 + back,
                 None if broken else "count 1,200 = ordersCount 1,200",
                 "open" if back == 0 else "final", None if broken else "2011-12-01 05:10:00+00",
                 "failed" if broken else "ok", "P201" if broken else None,
                 "HTTP 503 after 6 tries, window 2011-11-29T00:00Z" if broken else None],
            )  # fmt: skip


def _money(con: duckdb.DuckDBPyConnection) -> None:
    rows = [("uk", "gmv", "182345.68", "180000.00", "2345.68", "0", "0"),
            ("export", "gmv", "20345.10", "20345.10", "0", "0", "0"),
            ("export", "refunds", "-1200.00", "-1199.99", "0", "0", "-0.01")]  # fmt: skip
    for shop, measure, *figures in rows:
        con.execute(
            "insert into reconciliation values (?, 'shopify', ?, ?, ?,?,?,?,?)",
            [PERIOD, shop, measure, *map(Decimal, figures)],
        )


def _cards(con: duckdb.DuckDBPyConnection) -> None:
    for person, _, role, _ in PEOPLE[1:4]:
        done = person != "P003"
        con.execute(
            "insert into scorecard values (?,?,?,?,?,?,?, 'scored', 'a1b2c3d4e5f60718', ?, null)",
            [PERIOD, person, role, "scored" if done else "provisional",
             Decimal("96.46") if done else None, "A" if done else None, Decimal("1.1") if done else None,
             None if done else "initiative: 评分未提交"],
        )  # fmt: skip
        _lines(con, person, role, done)
    con.execute(
        "insert into source_window select 'shopify', 'orders', 'uk',"
        " timestamptz '2011-10-01 00:00:00+00' + interval (n) day,"
        " timestamptz '2011-10-02 00:00:00+00' + interval (n) day, 'shopify/orders/uk/' || n || '.gz',"
        " sha256(cast(n as varchar)), 40, 'count equal' from range(70) t(n)"
    )


def _lines(con: duckdb.DuckDBPyConnection, person: str, role: str, done: bool) -> None:
    steps = (
        '[{"zh":"完成率 = 182,345.68 ÷ 200,000.00 = 0.9117",'
        '"en":"attainment = 182,345.68 / 200,000.00 = 0.9117"},'
        '{"zh":"得分 = 100 × 0.9117 = 91.17","en":"score = 100 x 0.9117 = 91.17"}'
    )
    rule_zh, rule_en = "完成率 × 100，最高 120", "attainment x 100, at most 120"
    result, process = ("result", "业绩", "Results"), ("process", "过程", "Process")
    behaviour = ("behaviour", "行为", "Behaviour")
    plan = [
        (result, "net_sales", "50", "200000", "182345.678", "0.911728", "91.1728", "45.5864"),
        (result, "gross_margin", "20", "0.35", "0.3512", "1.0034", "100.34", "20.068"),
        (process, "refund_rate", "20", "0.08", "0.031", "1.6125", "105", "21"),
        (behaviour, "initiative", "10", "90", "88", "0.9778", "98", "9.8"),
    ]
    for n, (dimension, kpi, weight, target, value, attainment, score, part) in enumerate(plan):
        known = done or kpi != "initiative"
        # a scored line's steps end with its contribution, as models.appraisal.scorecard writes them
        counted = f"{score} × {weight} % = {round(Decimal(part), 2)}"
        last = f',{{"zh":"贡献 = {counted}","en":"contribution = {counted}"}}' if known else ""
        top, base = ("64040.0", "182345.678") if kpi == "gross_margin" else (value, "1")
        cells = [Decimal(x) if known else None for x in (value, top, base, attainment, score, part)]
        con.execute(
            "insert into scorecard_line values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,'linear',?,?,?,?,null,null)",
            [PERIOD, person, role, n + 1, *dimension, kpi, Decimal(weight), Decimal(weight), Decimal(target),
             *cells, "scored" if known else "missing", None if known else "M040",
             None if known else "评分未提交 rating not handed in", rule_zh, rule_en, f"{steps}{last}]", 1834],
        )  # fmt: skip


@pytest.fixture
def hostile_names() -> list[str]:
    """Texts that other programs have taken for a formula, a link, a number or markup."""
    return HOSTILE


@pytest.fixture
def hostile(
    hostile_names: list[str], template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The same database, with an attack in every text that a reader sees."""
    connection = _copy_of(template, tmp_path_factory)
    for number, name in enumerate(hostile_names):
        person = f"X{number:02}"
        add_person(connection, person, name, "store_manager", "P001")
        connection.execute("update core_person set dept = ? where person_id = ?", [name, person])
        add_ownership(connection, name, "store_manager", person)
        connection.execute(
            "insert into scorecard values (?,?,'store_manager','provisional',null,?,null,'scored','a1b2',?,null)",
            [PERIOD, person, name, name],
        )
        connection.execute(
            "insert into kpi_actual_mtd values"
            " (?,?,'store_manager',?,null,null,null,'missing',?,?,0,null,null,null,null,null,null,null)",
            [DAY, person, name, name, name],
        )
        connection.execute(
            "insert into kpi_label values (?,?,?,'count','higher','result',0,?,?,?,?, date '2010-01-01', null)",
            [name] * 7,
        )
        connection.execute(
            "insert into source_health values (?,?,?,?,1,?,?,null,?,?,?)",
            [name, name, name, DAY, name, name, name, name, name],
        )
        connection.execute(
            "insert into scorecard_line values"
            " (?,?,'store_manager',1,?,?,?,?,100,100,1,null,null,null,null,null,null,"
            "'missing',?,?,'linear',?,?,'[]',0,null,null)",
            [PERIOD, person, name, name, name, name, name, name, name, name],
        )
    yield connection
    connection.close()


@pytest.fixture
def con(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the filled database that a test may change."""
    connection = _copy_of(template, tmp_path_factory)
    yield connection
    connection.close()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The filled database, made once: every test works on a copy."""
    path = tmp_path_factory.mktemp("published") / "kpi.duckdb"
    published(str(path)).close()
    return path


def _copy_of(template: Path, factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    copy = factory.mktemp("copy") / "kpi.duckdb"
    shutil.copyfile(template, copy)
    connection = duckdb.connect(str(copy))
    connection.execute("set timezone = 'UTC'")
    return connection
