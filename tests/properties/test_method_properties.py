from collections.abc import Mapping
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import models
from models.errors import DefinitionError
from models.money import add, total
from tests.reference.generate import generate

Inputs = dict[str, Any]
FEN = Decimal("0.01")
DIRECTIONS = st.sampled_from(["higher", "lower"])

actuals = st.decimals(-1000, 3000, places=3)
money = st.decimals(0, 10**7, places=2)
amounts = st.decimals(-(10**7), 10**7, places=2)
rates = st.decimals(0, "0.5", places=3)
factors = st.decimals("0.01", 2, places=2)
ids = st.lists(st.text("abcdef", min_size=1, max_size=3), min_size=1, max_size=8, unique=True)
seeds = st.integers(0, 2**32)
shufflers = st.randoms(use_true_random=False)


def score(method: str, **inputs: Any) -> Decimal:
    return models.evaluate(method, inputs)["score"]  # type: ignore[return-value]


def paid(method: str, **inputs: Any) -> Decimal:
    return models.evaluate(method, inputs)["amount"]  # type: ignore[return-value]


def ordered(first: Decimal, second: Decimal, direction: str = "higher") -> tuple[Decimal, Decimal]:
    """The worse and the better of two actuals."""
    low, high = sorted((first, second))
    return (low, high) if direction == "higher" else (high, low)


@st.composite
def tables(draw: st.DrawFn, name: str, low: int = 0, high: int = 2000) -> list[Inputs]:
    """Bands that tile the line, their values rising with them."""
    edges = sorted(draw(st.lists(st.integers(low, high), min_size=1, max_size=5, unique=True)))
    values = sorted(
        draw(st.lists(st.decimals(0, 1, places=3), min_size=len(edges) + 1, max_size=len(edges) + 1))
    )
    marks = [None, *(str(e) for e in edges), None]
    return [{"min": a, "max": b, name: str(v)} for a, b, v in zip(marks[:-1], marks[1:], values, strict=True)]


@st.composite
def curves(draw: st.DrawFn) -> list[list[str]]:
    """Points that rise, with jumps."""
    size = draw(st.integers(1, 5))
    numbers = st.lists(st.decimals(-500, 2500, places=2), min_size=size, max_size=size)
    pairs = zip(sorted(draw(numbers)), sorted(draw(numbers)), strict=True)
    return [[str(x), str(abs(y))] if size == 1 else [str(x), str(y)] for x, y in pairs]


def refusal(method: str, inputs: Mapping[str, Any]) -> str | None:
    try:
        models.evaluate(method, inputs)
    except DefinitionError as error:
        return error.code
    return None


# -- a better figure never scores or pays less -----------------------------------------------------------


@given(DIRECTIONS, st.sampled_from(["mirror", "ratio"]), actuals, actuals, actuals, st.booleans())
def test_linear_rises_with_the_actual(
    direction: str, inverse: str, first: Decimal, second: Decimal, target: Decimal, steep: bool
) -> None:
    target = abs(target) + 1 if inverse == "ratio" else target
    worse, better = ordered(first, second, direction)
    rule: Inputs = {
        "direction": direction,
        "inverse": inverse,
        "target": target,
        "target_zero": "full_if_met",
    }
    rule["zero_below"] = "0.6" if steep else None

    assert score("score.linear", actual=worse, **rule) <= score("score.linear", actual=better, **rule)


@given(curves(), actuals, actuals, st.sampled_from(["clamp", "extend"]))
def test_piecewise_rises_along_a_rising_curve(
    points: list[list[str]], first: Decimal, second: Decimal, ends: str
) -> None:
    worse, better = ordered(first, second)
    rule: Inputs = {"points": points, "below": ends, "above": ends}

    assert score("score.piecewise", x=worse, **rule) <= score("score.piecewise", x=better, **rule)


@given(tables("score"), actuals, actuals, st.sampled_from(["left", "right"]))
def test_step_rises_along_rising_bands(
    bands: list[Inputs], first: Decimal, second: Decimal, closed: str
) -> None:
    worse, better = ordered(first, second)

    low = score("score.step", x=worse, bands=bands, closed=closed)

    assert low <= score("score.step", x=better, bands=bands, closed=closed)


@given(
    DIRECTIONS,
    st.sampled_from(["whole", "started", "proportional"]),
    st.sampled_from(["absolute", "relative"]),
    actuals,
    actuals,
    actuals.filter(bool),
)
def test_gap_points_rise_with_the_actual(
    direction: str, count: str, gap: str, first: Decimal, second: Decimal, target: Decimal
) -> None:
    worse, better = ordered(first, second, direction)
    side = {"per": "0.3", "points": "2", "max": "90"}
    rule: Inputs = {"target": target, "direction": direction, "gap": gap, "count_mode": count}
    rule |= {"over": side, "under": side, "floor": "-50"}

    assert score("score.gap_points", actual=worse, **rule) <= score("score.gap_points", actual=better, **rule)


