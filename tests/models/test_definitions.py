from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from models.definitions import Ratio, Sum, load_definitions
from models.errors import DefinitionError, MeritError, MeritErrors
from tests.refusals import unsaid

SHIPPED = Path(__file__).resolve().parents[2] / "kpi_definitions"

STEP = "method: score.step, args: {bands: [%s]}"
GAP_POINTS = (
    "method: score.gap_points, args: {gap: absolute, count_mode: whole, under: {per: 0.01, points: 2}}"
)

GROUPS = "count_groups: buyer_id, %s"


def problems(text: str) -> list[MeritError]:
    with pytest.raises(MeritErrors) as caught:
        load_definitions({"x.yaml": text})
    return caught.value.errors


def changed(text: str, old: str, new: str, count: int = 1) -> str:
    assert old in text
    return text.replace(old, new, count)


def line_of(text: str, part: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if part in line)


def test_the_printed_example_loads(example: str) -> None:
    found = load_definitions({"README.md": example})

    assert isinstance(found.kpis["net_sales"].measure, Sum)
    assert isinstance(found.kpis["refund_rate"].measure, Ratio)
    assert found.roles["store_manager"].lines[1].target == Decimal("0.08")
    assert [b.grade for b in found.grade_tables["standard"].bands] == ["C", "B", "A"]


def test_the_shipped_definitions_load() -> None:
    files = {
        str(p.relative_to(SHIPPED)): p.read_text(encoding="utf-8") for p in sorted(SHIPPED.rglob("*.yaml"))
    }
    shipped = {name: text for name, text in files.items() if not name.startswith(("sample/", "cases/"))}

    found = load_definitions(shipped)

    assert {"store_manager", "aftersales_cs"} <= set(found.roles)
    assert all(role.lines for role in found.roles.values())


