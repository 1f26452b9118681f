"""A company of 300 people, generated: one director, ten heads, 289 others; a few shops in files, one behind an API.

It is whole as it is written; `PLANTED` are the problems that a test plants into it, each with its remedy.
"""

from dataclasses import dataclass

from tests.journeys.small_firm import SmallFirm

MONTH = "2026-03"
HEADS = [f"H{n:02d}" for n in range(1, 11)]
STAFF = [f"S{n:03d}" for n in range(289)]
SELLERS = STAFF[:16]
KEEPER = "S020"  # answers for the margin of a shop
API = "S012"  # whose shop is read through an API
SHOPS = {seller: f"s{seller[2:]}" for seller in SELLERS if seller != API} | {API: "flagship"}
UNOWNED = "s30"
EDITED = (
    "overlap",
    "lint",
    "unknown_kpi",
    "stale",
)  # made after the month was scored: scoring would refuse most of them

COMPANY = """\
id: big
name: {zh: 三百人公司, en: Three hundred}
zone: Asia/Shanghai
currency: CNY
languages: [zh, en]
clock: replay
first_day: 2026-03-01
last_day: 2026-03-31
accountable_roles: {order_line: seller}
sla_hours: {urgent: 8, high: 24, normal: 72, low: 120}
"""
RATED = "method: score.rating, args: {weights: {superior: 100}}"
ROLE = """\
  - id: %s
    effective_from: 2025-01-01
    label: {zh: %s, en: %s}
    duties: [{id: work, zh: 做好本职, en: Do the work}]
    cycle: M
    missing: pending
    grade_table: standard
    manager_limit: 5
    dimensions:
      - id: all
        label: {zh: 全部, en: All}
        weight: 100
        kpis:
"""
LINES = {
    ("maker", "匠人", "Maker"): (f"kpi: execution, duty: work, weight: 40, target: 100, {RATED}",),
    ("seller", "销售", "Seller"): (
        "kpi: gmv, duty: work, weight: 40, target: plan, method: score.linear, args: {cap: 1.2}",
    ),
    ("keeper", "毛利负责人", "Keeper"): (
        "kpi: gross_profit, duty: work, weight: 40, target: plan, method: score.linear, args: {cap: 1.2}",
    ),
    ("leader", "负责人", "Leader"): (
        "kpi: team_attainment, duty: work, weight: 40, target: 1, method: score.linear, args: {cap: 1}",
    ),
}
ACCESS = """\
users:
  - {login: hr, person: HR}
  - {login: h04, person: H04}
  - {login: s213, person: S213}
  - {login: owner, person: OWNER}
others:
  - {id: OWNER, name: 东家, head: true}
  - {id: HR, name: 人事}
grants:
  - {position: everybody, may: [read], over: self}
  - {position: manager, may: [score, guide, propose, read], over: direct_reports}
  - {position: manager, may: [approve, veto, read], over: all_below}
  - {person: HR, may: [plan, propose, dispatch, lock, read], over: company}
  - {person: OWNER, may: [score, approve, veto, read], over: company}
"""
DROP = "  - {table: %s, file: facts/%s.csv, shop_id: %s, zone: Asia/Shanghai, from: 2026-03-01, to: 2026-03-%d, rows: %d}\n"
ORDERS = "order_id,line_id,line_type,buyer_id,sku_id,qty,paid_amount,currency,paid_at\n"
COSTS = "sku_id,valid_from,currency,cogs,platform_fee,payment_fee,fulfil_fee,freight,tariff\n"
COST = "T,2026-01-01,CNY,600.00,0,0,0,0,0\n"
SOURCES = """\
sources:
  - connector: orderbook
    shop_id: flagship
    zone: Asia/Shanghai
    base_url: %s
    secrets: {token: "${OWN_ORDERBOOK_TOKEN}"}
    streams: [order_lines]
    active_from: 2026-03-01
"""
RATE = "base_currency,currency,rate_date,rate\nCNY,EUR,2026-03-05,8.00\n"
BAD_KPI = """\
kpis:
  - id: own_currency
    effective_from: 2025-01-01
    label: {zh: 原币销售额, en: Sales in own currency}
    formula: {zh: 原币金额相加, en: sums of own currency}
    kind: result
    unit: CNY
    direction: higher
    decimals: 2
    numerator: [{fact: order_line, sum: paid_amount, where: not is_excluded, date: business_date}]
"""


