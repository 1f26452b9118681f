"""Whose ratings counted, whose did not, and why: told wherever the rating is."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from models.appraisal.measured import from_ratings
from models.inputs import Person, RaterType, Rating
from models.scoring.rating import ANONYMITY, Given, RatingRule

RULE = RatingRule({"superior": Decimal(60), "peer": Decimal(40)}, min_raters=dict(ANONYMITY))
PERSON = Person(
    person_id="P1", name="甲", role_id="r", dept="x", manager_id=None, valid_from=date(2011, 1, 1)
)


def rating(kind: RaterType, score: str | None) -> Rating:
    return Rating(
        person_id="P1",
        period="2011-11",
        item_id="drive",
        rater_type=kind,
        score=None if score is None else Decimal(score),
        scale_max=Decimal(5),
    )


def test_peer_ratings_that_do_not_count_are_told_with_the_reason_and_who_counts_instead() -> None:
    found = from_ratings(PERSON, "drive", RULE, [rating("superior", "5"), rating("peer", "3")])

    assert found.value == 100
    assert [step.en for step in found.steps[:2]] == [
        "peer: 1 rated, 3 are needed: does not count",
        "counts: superior 100 %",
    ]
    assert [step.zh for step in found.steps[:2]] == [
        "同级：1 人评分，至少需 3 人，不计入",
        "计入：上级 100 %",
    ]


def test_the_rule_on_the_sheet_says_from_how_many_raters_on_peers_count() -> None:
    assert RULE.describe().zh == "评分加权平均：上级 60，同级 40；同级满 3 人评分才计入"
    assert RULE.describe().en == "weighted mean of ratings: superior 60, peer 40; peer only from 3 raters on"
    # nothing is told of raters that the rule does not weigh
    assert "report" not in RULE.describe().en


def test_where_nobody_counts_the_cause_says_why() -> None:
    found = from_ratings(PERSON, "drive", RULE, [rating("peer", "3"), rating("superior", None)])

    assert found.value is None
    assert found.cause is not None
    assert found.cause.code == "M213"
    assert "peer: 1 rated, 3 are needed" in found.cause.text
    assert [step.zh for step in found.steps] == [
        "上级：无人评分，不计入",
        "同级：1 人评分，至少需 3 人，不计入",
    ]


@pytest.mark.parametrize(
    ("rule", "given", "told"),
    [
        (RULE, {"superior": 1, "peer": 3}, ()),
        (RULE, {"superior": 1, "peer": 3, "self": 1}, ("self: 1 rated, without weight: does not count",)),
        (RULE, {"peer": 3}, ("superior: nobody rated: does not count",)),
        (
            replace(RULE, trim="min_max"),
            {"superior": 1, "peer": 5},
            ("peer: 5 rated, the highest and the lowest do not count",),
        ),
    ],
)
def test_every_reason_not_to_count_is_told(
    rule: RatingRule, given: dict[str, int], told: tuple[str, ...]
) -> None:
    ratings = [Given(kind, Decimal(n % 5)) for kind, count in given.items() for n in range(count)]

    steps = [step.en for step in rule.turnout(ratings)]

    # who counts is told last, where anybody does not
    assert tuple(steps[: len(told)]) == told
    assert [step.startswith("counts: ") for step in steps[len(told) :]] == [True] * bool(told)
