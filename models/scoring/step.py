"""`score.step`: one score per band."""

from dataclasses import dataclass
from decimal import Decimal

from models.scoring.arguments import Arguments, Scored
from models.scoring.bands import Band, find, read_bands

NAME = "score.step"
CONFIG = ("bands", "closed")


@dataclass(frozen=True)
class Step:
    """Tiled bands and the side on which they are closed."""

    bands: tuple[Band, ...]
    closed: str = "left"

    @classmethod
    def read(cls, a: Arguments) -> "Step":
        """The bands from arguments.

        Raises:
            DefinitionError: `bands_gap` or `bands_overlap`.
        """
        return cls(read_bands(a, "bands", "score"), a.choice("closed", ("left", "right"), "left"))

    def score(self, x: Decimal | None) -> Scored:
        """The score of the band that holds x.

        >>> fast, slow = Band(None, Decimal(45), Decimal(80)), Band(Decimal(45), None, Decimal(60))
        >>> Step((fast, slow), closed="right").score(Decimal(45)).score
        Decimal('80')
        """
        return Scored("missing", None) if x is None else Scored("scored", self.band(x).value)

    def band(self, x: Decimal) -> Band:
        """The band that holds x."""
        return find(self.bands, x, self.closed)


def evaluate(inputs: dict[str, object]) -> Scored:
    """`score.step` on golden inputs.

    >>> evaluate({"x": "0.9", "bands": [{"max": "0.9", "score": "70"}, {"min": "0.9", "score": "85"}]}).score
    Decimal('85')
    """
    a = Arguments(NAME, inputs, ("x", *CONFIG))
    return Step.read(a).score(a.optional("x"))
