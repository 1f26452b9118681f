"""Every planted mistake is found under its own code, none is missed, and what is in order gives no finding."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.definitions import load_definitions
from models.errors import MeritErrors
from models.lint import RULES, lint
from models.tables import FACTS
from pipelines.company.company import shipped_definitions
from tests.models.lint.planted import Mistake, found, mistakes, world
from tests.refusals import unsaid

MISTAKES = mistakes()
CASES = Path(__file__).resolve().parents[3] / "kpi_definitions" / "cases"


def test_the_world_without_a_mistake_has_no_finding() -> None:
    assert [f.render() for f in lint(world())] == []


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: f"{m.code} {m.what}")
def test_a_planted_mistake_is_found_under_its_own_code_and_no_other(mistake: Mistake) -> None:
    codes = found(mistake)

    assert {code for code, _ in codes} == {mistake.code, *mistake.also}
    if mistake.severity:
        assert (mistake.code, mistake.severity) in codes


@pytest.mark.parametrize(
    "mistake", [m for m in MISTAKES if not m.code.startswith("L")], ids=lambda m: f"{m.code} {m.what}"
)
def test_a_refusal_says_file_line_and_remedy_in_both_languages(mistake: Mistake) -> None:
    with pytest.raises(MeritErrors) as refusal:
        load_definitions(mistake.files())

    assert unsaid(refusal.value) == []


def test_there_are_sixty_mistakes_and_forty_different_codes() -> None:
    assert len(MISTAKES) >= 60
    assert len({m.code for m in MISTAKES}) >= 40


def test_every_rule_has_a_mistake_that_it_finds() -> None:
    planted = {m.code for m in MISTAKES}

    assert [rule.code for rule in RULES if rule.code not in planted] == []


def test_the_shipped_definitions_have_no_error_and_no_warning() -> None:
    definitions = load_definitions(shipped_definitions())

    assert [f.render() for f in lint(definitions) if f.severity != "notice"] == []


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ("sales_slabs_as_published", "bands_gap"),
        ("anchor_table_as_published", "bands_gap"),
        ("cs_whole_slab_commission", "L070"),
        ("group_commission_by_attainment", "L070"),
        ("cs_gold_silver_bronze", "L041"),
        ("scorecard_bonus_with_floor", "L060"),
    ],
)
def test_what_is_wrong_with_published_plans_is_found_in_them(case: str, code: str) -> None:
    path = CASES / f"{case}.yaml"

    try:
        codes = {f.code for f in lint(load_definitions({path.name: path.read_text("utf-8")}, is_case=True))}
    except MeritErrors as refusal:
        codes = {error.code for error in refusal.errors}

    assert code in codes


def test_every_code_stands_for_one_rule_and_says_all_in_both_languages() -> None:
    codes = [rule.code for rule in RULES]

    assert len(set(codes)) == len(codes)
    for rule in RULES:
        for text in (rule.name, rule.why, rule.remedy):
            assert text.zh.strip()
            assert text.en.strip()


def test_a_finding_names_file_line_severity_and_remedy_in_both_languages() -> None:
    planted = next(m for m in MISTAKES if m.code == "L070")

    finding = lint(load_definitions(planted.files()))[0]

    assert finding.where.startswith("world.yaml:")
    assert "600000 → +1800.00" in finding.en
    assert "600000 → +1800.00" in finding.zh
    assert finding.render().startswith("[L070] warning: ")
    assert "建议：" in finding.render()


def test_what_a_definition_accepts_is_left_out_and_only_that() -> None:
    planted = next(m for m in MISTAKES if m.code == "L032")
    accepted = (
        "manager_limit: 20\n    accepts: [{code: L032, why: {zh: 试行一季度, en: On trial for a quarter}}]"
    )
    text = planted.files()["world.yaml"].replace("manager_limit: 20", accepted)

    assert lint(load_definitions({"world.yaml": text})) == []


PATCHED = [m for m in MISTAKES if m.patch and not m.context]


@settings(max_examples=40, deadline=None)
@given(first=st.sampled_from(PATCHED), second=st.sampled_from(PATCHED))
def test_two_mistakes_at_once_never_make_the_linter_fail(first: Mistake, second: Mistake) -> None:
    text = first.files()["world.yaml"]
    for old, new in second.patch:
        text = text.replace(old, new, 1)

    try:
        definitions = load_definitions({"world.yaml": text})
    except MeritErrors:
        return

    assert {f.code for f in lint(definitions)} <= {rule.code for rule in RULES}


def test_the_worst_findings_come_first() -> None:
    texts = [m.files()["world.yaml"] for m in MISTAKES if m.code == "L063"]
    both = texts[0].replace("confirmed and type", "type").replace("manager_limit: 5", "manager_limit: 20")

    assert [f.severity for f in lint(load_definitions({"world.yaml": both}))] == [
        "error",
        "warning",
        "notice",
    ]


def test_the_linter_reads_no_clock_and_gives_the_same_answer_twice() -> None:
    definitions = load_definitions(shipped_definitions())

    assert lint(definitions) == lint(definitions)


def test_the_linters_files_hold_no_finding_of_a_shipped_name() -> None:
    """A company names its own KPIs: a rule that knew `net_sales` by name would be blind for everybody else."""
    columns = {column.name for table in FACTS.values() for column in table.columns}
    names = set(load_definitions(shipped_definitions()).kpis) - columns - set(FACTS)
    folder = Path(__file__).resolve().parents[3] / "models" / "lint"

    for path in folder.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert [name for name in names if f'"{name}"' in text] == [], path.name