@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=9),
    st.data(),
    st.sampled_from(["none", "min_max"]),
)
def test_a_better_rating_never_lowers_the_rated(given_: list[int], data: st.DataObject, trim: str) -> None:
    place = data.draw(st.integers(0, len(given_) - 1))
    kinds = [data.draw(st.sampled_from(["superior", "peer"])) for _ in given_]
    better = list(given_)
    better[place] = data.draw(st.integers(given_[place], 50))

    found = [
        score(
            "score.rating",
            scale_max="5",
            weights={"superior": "60", "peer": "40"},
            trim=trim,
            ratings=[{"type": k, "score": str(Decimal(s) / 10)} for k, s in zip(kinds, values, strict=True)],
        )
        for values in (given_, better)
    ]

    assert found[0] - found[1] < Decimal("1e-40")


@given(
    st.dictionaries(st.text("abc", min_size=1, max_size=2), st.integers(0, 9), min_size=1),
    st.integers(0, 9),
    DIRECTIONS,
    st.sampled_from(["competition", "dense", "average"]),
    shufflers,
)
def test_a_better_value_never_ranks_behind(
    values: dict[str, int], gain: int, direction: str, ties: str, random: Random
) -> None:
    person = random.choice(sorted(values))
    better = {**values, person: values[person] + (gain if direction == "higher" else -gain)}

    before, after = (
        models.evaluate("score.rank", {"values": v, "direction": direction, "ties": ties})["ranks"]
        for v in (values, better)
    )

    # Dense ranks count distinct values: leaving a tie adds one above others, never above the person.
    assert after[person] <= before[person]  # type: ignore[index]


@given(
    st.dictionaries(st.text("abc", min_size=1, max_size=2), st.integers(0, 20), min_size=5),
    st.integers(0, 20),
    shufflers,
)
def test_a_better_score_never_gets_a_lower_grade(scores: dict[str, int], gain: int, random: Random) -> None:
    person = random.choice(sorted(scores))
    quotas = [{"grade": g, "share": s} for g, s in zip("SABC", ("0.2", "0.3", "0.4", "0.1"), strict=True)]

    before, after = (
        models.evaluate("score.forced_distribution", {"scores": s, "quotas": quotas})["grades"]
        for s in (scores, {**scores, person: scores[person] + gain})
    )

    assert "SABC".index(after[person]) <= "SABC".index(before[person])  # type: ignore[index]


@given(seeds, st.decimals(0, 50, places=2), shufflers)
def test_a_better_score_never_lowers_the_total(seed: int, gain: Decimal, random: Random) -> None:
    inputs = generate("score.total", seed)
    inputs.pop("grade_bands", None)
    able = [n for n, item in enumerate(inputs["items"]) if item.get("score")]
    if not able or refusal("score.total", inputs):
        return
    place = random.choice(able)
    item = inputs["items"][place]
    better = [*inputs["items"]]
    better[place] = {**item, "score": str(Decimal(item["score"]) + gain)}

    before = models.evaluate("score.total", inputs)["total"]
    after = models.evaluate("score.total", {**inputs, "items": better})["total"]

    assert before is None or before <= after  # type: ignore[operator]


@given(st.decimals(0, 100, places=3), st.decimals(0, 100, places=3), tables("coefficient", 0, 100))
def test_a_better_score_never_lowers_the_coefficient(
    first: Decimal, second: Decimal, bands: list[Inputs]
) -> None:
    worse, better = ordered(first, second)

    low, high = (
        models.evaluate("pay.coefficient", {"score": s, "bands": bands})["coefficient"]
        for s in (worse, better)
    )

    assert low <= high  # type: ignore[operator]


@given(
    st.sampled_from(["progressive", "whole_slab"]),
    tables("rate"),
    actuals,
    actuals,
    st.sampled_from(["zero", "signed"]),
    st.sampled_from(["left", "right"]),
)
def test_selling_more_never_pays_less_at_rising_rates(
    mode: str, bands: list[Inputs], first: Decimal, second: Decimal, negative: str, closed: str
) -> None:
    worse, better = ordered(first, second)
    rule: Inputs = {"mode": mode, "bands": bands, "negative": negative, "closed": closed}
    worse = max(worse, Decimal(0)) if negative == "signed" else worse
    better = max(better, worse)

    assert paid("pay.commission", basis=worse, **rule) <= paid("pay.commission", basis=better, **rule)


@given(money, money, money, rates, rates, st.sampled_from([None, "1000"]))
def test_spending_less_never_lowers_the_saving_commission(
    budget: Decimal, first: Decimal, second: Decimal, share: Decimal, over: Decimal, cap: str | None
) -> None:
    worse, better = ordered(first, second, "lower")
    rule: Inputs = {"net_sales": "1", "budget": budget, "share": share, "overspend_share": over, "cap": cap}

    assert paid("pay.ad_saving", actual_spend=worse, **rule) <= paid(
        "pay.ad_saving", actual_spend=better, **rule
    )


