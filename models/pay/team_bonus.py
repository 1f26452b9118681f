"""`pay.team_bonus`: a rate on what lies above a threshold, if everybody reached the score."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from models.pay.amounts import ZERO, Amount, by_id, fen, not_negative
from models.pay.method import PayMethod
from models.pay.wording import figure, line, operand
from models.scoring.arguments import Arguments
from models.wording import Step


@dataclass(frozen=True)
class TeamBonus(PayMethod):
    """A member without a score is refused by name: nobody can say whether everybody reached it."""

    NAME = "pay.team_bonus"
    NAME_ZH = "团队奖"
    ARGUMENTS = ("basis", "threshold", "rate", "member_scores", "min_score")
    PAYS_FOR = "sales_commission"

    basis: Decimal
    threshold: Decimal
    rate: Decimal
    scores: dict[str, Decimal]
    min_score: Decimal

    @classmethod
    def read(cls, a: Arguments) -> Self:
        """The call from its arguments; nothing has a default."""
        return cls(
            basis=a.number("basis"),
            threshold=a.number("threshold"),
            rate=not_negative(a, "rate"),
            # by_id refuses an empty team: of nobody it would be true that everybody reached the score
            scores=by_id(a, "member_scores"),
            min_score=a.number("min_score"),
        )

    def below(self) -> list[str]:
        """Members under the score; exactly on it is enough."""
        return sorted(key for key, score in self.scores.items() if score < self.min_score)

    def excess(self) -> Decimal:
        """What lies above the threshold."""
        return max(self.basis - self.threshold, ZERO)

    def raw(self) -> Decimal:
        """The bonus before rounding."""
        return ZERO if self.below() else self.excess() * self.rate

    def result(self) -> Amount:
        """The line.

        >>> plan = {"basis": "540000", "threshold": "500000", "rate": "0.01", "min_score": "80"}
        >>> TeamBonus.evaluate({**plan, "member_scores": {"a": "88", "b": "80"}}).amount
        Decimal('400.00')
        >>> TeamBonus.evaluate({**plan, "member_scores": {"a": "88", "b": "79.99"}}).amount
        Decimal('0.00')
        """
        return Amount(fen(self.raw()))

    def steps(self) -> tuple[Step, ...]:
        """Who is below, or what lies above and the line."""
        if below := self.below():
            listed = ", ".join(f"{key} {operand(self.scores[key])}" for key in below)
            text = f"{listed} < {operand(self.min_score)}"
            return (Step(f"成员得分 {text}：团队奖 = 0.00", f"scores of members {text}: team bonus = 0.00"),)
        formula = f"max({operand(self.basis)} − {operand(self.threshold)}, 0)"
        text = f"≥ {operand(self.min_score)}"
        return (
            Step(f"全部成员得分 {text}", f"every member scored {text}"),
            figure("超过门槛部分", "above the threshold", formula, self.excess()),
            line("团队奖", "team bonus", f"{operand(self.excess())} × {operand(self.rate)}", self.raw()),
        )