@pytest.mark.parametrize(
    ("old", "new", "code", "at"),
    [
        ("weight: 70", "weight: 69", "weights_sum", "kpi: net_sales, duty"),
        ("weight: 70", "weight: 70.0000001", "weights_sum", "kpi: net_sales, duty"),
        ("weight: 100", "weight: 101", "weights_sum", "- id: result"),
        ("{kpi: net_sales", "{kpi: net_sale", "D208", "{kpi: net_sale"),
        ("min: 90", "min: 91", "bands_gap", "max: 90"),
        ("min: 90", "min: 89", "bands_overlap", "max: 90"),
        ("coefficient: 1.2", "coefficient: 0.9", "D224", "grade: A"),
        ("unit: CNY ", "unit: CNY\n    unit: CNY ", "D104", "    unit: CNY "),
        ("sum: paid_amount_base", "sum: paid_amunt_base", "D310", "paid_amunt"),
        ("sum: paid_amount_base", "sum: currency", "D203", "sum: currency"),
        ("sum: paid_amount_base", "sum: paid_amount_base / 2", "D302", "/ 2"),
        ("sum: paid_amount_base", "count: order_id", "D203", "count: order_id"),
        ("sum: paid_amount_base", "count_distinct: qty * 2", "D203", "count_distinct"),
        ("sum: paid_amount_base", "count_distinct: buyer", "D310", "count_distinct"),
        ("sum: paid_amount_base", "count_distinct: [sku_id, sku_id]", "D203", "count_distinct"),
        ("sum: paid_amount_base", "count_distinct: []", "D203", "count_distinct"),
        ("sum: paid_amount_base", "percentile: qty", "D205", "percentile"),
        ("sum: paid_amount_base", "median: country", "D203", "median"),
        ("sum: paid_amount_base", "sum: qty, count: rows", "D207", "count: rows"),
        ("sum: paid_amount_base", "sum: qty, period: last", "D114", "period: last"),
        ("sum: paid_amount_base", "sum: qty, at: middle", "D114", "at: middle"),
        ("sum: paid_amount_base", "sum: qty, window: 0", "D230", "window: 0"),
        ("sum: paid_amount_base", "sum: qty, window: 1.5", "D230", "window: 1.5"),
        ("sum: paid_amount_base", "sum: qty, window: 9999", "D230", "window: 9999"),
        ("sum: paid_amount_base", "sum: qty, window: 30, at: end", "D230", "window: 30"),
        ("sum: paid_amount_base", "sum: qty, window: 30, period: previous", "D230", "window: 30"),
        ("sum: paid_amount_base", "sum: qty, at: end, period: previous", "D230", "at: end"),
        ("sum: paid_amount_base", "sum: qty, having: {count: rows, at_least: 2}", "D231", "having"),
        ("sum: paid_amount_base", "count_groups: buyer_id", "D231", "count_groups"),
        ("sum: paid_amount_base", GROUPS % "having: {count: rows}", "D231", "count_groups"),
        (
            "sum: paid_amount_base",
            GROUPS % "having: {count: rows, at_least: 1, above: 2}",
            "D231",
            "count_groups",
        ),
        (
            "sum: paid_amount_base",
            GROUPS % "having: {sum: qty, count: rows, above: 2}",
            "D231",
            "count_groups",
        ),
        ("sum: paid_amount_base", GROUPS % "having: {median: qty, above: 2}", "D110", "count_groups"),
        ("sum: paid_amount_base", GROUPS % "having: {active_in: next}", "D114", "count_groups"),
        ("sum: paid_amount_base", GROUPS % "having: {active_in: previous, above: 2}", "D231", "count_groups"),
        (
            "sum: paid_amount_base",
            GROUPS % "period: previous, having: {active_in: previous}",
            "D231",
            "count_groups",
        ),
        (
            "sum: paid_amount_base",
            GROUPS % "at: end, having: {count: rows, above: 1}",
            "D230",
            "count_groups",
        ),
        ("decimals: 2", "decimals: 2\n    floor: 1\n    cap: 1", "D233", "- id: net_sales"),
        ("decimals: 2", "decimals: 2\n    floor: low", "D113", "floor: low"),
        ("unit: CNY ", "unit: stars ", "D114", "unit: stars"),
        ("where: not is_excluded", "where: qty", "D204", "where: qty"),
        ("where: not is_excluded", "where: not qty", "D311", "where: not qty"),
        ("date: business_date", "date: paid_at", "D202", "date: paid_at"),
        ("fact: order_line", "fact: orders", "D201", "fact: orders"),
        ("direction: higher", "direction: up", "D114", "direction: up"),
        ("effective_from: 2010-01-01", "effective_from: 2010-02-30", "D115", "2010-02-30"),
        ("decimals: 2", "decimals: .nan", "D113", ".nan"),
        ("decimals: 2", "decimals: 1e3", "D113", "1e3"),
        ("decimals: 2", "decimals: 2\n    rating: {item: x}", "D206", "- id: net_sales"),
        ("id: net_sales", "id: Net-Sales", "D116", "Net-Sales"),
        ("label: {zh: 净销售额, en: Net sales}", "label: {zh: 净销售额}", "D111", "{zh: 净销售额}"),
        ("target: plan, ", "", "D213", "{kpi: net_sales"),
        ("score.linear", "score.liner", "D220", "{kpi: net_sales"),
        ("cap: 1.2", "cpa: 1.2", "D220", "{kpi: net_sales"),
        ("cap: 1.2", "cap: high", "D221", "{kpi: net_sales"),
        ("gap: absolute, ", "", "D221", "{kpi: refund_rate"),
        (GAP_POINTS, "method: score.linear", "D221", "{kpi: refund_rate"),
        (GAP_POINTS, STEP % "{max: 1, score: 0}, {min: 1, score: 9}", "D210", "{kpi: refund_rate"),
        (GAP_POINTS, STEP % "{max: 1, score: 9}, {min: 2, score: 0}", "bands_gap", "{kpi: refund_rate"),
        (
            GAP_POINTS,
            "method: score.piecewise, args: {points: [[1, 9], [0, 0]]}",
            "points_not_ascending",
            "{kpi: refund_rate",
        ),
        (
            GAP_POINTS,
            "method: score.piecewise, args: {points: [[0, 9], [1, 0]], below: zero}",
            "D210",
            "{kpi: refund_rate",
        ),
        (GAP_POINTS, "method: score.rating, args: {weights: {peer: 1}}", "D210", "{kpi: refund_rate"),
        ("duty: quality", "duty: qualty", "D212", "- {id: sales, zh"),
        ("{kpi: refund_rate", "{kpi: net_sales", "D214", "- id: store_manager"),
        ("grade_table: standard", "grade_table: standad", "D209", "- id: store_manager"),
        ("cycle: M ", "cycle: W ", "D114", "cycle: W"),
        ("missing: pending ", "missing: redistribute_to ", "D216", "- id: store_manager"),
        ("missing: pending ", "redistribute_to: [x]\n    missing: pending ", "D216", "- id: store_manager"),
        (
            "grade_table: standard",
            "next_roles: [boss]\n    grade_table: standard",
            "D217",
            "- id: store_manager",
        ),
        ("grade_tables:", "grades:", "D110", "grades:"),
        ("weight: 70", "wieght: 70", "D110", "wieght"),
        ("kpis:\n  - id", "kpis:\n  - net_sales\n  - id", "D112", "- net_sales"),
    ],
)
def test_a_wrong_definition_is_refused_with_file_line_and_remedy(
    example: str, old: str, new: str, code: str, at: str
) -> None:
    text = changed(example, old, new)

    found = problems(text)

    error = next((e for e in found if e.code == code), found[0])
    assert error.code == code
    assert f"x.yaml:{line_of(text, at)}" in error.where
    assert [gap for e in found for gap in unsaid(e)] == []


