"""`score.step`: one score per band."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Self

from models.money import plain, round_half_up
from models.scoring.arguments import Arguments, Scored
from models.scoring.bands import Band, find, read_bands, span
from models.scoring.lookup import LOOKED_UP, Lookup, check_rising, looked_up
from models.scoring.method import MISSING, Inputs, LineTerms, ScoringMethod, Steps, Traits
from models.wording import Step, shown

NAME = "score.step"
LINE_ARGUMENTS = ("bands", "closed")


@dataclass(frozen=True)
class StepBands(Lookup):
    """Tiled bands and the side on which they are closed."""

    NAME: ClassVar[str] = NAME
    LINE_ARGUMENTS: ClassVar[tuple[str, ...]] = LINE_ARGUMENTS

    bands: tuple[Band, ...]
    closed: str = "left"
    x: str = "actual"

    @classmethod
    def read(cls, a: Arguments, x: str = "actual") -> Self:
        """The bands from arguments.

        Raises:
            DefinitionError: `bands_gap` or `bands_overlap`.
        """
        return cls(read_bands(a, "bands", "score"), a.choice("closed", ("left", "right"), "left"), x)

    @classmethod
    def of_line(cls, a: Arguments, terms: LineTerms) -> Self:
        """The bands of a line, unless they reward getting worse."""
        rule = cls.read(a, looked_up(terms))
        check_rising([band.value for band in rule.bands], terms.direction)
        return rule

    def score(self, x: Decimal | None) -> Scored:
        """The score of the band that holds x.

        >>> fast, slow = Band(None, Decimal(45), Decimal(80)), Band(Decimal(45), None, Decimal(60))
        >>> StepBands((fast, slow), closed="right").score(Decimal(45)).score
        Decimal('80')
        """
        return Scored("missing", None) if x is None else Scored("scored", self.at(x))

    def band(self, x: Decimal) -> Band:
        """The band that holds x."""
        return find(self.bands, x, self.closed)

    def at(self, x: Decimal) -> Decimal:
        """The score of the band that holds x."""
        return self.band(x).value

    @property
    def traits(self) -> Traits:
        """The scores of the bands, and where they begin."""
        scores = [band.value for band in self.bands]
        # of bands with one score max() takes the first, which lies lowest
        best = max(self.bands, key=lambda band: band.value)
        return Traits(
            lowest=min(scores),
            highest=max(scores),
            edges=tuple(band.low for band in self.bands if band.low is not None),
            best=(best.low, best.high),
            is_table=True,
            leaves_out_target_zero=self.needs_target,
        )

    def describe(self) -> Step:
        """The table in one line."""
        bands, name = self.table_text(), LOOKED_UP[self.x]
        return Step(f"分段得分（x = {name.zh}）：{bands}", f"score by band (x = {name.en}): {bands}")

    def table_text(self) -> str:
        """`x < 0.9 → 70; 0.9 ≤ x → 85`."""
        return "; ".join(f"{span(b, self.closed)} → {shown(b.value)}" for b in self.bands)

    def step_of(self, x: Decimal, score: Decimal) -> Step:
        """The band that holds x."""
        # Twelve decimals: six would print 0.3499999 as 0.35 beside "< 0.35".
        condition = span(self.band(x), self.closed, plain(round_half_up(x, 12)))
        return Step(f"{condition}，得分 = {shown(score)}", f"{condition}, score = {shown(score)}")


def _read(inputs: Inputs) -> tuple[StepBands, Decimal | None]:
    a = Arguments(NAME, inputs, ("x", *LINE_ARGUMENTS))
    return StepBands.read(a), a.optional("x")


def evaluate(inputs: Inputs) -> Scored:
    """`score.step` on golden inputs.

    >>> evaluate({"x": "0.9", "bands": [{"max": "0.9", "score": "70"}, {"min": "0.9", "score": "85"}]}).score
    Decimal('85')
    """
    rule, x = _read(inputs)
    return rule.score(x)


def explain(inputs: Inputs) -> Steps:
    """Table, then the band of x."""
    rule, x = _read(inputs)
    return rule.describe(), MISSING if x is None else rule.step_of(x, rule.at(x))


METHOD = ScoringMethod(
    name=NAME, kind="line", zh="分档得分", evaluate=evaluate, explain=explain, rule=StepBands
)
