"""Published plans as definitions: every example of every case through definitions, scorecard and statement."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from models.cases import Example, WorkedCase, read_case, run_case
from models.definitions import Sum, load_definitions
from models.errors import DefinitionError, MeritErrors

ROOT = Path(__file__).resolve().parents[2] / "kpi_definitions"
FILES = sorted((ROOT / "cases").glob("*.yaml"))
CASES = [read_case(path.read_text(encoding="utf-8"), f"cases/{path.name}") for path in FILES]
EXAMPLES = [
    pytest.param(case, example, id=f"{case.id}: {example.name}")
    for case in CASES
    for example in case.examples
]


@pytest.mark.parametrize(("case", "example"), EXAMPLES)
def test_an_example_comes_to_exactly_what_it_says(case: WorkedCase, example: Example) -> None:
    (outcome,) = run_case(replace(case, examples=(example,)))

    assert outcome.differences == ()


def test_ten_published_plans_and_more_reproduce_printed_numbers() -> None:
    accepted = [case for case in CASES if not any("error" in e.expect for e in case.examples)]
    printed = [case.id for case in accepted if any(e.numbers == "published" for e in case.examples)]

    assert len(printed) >= 10
    assert len(CASES) >= 18


def test_two_tables_are_refused_as_they_were_published() -> None:
    refused = {case.id: e.expect["error"] for case in CASES for e in case.examples if "error" in e.expect}

    assert refused == {"anchor_table_as_published": "bands_gap", "sales_slabs_as_published": "bands_gap"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_case_names_its_source_and_is_called_like_its_file(case: WorkedCase) -> None:
    assert case.origin.startswith("http")
    assert case.file == f"cases/{case.id}.yaml"
    assert case.notes
    assert case.title.zh != case.title.en
    assert all(e.expect for e in case.examples)


def test_what_could_not_be_said_is_listed_with_its_reason() -> None:
    speaking = [case.id for case in CASES if case.not_expressible]

    assert len(speaking) >= 15
    assert all(len(x.en) > 40 for case in CASES for x in case.not_expressible)


def numbers(tree: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where the numbers of an expectation stand."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from numbers(value, (*path, key))
    elif isinstance(tree, str) and tree.lstrip("-").replace(".", "").isdigit():
        yield path


def moved(tree: dict[str, object], path: tuple[str, ...]) -> dict[str, object]:
    """The expectation with one number one unit of its last place higher."""
    key, value = path[0], tree[path[0]]
    if len(path) > 1:
        assert isinstance(value, dict)
        return {**tree, key: moved(value, path[1:])}
    text = str(value)
    step = Decimal(1).scaleb(-len(text.partition(".")[2]))
    return {**tree, key: f"{Decimal(text) + step:f}"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_an_expectation_that_is_one_unit_off_is_noticed(case: WorkedCase) -> None:
    wrong = [
        replace(example, expect=moved(dict(example.expect), path))
        for example in case.examples
        for path in numbers(dict(example.expect))
    ]

    outcomes = run_case(replace(case, examples=tuple(wrong))) if wrong else []

    assert [o.example.name for o in outcomes if len(o.differences) != 1] == []


def test_cases_are_not_in_force_for_a_company() -> None:
    from pipelines.company.company import shipped_definitions

    assert [name for name in shipped_definitions() if "/cases/" in name] == []


# ---- the form ----

SMALL = """
case: {id: small, title: {zh: 小, en: Small}, source: https://example.org}
kpis:
  - {id: case_sales, label: {zh: 销售额, en: Sales}, measure: given, direction: higher}
pay_plans:
  - id: case_plan
    effective_from: 2010-01-01
    label: {zh: 提成, en: Commission}
    roles: []
    mode: sales_commission
    lines:
      - id: commission
        label: {zh: 提成, en: Commission}
        method: pay.commission
        from: {basis: {kpi: case_sales}}
        args: {mode: flat, rate: 0.01}
examples:
  - {name: one, numbers: ours, plan: case_plan, actuals: {case_sales: 1000}, expect: {pay: {commission: 10.00}}}
"""


def changed(old: str, new: str) -> str:
    assert old in SMALL
    return SMALL.replace(old, new, 1)


def test_a_given_kpi_needs_no_source_and_takes_defaults() -> None:
    kpi = read_case(SMALL, "small.yaml").definitions().kpis["case_sales"]

    assert kpi.measure == Sum(())
    assert (kpi.unit, kpi.kind, kpi.label) == ("ratio", "result", kpi.formula)
    assert kpi.source == "small.yaml:4"


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("id: case_plan", "id: my_plan", "D246", 6),
        ("actuals: {case_sales: 1000}", "pay_inputs: {salary: 1000}", "D246", 18),
        ("numbers: ours", "numbers: theirs", "D114", 18),
        ("expect: {pay:", "expect: {paid:", "D110", 18),
        ("actuals: {case_sales: 1000}", "actuals: {case_sales: 1e3}", "D113", 18),
        ("source: https://example.org", "sauce: https://example.org", "D110", 2),
    ],
)
def test_a_mistake_in_a_case_is_refused_at_its_line(old: str, new: str, code: str, line: int) -> None:
    with pytest.raises(DefinitionError) as caught:
        read_case(changed(old, new), "small.yaml")

    assert (caught.value.code, caught.value.where) == (code, f"small.yaml:{line}")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("measure: given", "measure: guessed", "D114"),
        ("measure: given", "measure: given, numerator: []", "D206"),
        ("{kpi: case_sales}", "{kpi: net_sales}", "D208"),
    ],
)
def test_definitions_of_a_case_are_checked_like_any_others(old: str, new: str, code: str) -> None:
    with pytest.raises(MeritErrors) as caught:
        read_case(changed(old, new), "small.yaml").definitions()

    assert [e.code for e in caught.value.errors] == [code]


def test_only_a_case_may_leave_the_measuring_to_an_example() -> None:
    text = SMALL[SMALL.index("kpis:") : SMALL.index("pay_plans:")]

    with pytest.raises(MeritErrors) as caught:
        load_definitions({"kpis.yaml": text})

    assert {e.code for e in caught.value.errors} == {"D110"}


def test_a_case_is_no_definition_file() -> None:
    with pytest.raises(MeritErrors) as caught:
        load_definitions({"small.yaml": SMALL})

    assert "D110" in {e.code for e in caught.value.errors}
