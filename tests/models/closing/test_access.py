"""access.yaml: what is read, and what is refused with file, line and remedy."""

from datetime import date

import pytest

from models.closing.access import RIGHT_NAMES, RIGHTS, AccessGrant, Signer, UserLogin, parse_access
from models.errors import MeritErrors
from tests.refusals import unsaid

WHOLE = """\
users:
  - {login: li, person: P001, valid_from: 2026-01-01}
others:
  - {id: GM, name: 总经理, head: true}
grants:
  - {role: store_manager, may: [score, guide], over: {dept: 客服部}, valid_to: 2026-06-30}
"""


def test_every_entry_is_read_with_its_days_and_its_line() -> None:
    access = parse_access(WHOLE)

    assert access.users == (
        UserLogin(login="li", person_id="P001", valid_from=date(2026, 1, 1), where="access.yaml:2"),
    )
    assert access.others == (Signer(person_id="GM", name="总经理", is_head=True, where="access.yaml:4"),)
    assert access.grants == (
        AccessGrant(
            kind="role",
            name="store_manager",
            may=frozenset({"score", "guide"}),
            over="dept",
            dept="客服部",
            valid_to=date(2026, 6, 30),
            where="access.yaml:6",
        ),
    )


def test_users_and_others_may_be_left_out_or_empty() -> None:
    access = parse_access("users:\ngrants:\n  - {position: everybody, may: [read], over: self}\n")

    assert (access.users, access.others, len(access.grants)) == ((), (), 1)


def test_every_right_has_a_name_in_both_languages() -> None:
    assert tuple(RIGHT_NAMES) == RIGHTS
    assert all(name.zh.endswith("权") for name in RIGHT_NAMES.values())


@pytest.mark.parametrize(
    ("old", "new", "code", "remedy"),
    [
        ("grants:", "grant:", "D110", "grants"),
        ("may: [score, guide]", "may: [scores]", "D114", "score"),
        ("may: [score, guide]", "may: []", "C192", "may: [read]"),
        ("may: [score, guide], ", "", "D111", "may"),
        ("over: {dept: 客服部}", "over: dept", "D114", "known: all_below, company"),
        ("over: {dept: 客服部}", "over: {team: 客服部}", "D110", "dept"),
        ("role: store_manager", "position: boss", "D114", "everybody, manager"),
        ("role: store_manager", "role: store_manager, person: P001", "C192", "exactly one"),
        ("role: store_manager, ", "", "C192", "exactly one"),
        ("valid_to: 2026-06-30", "valid_to: 2026-06-31", "D115", "YYYY-MM-DD"),
        ("valid_to: 2026-06-30", "valid_from: 2026-07-01, valid_to: 2026-06-30", "C192", "days"),
        ("person: P001", 'person: "P0\u200b01"', "C192", "type the id again"),
        ("head: true", "head: perhaps", "D114", "true"),
        ("head: true}", "head: true}\n  - {id: BOSS, name: 董事长, head: true}", "C192", "access.yaml:4"),
        ("head: true}", "head: true}\n  - {id: GM, name: 总经理}", "C192", "access.yaml:4"),
        ("others:", "others: &o", "D105", "anchor"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_line_and_remedy(
    old: str, new: str, code: str, remedy: str
) -> None:
    assert old in WHOLE
    with pytest.raises(MeritErrors) as refusal:
        parse_access(WHOLE.replace(old, new, 1))

    assert [error.code for error in refusal.value.errors] == [code]
    assert remedy in refusal.value.errors[0].remedy
    assert unsaid(refusal.value) == []


def test_all_wrong_entries_are_told_at_once() -> None:
    text = WHOLE.replace("person: P001", "persn: P001").replace("may: [score", "may: [scor")

    with pytest.raises(MeritErrors) as refusal:
        parse_access(text)

    assert [error.where for error in refusal.value.errors] == ["access.yaml:2", "access.yaml:6"]


def test_a_new_head_may_follow_the_old_one() -> None:
    text = WHOLE.replace(
        "head: true}",
        "head: true, valid_to: 2026-03-31}\n  - {id: G2, name: 新总经理, head: true, valid_from: 2026-04-01}",
    )

    assert [signer.person_id for signer in parse_access(text).others] == ["GM", "G2"]
