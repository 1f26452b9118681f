from decimal import Decimal, localcontext
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from models.money import round_half_up
from models.scoring.bands import Band, find, tile
from models.scoring.gap_points import GapPoints, Side
from models.scoring.linear import Linear
from models.scoring.total import TotalRule, score_total
from models.scoring.weights import Item, effective

numbers = st.decimals(-(10**9), 10**9, places=4)
positive = st.decimals("0.0001", 10**9, places=4)
scores = st.decimals(0, 120, places=6)
edges = st.lists(st.integers(-1000, 1000), min_size=1, max_size=8, unique=True)


def rising(direction: str, first: Decimal, second: Decimal) -> tuple[Decimal, Decimal]:
    """The worse and the better of two actuals."""
    low, high = sorted((first, second))
    return (low, high) if direction == "higher" else (high, low)


@given(st.sampled_from(["higher", "lower"]), numbers, numbers, numbers.filter(bool))
def test_a_better_actual_never_lowers_a_linear_score(
    direction: str, first: Decimal, second: Decimal, target: Decimal
) -> None:
    worse, better = rising(direction, first, second)
    rule = Linear(direction=direction, zero_below=Decimal("0.6"))

    assert (rule.score(worse, target).score or 0) <= (rule.score(better, target).score or 0)


@given(positive, positive, positive)
def test_a_better_actual_never_lowers_a_ratio_score(first: Decimal, second: Decimal, target: Decimal) -> None:
    worse, better = rising("lower", first, second)
    rule = Linear(direction="lower", inverse="ratio")

    assert (rule.score(worse, target).score or 0) <= (rule.score(better, target).score or 0)


@given(
    st.sampled_from(["higher", "lower"]),
    st.sampled_from(["whole", "started", "proportional"]),
    st.sampled_from(["absolute", "relative"]),
    numbers,
    numbers,
    numbers.filter(bool),
)
def test_a_better_actual_never_lowers_gap_points(
    direction: str, count_mode: str, gap: str, first: Decimal, second: Decimal, target: Decimal
) -> None:
    worse, better = rising(direction, first, second)
    side = Side(Decimal("0.01"), Decimal(2), Decimal(500))
    rule = GapPoints(
        direction=direction, gap=gap, count_mode=count_mode, over=side, under=side, cap=Decimal(110)
    )

    assert (rule.score(worse, target).score or 0) <= (rule.score(better, target).score or 0)


@given(edges, st.decimals(-2000, 2000, places=2), st.sampled_from(["left", "right"]), st.randoms())
def test_every_number_lies_in_exactly_one_band(
    cuts: list[int], x: Decimal, closed: str, random: Random
) -> None:
    marks = [None, *(Decimal(c) for c in sorted(cuts)), None]
    bands = [Band(low, high, Decimal(n)) for n, (low, high) in enumerate(pairwise(marks))]
    random.shuffle(bands)

    band = find(tile(bands), x, closed)

    above = band.low is None or (x >= band.low if closed == "left" else x > band.low)
    below = band.high is None or (x < band.high if closed == "left" else x <= band.high)
    assert above
    assert below


@st.composite
def scorecards(draw: st.DrawFn) -> tuple[list[Item], dict[str, Decimal]]:
    """Items in one to three dimensions whose weights sum to 100 on both levels."""
    dims = ["a", "b", "c"][: draw(st.integers(1, 3))]
    weights = dict(zip(dims, parts(draw, len(dims)), strict=True))
    items: list[Item] = []
    for dim in dims:
        for n, weight in enumerate(parts(draw, draw(st.integers(1, 4)))):
            status = draw(st.sampled_from(["scored", "scored", "missing", "excluded"]))
            score = draw(scores) if status == "scored" else None
            items.append(Item(f"{dim}{n}", dim, weight, status, score))
    return items, weights


def parts(draw: st.DrawFn, n: int) -> list[Decimal]:
    """n positive weights that sum to exactly 100."""
    cuts = sorted(draw(st.lists(st.integers(1, 9999), min_size=n - 1, max_size=n - 1, unique=True)))
    marks = [0, *cuts, 10000]
    return [Decimal(b - a) / 100 for a, b in pairwise(marks)]


@given(scorecards())
def test_redistribution_neither_makes_nor_loses_weight(case: tuple[list[Item], dict[str, Decimal]]) -> None:
    items, weights = case

    shares = effective(items, weights)

    whole = sum(shares)
    assert round_half_up(Decimal(whole), 20) == (0 if all(i.status == "excluded" for i in items) else 100)
    assert all(s == 0 for s, i in zip(shares, items, strict=True) if i.status == "excluded")


@given(scorecards(), st.sampled_from(["pending", "zero", "use_full", "exclude_redistribute"]), st.randoms())
def test_the_order_of_items_never_matters(
    case: tuple[list[Item], dict[str, Decimal]], missing: str, random: Random
) -> None:
    items, weights = case
    rule = TotalRule(missing=missing, dimension_weights=weights)
    shuffled = list(items)
    random.shuffle(shuffled)

    first, second = score_total(items, rule), score_total(shuffled, rule)

    assert (first.status, first.total, first.grade) == (second.status, second.total, second.grade)


@given(scorecards())
def test_pending_never_shows_a_total_while_a_figure_is_missing(
    case: tuple[list[Item], dict[str, Decimal]],
) -> None:
    items, weights = case

    found = score_total(items, TotalRule(dimension_weights=weights))

    assert (found.total is None) == (any(i.status == "missing" for i in items) or found.status == "excluded")


@given(scorecards())
def test_a_total_lies_between_its_smallest_and_largest_score(
    case: tuple[list[Item], dict[str, Decimal]],
) -> None:
    items, weights = case
    rule = TotalRule(missing="exclude_redistribute", dimension_weights=weights)

    found = score_total(items, rule)

    known = [i.score for i in items if i.score is not None]
    if found.total is not None:
        assert round_half_up(min(known), 2) <= found.total <= round_half_up(max(known), 2)


@given(numbers, numbers.filter(bool))
def test_the_caller_s_decimal_context_changes_nothing(actual: Decimal, target: Decimal) -> None:
    rule = Linear(direction="lower")
    expected = rule.score(actual, target)

    with localcontext() as context:
        context.prec = 4
        found = rule.score(actual, target)

    assert found == expected
