"""What people rate: levels and full marks of the scale."""

from decimal import Decimal

import pytest

from models.definitions.rated_items import RatedItem, read_rated_item
from models.definitions.strict_yaml import parse
from models.errors import DefinitionError

LEVELS = "levels: [{score: 1, zh: 差, en: poor}, {score: 3, zh: 中, en: fair}, {score: 5, zh: 好, en: good}]"


def item(text: str) -> RatedItem:
    return read_rated_item(parse(f"rating: {{item: teamwork{text}}}", "x.yaml").entries["rating"])


def test_without_a_word_the_scale_is_1_to_5() -> None:
    assert item("").choices == (1, 2, 3, 4, 5)


def test_scores_between_two_levels_can_be_chosen() -> None:
    found = item(f", {LEVELS}")

    assert found.choices == (1, 2, 3, 4, 5)
    assert [level.text.en for level in found.levels] == ["poor", "fair", "good"]


def test_the_points_of_a_test_are_typed() -> None:
    found = item(", scale_max: 100")

    assert found.choices == ()
    assert [found.takes(Decimal(text)) for text in ("0", "77.5", "100", "100.5", "-1")] == [
        True,
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    "text",
    [
        ", scale_max: 0",
        ", scale_max: 1001",
        ", scale_max: 4.5",
        f", scale_max: 4, {LEVELS}",
        ", levels: [{score: 1, zh: 差, en: poor}]",
        ", levels: [{score: 5, zh: 好, en: good}, {score: 1, zh: 差, en: poor}]",
        ", levels: [{score: 1, zh: 好, en: good}, {score: 1, zh: 差, en: poor}]",
        ", levels: [{score: -1, zh: 差, en: poor}, {score: 1, zh: 好, en: good}]",
    ],
)
def test_a_scale_that_cannot_be_meant_is_refused(text: str) -> None:
    with pytest.raises(DefinitionError, match="D235"):
        item(text)
