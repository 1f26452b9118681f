"""`pay.coefficient`: from a total to grade and coefficient."""

from dataclasses import dataclass
from decimal import Decimal

from models.money import exact, settle
from models.scoring.arguments import Arguments
from models.scoring.bands import find, read_bands
from models.scoring.piecewise import Piecewise

NAME = "pay.coefficient"
ARGUMENTS = ("score", "mode", "bands", "points", "below", "above")


@dataclass(frozen=True)
class GradeCoefficient:
    """Grade is None for the modes without a table."""

    coefficient: Decimal | None
    grade: str | None


@exact
def evaluate(inputs: dict[str, object]) -> GradeCoefficient:
    """`pay.coefficient` on golden inputs; the score is rounded to two decimals first, so 89.995 is a 90.

    >>> b = {"max": "90", "grade": "B", "coefficient": "1.0"}
    >>> a = {"min": "90", "grade": "A", "coefficient": "1.2"}
    >>> evaluate({"score": "89.995", "bands": [a, b]})
    GradeCoefficient(coefficient=Decimal('1.2'), grade='A')
    """
    a = Arguments(NAME, inputs, ARGUMENTS)
    mode = a.choice("mode", ("bands", "linear", "piecewise"), "bands")
    bands = read_bands(a, "bands", "coefficient", with_grade=True) if mode == "bands" else ()
    curve = Piecewise.read(a) if mode == "piecewise" else None
    given = a.optional("score")
    if given is None:
        return GradeCoefficient(None, None)
    score = settle(given, 2)
    if curve is not None:
        return GradeCoefficient(curve.at(score), None)
    if mode == "linear":
        return GradeCoefficient(score / 100, None)
    band = find(bands, score)
    return GradeCoefficient(band.value, band.grade)
