"""Rules about the shape of what is paid: cliffs, falls, and clawbacks over a cliff.

Not here: guards and limits (pay.py).
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from models.definitions import Label
from models.definitions.bindings import Ref
from models.definitions.pay_plans import PayLine
from models.lint.finding import Breach, LintedWorld, at_line, rule
from models.lint.meaning import HUNDRED
from models.money import exact, plain, round_half_up
from models.pay.method import Jumps

Points = Sequence[tuple[Decimal, Decimal]]


def _up(found: Jumps | None) -> Points:
    """The edges at which the pay jumps up."""
    return [] if found is None else [(edge, jump) for edge, jump in found.at if jump > 0]


def _shown(found: Points) -> str:
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
    for at in world.pay_lines:
        jumps = at.traits.jumps
        up = _up(jumps)
        if not up or jumps is None:
            continue
        if jumps.measure == "lookup":  # no order moved to another month changes the other measure
            zh, en = f"费率在 {_edges(up)} 处跳变", f"the rate jumps at {_edges(up)} of another measure"
            yield at_line(at, zh, en, "notice")
        # the edge is a share of the target here, and so is the jump: yuan depend on each person's target
        elif jumps.measure == "attainment":
            shares = _shares(up)
            yield at_line(
                at, f"各边界跳跃占目标的 %：{shares}", f"jump in % of the target at each edge: {shares}"
            )
        else:
            yield at_line(at, f"各边界的跳跃（元）：{_shown(up)}", f"jump in yuan at each edge: {_shown(up)}")


def _edges(found: Points) -> str:
    return ", ".join(plain(edge) for edge, _ in found)


@exact
def _shares(found: Points) -> str:
    return "; ".join(f"{plain(edge)} → {plain(jump * HUNDRED)}" for edge, jump in found)


@rule(
    "L071",
    "error",
    name=Label("多卖反而少得", "Selling more pays less"),
    why=Label("到达下一档时提成下降", "At the next slab the commission falls"),
    remedy=Label("高档的费率不低于低档", "let rates rise with the slabs"),
)
def _falling(world: LintedWorld) -> Iterator[Breach]:
    for at in world.pay_lines:
        jumps = at.traits.jumps
        if jumps is None:
            continue
        up_is_worse = _is_lower_better(world, at.line, jumps.looked_up)
        # where a lower figure is the better one, the upward jump is the fall
        down = [(edge, jump) for edge, jump in jumps.at if (jump > 0) == up_is_worse]
        # the other measure has no yuan: only the edge can be told
        if down and jumps.measure == "lookup":
            yield at_line(at, f"在 {_edges(down)} 处变差", f"doing better at {_edges(down)} is paid less")
        elif down:
            yield at_line(
                at, f"各边界的跌落（元）：{_shown(down)}", f"fall in yuan at each edge: {_shown(down)}"
            )


def _is_lower_better(world: LintedWorld, line: PayLine, argument: str) -> bool:
    """Whether the measure that the argument brings is better when it is lower."""
    binding = line.bindings.get(argument)
    # a KPI only: an attainment is turned so that more is better, whatever the direction
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
    for at in world.pay_lines:
        if up := _up(at.traits.jumps_taken_back):
            yield at_line(
                at, f"边界处最多追回（元）：{_shown(up)}", f"at the edges it takes back: {_shown(up)}"
            )


@rule(
    "L082",
    "error",
    name=Label("做得越好给得越少", "The curve pays less for more"),
    why=Label("完成率提高而奖金下降", "Attainment rises and the bonus falls"),
    remedy=Label("让金额随完成率上升", "let amounts rise with attainment"),
)
def _falling_curve(world: LintedWorld) -> Iterator[Breach]:
    for at in world.pay_lines:
        # equal neighbours are a plateau, which takes nothing from anybody
        if any(after < before for before, after in pairwise(at.traits.curve)):
            shown = ", ".join(plain(y) for y in at.traits.curve)
            yield at_line(at, f"曲线 {shown}", f"curve {shown}")


RULES = (_cliff, _falling, _large_clawback, _falling_curve)
