"""A plan is its content: the order of a file changes nothing, a number changes the hash; and what was said about it adds up."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from models.appraisal.targets import TargetBook
from models.closing.blind_targets import HistoryFigure, blind_targets
from models.closing.entries import EMPTY, Draft, Entry, Head, sealed
from models.closing.kinds import EntryKind
from models.closing.plan import AgreedPlan, PlanConfirmation, agreed_plans, plan_gaps
from models.closing.plan_record import PlanRecord, allowed_targets, plan_records
from models.definitions import load_definitions
from models.errors import SigningError
from models.inputs import Person, Target
from models.periods import Period

K = EntryKind
JANUARY = Period.parse("2026-01")
KPIS = """\
kpis:
  - id: lanterns
    effective_from: 2025-01-01
    label: {zh: 灯笼数, en: Lanterns}
    formula: {zh: 完成的灯笼, en: lanterns made}
    kind: result
    unit: count
    direction: higher
    decimals: 0
    numerator: [{fact: task, count: rows, where: "type = 'other'", date: due_on}]
  - id: plan_met
    effective_from: 2025-01-01
    label: {zh: 计划完成率, en: Plan met}
    formula: {zh: 灯笼数 ÷ 目标, en: lanterns / target}
    kind: result
    unit: ratio
    direction: higher
    decimals: 4
    numerator: [{kpi: lanterns}]
    denominator: {target: lanterns}
  - id: tidy
    effective_from: 2025-01-01
    label: {zh: 整洁, en: Tidy}
    formula: {zh: 上级评分, en: rating by the superior}
    kind: behaviour
    unit: points
    direction: higher
    decimals: 2
    rating: {item: tidy}
"""
ROLES = """\
roles:
  - id: maker
    effective_from: 2025-01-01
    label: {zh: 匠人, en: Maker}
    duties:
      - {id: make, zh: 做灯笼, en: Make}
      - {id: keep, zh: 保持整洁, en: Keep tidy}
    cycle: M
    missing: pending
    grade_table: table
    dimensions:
      - id: result
        label: {zh: 结果, en: Results}
        weight: 80
        kpis:
          - {kpi: lanterns, duty: make, weight: 70, target: plan, method: score.linear, args: {cap: 1.2}}
          - {kpi: plan_met, duty: make, weight: 30, target: 1, method: score.linear}
      - id: behaviour
        label: {zh: 行为, en: Behaviour}
        weight: 20
        kpis:
          - {kpi: tidy, duty: keep, weight: 100, target: 100, method: score.rating, args: {weights: {superior: 100}}}
  - id: quarterly
    effective_from: 2025-01-01
    label: {zh: 季度岗, en: Quarterly}
    duties: [{id: keep, zh: 保持整洁, en: Keep tidy}]
    cycle: Q
    missing: pending
    grade_table: table
    dimensions:
      - id: behaviour
        label: {zh: 行为, en: Behaviour}
        weight: 100
        kpis:
          - {kpi: tidy, duty: keep, weight: 100, method: score.rating, args: {weights: {superior: 100}}}
"""
GRADES = """\
grade_tables:
  - id: table
    effective_from: 2025-01-01
    bands:
      - {min: 80, grade: A, coefficient: 1.2}
      - {max: 80, grade: B, coefficient: 0.9}
"""
FILES = {"kpis.yaml": KPIS, "roles.yaml": ROLES, "grades.yaml": GRADES}


def person(person_id: str = "M1", role: str = "maker", first: date = date(2025, 1, 1)) -> Person:
    return Person(person_id=person_id, name="甲", role_id=role, dept="", manager_id=None, valid_from=first)


def target(value: str = "100", **more: Any) -> Target:
    return Target(
        scope="person", scope_id="M1", kpi_id="lanterns", period="2026-01", value=Decimal(value), **more
    )


def plan(
    *changes: tuple[str, str, str], targets: Iterable[Target] = (target(),), of: Person | None = None
) -> AgreedPlan:
    """The plan of M1 after changes (file, old text, new text), each of which must find its text."""
    files = dict(FILES)
    for file, old, new in changes:
        assert old in files[file], old
        files[file] = files[file].replace(old, new)
    definitions, people = load_definitions(files), [of or person()]
    return agreed_plans(definitions, TargetBook(definitions, targets, people), people, JANUARY)["M1", "maker"]


SWAPPED = """\
          - {kpi: plan_met, duty: make, weight: 30, target: 1, method: score.linear}
          - {kpi: lanterns, duty: make, weight: 70, target: plan, method: score.linear, args: {cap: 1.20}}
