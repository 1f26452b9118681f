from collections import Counter
from decimal import Decimal
from itertools import accumulate, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

import models
from models.errors import DefinitionError
from models.scoring.forced_distribution import Quota, Quotas
from models.scoring.rank import DIRECTIONS, TIES, rank_all

people = st.dictionaries(
    st.sampled_from([f"e{n:02}" for n in range(30)]), st.integers(0, 9).map(Decimal), min_size=1
)


def refusal(method: str, inputs: dict[str, object]) -> DefinitionError:
    with pytest.raises(DefinitionError) as caught:
        models.evaluate(method, inputs)
    return caught.value


@given(people, st.sampled_from(DIRECTIONS), st.sampled_from(TIES))
def test_a_better_value_never_has_a_later_place(
    values: dict[str, Decimal | None], direction: str, ties: str
) -> None:
    ranks = rank_all(values, direction, ties).ranks

    order = sorted(values, key=lambda key: values[key] or Decimal(0), reverse=direction == "higher")
    places = [ranks[key] or Decimal(0) for key in order]
    assert places == sorted(places)
    assert places[0] >= 1


@given(people)
def test_average_places_always_sum_to_the_same(values: dict[str, Decimal | None]) -> None:
    ranks = rank_all(values, "higher", "average").ranks

    n = len(values)
    assert sum(r for r in ranks.values() if r is not None) == Decimal(n * (n + 1)) / 2


@given(people, st.sampled_from(DIRECTIONS), st.sampled_from(TIES))
def test_a_place_among_everybody_is_the_place(
    values: dict[str, Decimal | None], direction: str, ties: str
) -> None:
    inputs = {"values": values, "direction": direction, "ties": ties}
    among = {**inputs, "sample": list(values), "ranked": list(values)}

    assert (
        models.evaluate("score.rank_among", among)["ranks"] == models.evaluate("score.rank", inputs)["ranks"]
    )


@given(people, st.lists(st.integers(1, 20), min_size=1, max_size=5), st.sampled_from(["up", "by_id"]))
def test_everybody_gets_one_grade_and_a_better_score_never_a_worse_one(
    scores: dict[str, Decimal], parts: list[int], ties: str
) -> None:
    quotas = tuple(Quota(f"G{n}", Decimal(part) / sum(parts)) for n, part in enumerate(parts[:-1]))
    rest = 1 - sum((q.share for q in quotas), Decimal(0))
    rule = Quotas((*quotas, Quota("last", rest)), ties)

    grades = rule.distribute(scores)

    position = {quota.grade: n for n, quota in enumerate(rule.quotas)}
    assert grades.keys() == scores.keys()
    for (a, better), (b, worse) in product(scores.items(), repeat=2):
        if better > worse or (ties == "up" and better == worse):
            assert position[grades[a]] <= position[grades[b]]


@given(people, st.permutations([Decimal("0.1"), Decimal("0.2"), Decimal("0.3"), Decimal("0.4")]))
def test_without_ties_every_grade_holds_exactly_its_places(
    scores: dict[str, Decimal], shares: list[Decimal]
) -> None:
    rule = Quotas(tuple(Quota(f"G{n}", share) for n, share in enumerate(shares)), "by_id")

    held = Counter(rule.distribute(scores).values())

    places = rule.places(len(scores))
    assert sum(places) == len(scores)
    assert [held[f"G{n}"] for n in range(4)] == places
    assert all(abs(Decimal(p) - len(scores) * s) < 1 for p, s in zip(places, shares, strict=True))


@given(people)
def test_ties_up_never_shrinks_the_grades_from_the_top(scores: dict[str, Decimal]) -> None:
    quotas = tuple(Quota(f"G{n}", Decimal("0.25")) for n in range(4))

    strict, up = (Counter(Quotas(quotas, ties).distribute(scores).values()) for ties in ("by_id", "up"))

    sums = [list(accumulate(c[q.grade] for q in quotas)) for c in (strict, up)]
    assert all(a <= b for a, b in zip(*sums, strict=True))


@pytest.mark.parametrize(
    ("method", "inputs"),
    [
        ("score.rank", {}),
        ("score.rank", {"values": {"a": "1"}, "ties": "random"}),
        ("score.rank", {"values": {"a": 0.5}}),
        ("score.rank_among", {"values": {"a": "1"}, "sample": ["a"], "ranked": ["b"]}),
        ("score.rank_among", {"values": {"a": "1"}, "sample": ["a", "a"], "ranked": ["a"]}),
        ("score.rank_among", {"values": {"a": "1"}, "sample": [1], "ranked": ["a"]}),
        (
            "score.forced_distribution",
            {"scores": {}, "quotas": [{"grade": "A", "share": "1"}], "min_group": "-1"},
        ),
        ("score.forced_distribution", {"scores": {}, "quotas": [{"grade": None, "share": "1"}]}),
        (
            "score.forced_distribution",
            {"scores": {}, "quotas": [{"grade": "A", "share": "0.5"}, {"grade": "A", "share": "0.5"}]},
        ),
        (
            "score.forced_distribution",
            {"scores": {}, "quotas": [{"grade": "A", "share": "1.5"}, {"grade": "B", "share": "-0.5"}]},
        ),
        ("score.percentile_ceiling", {"values": {}, "participation": "40", "ceilings": [{"score": "1"}]}),
        ("score.milestone", {"milestones": [{"weight": "-1", "due": True}]}),
        ("score.milestone", {"milestones": [{"weight": "1", "due": "yes"}]}),
        ("score.period_rollup", {"parts": [{"score": "1", "days": "-1"}]}),
        ("score.period_rollup", {"parts": [], "mode": "mean_of_ratios"}),
        ("target.check", {"target": "1", "history": ["1"], "block_ratio": "1.1"}),
        ("target.check", {"target": "1", "history": "1"}),
        ("target.peer_mean", {"values": {"a": "1"}}),
        ("target.peer_mean", {"values": {"a": "1"}, "person": "a", "min_group": "2.5"}),
    ],
)
def test_a_wrong_argument_is_refused_by_name(method: str, inputs: dict[str, object]) -> None:
    error = refusal(method, inputs)

    assert error.code == "D221"
    assert method in error.what


@pytest.mark.parametrize(
    ("method", "inputs"),
    [
        ("score.milestone", {"milestones": [{"weight": "1", "overdue": True}]}),
        ("score.period_rollup", {"parts": [{"numerator": "1"}]}),
        ("score.forced_distribution", {"scores": {}, "quotas": [{"grade": "A", "shares": "1"}]}),
        ("target.check", {"targets": "1"}),
    ],
)
def test_a_misspelt_key_is_refused(method: str, inputs: dict[str, object]) -> None:
    assert refusal(method, inputs).code == "D220"
