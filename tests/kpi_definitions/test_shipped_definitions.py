"""The definitions that ship: they load, they are complete, and roles are weighted by the rules."""

from datetime import date
from decimal import Decimal

import pytest

from models.appraisal.lines import score_line
from models.appraisal.measured import Measured
from models.appraisal.targets import ResolvedTarget
from models.definitions import FromReports, Kpi, RatedItem, Ratio, Role, RoleLine, Sum
from models.definitions.aggregates import Aggregate
from models.definitions.composites import parts_of
from models.definitions.rules import rule_of
from models.tables import FACTS
from tests.kpi_definitions.shipped import DEFINITIONS, FOLDER, shipped

TODAY = date(2016, 3, 31)
KPIS, ROLES = sorted(DEFINITIONS.kpis), sorted(DEFINITIONS.roles)
# No shipped role measures these: swaps that a company puts into a role for another KPI, and figures that others are made of.
SWAPS = {
    "director": "gross_profit market_share product_optimisation process_improvement partnerships decision_review "
    "key_staff_turnover",
    "amazon": "late_ship_rate valid_tracking prefulfil_cancel ipi buy_box bsr_improve unit_session",
    "service": "reply_3min_rate first_contact_resolution compensation_rate training_done first_reply_minutes reopen_rate "
    "first_reply_business_minutes ticket_resolution_minutes tickets_opened tickets_resolved",
    "service reports": "reported_sales",
    "live": "live_ctr live_gpm live_schedule_rate live_violations per_hour_gmv",
    "sales": "gmv net_sales net_sales_cohort sales_growth_yoy sales_growth_mom aov units_sold units_per_order sku_active",
    "buyers": "new_buyer_share returning_buyer_share organic_traffic_share reported_visit_conversion",
    "refunds": "refund_amount refund_rate_event quality_refund_rate review_score",
    "ads": "ad_cost_saving cac ad_sales_share",
    "other": "skill_level damage_rate content_count late_reports close_days_late",
}


def kpi(name: str) -> Kpi:
    return DEFINITIONS.kpi(name, TODAY)


def role(name: str) -> Role:
    return DEFINITIONS.role(name, TODAY)


def facts_of(found: Kpi) -> tuple[Aggregate, ...]:
    return parts_of(found, kpi).all


def test_there_are_at_least_170_kpis_and_35_roles() -> None:
    assert len(KPIS) >= 170
    assert len(ROLES) == 35


def test_loading_twice_gives_the_same_hash() -> None:
    assert shipped().hash == DEFINITIONS.hash


def test_a_role_has_a_file_of_its_name() -> None:
    assert sorted(path.stem for path in FOLDER.glob("roles/*.yaml")) == ROLES


def test_every_kpi_is_used_by_a_role_or_is_a_known_swap() -> None:
    used = {line.kpi for name in ROLES for line in role(name).lines}
    used |= {name for of in KPIS for name in kpi(of).or_else}

    assert sorted(set(KPIS) - used) == sorted(" ".join(SWAPS.values()).split())


@pytest.mark.parametrize("name", KPIS)
def test_every_kpi_has_both_languages_unit_direction_and_its_place(name: str) -> None:
    found = kpi(name)

    assert found.label.zh != found.label.en or name in {"acos", "tacos"}
    assert found.formula.zh != found.formula.en
    assert any("\u4e00" <= c <= "\u9fff" for c in found.formula.zh)
    assert found.label.en.isascii()
    assert found.formula.en.isascii()
    assert found.kind in {"result", "process", "behaviour"}
    assert found.direction in {"higher", "lower"}
    assert found.source.startswith("kpi_definitions/kpis/")
    assert found.effective_from <= date(2010, 12, 1)


@pytest.mark.parametrize("name", KPIS)
def test_a_share_divides_and_counts_and_money_do_not_unless_they_are_means(name: str) -> None:
    found = kpi(name)
    if found.unit == "ratio":
        assert isinstance(found.measure, Ratio | FromReports)
    if found.unit == "count":
        assert isinstance(found.measure, Sum)


@pytest.mark.parametrize("name", KPIS)
def test_a_kpi_with_a_smallest_denominator_says_why(name: str) -> None:
    file, line = kpi(name).source.rsplit(":", 1)
    lines = (FOLDER.parent / file).read_text(encoding="utf-8").splitlines()
    above = lines[: int(line) - 1]
    comment = [
        text
        for text in above[next((-i for i, t in enumerate(reversed(above)) if not t.startswith("  #")), 0) :]
        if text
    ]

    assert (kpi(name).min_n > 1) <= any("min_n" in text for text in comment)


def test_every_fact_feeds_a_kpi() -> None:
    fed = {aggregate.fact for name in KPIS for aggregate in facts_of(kpi(name))}

    # These three are added up by chat and live_share, which KPIs read.
    assert sorted(set(FACTS) - fed) == ["chat_message", "live_session", "live_shift"]


def test_sums_of_facts_never_count_excluded_orders() -> None:
    for name in KPIS:
        facts = [p for p in facts_of(kpi(name)) if p.fact in {"order_line", "refund"}]

        assert [name for p in facts if "is_excluded" not in repr(p.where)] == []


