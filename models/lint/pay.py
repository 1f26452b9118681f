"""Rules about pay plans: cliffs, guards, limits of the law, and what a plan refers to.

Not here: grades and coefficients (grades.py).
"""

from collections.abc import Iterator
from decimal import Decimal

from models.definitions import Label
from models.definitions.pay_plans import PayLine, PayPlan
from models.lint import meaning
from models.lint.finding import Breach, LintedWorld, at_line, rule
from models.lint.kpis import referred
from models.lint.meaning import Seen
from models.lint.plans import PlannedLine
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
    # targets and attainments are left out: a rate is paid on the figure itself
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
    # L073 and L088 share the places: where the role itself looks at margin or refunds, the milder one speaks
    for at, roles in _gross(world):
        if roles:
            names = ", ".join(roles)
            yield at_line(at, f"{names} 没有毛利或退款约束", f"nothing guards margin or refunds for {names}")


@rule(
    "L088",
    "notice",
    name=Label("按未扣退款的销售额提成", "Commission on gross sales"),
    why=Label("退货、月末后的退款仍有提成", "What comes back after month end has been paid for"),
    remedy=Label("以净销售额为基数", "take net sales as the basis"),
)
def _gross_basis(world: LintedWorld) -> Iterator[Breach]:
    for at, roles in _gross(world):
        if not roles:
            yield at_line(at, "基数未扣退款", "refunds are not taken off the basis")


def _gross(world: LintedWorld) -> Iterator[tuple[PlannedLine, list[str]]]:
    for at in world.pay_lines:
        basis, traits = _basis(world, at.line), at.traits
        # modifiers are what the remedy asks for, so a line with them is taken as guarded
        if traits.top_rate is None or traits.has_modifiers or basis is None:
            continue
        if meaning.is_sales(basis) and not meaning.is_net(basis):
            yield at, _unguarded(world, at.plan)


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
    for at in world.pay_lines:
        if at.traits.lacks_sales_gate:
            yield at_line(at, "固定预算，没有销售门槛", "a fixed budget and no sales gate")


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
        first = next(iter(world.pay_plans.values()))  # no plan is at fault alone: the first lends its place
        yield Breach(
            first,
            f"各方案最高费率合计 {share} %",
            f"the highest rates of all plans add up to {share} % of sales",
        )


def _rates(world: LintedWorld, plan: PayPlan) -> Decimal:
    """The highest rates of a plan's lines on sales, added up."""
    lines = [at for at in world.pay_lines if at.plan is plan and _is_on_sales(world, at.line)]
    return _sum([at.traits.top_rate for at in lines if at.traits.top_rate is not None])


def _is_on_sales(world: LintedWorld, line: PayLine) -> bool:
    basis = _basis(world, line)
    return basis is not None and meaning.is_sales(basis)


@exact
def _sum(rates: list[Decimal]) -> Decimal:
    return sum(rates, Decimal(0))


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
        # a company without any plan uses scores alone: it is not told so for each role
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
    for at in world.pay_lines:
        used = {ref.name for ref in at.line.refs if ref.kind in {"kpi", "target", "attainment"}}
        for name in at.plan.roles:
            absent = ", ".join(sorted(used - _shown_to(world, name)))
            if absent:
                yield at_line(at, f"{name} 没有指标 {absent}", f"{name} is not scored by {absent}")


def _shown_to(world: LintedWorld, role: str) -> set[str]:
    """KPIs of a role and those they are made of."""
    own = {line.kpi for line in world.roles[role].lines}
    # the scorecard explains a KPI by its parts, so the person has seen these figures as well
    return own | {name for kpi in own for name in referred(world.kpis[kpi])}


@rule(
    "L079",
    "warning",
    name=Label("回款前提成", "Commission before collection"),
    why=Label("外贸只按已收款项提成", "In foreign trade only collected money is paid on"),
    remedy=Label("以回款额为基数", "take collected money as the basis"),
)
def _before_collection(world: LintedWorld) -> Iterator[Breach]:
    for at in world.pay_lines:
        basis = _basis(world, at.line)
        # no rate: nothing of this line is a commission
        if at.traits.top_rate is None or basis is None or _counts_receipts(basis):
            continue
        for name in at.plan.roles:
            if any(_counts_receipts(world.seen[line.kpi]) for line in world.roles[name].lines):
                yield at_line(at, f"{name} 按下单金额提成", f"{name} is paid on orders, not on receipts")
                break  # one role that collects is enough to say it


def _counts_receipts(seen: Seen) -> bool:
    return any(aggregate.fact == "receipt" for aggregate in seen.all)


@rule(
    "L080",
    "warning",
    name=Label("罚款没有上限", "Penalties without a limit"),
    why=Label("从工资中扣款受法律限制", "The law limits what may be taken from wages"),
    remedy=Label("写明 penalty_cap_share", "state penalty_cap_share"),
)
def _unlimited_penalties(world: LintedWorld) -> Iterator[Breach]:
    for at in world.pay_lines:
        if at.traits.lacks_penalty_limit:
            yield at_line(at, "罚款没有 penalty_cap_share", "penalties without penalty_cap_share")


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
    for at in world.pay_lines:
        found = at.traits.share_deducted
        if found is not None and found > MOST_DEDUCTED:
            yield at_line(at, f"可扣 {plain(found)}", f"share_cap {plain(found)}")


@rule(
    "L083",
    "warning",
    name=Label("留存超过一半", "More than half is held back"),
    why=Label("已挣得的报酬应当期发放大部分", "Most of what was earned is due in its period"),
    remedy=Label("降低留存比例", "lower the share"),
)
def _held_back(world: LintedWorld) -> Iterator[Breach]:
    for at in world.pay_lines:
        found = at.traits.share_held_back
        if found is not None and found > MOST_HELD_BACK:
            yield at_line(at, f"留存 {plain(found)}", f"holds back {plain(found)}")


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
