"""Rules about pay plans: cliffs, guards, limits of the law, and what a plan refers to.

Not here: grades and coefficients (grades.py).
"""

from collections.abc import Iterator
from decimal import Decimal

from models.definitions import Label
from models.definitions.pay_plans import PayLine, PayPlan
from models.lint import meaning
from models.lint.finding import Breach, LintedWorld, rule
from models.lint.kpis import referred
from models.lint.meaning import Seen
from models.lint.plans import ZERO, at, lines, lines_of
from models.money import exact, plain

# Marks of ours. No plan that ships takes more than 1.5 % of sales, and all of them together take some 8 %: a slip such as
# 0.5 for 0.5 % crosses these marks, a generous plan does not.
MOST_OF_SALES = Decimal("0.15")
MOST_OF_ALL_SALES = Decimal("0.25")
MOST_HELD_BACK = Decimal("0.5")
# 《工资支付暂行规定》(劳部发〔1994〕489号) 第十六条: 每月扣除的部分不得超过劳动者当月工资的 20 %.
MOST_DEDUCTED = Decimal("0.2")


def _basis(world: LintedWorld, line: PayLine) -> Seen | None:
    """The KPI a commission is paid on."""
    names = [ref.name for ref in line.refs if ref.kind == "kpi" and ref.name in world.seen]
    return world.seen[names[0]] if names else None


def _unguarded(world: LintedWorld, plan: PayPlan) -> list[str]:
    """Roles of the plan that nobody asks about margin, cost or refunds."""
    known = [world.roles[name] for name in plan.roles if name in world.roles]
    return [r.id for r in known if not any(meaning.guards_margin(world.seen[line.kpi]) for line in r.lines)]


@rule(
    "L073",
    "warning",
    name=Label("提成只看销售额", "Commission on sales alone"),
    why=Label("销售增 38 %，毛利率降 5 个点", "Sales rose by 38 %, the margin fell by 5 points"),
    remedy=Label(
        "按净销售额或毛利提成，或加上毛利、退款的 modifiers 或指标",
        "pay on net sales or margin, or add modifiers or KPIs of margin and refunds",
    ),
)
def _sales_only(world: LintedWorld) -> Iterator[Breach]:
    for plan, line, roles in _gross(world):
        if roles:
            names = ", ".join(roles)
            yield at(
                plan, line, f"{names} 没有毛利或退款约束", f"nothing guards margin or refunds for {names}"
            )


@rule(
    "L088",
    "notice",
    name=Label("按未扣退款的销售额提成", "Commission on gross sales"),
    why=Label("退货、月末后的退款仍有提成", "What comes back after month end has been paid for"),
    remedy=Label("以净销售额为基数", "take net sales as the basis"),
)
def _gross_basis(world: LintedWorld) -> Iterator[Breach]:
    for plan, line, roles in _gross(world):
        if not roles:
            yield at(plan, line, "基数未扣退款", "refunds are not taken off the basis")


def _gross(world: LintedWorld) -> Iterator[tuple[PayPlan, PayLine, list[str]]]:
    for plan, line, traits in lines(world):
        basis = _basis(world, line)
        if (
            traits.top_rate is not None
            and basis is not None
            and meaning.is_sales(basis)
            and not meaning.is_net(basis)
            and not line.args.get("modifiers")
        ):
            yield plan, line, _unguarded(world, plan)


@rule(
    "L074",
    "warning",
    name=Label("固定预算的节费提成没有销售门槛", "Ad saving on a fixed budget without a sales gate"),
    why=Label("不投广告就能拿钱", "It pays people for not advertising"),
    remedy=Label(
        "用 allowed_rate，或绑定 sales_attainment 并写明 gate_min",
        "use allowed_rate, or bind sales_attainment and state gate_min",
    ),
)
def _saving_without_gate(world: LintedWorld) -> Iterator[Breach]:
    for plan, line, traits in lines(world):
        if traits.lacks_sales_gate:
            yield at(plan, line, "固定预算，没有销售门槛", "a fixed budget and no sales gate")


@rule(
    "L075",
    "warning",
    name=Label("提成占销售额过高", "Commission takes a large share of sales"),
    why=Label("0.5 与 0.5 % 之差，或几条提成叠加", "0.5 for 0.5 %, or several lines on the same sales"),
    remedy=Label("核对费率；合计不超过销售额的 15 %", "check the rates; keep them at 15 % of sales in all"),
)
def _costly(world: LintedWorld) -> Iterator[Breach]:
    for plan in world.pay_plans.values():
        rates = _rates(world, plan)
        if rates > MOST_OF_SALES:
            share = _percent(rates)
            yield Breach(
                plan, f"{plan.id} 最高提取销售额的 {share} %", f"{plan.id} takes up to {share} % of sales"
            )


@rule(
    "L076",
    "notice",
    name=Label("全部方案的提成合计过高", "All plans together take a large share of sales"),
    why=Label(
        "同一订单记给主播、客服、达人和运营",
        "One order is credited to anchor, agent, influencer and operator",
    ),
    remedy=Label("核对各岗位是否对同一销售额提成", "see whether several posts are paid on the same sales"),
)
def _costly_together(world: LintedWorld) -> Iterator[Breach]:
    rates = _sum([_rates(world, plan) for plan in world.pay_plans.values()])
    if rates > MOST_OF_ALL_SALES:
        share = _percent(rates)
        first = next(iter(world.pay_plans.values()))
        yield Breach(
            first,
            f"各方案最高费率合计 {share} %",
            f"the highest rates of all plans add up to {share} % of sales",
        )