def test_only_confirmed_incidents_count() -> None:
    for name in KPIS:
        facts = [p for p in facts_of(kpi(name)) if p.fact == "incident"]

        assert [name for p in facts if "confirmed" not in repr(p.where)] == []


def test_visits_of_the_shop_and_of_its_skus_are_never_added_up() -> None:
    for name in KPIS:
        facts = [p for p in facts_of(kpi(name)) if p.fact == "traffic"]

        assert [name for p in facts if "level" not in repr(p.where)] == []


def test_the_cohort_refund_rate_follows_the_order_and_the_other_the_refund() -> None:
    dates = {name: facts_of(kpi(name))[0].date for name in ("refund_rate", "refund_rate_event")}

    assert dates == {"refund_rate": "order_business_date", "refund_rate_event": "business_date"}


@pytest.mark.parametrize("name", ROLES)
def test_weights_of_a_role_sum_to_100_at_both_levels(name: str) -> None:
    found = role(name)

    assert sum(d.weight for d in found.dimensions) == 100
    assert [sum(line.weight for line in d.lines) for d in found.dimensions] == [Decimal(100)] * len(
        found.dimensions
    )


@pytest.mark.parametrize("name", ROLES)
def test_a_dimension_holds_one_kind_of_kpi_and_is_named_after_it(name: str) -> None:
    for dimension in role(name).dimensions:
        kinds = {kpi(line.kpi).kind for line in dimension.lines}

        assert kinds == {dimension.id.split("_")[0]}


@pytest.mark.parametrize("name", ROLES)
def test_behaviour_weighs_no_more_than_what_is_measured_and_at_most_30(name: str) -> None:
    weights = dict.fromkeys(("result", "process", "behaviour"), Decimal(0))
    for dimension in role(name).dimensions:
        weights[dimension.id.split("_")[0]] += dimension.weight

    assert weights["behaviour"] <= (weights["result"] or weights["process"])
    assert weights["behaviour"] <= 30


@pytest.mark.parametrize("name", ROLES)
def test_every_duty_is_measured_and_every_line_names_a_duty(name: str) -> None:
    found = role(name)
    measured = {line.duty for line in found.lines}

    assert measured == {duty.id for duty in found.duties}
    assert 3 <= len(found.duties) <= 6


@pytest.mark.parametrize("name", ROLES)
def test_a_role_says_what_it_asks_for_and_marks_its_targets_as_examples(name: str) -> None:
    found = role(name)
    first = (FOLDER / "roles" / f"{name}.yaml").read_text(encoding="utf-8").splitlines()[0]

    assert len(found.requirements) >= 2
    assert first.startswith("# example targets")
    assert found.missing == "pending"


@pytest.mark.parametrize("name", ROLES)
def test_promotion_leads_up_and_never_in_a_circle(name: str) -> None:
    seen, todo = set(), list(role(name).next_roles)
    while todo:
        step = todo.pop()
        assert step != name
        if step not in seen:
            seen.add(step)
            todo += role(step).next_roles


def test_all_five_methods_are_in_use() -> None:
    methods = {line.method for name in ROLES for line in role(name).lines}

    assert methods == {f"score.{m}" for m in ("linear", "piecewise", "step", "gap_points", "rating")}


def test_weight_moves_only_from_kpis_of_which_nothing_may_have_happened() -> None:
    lines = {line.kpi for name in ROLES for line in role(name).lines if line.no_data == "exclude"}

    assert not [name for name in lines if isinstance(kpi(name).measure, RatedItem | FromReports | Sum)]


def test_grades_follow_the_standard_table() -> None:
    bands = DEFINITIONS.grade_table("standard", TODAY).bands

    assert [(b.grade, str(b.value)) for b in bands] == [
        ("D", "0"),
        ("C", "0.8"),
        ("B", "1.0"),
        ("A", "1.2"),
        ("S", "1.5"),
    ]


def _score(line: RoleLine, value: Decimal, goal: Decimal) -> Decimal:
    found = kpi(line.kpi)
    rule = rule_of(line, found)
    outcome = score_line(
        line, found, rule, Measured(status="scored", value=value), ResolvedTarget(goal, "role")
    )
    assert outcome.score is not None
    return outcome.score


def _goal(line: RoleLine) -> Decimal:
    return line.target if isinstance(line.target, Decimal) else Decimal(1000)


@pytest.mark.parametrize("name", ROLES)
def test_who_meets_every_target_has_full_marks_and_as_much_as_rated(name: str) -> None:
    for line in role(name).lines:
        rated = line.method == "score.rating"

        assert _score(line, _goal(line), _goal(line)) == (90 if rated else 100), line.kpi


@pytest.mark.parametrize("name", ROLES)
def test_who_misses_a_target_by_far_loses_points(name: str) -> None:
    for line in role(name).lines:
        away = max(abs(_goal(line)), Decimal(2))
        worse = _goal(line) - away / 2 if kpi(line.kpi).direction == "higher" else _goal(line) + away / 2

        # The published bonus for extra hits takes nothing off below its target.
        assert _score(line, worse, _goal(line)) < 100 or line.kpi == "hit_content", line.kpi
