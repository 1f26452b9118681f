"""Red lines (红线) of a role: what a KPI beyond its limit does to the total.

Belongs here: the key `red_lines`, and which of them a person crossed. Not here: what a veto does to a score
(scoring/total). A red line names one of the role's own KPIs, so that what crossed it is measured, shown and
explained like any other figure; event KPIs count confirmed incidents only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from models.definitions.reading import Fields, as_choice, as_id, as_items, as_number, refuse
from models.definitions.strict_yaml import Node
from models.money import multiply, subtract
from models.scoring.total import Veto
from models.wording import Step, shown

KEY = "red_lines"
ENTRY_KEYS = ("kpi", "worse_than", "effect", "value")
Effect = Literal["deduct_pct", "deduct_pct_each", "cap_total", "zero_total", "zero_kpi"]
EFFECTS: tuple[Effect, ...] = ("deduct_pct", "deduct_pct_each", "cap_total", "zero_total", "zero_kpi")
_VALUED = ("deduct_pct", "deduct_pct_each", "cap_total")


@dataclass(frozen=True)
class RedLine:
    """Crossed when the KPI is worse than the limit; `value` is a share of the total, or the cap."""

    kpi: str
    worse_than: Decimal
    effect: Effect
    value: Decimal | None
    source: str

    def is_crossed(self, actual: Decimal, direction: str) -> bool:
        """Whether the actual is worse than the limit; the limit itself is not worse.

        >>> RedLine("odr", Decimal("0.01"), "zero_total", None, "").is_crossed(Decimal("0.01"), "lower")
        False
        """
        return actual > self.worse_than if direction == "lower" else actual < self.worse_than

    def veto(self, actual: Decimal) -> Veto:
        """What the total gets; `deduct_pct_each` counts every unit beyond the limit."""
        if self.effect == "deduct_pct_each" and self.value is not None:
            # the distance, whichever side of the limit is the worse one
            units = subtract(max(actual, self.worse_than), min(actual, self.worse_than))
            return Veto("deduct_pct", multiply(self.value, units))
        return Veto(self.effect, self.value, self.kpi if self.effect == "zero_kpi" else None)

    def rule(self, direction: str) -> Step:
        """What it says beforehand: `> 0.01：总分清零`."""
        limit = f"{'>' if direction == 'lower' else '<'} {shown(self.worse_than)}"
        zh, en = _WORDS[self.effect]
        value = "" if self.value is None else shown(self.value)
        return Step(f"{limit}：{zh.format(value)}", f"{limit}: {en.format(value)}")

    def told(self, actual: Decimal, direction: str) -> Step:
        """`触及红线 odr：0.015 > 0.01，总分清零`."""
        sign = ">" if direction == "lower" else "<"
        zh, en = _WORDS[self.effect]
        value = "" if self.value is None else shown(self.value)
        crossed = f"{self.kpi} {shown(actual)} {sign} {shown(self.worse_than)}"
        return Step(f"触及红线 {crossed}：{zh.format(value)}", f"red line {crossed}: {en.format(value)}")


_WORDS = {
    "deduct_pct": ("总分扣减 {} 倍", "{} of the total is taken off"),
    "deduct_pct_each": ("每超一单位扣减总分的 {} 倍", "{} of the total is taken off for each unit beyond"),
    "cap_total": ("总分不超过 {}", "the total is at most {}"),
    "zero_total": ("总分清零", "the total is 0"),
    "zero_kpi": ("本项得 0 分", "the KPI scores 0"),
}


def read_red_lines(fields: Fields) -> tuple[RedLine, ...]:
    """The red lines of a role; none where the key is absent.

    Raises:
        DefinitionError: D225 for a value that the effect does not take.
    """
    node = fields.get(KEY)
    return tuple(_red_line(item) for item in as_items(node, KEY)) if node else ()


def _red_line(node: Node) -> RedLine:
    fields = Fields(node, "a red line", required=("kpi", "worse_than", "effect"), optional=("value",))
    effect = as_choice(fields["effect"], "effect", EFFECTS)
    given = fields.get("value")
    value = as_number(given, "value") if given else None
    share = effect in ("deduct_pct", "deduct_pct_each")
    # a value that is needed is absent, or one that would be ignored is given; a share of the total is at most all of it
    if (value is None) == (effect in _VALUED) or (value is not None and (value < 0 or (share and value > 1))):
        raise refuse(
            "D225",
            f"{effect} takes {'a value: a share from 0 to 1, or the cap' if effect in _VALUED else 'no value'}",
            fields.place,
            actual="none" if value is None else str(value),
            remedy="e.g. {kpi: infringement, worse_than: 0, effect: deduct_pct_each, value: 0.2}",
        )
    limit = as_number(fields["worse_than"], "worse_than")
    return RedLine(as_id(fields["kpi"], "kpi"), limit, effect, value, str(fields.place))


@dataclass(frozen=True)
class Crossings:
    """Red lines that were crossed, and KPIs whose red lines cannot be judged for want of a figure."""

    vetoes: tuple[Veto, ...] = ()
    steps: tuple[Step, ...] = ()
    unjudged: tuple[str, ...] = ()


def crossings(
    red_lines: tuple[RedLine, ...], actuals: Mapping[str, Decimal | None], directions: Mapping[str, str]
) -> Crossings:
    """What the figures of one person do to their total.

    Args:
        red_lines: those of the role.
        actuals: value by KPI; None where it is missing, absent where the KPI is excluded.
        directions: higher or lower, by KPI.
    """
    vetoes, steps, unjudged = [], [], []
    for line in red_lines:
        # an excluded KPI is neither crossed nor open: nobody can mend what does not concern the person
        if line.kpi not in actuals:
            continue
        actual, direction = actuals[line.kpi], directions[line.kpi]
        if actual is None:
            unjudged.append(line.kpi)
        elif line.is_crossed(actual, direction):
            vetoes.append(line.veto(actual))
            steps.append(line.told(actual, direction))
    # two red lines may name one KPI, which is told once: a dict keeps the order, a set does not
    return Crossings(tuple(vetoes), tuple(steps), tuple(dict.fromkeys(unjudged)))