@given(curves(), money, money, st.decimals(1, 10**6, places=2), rates)
def test_a_better_quarter_never_lowers_the_bonus(
    curve: list[list[str]], first: Decimal, second: Decimal, target: Decimal, above: Decimal
) -> None:
    worse, better = ordered(first, second)
    points = [[str(Decimal(x) / 1000), str(max(Decimal(y), Decimal(0)) / 1000)] for x, y in curve]
    rule: Inputs = {"target_bonus": "20000", "target": target, "curve": points, "above_target_rate": above}

    assert paid("pay.quarterly_bonus", actual=worse, **rule) <= paid(
        "pay.quarterly_bonus", actual=better, **rule
    )


@given(st.decimals(1, 10**4, places=2), st.decimals(1, 10**4, places=2), st.lists(money, max_size=8))
def test_a_harder_target_is_never_checked_milder(
    first: Decimal, second: Decimal, history: list[Decimal]
) -> None:
    easy, hard = ordered(first, second)
    verdicts = ["no_baseline", "ok", "warn", "block"]

    mild, strict = (
        models.evaluate("target.check", {"target": t, "history": history})["status"] for t in (easy, hard)
    )

    assert verdicts.index(str(mild)) <= verdicts.index(str(strict))


# -- nothing is made or lost -----------------------------------------------------------------------------


@given(amounts, ids, st.data())
def test_a_split_gives_out_exactly_the_amount(amount: Decimal, names: list[str], data: st.DataObject) -> None:
    weights = {n: data.draw(factors) for n in names}

    shares: Any = models.evaluate("pay.split", {"amount": amount, "weights": weights})["shares"]

    assert sum(shares.values()) == amount
    assert all(abs(s - amount * weights[n] / sum(weights.values())) < FEN for n, s in shares.items())


@given(amounts, ids, st.data(), st.decimals("0.001", 1000, places=3))
def test_only_proportions_decide_a_pool(
    amount: Decimal, names: list[str], data: st.DataObject, scale: Decimal
) -> None:
    members: dict[str, Inputs] = {
        n: {"coefficient": data.draw(factors), "days": data.draw(st.integers(1, 31))} for n in names
    }
    scaled = {n: {**m, "coefficient": m["coefficient"] * scale} for n, m in members.items()}

    shares: Any = models.evaluate("pay.pool", {"amount": amount, "members": members})["shares"]

    assert shares == models.evaluate("pay.pool", {"amount": amount, "members": scaled})["shares"]
    assert sum(shares.values()) == amount


@given(seeds)
def test_a_profit_pool_is_shared_out_whole(seed: int) -> None:
    found: Any = models.evaluate("pay.profit_share", generate("pay.profit_share", seed))

    assert sum(found["shares"].values()) == found["pool"] == found["base_pool"] + found["excess_pool"]


@given(seeds)
def test_a_clawback_is_paid_or_carried_and_nothing_else(seed: int) -> None:
    inputs = generate("pay.clawback", seed)
    if refusal("pay.clawback", inputs):
        return

    found: Any = models.evaluate("pay.clawback", inputs)

    assert add(found["original"], found["adjustment"]) == found["restated"]
    current = Decimal(inputs.get("current_commission", "0"))
    assert add(found["payable"], found["carry_forward"]) == add(current, found["adjustment"])
    assert found["carry_forward"] <= 0 <= found["payable"]
    assert not (found["carry_forward"] and found["payable"])


@given(st.lists(money, max_size=12), money)
def test_a_recoverable_guarantee_is_owed_until_it_is_repaid(earned: list[Decimal], floor: Decimal) -> None:
    found: Any = models.evaluate(
        "pay.guarantee", {"mode": "recoverable", "earned": earned, "guarantee": floor}
    )

    assert sum(found["payments"]) == sum(earned) + found["balance"]
    assert all(payment >= floor for payment in found["payments"])
    assert found["balance"] >= 0


@given(money, money, st.decimals(0, 1, places=2), money)
def test_a_deduction_is_taken_now_or_remains(
    wage: Decimal, deduction: Decimal, cap: Decimal, minimum: Decimal
) -> None:
    found: Any = models.evaluate(
        "pay.deduction_limit",
        {"wage": wage, "deduction": deduction, "share_cap": cap, "minimum_wage": minimum},
    )

    assert found["allowed"] + found["remaining"] == deduction
    assert found["allowed"] == 0 or wage - found["allowed"] >= minimum


@given(seeds)
def test_the_amount_of_a_split_month_is_the_sum_of_its_lines(seed: int) -> None:
    inputs = generate("pay.prorate", seed)
    if refusal("pay.prorate", inputs):
        return

    found: Any = models.evaluate("pay.prorate", inputs)

    assert total(found["lines"]) == found["amount"]
