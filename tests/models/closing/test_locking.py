"""A lock waits for what nobody has allowed, and for a second pair of eyes."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest

from models.closing.entries import EMPTY, Draft, Entry, Head, sealed
from models.closing.kinds import EntryKind
from models.closing.locking import LockGap, allowed_gaps, check_gaps, check_signers
from models.closing.manifest import Manifest, every_lock, folder_of, present_locks
from models.closing.states import check_lock, standing
from models.errors import SigningError

K = EntryKind
GAP = LockGap(name="card:M2", zh="暂定", en="provisional", person="M2")


def entries(moves: Iterable[tuple[K, str, str, dict[str, Any]]], period: str = "2026-01") -> list[Entry]:
    last, found = EMPTY, list[Entry]()
    for kind, person, actor, body in moves:
        draft = Draft(kind=kind, period=period, person=person, body=body)
        found.append(sealed(draft, actor=actor, at=datetime(2026, 2, 3, tzinfo=UTC), after=last))
        last = Head(found[-1].seq, found[-1].hash)
    return found


def allowed(actor: str, *gaps: str) -> tuple[K, str, str, dict[str, Any]]:
    return K.LOCK_ALLOWED, "", actor, {"gaps": list(gaps), "reason": "长期病假"}


def approved(person: str, actor: str, card: str = "a") -> tuple[K, str, str, dict[str, Any]]:
    return K.APPROVED, person, actor, {"card_hash": card}


def locked(version: int) -> tuple[K, str, str, dict[str, Any]]:
    body = {
        "version": version,
        "folder": folder_of("2026-01", version),
        "manifest_hash": "m",
        "cards": {"M1": "a"},
        "on": "2026-02-20",
    }
    return K.LOCKED, "", "HR", body


REOPENED = (K.REOPENED, "", "BOARD", {"version": 1, "reason": "x"})


def test_a_gap_that_nobody_allowed_stops_the_lock() -> None:
    with pytest.raises(SigningError, match=r"S115.*card:M2"):
        check_gaps([GAP], [], "HR")


def test_a_gap_that_a_second_person_allowed_does_not() -> None:
    check_gaps([GAP], entries([allowed("BOARD", "card:M2")]), "HR")


def test_what_oneself_allowed_does_not_count() -> None:
    with pytest.raises(SigningError, match="S115"):
        check_gaps([GAP], entries([allowed("HR", "card:M2")]), "HR")


def test_another_gap_is_not_allowed_with_it() -> None:
    with pytest.raises(SigningError, match="S115"):
        check_gaps([GAP], entries([allowed("BOARD", "card:M3")]), "HR")


def test_what_was_allowed_for_one_lock_does_not_hold_for_the_next() -> None:
    assert allowed_gaps(entries([allowed("BOARD", "card:M2"), locked(1), REOPENED])) == {}


def test_who_alone_approved_everything_does_not_lock() -> None:
    own = entries([approved("M1", "HR"), approved("M2", "HR")])

    with pytest.raises(SigningError, match="S117"):
        check_signers(own, {"M1": "a", "M2": "a"}, "HR")


def test_one_approval_of_somebody_else_is_a_second_pair_of_eyes() -> None:
    check_signers(entries([approved("M1", "HR"), approved("M2", "BOARD")]), {"M1": "a", "M2": "a"}, "HR")


def test_an_approval_of_an_older_card_is_none() -> None:
    own = entries([approved("M1", "HR"), approved("M2", "BOARD", card="old")])

    with pytest.raises(SigningError, match="S117"):
        check_signers(own, {"M1": "a", "M2": "a"}, "HR")


def test_a_card_that_cannot_be_approved_is_left_out_by_name_alone() -> None:
    with pytest.raises(SigningError, match=r"S109.*M3"):
        check_lock(standing([]), {"M2": "a", "M3": "a"}, without={"M2"})


def test_the_lock_in_force_is_the_last_one_that_was_not_reopened() -> None:
    history = entries([locked(1), REOPENED, locked(2)])

    assert {n: list(present_locks(history[:n])) for n in (0, 1, 2)} == {0: [], 1: ["2026-01"], 2: []}
    assert present_locks(history)["2026-01"].folder == "2026-01.v2"
    assert [lock.version for lock in every_lock(history)] == [1, 2]


def test_no_recomputation_that_was_refused_moves_a_period() -> None:
    before = entries([locked(1)])
    attempt = (K.ATTEMPTED, "", "system", {"what": "figures", "login": "hr"})

    assert standing(entries([locked(1), attempt])) == standing(before)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"period": 1}', b"\xff"])
def test_what_is_no_manifest_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Manifest.read(content)