def role_of(person: str) -> str:
    if person == "DIR" or person in HEADS:
        return "leader"
    return "keeper" if person == KEEPER else "seller" if person in SELLERS else "maker"


def manager_of(person: str) -> str:
    if person == "DIR":
        return ""
    return "DIR" if person in HEADS else HEADS[int(person[1:]) % 10]


PEOPLE = ["DIR", *HEADS, *STAFF]


@dataclass(frozen=True)
class BigFirm:
    """What is planted is left out of, or put into, the files as they are written."""

    firm: SmallFirm
    planted: set[str]

    def has(self, problem: str) -> bool:
        return problem in self.planted

    def write_all(self) -> None:
        """Every file anew, with what is planted now."""
        write = self.firm.write
        write("company.yaml", COMPANY)
        roles = "".join(ROLE % names + self._lines(lines) for names, lines in LINES.items())
        write("kpi_definitions/roles.yaml", "roles:\n" + roles)
        write("kpi_definitions/more.yaml", BAD_KPI if self.has("lint") else "kpis: []\n")
        people = "".join(f"{p},{p},{role_of(p)},big,{manager_of(p)},2025-01-01,\n" for p in PEOPLE)
        write("people.csv", "person_id,name,role_id,dept,manager_id,valid_from,valid_to\n" + people)
        write("access.yaml", ACCESS)
        self._ownership()
        self._targets()
        self._ratings()
        self._facts()
        write("costs.csv", COSTS + ("" if self.has("cost") else COST))
        write("rates.csv", RATE if not self.has("rate") else RATE.splitlines()[0] + "\n")

    def _lines(self, lines: tuple[str, ...]) -> str:
        own = [*lines, f"kpi: teamwork, duty: work, weight: 60, target: 100, {RATED}"]
        return "".join(f"          - {{{line}}}\n" for line in own)

    def _ownership(self) -> None:
        rows = {seller: f"shop,{shop},seller,{seller},1,2026-01-01,\n" for seller, shop in SHOPS.items()}
        rows[KEEPER] = f"shop,s15,keeper,{KEEPER},1,2026-01-01,\n"
        if self.has("nothing_owned"):
            rows["S009"] = "shop,s09,seller,S000,1,2026-01-01,\n"
        if self.has("unfed"):
            rows["S010"] = "shop,nowhere,seller,S010,1,2026-01-01,\nshop,s10,seller,S000,1,2026-01-01,\n"
        if self.has("half_owned"):
            rows["S011"] = rows["S011"].replace(",1,", ",0.5,")
        if not self.has("unowned"):
            rows["S000"] += f"shop,{UNOWNED},seller,S000,1,2026-01-01,\n"
        if self.has("overlap"):
            rows["S014"] += "shop,s13,seller,S014,0.6,2026-01-01,\n"
        head = "scope_type,scope_id,role_id,person_id,share,valid_from,valid_to\n"
        self.firm.write("ownership.csv", head + "".join(rows.values()))

    def _targets(self) -> None:
        lacking = {"S003", "S004"} if self.has("targets") else set()
        rows = [f"person,{p},gmv,{MONTH},1000.00,negotiated,HR\n" for p in SELLERS if p not in lacking]
        rows.append(f"person,{KEEPER},gross_profit,{MONTH},300.00,negotiated,HR\n")
        if self.has("unknown_kpi"):
            rows.append(f"person,S000,gmw,{MONTH},1.00,negotiated,HR\n")
        self.firm.write(
            "targets.csv", "scope,scope_id,kpi_id,period,value,basis,approved_by\n" + "".join(rows)
        )

    def _ratings(self) -> None:
        silent = {h for h in ("H01", "H02") if self.has(f"rating_{h}")}
        lacking = {"S102"} if self.has("rating_H03") else set()
        lacking |= {"H05"} if self.has("rating_DIR") else set()
        lacking |= {"DIR"} if self.has("rating_OWNER") else set()
        score = 4 if self.has("stale") else 5
        rows = [
            f"{p},{MONTH},{item},{manager_of(p) or 'OWNER'},superior,{score if p == 'S288' else 5},5\n"
            for p in PEOPLE
            if manager_of(p) not in silent and p not in lacking
            for item in (("teamwork", "execution") if role_of(p) == "maker" else ("teamwork",))
        ]
        self.firm.write(
            "ratings.csv", "person_id,period,item_id,rater_id,rater_type,score,scale_max\n" + "".join(rows)
        )

    def _facts(self) -> None:
        drops = []
        for shop in [*(s for s in SHOPS.values() if s != "flagship"), UNOWNED]:
            currency, amount = ("EUR", "125.00") if shop == "s08" else ("CNY", "1000.00")
            path = self.firm.folder / f"facts/{shop}.csv"
            if shop == "s06" and self.has("absent_file"):
                path.unlink(missing_ok=True)
            else:
                row = f"{shop}-1,{shop}-1,goods,b1,T,1,{amount},{currency},2026-03-05 10:00:00\n"
                self.firm.write(f"facts/{shop}.csv", ORDERS + row)
            last = 20 if shop == "s07" and self.has("short_file") else 31
            drops.append(
                DROP % ("order_line", shop, shop, last, 2 if shop == "s05" and self.has("wrong_rows") else 1)
            )
        self.firm.write(
            "facts/refunds.csv", "refund_id,refund_line_id,order_id,line_id,qty,amount,currency,refunded_at\n"
        )
        drops.append(DROP % ("refund", "refunds", "s15", 31, 0))
        self.firm.write("facts.yaml", "drops:\n" + "".join(drops))


