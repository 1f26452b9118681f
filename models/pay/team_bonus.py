"""`pay.team_bonus`: a rate on what lies above a threshold, if everybody reached the score."""

from dataclasses import dataclass
from decimal import Decimal

from models.money import multiply, subtract
from models.pay.amounts import ZERO, Amount, by_id, fen, not_negative
from models.pay.wording import exact, figure, line
from models.scoring.arguments import Arguments
from models.wording import Step

NAME = "pay.team_bonus"
ARGUMENTS = ("basis", "threshold", "rate", "member_scores", "min_score")


@dataclass(frozen=True)
class TeamBonus:
    """A member without a score is refused by name: nobody can say whether everybody reached it."""

    basis: Decimal
    threshold: Decimal
    rate: Decimal
    scores: dict[str, Decimal]
    min_score: Decimal

    @classmethod
    def read(cls, a: Arguments) -> "TeamBonus":
        """The rule from arguments."""
        return cls(
            basis=a.number("basis"),
            threshold=a.number("threshold"),
            rate=not_negative(a, "rate"),
            scores=by_id(a, "member_scores"),
            min_score=a.number("min_score"),
        )

    def below(self) -> list[str]:
        """Members under the score; exactly on it is enough."""
        return sorted(key for key, score in self.scores.items() if score < self.min_score)

    def excess(self) -> Decimal:
        """What lies above the threshold."""
        return max(subtract(self.basis, self.threshold), ZERO)

    def raw(self) -> Decimal:
        """The bonus before rounding."""
        return ZERO if self.below() else multiply(self.excess(), self.rate)


def evaluate(inputs: dict[str, object]) -> Amount:
    """`pay.team_bonus` on golden inputs.

    >>> plan = {"basis": "540000", "threshold": "500000", "rate": "0.01", "min_score": "80"}
    >>> evaluate({**plan, "member_scores": {"a": "88", "b": "80"}}).amount
    Decimal('400.00')
    >>> evaluate({**plan, "member_scores": {"a": "88", "b": "79.99"}}).amount
    Decimal('0.00')
    """
    return Amount(fen(TeamBonus.read(Arguments(NAME, inputs, ARGUMENTS)).raw()))


def explain(inputs: dict[str, object]) -> tuple[Step, ...]:
    """The arithmetic in order."""
    rule = TeamBonus.read(Arguments(NAME, inputs, ARGUMENTS))
    if below := rule.below():
        listed = ", ".join(f"{key} {exact(rule.scores[key])}" for key in below)
        text = f"{listed} < {exact(rule.min_score)}"
        return (Step(f"成员得分 {text}：团队奖 = 0.00", f"scores of members {text}: team bonus = 0.00"),)
    formula = f"max({exact(rule.basis)} − {exact(rule.threshold)}, 0)"
    text = f"≥ {exact(rule.min_score)}"
    return (
        Step(f"全部成员得分 {text}", f"every member scored {text}"),
        figure("超过门槛部分", "above the threshold", formula, rule.excess()),
        line("团队奖", "team bonus", f"{exact(rule.excess())} × {exact(rule.rate)}", rule.raw()),
    )
