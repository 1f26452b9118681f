"""Rules about the shape of what is paid: cliffs, falls, and clawbacks over a cliff.

Not here: guards and limits (pay.py).
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from models.definitions import Label
from models.definitions.bindings import Ref
from models.definitions.pay_checks import probe
from models.definitions.pay_plans import PayLine
from models.errors import DefinitionError
from models.lint.finding import Breach, LintedWorld, rule
from models.lint.meaning import HUNDRED
from models.lint.plans import ZERO, at, lines, number
from models.money import add, multiply, plain, round_half_up, subtract
from models.pay import amount_table, clawback, commission, quarterly_bonus
from models.pay.commission import Commission
from models.pay.slabs import Slab
from models.scoring.arguments import Arguments


def commission_of(entry: object) -> Commission | None:
    """The rule of a commission written in a plan; None where it cannot be read alone."""
    if not isinstance(entry, dict):
        return None
    config = {name: value for name, value in entry.items() if name in commission.CONFIG}
    try:
        return Commission.read(Arguments(commission.NAME, config, commission.CONFIG))
    except DefinitionError:
        return None


def jumps(found: Commission) -> list[tuple[Decimal, Decimal]]:
    """By how much the commission jumps at each edge between two slabs; in progressive slabs only lump sums jump.

    >>> low, high = Slab(None, Decimal(600000), Decimal("0.05")), Slab(Decimal(600000), None, Decimal("0.07"))
    >>> jumps(Commission("whole_slab", (low, high)))
    [(Decimal('600000'), Decimal('12000.00'))]
    """
    result = []
    for below, above in pairwise(found.slabs):
        edge = above.low or ZERO
        result.append((edge, subtract(_reached(found, above, edge), _reached(found, below, edge))))
    return [(edge, jump) for edge, jump in result if jump != 0]


def _reached(found: Commission, slab: Slab, edge: Decimal) -> Decimal:
    """The commission at an edge, reckoned by one of the slabs that meet there."""
    if found.mode == "whole_slab":
        return add(multiply(edge, slab.value), slab.lump)
    if found.mode == "lump_excess":
        return add(multiply(subtract(edge, slab.low or ZERO), slab.value), slab.lump)
    return slab.lump


def _shown(found: Sequence[tuple[Decimal, Decimal]]) -> str:
    return "; ".join(
        f"{plain(edge)} → {'+' if jump > 0 else ''}{round_half_up(jump, 2):f}" for edge, jump in found
    )


@rule(
    "L070",
    "warning",
    name=Label("全额提成的断崖", "A cliff in the commission"),
    why=Label(
        "599 999 元得 29 999.95，600 000 元得 42 000：引人跨月挪单、刷单",
        "599 999 pays 29 999.95 and 600 000 pays 42 000: orders move across month end, or are made up",
    ),
    remedy=Label("改用超额累进 progressive，且不设跳档奖金", "use progressive slabs without lump sums"),
)
def _cliff(world: LintedWorld) -> Iterator[Breach]:
    for plan, line in lines(world, commission.NAME):
        found = commission_of(probe(line))
        up = [] if found is None else [(edge, jump) for edge, jump in jumps(found) if jump > 0]
        if not up or found is None:
            continue
        if (
            found.lookup is not None
        ):  # the edges are of another measure, which no order moved to another month changes
            zh, en = f"费率在 {_edges(up)} 处跳变", f"the rate jumps at {_edges(up)} of another measure"
            yield Breach(
                plan, f"{plan.id} 的 {line.id}：{zh}", f"{plan.id}, {line.id}: {en}", line.source, "notice"
            )
        elif found.target is not None:  # edges and jumps are reckoned for a target of 1
            yield at(
                plan,
                line,
                f"各边界跳跃占目标的 %：{_shares(up)}",
                f"jump in % of the target at each edge: {_shares(up)}",
            )
        else:
            yield at(
                plan, line, f"各边界的跳跃（元）：{_shown(up)}", f"jump in yuan at each edge: {_shown(up)}"
            )


def _edges(found: Sequence[tuple[Decimal, Decimal]]) -> str:
    return ", ".join(plain(edge) for edge, _ in found)


def _shares(found: Sequence[tuple[Decimal, Decimal]]) -> str:
    return "; ".join(f"{plain(edge)} → {plain(multiply(jump, HUNDRED))}" for edge, jump in found)


@rule(
    "L071",
    "error",
    name=Label("多卖反而少得", "Selling more pays less"),
    why=Label("到达下一档时提成下降", "At the next slab the commission falls"),
    remedy=Label("高档的费率不低于低档", "let rates rise with the slabs"),
)
def _falling(world: LintedWorld) -> Iterator[Breach]:
    for plan, line in lines(world, commission.NAME):
        found = commission_of(probe(line))
        up_is_worse = found is not None and found.lookup is not None and _is_lower_better(world, line)
        down = (
            []
            if found is None
            else [(edge, jump) for edge, jump in jumps(found) if (jump > 0) == up_is_worse]
        )
        if down and found is not None and found.lookup is not None:
            yield at(plan, line, f"在 {_edges(down)} 处变差", f"doing better at {_edges(down)} is paid less")
        elif down:
            yield at(
                plan,
                line,
                f"各边界的跌落（元）：{_shown(down)}",
                f"fall in yuan at each edge: {_shown(down)}",
            )


def _is_lower_better(world: LintedWorld, line: PayLine) -> bool:
    """Whether the measure that is looked up is better when it is lower."""
    binding = line.bindings.get("lookup")
    kpi = world.kpis.get(binding.name) if isinstance(binding, Ref) and binding.kind == "kpi" else None
    return kpi is not None and kpi.direction == "lower"


@rule(
    "L072",
    "warning",
    name=Label("追回可能大于退款", "A clawback larger than the refund"),
    why=Label(
        "退款 1 元跌回低档，追回整档差额",
        "A refund of 1 yuan falls back a whole slab and takes the cliff with it",
    ),
    remedy=Label(
        "mode: original_effective_rate，或改用累进", "mode: original_effective_rate, or progressive slabs"
    ),
)
def _large_clawback(world: LintedWorld) -> Iterator[Breach]:
    for plan, line in lines(world, clawback.NAME):
        found = commission_of(line.args.get("commission"))
        if found is None or line.args.get("mode", "recompute_original") != "recompute_original":
            continue
        up = [(edge, jump) for edge, jump in jumps(found) if jump > 0]
        if up:
            yield at(
                plan, line, f"边界处最多追回（元）：{_shown(up)}", f"at the edges it takes back: {_shown(up)}"
            )


@rule(
    "L082",
    "error",
    name=Label("做得越好给得越少", "The curve pays less for more"),
    why=Label("完成率提高而奖金下降", "Attainment rises and the bonus falls"),
    remedy=Label("让金额随完成率上升", "let amounts rise with attainment"),
)
def _falling_curve(world: LintedWorld) -> Iterator[Breach]:
    for plan, line in lines(world, quarterly_bonus.NAME, amount_table.NAME):
        points = line.args.get("curve", line.args.get("points"))
        ys = (
            [number(p[1]) for p in points if isinstance(p, list) and len(p) == 2]
            if isinstance(points, list)
            else []
        )
        known = [y for y in ys if y is not None]
        if any(after < before for before, after in pairwise(known)):
            shown = ", ".join(plain(y) for y in known)
            yield at(plan, line, f"曲线 {shown}", f"curve {shown}")


RULES = (_cliff, _falling, _large_clawback, _falling_curve)
