"""What blocks a month: the table of blocker_cases.yaml, and what holds of every list."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from models.closing.access import Access, parse_access
from models.closing.blockers import BlockerList, Thing, blocker_list
from models.closing.next_steps import CardStanding, card_standings, next_steps
from models.closing.open_lines import FeedGap, OpenLine, waiting_lines
from models.closing.period_blockers import (
    ShopMeasure,
    behind_blocker,
    file_blockers,
    finding_of,
    money_blockers,
    plan_blockers,
    stale_blockers,
)
from models.closing.plan import PlanGap
from models.closing.remedies import CloseContext, line_blocker
from models.closing.rights import Rights
from models.closing.states import PeriodStanding, Standing
from models.errors import CompanyError
from models.inputs import Person
from models.periods import Period

CASES = yaml.safe_load((Path(__file__).parent / "blocker_cases.yaml").read_text("utf-8"))
JANUARY = Period.parse("2026-01")
DAY = date(2026, 2, 3)


def _person(line: str) -> Person:
    name, role, manager = (cell.strip() for cell in line.split(",")[:3])
    return Person(
        person_id=name,
        name=name,
        role_id=role,
        dept="d",
        manager_id=manager or None,
        valid_from=date(2025, 1, 1),
    )


PEOPLE = tuple(_person(line) for line in CASES["people"].splitlines())
EVERYBODY = frozenset(p.person_id for p in PEOPLE)
ABOUT = CloseContext(period=JANUARY, on=DAY, rights=Rights(parse_access(CASES["access"]), PEOPLE))


def _line(cells: list[str]) -> OpenLine:
    person, kpi, code, cause, *raters = cells
    return OpenLine(
        person_id=person, role_id="staff", kpi_id=kpi, code=code, cause=cause, raters=tuple(raters)
    )


def _listed(lines: list[OpenLine], about: CloseContext = ABOUT) -> BlockerList:
    found = waiting_lines(lines, about.gaps.values())
    return blocker_list((line_blocker(thing, waits, about) for thing, waits in found.items()), EVERYBODY)


def _told(thing: Thing) -> str:
    return f"{thing.kind} {thing.subject}"


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["name"])
def test_every_case_names_what_the_table_says_in_its_order(case: dict[str, Any]) -> None:
    files = {feed: tuple(names) for feed, names in case.get("files", {}).items()}

    found = _listed([_line(cells) for cells in case["lines"]], replace(ABOUT, files=files))

    assert [_told(b.thing) for b in found.blockers] == [one["thing"] for one in case["expect"]]
    for blocker, expected in zip(found.blockers, case["expect"], strict=True):
        assert sorted(blocker.people) == expected["people"]
        assert expected.get("owner", [*blocker.owner.people]) == [*blocker.owner.people]
        assert expected.get("command", blocker.command) == blocker.command
        assert expected.get("place", blocker.place) == blocker.place
        assert blocker.what.zh
        assert blocker.remedy.zh
        assert blocker.remedy.en
    assert found.line.en == case["line"]


_CODES = ("M201", "M204", "M205", "M207", "M210", "M213", "M214", "M219", "M222", "S101", "P104")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(EVERYBODY)), st.sampled_from(("sales", "teamwork")), st.sampled_from(_CODES),
            st.sampled_from(("sales of M1, B1 is not final", "no total yet of M1 (staff)", "shopify.orders[uk] 2026-01-04: x")),
        ),
        max_size=12,
    )
)  # fmt: skip
def test_whoever_has_an_open_line_waits_for_something(lines: list[tuple[str, str, str, str]]) -> None:
    found = _listed([_line([*line]) for line in lines])

    assert found.waiting == {person for person, *_ in lines}
    counts = [len(blocker.people) for blocker in found.blockers]
    assert counts == sorted(counts, reverse=True)


def test_a_record_that_is_kept_out_is_found_by_its_cause() -> None:
    cause = "order_line A1 of uk is kept out: qty = -1, which is outside 0 and more"
    gap = FeedGap(
        connector="shopify",
        stream="orders",
        shop_id="uk",
        days=(date(2026, 1, 4),),
        code="W331",
        causes=(cause,),
    )

    found = _listed([_line(["M1", "sales", "W331", cause])], replace(ABOUT, gaps={gap.thing: gap}))

    assert [_told(b.thing) for b in found.blockers] == ["fact shopify.orders[uk]"]
    assert found.blockers[0].command == "kpi run --from 2026-01-04 --to 2026-01-04"


def test_without_access_every_owner_is_unknown_and_says_so() -> None:
    about = replace(ABOUT, rights=Rights(Access(), PEOPLE))

    [blocker] = _listed([_line(["M1", "sales", "M210", "no target"])], about).blockers

    assert blocker.owner.people == ()
    assert blocker.owner.position.en == "unknown: access.yaml lets nobody plan here"


def test_a_rater_who_has_left_is_asked_no_more() -> None:
    gone = tuple(replace(p, valid_to=date(2026, 1, 31)) if p.person_id == "B1" else p for p in PEOPLE)
    about = replace(ABOUT, rights=Rights(parse_access(CASES["access"]), gone))

    [blocker] = _listed([_line(["M1", "teamwork", "M213", "nobody rated", "B1"])], about).blockers

    assert blocker.owner.people == ("OWNER",)
    # where nobody else may score, the name is better than none
    alone = replace(about, rights=Rights(Access(), gone))
    [blocker] = _listed([_line(["M1", "teamwork", "M213", "nobody rated", "B1"])], alone).blockers
    assert blocker.owner.people == ("B1",)
    assert blocker.owner.position.en == "the manager, by people.csv not here on 2026-02-03"


def test_shares_above_the_whole_and_other_refusals_stop_everybody() -> None:
    overlap = CompanyError(
        "C120", "the shares of shop tea sum to 120 %", where="ownership.csv:2", actual="A 0.6 + B 0.6"
    )
    circle = CompanyError("C124", "the managers form a circle", where="people.csv:3")

    found = blocker_list(file_blockers(map(finding_of, (overlap, circle)), EVERYBODY, ABOUT), EVERYBODY)

    assert [(b.kind, b.place, len(b.people)) for b in found.blockers] == [
        ("file", "people.csv:3", 6),
        ("overlap", "ownership.csv:2", 6),
    ]


def test_an_input_that_changed_after_scoring_is_told_and_one_that_did_not_is_not() -> None:
    was = {"ratings.csv": "a", "people.csv": "b"}

    assert stale_blockers(was, {"ratings.csv": "a", "people.csv": "b"}, EVERYBODY, ABOUT) == []
    assert stale_blockers({}, {"ratings.csv": "a"}, EVERYBODY, ABOUT) == []
    [blocker] = stale_blockers(was, {"ratings.csv": "x", "people.csv": "b"}, EVERYBODY, ABOUT)
    assert blocker.what.en == "changed since the period was scored: ratings.csv"


def test_a_plan_that_was_not_served_is_for_whoever_plans_and_an_answer_for_the_person() -> None:
    states = {"M1": "not_served", "M2": "waiting", "M3": "refused", "HR": "changed"}
    gaps = [PlanGap(person=person, role="staff", state=state) for person, state in states.items()]

    found = {blocker.what.en: blocker for blocker in plan_blockers(gaps, ABOUT)}

    assert {what: (b.code, sorted(b.people)) for what, b in found.items()} == {
        "the plan was never served: M1": ("S130", ["M1"]),
        "the plan has changed since it was served: HR": ("S130", ["HR"]),
        "the plan was refused: M3": ("S131", ["M3"]),
        "the plan is not confirmed: M2": ("S131", ["M2"]),
    }
    assert found["the plan was never served: M1"].owner.people == ("HR",)
    assert found["the plan is not confirmed: M2"].owner.people == ("M2",)


def _measure(shop: str, measure: str, unowned: str, difference: str = "0") -> ShopMeasure:
    return ShopMeasure(
        month="2026-01",
        platform="shopify",
        shop_id=shop,
        measure=measure,
        unowned=Decimal(unowned),
        difference=Decimal(difference),
    )


def test_money_owned_by_nobody_is_one_blocker_a_shop_and_the_largest_comes_first() -> None:
    rows = [
        _measure("de", "gmv", "100.00"),
        _measure("uk", "gmv", "900.50"),
        _measure("uk", "orders", "9"),
        _measure("us", "gmv", "0", "-3.00"),
    ]

    found = blocker_list(money_blockers(rows, ABOUT), EVERYBODY)

    assert [(b.kind, b.thing.subject, b.size) for b in found.blockers] == [
        ("unowned", "shopify uk", Decimal("900.50")),
        ("unowned", "shopify de", Decimal("100.00")),
        ("difference", "shopify us", Decimal("3.00")),
    ]
    assert [d.en for d in found.blockers[0].details] == ["2026-01 gmv 900.5", "2026-01 orders 9"]


def test_days_of_the_running_month_that_were_not_run_are_named() -> None:
    [blocker] = behind_blocker(date(2026, 1, 10), date(2026, 1, 20), EVERYBODY, ABOUT)

    assert blocker.command == "kpi run --from 2026-01-11 --to 2026-01-20"
    assert behind_blocker(date(2026, 1, 20), date(2026, 1, 20), EVERYBODY, ABOUT) == []
    assert behind_blocker(None, date(2025, 12, 31), EVERYBODY, ABOUT) == []


def _steps(cards: dict[str, CardStanding], blocked: set[str]) -> list[tuple[str, list[str], bool]]:
    return [(s.what.en.split(" (")[0], [*s.people], s.waits) for s in next_steps(cards, blocked, ABOUT)]


def test_people_whom_nothing_blocks_go_on_and_the_others_wait() -> None:
    final = CardStanding(state="scored", is_final=True)
    cards = {
        "M1": final,
        "M2": replace(final, is_final=False),
        "M3": final,
        "B1": replace(final, state="reviewed"),
        "B2": replace(final, state="published", objections_run=True),
        "HEAD": replace(final, state="published"),
    }

    assert _steps(cards, {"M3"}) == [
        ("managers review", ["M1"], False),
        ("publish", ["B1"], False),
        ("approve", ["HEAD"], False),
        ("approve", ["B2"], True),
    ]


def test_a_period_is_locked_once_everybody_is_approved_and_scored_before_anything_else() -> None:
    approved = dict.fromkeys(EVERYBODY, CardStanding(state="approved", is_final=True))

    assert [s[0] for s in _steps(approved, set())] == ["lock"]
    assert [s[0] for s in _steps({}, set())] == ["score"]


def test_a_card_that_changed_since_it_was_signed_stands_at_scored() -> None:
    stands = PeriodStanding(
        people={
            "M1": Standing(state="approved", card_hash="old"),
            "M2": Standing(state="reviewed", card_hash="h"),
        }
    )

    found = card_standings(stands, {"M1": ("new", True), "M2": ("h", True), "M3": ("n", False)}, ABOUT)

    assert {p: c.state for p, c in found.items()} == {"M1": "scored", "M2": "reviewed", "M3": "scored"}
