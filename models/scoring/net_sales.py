"""`kpi.net_sales`: sales less refunds, by the day of the refund or by the order's period.

The warehouse sums the same in SQL; this is the definition that SQL is tested against.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.money import exact, total
from models.scoring.arguments import Arguments, day, mapping, required_number
from models.scoring.method import Inputs, ScoringMethod, Steps
from models.wording import Step, figure, shown, term

NAME = "kpi.net_sales"
ARGUMENTS = ("orders", "refunds", "period_start", "period_end", "cutoff", "mode")


@dataclass(frozen=True)
class NetSales:
    """May be negative: a month can give back more than it sells."""

    gmv: Decimal
    refunds: Decimal
    net_sales: Decimal


@dataclass(frozen=True)
class PaidOrder:
    """A paid order."""

    id: str
    paid_on: date
    amount: Decimal
    excluded: bool


@dataclass(frozen=True)
class OrderRefund:
    """Money given back for an order."""

    order: str
    refunded_on: date
    amount: Decimal


def _select(inputs: Inputs) -> tuple[list[PaidOrder], list[OrderRefund]]:
    """The orders and refunds that count."""
    a = Arguments(NAME, inputs, ARGUMENTS)
    # no default: the modes put a refund of the next month into different months
    mode = a.choice("mode", ("order_cohort", "event_date"))
    start, end = a.day("period_start"), a.day("period_end")
    orders = [_order(a, item) for item in a.items("orders")]
    refunds = [_refund(a, item) for item in a.items("refunds", required=False)]
    sold = [o for o in orders if start <= o.paid_on <= end and not o.excluded]
    if mode == "order_cohort":
        # without a cutoff a refund counts however late it comes
        back = _cohort(sold, refunds, a.day("cutoff") if a.has("cutoff") else date.max)
    else:
        # of all orders and not of `sold`: a refund of this period may belong to a test order of an earlier one
        excluded = {o.id for o in orders if o.excluded}
        back = [r for r in refunds if start <= r.refunded_on <= end and r.order not in excluded]
    return sold, back


@exact
def evaluate(inputs: Inputs) -> NetSales:
    """`kpi.net_sales` on golden inputs; all dates are inclusive.

    >>> orders = [{"id": "o1", "paid_on": "2026-10-05", "amount": "300.00"}]
    >>> refunds = [{"order": "o1", "refunded_on": "2026-11-10", "amount": "80.00"}]
    >>> span = {"period_start": "2026-10-01", "period_end": "2026-10-31", "cutoff": "2026-11-15"}
    >>> evaluate({"orders": orders, "refunds": refunds, "mode": "order_cohort", **span}).net_sales
    Decimal('220.00')
    """
    sold, back = _select(inputs)
    gmv, given_back = total([o.amount for o in sold]), total([r.amount for r in back])
    return NetSales(gmv, given_back, gmv - given_back)


def explain(inputs: Inputs) -> Steps:
    """Orders, refunds, difference."""
    sold, back = _select(inputs)
    found = evaluate(inputs)
    gmv, refunds = shown(found.gmv), shown(found.refunds)
    by = "按订单归属期" if inputs.get("mode") == "order_cohort" else "按退款日"
    by_en = "of these orders" if inputs.get("mode") == "order_cohort" else "given back in the period"
    return (
        Step(f"成交额 = {len(sold)} 笔订单合计 {gmv}", f"orders paid = sum of {len(sold)} = {gmv}"),
        Step(
            f"退款（{by}）= {len(back)} 笔合计 {refunds}", f"refunds {by_en} = sum of {len(back)} = {refunds}"
        ),
        figure("净销售额", "net sales", f"{gmv} − {term(found.refunds)}", found.net_sales),
    )


def _cohort(sold: list[PaidOrder], refunds: list[OrderRefund], cutoff: date) -> list[OrderRefund]:
    ids = {o.id for o in sold}
    return [r for r in refunds if r.order in ids and r.refunded_on <= cutoff]


def _order(a: Arguments, value: object) -> PaidOrder:
    entry = mapping(NAME, "orders", value)
    inner = Arguments(f"{NAME} orders", entry, ("id", "paid_on", "amount", "excluded"))
    excluded = entry.get("excluded", False)
    if not isinstance(excluded, bool):
        raise a.invalid("orders", "excluded must be true or false")
    amount = required_number(NAME, "amount", entry.get("amount"))
    return PaidOrder(str(entry.get("id")), inner.day("paid_on"), amount, excluded)


def _refund(a: Arguments, value: object) -> OrderRefund:
    entry = mapping(a.method, "refunds", value)
    Arguments(f"{NAME} refunds", entry, ("order", "refunded_on", "amount"))
    when = day(NAME, "refunded_on", entry.get("refunded_on"))
    return OrderRefund(str(entry.get("order")), when, required_number(NAME, "amount", entry.get("amount")))


METHOD = ScoringMethod(
    name=NAME,
    kind="calculation",
    zh="净销售额",
    evaluate=evaluate,
    explain=explain,
    used="as the definition that the sums of the warehouse's SQL are tested against",
)
