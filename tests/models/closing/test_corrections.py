"""Proposals after a lock: what is proposed, what replaces what, and the law of conservation."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.closing.card_figures import CardFigures, card_figures
from models.closing.corrections import (
    Balance,
    ChangedCard,
    Corrections,
    balances,
    check_decision,
    corrections,
    proposal_body,
    to_decide,
    to_post,
)
from models.closing.entries import EMPTY, Draft, Entry, Head, sealed
from models.closing.kinds import EntryKind
from models.errors import SigningError
from models.money import plain

K = EntryKind
CARD = ("M1", "maker")
AT = datetime(2026, 2, 20, 1, tzinfo=UTC)


def figures(total: Decimal | int | None, status: str = "scored") -> CardFigures:
    return CardFigures(status, None, {("", "total"): None if total is None else Decimal(total)})


class Book:
    """Entries of January, the first of which locks it."""

    def __init__(self, locked: Decimal | int | None) -> None:
        self.entries: list[Entry] = []
        self.locked = self.now = figures(locked)
        self.lock()

    def enter(self, kind: EntryKind, body: Mapping[str, Any], actor: str = "HR") -> None:
        last = Head(self.entries[-1].seq, self.entries[-1].hash) if self.entries else EMPTY
        person = CARD[0] if kind in (K.PROPOSED, K.DECIDED, K.POSTED) else ""
        draft = Draft(kind=kind, period="2026-01", person=person, body=body)
        self.entries.append(sealed(draft, actor=actor, at=AT, after=last))

    @property
    def stand(self) -> Corrections:
        return corrections(self.entries)

    def lock(self) -> None:
        self.locked = self.now
        self.enter(K.LOCKED, {"version": self.stand.version + 1})

    def known(self, total: Decimal | int | None, status: str = "scored") -> bool:
        """What is known now, proposed; whether there was anything to propose."""
        self.now = figures(total, status)
        changed = ChangedCard(card=CARD, locked=self.locked, now=self.now, direct=self.now)
        body = proposal_body(changed, self.stand)
        if body is not None:
            self.enter(K.PROPOSED, {"number": self.stand.next_number, **body})
        return body is not None

    def decided(self, number: int, outcome: str) -> None:
        self.enter(K.DECIDED, {"number": number, "outcome": outcome, "reason": "依据"}, "OWNER")

    def posted(self, number: int) -> None:
        self.enter(K.POSTED, {"number": number, "into": "2026-02"})

    @property
    def law(self) -> Balance:
        [row] = balances({CARD: self.locked}, {CARD: self.now}, self.stand)
        return row

    @property
    def parts(self) -> tuple[Decimal | None, ...]:
        law = self.law
        return law.locked, law.approved, law.open, law.rejected, law.recomputed, law.difference


def test_the_same_numbers_have_the_same_digest_whatever_their_places() -> None:
    assert figures(Decimal("80.000000")).digest == figures(80).digest
    assert figures(None).digest != figures(0).digest
    assert plain(Decimal("1E+2")) == "100"


def test_a_card_is_taken_apart_into_numbers() -> None:
    card = {"person_id": "M1", "role_id": "maker", "status": "scored", "grade": "B", "total": Decimal(80)}
    line = {"person_id": "M1", "role_id": "maker", "kpi_id": "teamwork", "value": Decimal(4), "score": None}

    found = card_figures([{**card, "coefficient": Decimal(1)}], [{**line, "contribution": None}])

    assert found[CARD].counted(("teamwork", "value")) == 4
    assert found[CARD].counted(("teamwork", "score")) == 0
    assert found[CARD].figures["", "coefficient"] == 1


def test_nothing_is_proposed_about_a_card_that_is_as_it_was_signed() -> None:
    assert not Book(80).known(80)


def test_the_same_difference_is_proposed_once_whatever_was_decided_about_it() -> None:
    for outcome in (None, "approved", "rejected"):
        book = Book(80)
        assert book.known(60)
        if outcome:
            book.decided(1, outcome)
        assert not book.known(60)


def test_a_number_that_appears_as_zero_is_a_change_too() -> None:
    book = Book(None)

    assert book.known(0)
    assert book.parts == (None, 0, 0, 0, 0, 0)
    book.decided(1, "approved")
    assert not book.known(0)


def test_a_newer_difference_replaces_an_open_one_and_a_rejected_one() -> None:
    book = Book(80)
    book.known(60)
    book.known(70)
    book.decided(2, "rejected")
    book.known(75)

    assert [p.state for p in book.stand.proposals.values()] == ["replaced", "replaced", "open"]
    assert book.parts == (80, 0, -5, 0, 75, 0)


def test_what_was_posted_counts_on_after_a_new_lock_and_what_was_not_falls() -> None:
    book = Book(80)
    book.known(60)
    book.decided(1, "approved")
    book.posted(1)
    book.known(50)
    book.decided(2, "approved")
    book.enter(K.REOPENED, {"version": 1})
    book.lock()

    assert [p.state for p in book.stand.proposals.values()] == ["posted", "void"]
    assert book.law.difference == 20
    assert book.known(50)
    assert book.parts == (50, -20, 20, 0, 50, 0)


def test_a_decision_is_entered_once_and_not_turned_round() -> None:
    book = Book(80)
    book.known(60)
    assert check_decision(to_decide(book.stand, 1), "approved")
    book.decided(1, "approved")

    assert not check_decision(to_decide(book.stand, 1), "approved")
    with pytest.raises(SigningError, match="S171"):
        check_decision(to_decide(book.stand, 1), "rejected")
    with pytest.raises(SigningError, match="S170"):
        to_decide(book.stand, 2)
    assert [p.number for p in to_post(book.stand)] == [1]
    book.posted(1)
    assert to_post(book.stand) == []


def test_a_card_that_is_provisional_now_can_be_rejected_alone() -> None:
    book = Book(80)
    book.known(None, "provisional")

    with pytest.raises(SigningError, match="S172"):
        check_decision(to_decide(book.stand, 1), "approved")
    assert check_decision(to_decide(book.stand, 1), "rejected")


_ACTS = st.one_of(
    st.tuples(st.just("known"), st.decimals(0, 100, places=2) | st.none()),
    st.tuples(st.sampled_from(["approved", "rejected", "post", "relock"]), st.none()),
)


@given(st.decimals(0, 100, places=2), st.lists(_ACTS, max_size=20))
def test_the_law_holds_after_every_sequence_once_all_is_proposed(
    locked: Decimal, acts: list[tuple[str, Decimal | None]]
) -> None:
    book = Book(locked)
    for act, total in acts:
        waiting = [n for n, p in book.stand.proposals.items() if p.state == "open"]
        if act == "known":
            book.known(total)
        elif act == "post":
            for proposal in to_post(book.stand):
                book.posted(proposal.number)
        elif act == "relock":
            book.enter(K.REOPENED, {"version": book.stand.version})
            book.lock()
        elif waiting:
            book.decided(waiting[0], act)
        book.known(book.now.figures["", "total"])
        assert book.law.difference == 0
        assert not book.known(book.now.figures["", "total"])
