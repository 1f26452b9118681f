"""A firm of three people and one shop, kept in files alone: what it sold in two months, who is rated, what was aimed at."""

from dataclasses import dataclass
from pathlib import Path

from pipelines.commands.cli import main

COMPANY = """\
id: tea
name: {zh: 三人茶铺, en: Three in tea}
zone: Asia/Shanghai
currency: CNY
languages: [zh, en]
clock: replay
first_day: 2026-03-01
last_day: 2026-04-30
accountable_roles: {order_line: shop_keeper, refund: shop_keeper}
sla_hours: {urgent: 8, high: 24, normal: 72, low: 120}
"""
ROLE = """\
roles:
  - id: shop_keeper
    effective_from: 2026-01-01
    label: {zh: 掌柜, en: Shop keeper}
    duties:
      - {id: sell, zh: 完成销售, en: Sell}
      - {id: conduct, zh: 与同事协作, en: Work together}
    cycle: M
    missing: pending
    grade_table: standard
    dimensions:
      - id: result
        label: {zh: 业绩结果, en: Results}
        weight: 80
        kpis:
          - {kpi: net_sales, duty: sell, weight: 100, target: plan, method: score.linear, args: {cap: 1.2}}
      - id: behaviour
        label: {zh: 工作行为, en: Behaviour}
        weight: 20
        kpis:
          - {kpi: teamwork, duty: conduct, weight: 100, target: 100, method: score.rating, args: {weights: {superior: 100}}}
"""
DROP = "  - {table: %s, file: facts/%s.csv, shop_id: tea, zone: Asia/Shanghai, from: 2026-03-01, to: 2026-04-30, rows: %d}\n"


@dataclass(frozen=True)
class SmallFirm:
    """Its folder and home; files are read and written as text."""

    folder: Path
    home: Path

    def kpi(self, command: str, *arguments: str) -> int:
        """Run a command over this company; its exit code."""
        return main([command, *arguments, "--company", str(self.folder)])

    def score(self, period: str = "2026-03") -> int:
        return self.kpi("score", "--period", period)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        text = (self.folder / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new, 1))


def write_small_firm(folder: Path, home: Path) -> SmallFirm:
    """K1 keeps the shop until the end of March, K2 from April; B1 is the boss of both."""
    firm = SmallFirm(folder, home)
    firm.write("company.yaml", COMPANY)
    firm.write("kpi_definitions/roles.yaml", ROLE)
    firm.write(
        "people.csv",
        "person_id,name,role_id,dept,manager_id,valid_from,valid_to\n"
        "B1,白掌门,ecom_ops_director,店,,2026-01-01,\n"
        "K1,柯一,shop_keeper,店,B1,2026-01-01,\n"
        "K2,柯二,shop_keeper,店,B1,2026-01-01,\n",
    )
    firm.write(
        "ownership.csv",
        "scope_type,scope_id,role_id,person_id,share,valid_from,valid_to\n"
        "shop,tea,shop_keeper,K1,1,2026-01-01,2026-03-31\n"
        "shop,tea,shop_keeper,K2,1,2026-04-01,\n",
    )
    firm.write(
        "targets.csv",
        "scope,scope_id,kpi_id,period,value,basis,approved_by\n"
        "person,K1,net_sales,2026-03,1000.00,negotiated,B1\n"
        "person,K2,net_sales,2026-04,1000.00,negotiated,B1\n",
    )
    firm.write(
        "ratings.csv",
        "person_id,period,item_id,rater_id,rater_type,score,scale_max\n"
        "K1,2026-03,teamwork,B1,superior,5,5\n"
        "K2,2026-04,teamwork,B1,superior,5,5\n",
    )
    firm.write(
        "facts/orders.csv",
        "order_id,line_id,buyer_id,sku_id,qty,paid_amount,currency,paid_at\n"
        "A1,A1,b1,T,1,600.00,CNY,2026-03-05 10:00:00\n"
        "A2,A2,b2,T,1,400.00,CNY,2026-03-20 10:00:00\n"
        "A3,A3,b1,T,1,500.00,CNY,2026-04-05 10:00:00\n",
    )
    firm.write(
        "facts/refunds.csv", "refund_id,refund_line_id,order_id,line_id,qty,amount,currency,refunded_at\n"
    )
    firm.write(
        "facts.yaml", "drops:\n" + DROP % ("order_line", "orders", 3) + DROP % ("refund", "refunds", 0)
    )
    return firm