def test_a_denominator_on_a_single_target_is_refused_when_it_goes_in_a_circle(example: str) -> None:
    text = changed(example, "decimals: 2\n", "decimals: 2\n    denominator: {target: net_sales}\n")

    found = problems(text)

    assert [e.code for e in found] == ["D211"]
    assert found[0].actual == "net_sales -> net_sales"


def test_all_problems_of_all_files_come_together(example: str) -> None:
    broken = changed(changed(example, "sum: amount_base", "sum: amount_bse"), "{max: 60", "{max: 61")

    with pytest.raises(MeritErrors) as caught:
        load_definitions({"a.yaml": broken, "b.yaml": "kpis: [{id: x}]", "c.yaml": "a: 1\na: 2"})

    codes = [e.code for e in caught.value.errors]
    assert sorted(codes) == ["D104", "D111", "D310", "bands_overlap"]


def test_two_versions_from_one_day_are_refused_with_both_places(example: str) -> None:
    with pytest.raises(MeritErrors) as caught:
        load_definitions({"a.yaml": example, "b.yaml": example[: example.index("roles:")]})

    assert {e.code for e in caught.value.errors} == {"D215"}
    assert "a.yaml:2 and b.yaml:2" in caught.value.errors[0].actual


def test_overlapping_bands_name_both_lines(example: str) -> None:
    text = changed(example, "min: 90", "min: 89")

    error = problems(text)[0]

    assert error.where == f"x.yaml:{line_of(text, 'max: 90')} and x.yaml:{line_of(text, 'min: 89')}"


def test_the_hash_ignores_comments_file_order_and_key_order(example: str) -> None:
    head, tail = example[: example.index("roles:")], example[example.index("roles:") :]

    whole = load_definitions({"a.yaml": example}).hash
    split = load_definitions({"z.yaml": head + "# said\n", "b.yaml": tail}).hash
    other = load_definitions({"a.yaml": example.replace("target: 0.08", "target: 0.09")}).hash

    assert whole == split
    assert whole != other


def test_a_period_uses_the_version_in_force(example: str) -> None:
    newer = changed(
        example[: example.index("roles:")], "effective_from: 2010-01-01", "effective_from: 2012-01-01", 9
    )
    found = load_definitions({"a.yaml": example, "b.yaml": newer.replace("decimals: 2", "decimals: 0")})

    assert found.kpi("net_sales", date(2011, 12, 31)).decimals == 2
    assert found.kpi("net_sales", date(2012, 1, 1)).decimals == 0
    assert found.kpis["net_sales"].decimals == 0


def test_asking_before_the_first_version_says_when_it_begins(example: str) -> None:
    found = load_definitions({"a.yaml": example})

    with pytest.raises(DefinitionError) as caught:
        found.role("store_manager", date(2009, 12, 31))

    assert caught.value.code == "D218"
    assert "2010-01-01" in caught.value.remedy


def test_a_role_older_than_its_kpi_is_refused(example: str) -> None:
    text = changed(example, "effective_from: 2010-01-01", "effective_from: 2011-01-01")

    found = problems(text)

    assert [e.code for e in found] == ["D218"]


def test_a_company_replaces_a_shipped_definition_by_its_id(example: str) -> None:
    own = "grade_tables:\n  - {id: standard, effective_from: 2010-01-01, bands: [{grade: X, coefficient: 1}]}"

    found = load_definitions({"a.yaml": example}, overlay={"own.yaml": own})

    assert [b.grade for b in found.grade_tables["standard"].bands] == ["X"]


def test_a_broken_kpi_does_not_make_its_roles_look_broken(example: str) -> None:
    found = problems(changed(example, "unit: CNY", "unit: RMB"))

    assert [e.code for e in found] == ["D114"]