@dataclass(frozen=True)
class Expected:
    """How a planted problem has to be told: kind and subject, who waits at least, owner, command, file."""

    kind: str
    subject: str
    waits: frozenset[str] = frozenset()
    owner: tuple[str, ...] = ()
    command: str = f"kpi score --period {MONTH}"
    place: str = ""


def below(head: str) -> frozenset[str]:
    return frozenset(p for p in STAFF if manager_of(p) == head)


def rated_by(rater: str, waits: frozenset[str]) -> Expected:
    return Expected("rating", rater, waits, (rater,), place="ratings.csv")


PLANTED: dict[str, Expected] = {
    "rating_H01": rated_by("H01", below("H01") | {"H01", "DIR"}),
    "rating_H02": rated_by("H02", below("H02") | {"H02", "DIR"}),
    "rating_H03": rated_by("H03", frozenset({"S102", "H03", "DIR"})),
    "rating_DIR": rated_by("DIR", frozenset({"H05", "DIR"})),
    "rating_OWNER": rated_by("OWNER", frozenset({"DIR"})),
    "targets": Expected("target", "targets.csv", frozenset({"S003", "S004"}), ("HR",), place="targets.csv"),
    "wrong_rows": Expected("fact", "file_drop.order_line[s05]", frozenset({"S005", "H06"}), place="facts/s05.csv"),
    "absent_file": Expected("fact", "file_drop.order_line[s06]", frozenset({"S006", "H07"}), place="facts/s06.csv"),
    "short_file": Expected("fact", "file_drop.order_line[s07]", frozenset({"S007", "H08"}), place="facts.yaml, facts/s07.csv"),
    "rate": Expected("file", "rates.csv", frozenset({"S008", "H09"}), place="rates.csv"),
    "cost": Expected("file", "costs.csv", frozenset({KEEPER, "H01"}), place="costs.csv"),
    "nothing_owned": Expected("ownership", "ownership.csv", frozenset({"S009", "H10"}), ("HR",), place="ownership.csv"),
    "unfed": Expected(
        "figure", "M206 no source feeds order_line for nowhere", frozenset({"S010"}),
        command=f"kpi why S010 gmv {MONTH}", place="sources.yaml",
    ),
    "unowned": Expected("unowned", f"file {UNOWNED}", owner=("HR",), place="ownership.csv"),
    "half_owned": Expected("unowned", "file s11", owner=("HR",), place="ownership.csv"),
    "source": Expected(
        "source", "orderbook.order_lines[flagship]", frozenset({API, "H03"}),
        command="kpi run --from 2026-03-01 --to 2026-03-31",
    ),
    "objection": Expected(
        "objection", "S213 1", frozenset({"S213"}), ("OWNER",),
        command=f"kpi answer S213 1 --outcome ... --reason ... --period {MONTH}",
    ),
    "overlap": Expected("overlap", "C120", frozenset(PEOPLE), ("HR",), place="ownership.csv"),
    "lint": Expected("lint", "L017", frozenset(PEOPLE), command="kpi lint", place="kpi_definitions/more.yaml"),
    "unknown_kpi": Expected("file", "C128", frozenset(PEOPLE), place="targets.csv"),
    "stale": Expected("stale", MONTH, frozenset(PEOPLE)),
}  # fmt: skip