"""
IN_ORDER = "".join(line for line in ROLES.splitlines(keepends=True) if "duty: make" in line)


DUTY = "      - {id: make, zh: 做灯笼, en: Make}\n"
RATED = "args: {weights: {superior: 100}}}\n  - id"
FIRST = "    missing: pending\n    grade_table: table\n    dimensions:\n      - id: result"
SAME = {
    "lines in another order": ("roles.yaml", IN_ORDER, SWAPPED),
    "a comment": ("roles.yaml", DUTY, f"      # first of all\n{DUTY}"),
    "trailing zeros": ("grades.yaml", "coefficient: 1.2}", "coefficient: 1.200}"),
    "trailing zeros of an argument": ("roles.yaml", RATED, RATED.replace("100", "100.0")),
    "another role": (
        "roles.yaml",
        "label: {zh: 季度岗, en: Quarterly}",
        "label: {zh: 另一岗位, en: Another}",
    ),
    "what comes after the role": (
        "roles.yaml",
        "    cycle: M\n",
        "    cycle: M\n    next_roles: [quarterly]\n",
    ),
    "a default that is written": ("roles.yaml", FIRST, f"    total_cap: 120\n{FIRST}"),
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME)
def test_what_says_the_same_has_the_same_hash(change: tuple[str, str, str]) -> None:
    assert plan(change).hash == plan().hash


CYCLE = "    cycle: M\n"
RED_LINE = "    red_lines: [{kpi: plan_met, worse_than: 0.5, effect: zero_total}]\n"
AGREED = {
    "weight": ("roles.yaml", "weight: 70, target: plan", "weight: 60, target: plan"),
    "weight of a dimension": ("roles.yaml", "weight: 80\n", "weight: 70\n"),
    "argument": ("roles.yaml", "args: {cap: 1.2}", "args: {cap: 1.3}"),
    "duty": ("roles.yaml", "做灯笼", "做好灯笼"),
    "limit": ("roles.yaml", CYCLE, f"{CYCLE}    manager_limit: 5\n"),
    "red line": ("roles.yaml", CYCLE, CYCLE + RED_LINE),
    "what is counted": ("kpis.yaml", "type = 'other'", "type = 'design'"),
    "formula": ("kpis.yaml", "完成的灯笼", "按时完成的灯笼"),
    "band": ("grades.yaml", "80", "85"),
    "coefficient": ("grades.yaml", "coefficient: 0.9", "coefficient: 0.8"),
}


@pytest.mark.parametrize("change", AGREED.values(), ids=AGREED)
def test_what_is_agreed_changes_the_hash(change: tuple[str, str, str]) -> None:
    others = {
        "weight: 70, target: plan": ("roles.yaml", "weight: 30, target: 1", "weight: 40, target: 1"),
        "weight: 80\n": ("roles.yaml", "weight: 20\n", "weight: 30\n"),
    }
    rest = [others[change[1]]] if change[1] in others else []

    assert plan(change, *rest).hash != plan().hash


def test_a_target_changes_the_hash_and_its_row_or_basis_does_not() -> None:
    of_the_role = Target(
        scope="role", scope_id="maker", kpi_id="lanterns", period="2026-01", value=Decimal(100)
    )

    assert plan(targets=[target("101")]).hash != plan().hash
    assert plan(targets=[target(), target("101", version=2)]).hash == plan(targets=[target("101")]).hash
    assert plan(targets=[target(basis="negotiated")]).hash == plan().hash
    assert plan(targets=[of_the_role]).hash == plan().hash


def test_who_comes_in_the_middle_agrees_to_the_same_plan_unless_the_target_stands_as_it_is() -> None:
    late = person(first=date(2026, 1, 16))

    assert plan(of=late).hash == plan().hash
    assert plan(of=late, targets=[target(pro_rate=False)]).hash != plan().hash


def test_a_hash_of_today_is_the_hash_of_years_ago() -> None:
    """Whoever signed it must find it again: a change here asks everybody anew, and is a decision."""
    assert plan().hash == "ed1ac722300d521f6083deb3a318a99b2fb96d9069761fc072d9350624cb6155"


def test_a_version_that_begins_in_the_middle_is_the_plan_from_its_day_on() -> None:
    maker = ROLES[ROLES.index("  - id: maker") : ROLES.index("  - id: quarterly")]
    newer = maker.replace("2025-01-01", "2026-01-15").replace("cap: 1.2", "cap: 1.1")

    found = plan(("roles.yaml", "roles:\n", f"roles:\n{newer}"))

    assert plan().begins == date(2026, 1, 1)
    assert found.begins == date(2026, 1, 15)
    assert found.hash != plan().hash


def test_a_role_of_another_cycle_has_no_plan_in_the_month() -> None:
    definitions, people = load_definitions(FILES), [person(), person("Q1", "quarterly")]
    book = TargetBook(definitions, [], people)

    assert [*agreed_plans(definitions, book, people, JANUARY)] == [("M1", "maker")]
    assert [*agreed_plans(definitions, book, people, Period.parse("2026-Q1"))] == [("Q1", "quarterly")]


def test_a_plan_without_a_number_is_told() -> None:
    assert plan(targets=[]).lacking_targets == ["lanterns"]
    assert plan().lacking_targets == []


def test_a_plan_knows_the_kpi_whose_target_divides_another_though_it_is_no_line() -> None:
    """Its target is shown by its own name and unit: sales in yuan, not in per cent."""
    alone = "          - {kpi: plan_met, duty: make, weight: 100, target: 1, method: score.linear}\n"
    counted = "numerator: [{fact: task, count: rows, date: due_on}]"

    found = plan(("roles.yaml", IN_ORDER, alone), ("kpis.yaml", "numerator: [{kpi: lanterns}]", counted))

    assert [line.kpi for line in found.role.lines] == ["plan_met", "tidy"]
    assert found.kpis["lanterns"].unit == "count"
    assert found.divides_by("plan_met") == "lanterns"


def entries(*moves: tuple[K, str, dict[str, Any]]) -> list[Entry]:
    last, found = EMPTY, list[Entry]()
    for kind, actor, body in moves:
        draft = Draft(kind=kind, period="2026-01", person="M1", body={"role": "maker", **body})
        found.append(sealed(draft, actor=actor, at=datetime(2026, 1, 3, tzinfo=UTC), after=last))
        last = Head(found[-1].seq, found[-1].hash)
    return found


def served(plan_hash: str, on: str = "2025-12-29") -> tuple[K, str, dict[str, Any]]:
    return K.PLAN_SERVED, "HR", {"plan_hash": plan_hash, "on": on, "begins": "2026-01-01", "page": "p"}


def confirmed(plan_hash: str, on: str = "2025-12-30") -> tuple[K, str, dict[str, Any]]:
    return K.PLAN_CONFIRMED, "M1", {"plan_hash": plan_hash, "on": on}


def refused(plan_hash: str) -> tuple[K, str, dict[str, Any]]:
    return K.PLAN_REFUSED, "M1", {"plan_hash": plan_hash, "on": "2025-12-30", "reason": "目标太高"}


def record(*moves: tuple[K, str, dict[str, Any]]) -> PlanRecord:
    return plan_records(entries(*moves)).get(("M1", "maker"), PlanRecord())


STATES = [
    ((), "not_served"),
    ((served("a"),), "waiting"),
    ((served("a"), confirmed("a")), "confirmed"),
    ((served("a"), refused("a")), "refused"),
    ((served("a"), refused("a"), confirmed("a")), "confirmed"),
    ((served("b"), confirmed("b")), "changed"),
    ((served("b"), confirmed("b"), served("a")), "waiting"),
    ((served("b"), served("a"), confirmed("b")), "waiting"),
    ((served("a"), confirmed("a"), served("b"), served("a")), "waiting"),
]


@pytest.mark.parametrize(("moves", "state"), STATES)
def test_the_plan_that_was_served_last_and_its_answer_count(moves: Any, state: str) -> None:
    assert record(*moves).state("a") == state


def test_a_plan_that_changed_keeps_both_with_their_days() -> None:
    found = record(served("a"), confirmed("a"), served("b", "2026-01-15"), confirmed("b", "2026-01-16"))

    assert [(one.plan_hash, str(one.on), one.answer, str(one.answered_on)) for one in found.served] == [
        ("a", "2025-12-29", "confirmed", "2025-12-30"),
        ("b", "2026-01-15", "confirmed", "2026-01-16"),
    ]


@pytest.mark.parametrize(
    ("moves", "answer", "code"),
    [
        ((), "confirmed", "S151"),
        ((served("b"),), "confirmed", "S152"),
        ((served("b"), confirmed("b")), "refused", "S152"),
        ((served("a"), confirmed("a")), "refused", "S153"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(moves: Any, answer: Any, code: str) -> None:
    with pytest.raises(SigningError) as told:
        record(*moves).check_answer("a", answer, "M1")

    assert told.value.code == code


def test_an_answer_is_entered_once() -> None:
    assert record(served("a")).check_answer("a", "confirmed", "M1")
    assert not record(served("a"), confirmed("a")).check_answer("a", "confirmed", "M1")
    assert record(served("a"), refused("a")).check_answer("a", "confirmed", "M1")


@pytest.mark.parametrize(("moves", "state"), STATES)
@pytest.mark.parametrize(
    ("mode", "blocks"),
    [
        ("off", set[str]()),
        ("recorded", {"not_served", "changed"}),
        ("required", {"not_served", "changed", "waiting", "refused"}),
    ],
)
def test_what_blocks_the_close_is_what_the_company_asks_for(
    moves: Any, state: str, mode: PlanConfirmation, blocks: set[str]
) -> None:
    gaps = plan_gaps({("M1", "maker"): "a"}, plan_records(entries(*moves)), mode)

    assert [gap.state for gap in gaps] == ([state] if state in blocks else [])


def history(*values: str, counts: bool = True) -> dict[str, tuple[HistoryFigure, ...]]:
    own = tuple(
        HistoryFigure(period=f"2025-{n:02d}", value=Decimal(v), numerator=None, counts=counts)
        for n, v in enumerate(values, start=1)
    )
    return {"lanterns": own}


@pytest.mark.parametrize(
    ("values", "is_blind"),
    [
        ((), False),
        (("95", "105"), False),
        (("60", "66"), True),  # 100 against a mean of 63
        (("60",), True),
        (("90", "95"), False),  # not met, and two months say little
        (("90", "95", "99"), True),
        (("90", "95", "100"), False),
    ],
)
def test_a_target_far_from_the_history_or_never_met_is_blind(values: tuple[str, ...], is_blind: bool) -> None:
    found = blind_targets(plan(), history(*values))

    assert [target.kpi for target in found] == (["lanterns"] if is_blind else [])


def test_a_month_that_is_not_final_or_not_whole_says_nothing_of_a_target() -> None:
    assert blind_targets(plan(), history("60", "66", counts=False)) == []


def test_a_target_that_a_figure_is_divided_by_is_held_against_what_was_divided() -> None:
    own = tuple(
        HistoryFigure(period=f"2025-{n:02d}", value=Decimal(1), numerator=Decimal(40), counts=True)
        for n in (1, 2)
    )

    [found] = blind_targets(plan(), {"plan_met": own})

    assert (found.kpi, found.target_text, found.shown_history) == (
        "lanterns",
        "100",
        "2025-01 40, 2025-02 40",
    )


@pytest.mark.parametrize(("values", "is_blind"), [((), True), (("90", "95"), True), (("99", "101"), False)])
def test_a_copied_target_is_blind_until_the_own_history_bears_it_out(
    values: tuple[str, ...], is_blind: bool
) -> None:
    assert bool(blind_targets(plan(), history(*values), copied=["lanterns"])) == is_blind


def test_an_allowance_is_one_of_a_value() -> None:
    body = {"kpi": "lanterns", "target": "200", "reason": "新店开业", "on": "2025-12-29"}

    found = allowed_targets(entries((K.PLAN_TARGET_ALLOWED, "B1", body)))

    assert found["M1", "maker", "lanterns", "200"].by == "B1"
    assert ("M1", "maker", "lanterns", "210") not in found
