"""`pay.coefficient`: from a total to grade and coefficient."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Self, get_args

from models.money import exact, settle
from models.pay.amounts import HUNDRED, one_of
from models.pay.method import PayMethod
from models.pay.wording import figure, operand
from models.scoring.arguments import Arguments
from models.scoring.bands import Band, find, read_bands, span
from models.scoring.piecewise import Piecewise
from models.wording import Step, equation, result, shown

Mode = Literal["bands", "linear", "piecewise"]
_MODES: tuple[Mode, ...] = get_args(Mode)


@dataclass(frozen=True)
class CoefficientResult:
    """Grade is None for the modes without a table; both are None without a score."""

    coefficient: Decimal | None
    grade: str | None


@dataclass(frozen=True)
class Coefficient(PayMethod):
    """A scorecard's total and the table or curve that turns it into a coefficient."""

    NAME = "pay.coefficient"
    NAME_ZH = "绩效系数"
    ARGUMENTS = ("score", "mode", "bands", "points", "below", "above")
    TABLES = ("bands", "points")

    bands: tuple[Band, ...]
    curve: Piecewise | None
    total: Decimal | None

    @classmethod
    def read(cls, a: Arguments) -> Self:
        """The table of the mode, also where there is no score yet; without a table and a curve: linear."""
        mode = one_of(a, "mode", _MODES, "bands")
        # read before the score is looked at: a wrong table is told when it is written, and not when totals come
        bands = read_bands(a, "bands", "coefficient", with_grade=True) if mode == "bands" else ()
        return cls(bands, Piecewise.read(a) if mode == "piecewise" else None, a.optional("score"))

    def score(self) -> Decimal | None:
        """The score as a scorecard shows it, with two decimals: 89.995 is a 90 and reaches its band."""
        return None if self.total is None else settle(self.total, 2)

    def result(self) -> CoefficientResult:
        """Coefficient and grade.

        >>> b = {"max": "90", "grade": "B", "coefficient": "1.0"}
        >>> a = {"min": "90", "grade": "A", "coefficient": "1.2"}
        >>> Coefficient.evaluate({"score": "89.995", "bands": [a, b]})
        CoefficientResult(coefficient=Decimal('1.2'), grade='A')
        """
        score = self.score()
        if score is None:
            return CoefficientResult(None, None)
        if self.curve is not None:
            return CoefficientResult(self.curve.at(score), None)
        if not self.bands:
            return CoefficientResult(_hundredth(score), None)
        band = find(self.bands, score)
        return CoefficientResult(band.value, band.grade)

    def steps(self) -> tuple[Step, ...]:
        """The rounded score, then the band, the division or the curve."""
        score = self.score()
        if score is None or self.total is None:
            return (Step("得分缺失：没有系数", "the score is missing: no coefficient"),)
        rounded = equation(
            "得分取两位小数", "score to two decimals", f"{operand(self.total)} → {operand(score)}"
        )
        last = self._last_step(score)
        return (last,) if score == self.total else (rounded, last)

    def _last_step(self, score: Decimal) -> Step:
        if self.curve is not None:
            points = " ".join(f"({shown(x)}, {shown(y)})" for x, y in self.curve.points)
            # without its first two characters, `= ` or `≈ `: the arrow takes their place
            text = f"{points}: {operand(score)} → {result(self.curve.at(score))[2:]}"
            return Step(f"系数曲线 {text}", f"coefficient curve {text}")
        if not self.bands:
            return figure("系数", "coefficient", f"{operand(score)} ÷ 100", _hundredth(score))
        band = find(self.bands, score)
        condition, value = span(band, "left", operand(score)), shown(band.value)
        zh, en = ("", "") if band.grade is None else (f"等级 {band.grade}，", f"grade {band.grade}, ")
        return Step(f"{condition}：{zh}系数 = {value}", f"{condition}: {en}coefficient = {value}")


@exact
def _hundredth(score: Decimal) -> Decimal:
    return score / HUNDRED