def _rates(world: LintedWorld, plan: PayPlan) -> Decimal:
    """The highest rates of a plan's lines on sales, added up."""
    top = [traits.top_rate for line, traits in lines_of(plan) if _is_on_sales(world, line)]
    return _sum([rate for rate in top if rate is not None])


def _is_on_sales(world: LintedWorld, line: PayLine) -> bool:
    basis = _basis(world, line)
    return basis is not None and meaning.is_sales(basis)


@exact
def _sum(rates: list[Decimal]) -> Decimal:
    return sum(rates, ZERO)


@exact
def _percent(rate: Decimal) -> str:
    return plain(rate * meaning.HUNDRED)


@rule(
    "L077",
    "notice",
    name=Label("岗位没有薪酬方案", "A role without a pay plan"),
    why=Label("分数不会变成工资", "Its scores never become pay"),
    remedy=Label("加入某个 pay_plans 的 roles", "name it under roles of a pay plan"),
)
def _unpaid_role(world: LintedWorld) -> Iterator[Breach]:
    paid = {name for plan in world.pay_plans.values() for name in plan.roles}
    for role in world.roles.values():
        if world.pay_plans and role.id not in paid:
            yield Breach(role, f"{role.id} 没有薪酬方案", f"no pay plan pays {role.id}")


@rule(
    "L078",
    "notice",
    name=Label("方案用到岗位没有的指标", "A plan uses a KPI that the role does not have"),
    why=Label("员工在考核表上看不到这个数", "The figure does not stand on the person's scorecard"),
    remedy=Label("确认该数对员工公开", "see that the person is shown the figure"),
)
def _foreign_kpi(world: LintedWorld) -> Iterator[Breach]:
    for plan, line, _ in lines(world):
        used = {ref.name for ref in line.refs if ref.kind in {"kpi", "target", "attainment"}}
        for name in plan.roles:
            absent = sorted(used - _shown_to(world, name))
            if absent:
                yield at(
                    plan,
                    line,
                    f"{name} 没有指标 {', '.join(absent)}",
                    f"{name} is not scored by {', '.join(absent)}",
                )


def _shown_to(world: LintedWorld, role: str) -> set[str]:
    """KPIs of a role and those they are made of."""
    own = {line.kpi for line in world.roles[role].lines}
    return own | {name for kpi in own for name in referred(world.kpis[kpi])}


@rule(
    "L079",
    "warning",
    name=Label("回款前提成", "Commission before collection"),
    why=Label("外贸只按已收款项提成", "In foreign trade only collected money is paid on"),
    remedy=Label("以回款额为基数", "take collected money as the basis"),
)
def _before_collection(world: LintedWorld) -> Iterator[Breach]:
    for plan, line, traits in lines(world):
        basis = _basis(world, line)
        if traits.top_rate is None or basis is None or any(a.fact == "receipt" for a in basis.all):
            continue
        collects = [
            n
            for n in plan.roles
            if any(a.fact == "receipt" for x in world.roles[n].lines for a in world.seen[x.kpi].all)
        ]
        if collects:
            yield at(
                plan,
                line,
                f"{collects[0]} 按下单金额提成",
                f"{collects[0]} is paid on orders, not on receipts",
            )


@rule(
    "L080",
    "warning",
    name=Label("罚款没有上限", "Penalties without a limit"),
    why=Label("从工资中扣款受法律限制", "The law limits what may be taken from wages"),
    remedy=Label("写明 penalty_cap_share", "state penalty_cap_share"),
)
def _unlimited_penalties(world: LintedWorld) -> Iterator[Breach]:
    for plan, line, traits in lines(world):
        if traits.lacks_penalty_limit:
            yield at(plan, line, "罚款没有 penalty_cap_share", "penalties without penalty_cap_share")


@rule(
    "L081",
    "warning",
    name=Label("扣款超过月薪的 20 %", "More than 20 % of the wage may be deducted"),
    why=Label(
        "《工资支付暂行规定》第十六条，请法务核对",
        "Article 16 of the provisional wage payment rules; let counsel confirm",
    ),
    remedy=Label("share_cap 不超过 0.2", "keep share_cap at 0.2 or less"),
)
def _large_deduction(world: LintedWorld) -> Iterator[Breach]:
    for plan, line, traits in lines(world):
        found = traits.share_deducted
        if found is not None and found > MOST_DEDUCTED:
            yield at(plan, line, f"可扣 {plain(found)}", f"share_cap {plain(found)}")


@rule(
    "L083",
    "warning",
    name=Label("留存超过一半", "More than half is held back"),
    why=Label("已挣得的报酬应当期发放大部分", "Most of what was earned is due in its period"),
    remedy=Label("降低留存比例", "lower the share"),
)
def _held_back(world: LintedWorld) -> Iterator[Breach]:
    for plan, line, traits in lines(world):
        found = traits.share_held_back
        if found is not None and found > MOST_HELD_BACK:
            yield at(plan, line, f"留存 {plain(found)}", f"holds back {plain(found)}")


RULES = (
    _sales_only,
    _gross_basis,
    _saving_without_gate,
    _costly,
    _costly_together,
    _unpaid_role,
    _foreign_kpi,
    _before_collection,
    _unlimited_penalties,
    _large_deduction,
    _held_back,
)
