"""The arithmetic of `pay.coefficient` as sentences in Chinese and English.

Not here: the coefficient (scoring.coefficient), which a scorecard needs without any pay.
"""

from decimal import Decimal

from models.money import settle
from models.pay.wording import equation, exact, figure
from models.scoring.arguments import Arguments
from models.scoring.bands import find, read_bands, span
from models.scoring.coefficient import ARGUMENTS, NAME, evaluate
from models.scoring.piecewise import Piecewise
from models.wording import Step, result, shown

__all__ = ["NAME", "evaluate", "explain"]


def explain(inputs: dict[str, object]) -> tuple[Step, ...]:
    """The arithmetic in order."""
    a = Arguments(NAME, inputs, ARGUMENTS)
    found = evaluate(inputs).coefficient
    given = a.optional("score")
    if given is None or found is None:
        return (Step("得分缺失：没有系数", "the score is missing: no coefficient"),)
    score = settle(given, 2)
    steps = (
        []
        if score == given
        else [equation("得分取两位小数", "score to two decimals", f"{exact(given)} → {exact(score)}")]
    )
    mode = a.choice("mode", ("bands", "linear", "piecewise"), "bands")
    if mode == "bands":
        return (*steps, _band(a, score))
    if mode == "linear":
        return (*steps, figure("系数", "coefficient", f"{exact(score)} ÷ 100", found))
    points = " ".join(f"({shown(x)}, {shown(y)})" for x, y in Piecewise.read(a).points)
    text = f"{points}: {exact(score)} → {result(found)[2:]}"
    return (*steps, Step(f"系数曲线 {text}", f"coefficient curve {text}"))


def _band(a: Arguments, score: Decimal) -> Step:
    band = find(read_bands(a, "bands", "coefficient", with_grade=True), score)
    condition, value = span(band, "left", exact(score)), shown(band.value)
    grade = "" if band.grade is None else f"等级 {band.grade}，"
    grade_en = "" if band.grade is None else f"grade {band.grade}, "
    return Step(f"{condition}：{grade}系数 = {value}", f"{condition}: {grade_en}coefficient = {value}")
