"""What people rate: an item, its scale, and what each level of the scale means.

Belongs here: the item and the scores that it takes. Not here: how ratings become a figure (models/scoring/rating), who rates
whom (models/closing/raters).
"""

from dataclasses import dataclass
from decimal import Decimal

from models.definitions.reading import Fields, Label, as_id, as_items, as_label, as_number, as_text, refuse
from models.definitions.strict_yaml import Node
from models.errors import DefinitionError

RATING_KEYS = ("item",)
RATING_OPTIONS = ("about", "scale_max", "levels")
LEVEL_KEYS = ("score", "zh", "en")
USUAL_SCALE = Decimal(5)
MOST = 1000  # of a scale, as of the column scale_max of ratings.csv
# From a list of eleven entries nobody chooses: above it the score is typed, as the points of a test are.
CHOSEN_UP_TO = 10


@dataclass(frozen=True)
class RatingLevel:
    """One score of the scale and what earns it."""

    score: Decimal
    text: Label


@dataclass(frozen=True, kw_only=True)
class RatedItem:
    """An item that people rate on a scale that ends at `scale_max`; `levels` say what scores mean, the lowest first."""

    item: str
    about: Label | None = None
    scale_max: Decimal = USUAL_SCALE
    levels: tuple[RatingLevel, ...] = ()

    @property
    def choices(self) -> tuple[Decimal, ...]:
        """The scores to choose from, whole numbers; none where any number up to the end of the scale is typed.

        >>> [int(score) for score in RatedItem(item="teamwork").choices]
        [1, 2, 3, 4, 5]
        """
        if self.scale_max > CHOSEN_UP_TO:
            return ()
        return tuple(Decimal(n) for n in range(int(self.lowest), int(self.scale_max) + 1))

    @property
    def lowest(self) -> Decimal:
        """The lowest score that can be given."""
        if self.levels:
            return self.levels[0].score
        return Decimal(1) if self.scale_max <= CHOSEN_UP_TO else Decimal(0)

    def takes(self, score: Decimal) -> bool:
        """Whether the score is one of the scale."""
        return score in self.choices if self.choices else self.lowest <= score <= self.scale_max


def read_rated_item(node: Node) -> RatedItem:
    """The item from its YAML node.

    Raises:
        DefinitionError: D110 to D116 for keys and values, D235 for a scale that cannot be meant.
    """
    fields = Fields(node, "rating", required=RATING_KEYS, optional=RATING_OPTIONS)
    stated, about, below = fields.get("scale_max"), fields.get("about"), fields.get("levels")
    levels = tuple(_level(item) for item in as_items(below, "levels")) if below else ()
    scores = [level.score for level in levels]
    if below and (len(levels) < 2 or scores != sorted(set(scores))):
        raise _unfit("levels need two or more scores, from the lowest up", below, scores)
    if stated:
        scale = _whole(stated, "scale_max")
    else:
        scale = scores[-1] if scores else USUAL_SCALE
    if not 1 <= scale <= MOST or (scores and scores[-1] > scale):
        raise _unfit(f"a scale ends at 1 to {MOST} and not below its highest level", fields["item"], [scale])
    return RatedItem(
        item=as_id(fields["item"], "rating item"),
        about=as_label(about, "about") if about else None,
        scale_max=scale,
        levels=levels,
    )


def _level(node: Node) -> RatingLevel:
    fields = Fields(node, "a level", required=LEVEL_KEYS)
    score = _whole(fields["score"], "score")
    return RatingLevel(score, Label(as_text(fields["zh"], "level zh"), as_text(fields["en"], "level en")))


def _whole(node: Node, what: str) -> Decimal:
    number = as_number(node, what)
    if number != number.to_integral_value() or number < 0:
        raise _unfit(f"{what} must be a whole number", node, [number])
    return number


def _unfit(what: str, node: Node, found: list[Decimal]) -> DefinitionError:
    remedy = "write levels: [{score: 1, zh: ..., en: ...}, ...] with whole scores, the lowest first"
    return refuse("D235", what, node.place, actual=", ".join(map(str, found)), remedy=remedy)
