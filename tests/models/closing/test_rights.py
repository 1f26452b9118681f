"""Who may do what: the tables of rights_cases.yaml, and what holds in every company whatever its file says."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.closing.access import RIGHTS, Access, AccessGrant, Right, Scope, Signer, parse_access
from models.closing.rights import NEVER_OVER_ONESELF, Allowed, Refused, Rights
from models.codes import known
from models.inputs import Person

TABLE = yaml.load((Path(__file__).parent / "rights_cases.yaml").read_text("utf-8"), Loader=yaml.BaseLoader)
DAY = date(2026, 7, 15)


def person(line: str) -> Person:
    name, role, dept, manager, first, last = (cell.strip() for cell in line.split(","))
    return Person(
        person_id=name,
        name=name,
        role_id=role,
        dept=dept,
        manager_id=manager or None,
        valid_from=date.fromisoformat(first),
        valid_to=date.fromisoformat(last) if last else None,
    )


PEOPLE = tuple(person(line) for line in TABLE["people"].splitlines())
COMPANY = Rights(parse_access(TABLE["access"]), PEOPLE)


def answer(rights: Rights, who: str, right: Right, whom: str, on: date = DAY) -> str:
    said = rights.decide(who, right, None if whom == "company" else whom, on, reason="数据有误")
    return "yes" if isinstance(said, Allowed) else said.code


def scope_cells() -> Iterator[tuple[str, str, Right, str]]:
    for scope, cells in TABLE["scopes"].items():
        for whom, cell in cells.items():
            for right in RIGHTS:
                own = "R102" if right in NEVER_OVER_ONESELF else {"own": "yes", "not_self": "R103"}.get(cell)
                yield scope, whom, right, own or cell if cell in {"own", "not_self"} else cell


@pytest.mark.parametrize(("scope", "whom", "right", "expected"), [*scope_cells()])
def test_every_right_over_every_scope_reaches_whom_the_table_says(
    scope: str, whom: str, right: Right, expected: str
) -> None:
    over = f"{{dept: {scope.removeprefix('dept ')}}}" if scope.startswith("dept ") else scope
    access = parse_access(f"grants: [{{person: D1, may: [{right}], over: {over}}}]")

    assert answer(Rights(access, PEOPLE), "D1", right, whom) == expected


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: f"{' '.join(case[:4])}: {case[5]}")
def test_the_company_of_the_table_is_answered_as_it_says(case: list[str]) -> None:
    who, right, whom, day, expected, _ = case

    [asked] = [r for r in RIGHTS if r == right]
    assert answer(COMPANY, who, asked, whom, date.fromisoformat(f"2026-{day}")) == expected


def test_who_prepared_something_does_not_approve_it_and_a_second_person_does() -> None:
    mine = COMPANY.decide("D1", "approve", "S1", DAY, prepared_by=["D1"])
    of_another = COMPANY.decide("D1", "approve", "S1", DAY, prepared_by=["M1"])

    assert isinstance(mine, Refused)
    assert mine.code == "R104"
    assert isinstance(of_another, Allowed)
    assert COMPANY.holders("approve", "S1", DAY, prepared_by=["D1", "M1"]) == ["GM", "HR"]


def test_the_whole_period_is_not_approved_by_whom_prepared_it_either() -> None:
    said = COMPANY.decide("HR", "approve", None, DAY, prepared_by=["HR"])

    assert isinstance(said, Refused)
    assert said.code == "R104"


@pytest.mark.parametrize("reason", ["", "  ", "\u3000"])
def test_a_veto_without_a_reason_is_refused(reason: str) -> None:
    said = COMPANY.decide("D1", "veto", "S1", DAY, reason=reason)

    assert isinstance(said, Refused)
    assert said.code == "R105"


def test_a_permission_names_the_grant_and_a_refusal_names_who_may() -> None:
    allowed = COMPANY.decide("M1", "score", "S1", DAY)
    refused = COMPANY.decide("D1", "score", "S1", DAY)
    oneself = COMPANY.decide("M1", "score", "M1", DAY)

    assert allowed == Allowed("access.yaml:17")
    assert isinstance(refused, Refused)
    assert (refused.en, refused.remedy_en) == ("D1 may not score S1", "ask one who may: M1, S2")
    assert (refused.zh, refused.remedy_zh) == ("D1 对S1没有考核权", "请由以下人员办理：M1, S2")
    assert isinstance(oneself, Refused)
    assert oneself.remedy_en == "ask one who may: D1, S2"


def test_a_refusal_that_nobody_else_can_take_over_says_what_to_write() -> None:
    said = COMPANY.decide("M1", "pay", "S1", DAY)

    entry = known("R103")
    assert entry
    assert isinstance(said, Refused)
    assert (said.remedy_zh, said.remedy_en) == (entry.remedy_zh, entry.remedy_en)
    assert said.error().render().startswith("[R103] M1 may not pay S1 | do: nobody else may either")


def test_a_manager_who_has_left_passes_the_line_on_to_the_next_above() -> None:
    rows = "A,x,d,B,2026-01-01,\nB,x,d,C,2026-01-01,2026-05-31\nC,x,d,,2026-01-01,"
    access = parse_access("grants: [{position: manager, may: [score], over: all_below}]")
    rights = Rights(access, tuple(map(person, rows.splitlines())))

    assert rights.holders("score", "A", date(2026, 5, 31)) == ["B", "C"]
    assert rights.holders("score", "A", date(2026, 6, 1)) == ["C"]


# drawing a company is slow on a shared core, and says nothing about the rights
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
NAMES = ("A", "B", "C", "D", "E", "GM")
days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
names = st.sampled_from(NAMES)
rights_given = st.sampled_from(RIGHTS)


@st.composite
def grants(draw: st.DrawFn) -> AccessGrant:
    kind = draw(st.sampled_from(("person", "role", "position")))
    holders = {
        "person": names,
        "role": st.sampled_from("xy"),
        "position": st.sampled_from(("manager", "everybody")),
    }
    scopes: tuple[Scope, ...] = ("self", "direct_reports", "all_below", "dept", "company")
    over = draw(st.sampled_from(scopes))
    first, last = sorted((draw(days), draw(days)))
    return AccessGrant(
        kind=kind,
        name=draw(holders[kind]),
        may=draw(st.frozensets(rights_given, min_size=1)),
        over=over,
        dept=draw(st.sampled_from("uv")) if over == "dept" else "",
        valid_from=draw(st.sampled_from((date.min, first))),
        valid_to=draw(st.sampled_from((date.max, last))),
    )


@st.composite
def people(draw: st.DrawFn) -> tuple[Person, ...]:
    """Any reporting line: also circles, managers who have left, and people with two roles one after the other."""
    rows = []
    for name in draw(st.lists(st.sampled_from(NAMES[:-1]), max_size=8)):
        first, last = sorted((draw(days), draw(days)))
        rows.append(
            Person(
                person_id=name,
                name=name,
                role_id=draw(st.sampled_from("xy")),
                dept=draw(st.sampled_from("uv")),
                manager_id=draw(st.none() | names),
                valid_from=first,
                valid_to=draw(st.none() | st.just(last)),
            )
        )
    return tuple(rows)


@st.composite
def companies(draw: st.DrawFn) -> Rights:
    head = Signer(person_id="GM", name="GM", is_head=draw(st.booleans()))
    access = Access(others=(head,), grants=tuple(draw(st.lists(grants(), max_size=6))))
    return Rights(access, draw(people()))


@unhurried
@given(companies(), names, days)
def test_nobody_ever_scores_approves_or_vetoes_oneself(company: Rights, who: str, on: date) -> None:
    for right in NEVER_OVER_ONESELF:
        assert isinstance(company.decide(who, right, who, on, reason="r"), Refused)
        assert who not in company.holders(right, who, on)


@unhurried
@given(companies(), names, st.none() | names, days, st.frozensets(names))
def test_nobody_ever_approves_what_they_prepared(
    company: Rights, who: str, whom: str | None, on: date, others: frozenset[str]
) -> None:
    assert isinstance(company.decide(who, "approve", whom, on, prepared_by=others | {who}), Refused)


@unhurried
@given(companies(), grants(), names, rights_given, st.none() | names, days)
def test_one_grant_more_never_takes_a_permission_away(
    company: Rights, added: AccessGrant, who: str, right: Right, whom: str | None, on: date
) -> None:
    access = Access(others=company.access.others, grants=(added, *company.access.grants))
    before = company.decide(who, right, whom, on, reason="r")
    after = Rights(access, company.people).decide(who, right, whom, on, reason="r")

    assert isinstance(before, Refused) or isinstance(after, Allowed)


@unhurried
@given(companies(), names, rights_given, st.none() | names, days)
def test_the_holders_are_those_who_are_allowed_and_no_other(
    company: Rights, who: str, right: Right, whom: str | None, on: date
) -> None:
    is_allowed = isinstance(company.decide(who, right, whom, on, reason="r"), Allowed)

    assert (who in company.holders(right, whom, on)) == is_allowed


@unhurried
@given(people(), names, days)
def test_a_line_of_managers_ends_and_holds_nobody_twice(rows: tuple[Person, ...], who: str, on: date) -> None:
    above = Rights(Access(), rows).roster(on).above(who)

    assert above is None or len({who, *above}) == len(above) + 1
