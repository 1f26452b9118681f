"""Whatever anybody tries in whatever order: no own card is signed, no preparer approves, no state is skipped."""

import shutil
import tempfile
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from models.closing.entries import Entry
from models.closing.kinds import KINDS, EntryKind
from models.errors import SigningError
from pipelines.closing.adjusting import AdjustmentAsked, adjust
from pipelines.closing.approval import approve_cards, veto_card
from pipelines.closing.moves import sign_cards
from pipelines.closing.objections import answer, object_to
from pipelines.closing.publication import publish_cards
from pipelines.closing.signing import Signing
from pipelines.company.home import Home
from tests.pipelines.closing.conftest import APPRAISED, JANUARY, Firm

K = EntryKind
# half of it reaches neither an answer nor an approval
EXAMPLES, STEPS = 12, 25
LOGINS = ("head", "b1", "b2", "m1", "m3", "hr", "owner")
SIGNATURES = {K.REVIEWED, K.ADJUSTED, K.CALIBRATED, K.ANSWERED, K.VETOED, K.APPROVED}
LOGIN, PERSON = st.sampled_from(LOGINS), st.sampled_from(APPRAISED)
# those who may sign a second time come more often than one in seven
SECOND = st.one_of(st.sampled_from(["head", "owner"]), LOGIN)
REACHED = {*SIGNATURES, K.SCORED, K.PUBLISHED, K.OBJECTED}
# whole bands too: who acts over all is what a real month does most
PEOPLE = st.one_of(st.just(()), st.lists(PERSON, min_size=1, max_size=3, unique=True).map(tuple))


class SigningMachine(RuleBasedStateMachine):
    """Random people at one ledger, on days that go forward."""

    template: ClassVar[Firm]
    reached: ClassVar[set[str]]

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(tempfile.mkdtemp(prefix="signing-"))
        shutil.copytree(self.template.folder, self.place / "company")
        shutil.copytree(self.template.home.root, self.place / "home")
        self.firm = Firm(self.place / "company", Home.at(self.place / "home"))
        self.on = date(2026, 2, 3)
        self.scores = dict.fromkeys(APPRAISED, 4)
        # neither people nor rights change here, and to read them anew for each act would be most of the time
        self.signings = {login: self.firm.sign(login) for login in LOGINS}

    def teardown(self) -> None:
        self.reached.update(entry.kind for entry in self.entries())
        shutil.rmtree(self.place)

    def by(self, login: str) -> Signing:
        return replace(self.signings[login], on=self.on)

    # a month as it should go up to some station: from open alone nobody would come far in 25 steps
    @initialize(
        is_published=st.booleans(), objecting=st.lists(st.sampled_from(["m1", "m3", "b1"]), unique=True)
    )
    def begin_somewhere(self, is_published: bool, objecting: list[str]) -> None:
        if is_published:
            people = {"b1": ["M1", "M2"], "b2": ["M3"], "head": ["B1", "B2"], "owner": ["HEAD"]}
            for login, reports in people.items():
                sign_cards(self.by(login), JANUARY, K.REVIEWED, reports)
            publish_cards(self.by("hr"), JANUARY)
            for login in objecting:
                object_to(self.by(login), JANUARY, "maker", "teamwork", "x")

    @rule(days=st.sampled_from([1, 3, 10, 14]))
    def time_passes(self, days: int) -> None:
        self.on += timedelta(days=days)

    @rule(person=PERSON, score=st.integers(2, 5))
    def rate_anew_and_score(self, person: str, score: int) -> None:
        self.scores[person] = score
        self.firm.rate(self.scores)
        self.firm.score()

    @rule(login=LOGIN, people=PEOPLE)
    def review(self, login: str, people: tuple[str, ...]) -> None:
        sign_cards(self.by(login), JANUARY, K.REVIEWED, people)

    @rule(
        login=LOGIN,
        person=PERSON,
        points=st.sampled_from(["-5", "0", "2.5", "5", "7"]),
        kind=st.sampled_from([K.ADJUSTED, K.CALIBRATED]),
        scored=st.booleans(),
    )
    def adjust(self, login: str, person: str, points: str, kind: Any, scored: bool) -> None:
        adjust(self.by(login), JANUARY, kind, AdjustmentAsked(person, "maker", Decimal(points), "x"))
        if scored:
            self.firm.score()

    @rule(login=LOGIN, people=PEOPLE)
    def publish(self, login: str, people: tuple[str, ...]) -> None:
        publish_cards(self.by(login), JANUARY, people)

    @rule(login=LOGIN, kpi=st.sampled_from(["teamwork", "execution"]), reason=st.sampled_from(["x", "y"]))
    def object(self, login: str, kpi: str, reason: str) -> None:
        has_card = login not in ("hr", "owner")
        with nullcontext() if has_card else pytest.raises(SigningError, match="S123"):
            object_to(self.by(login), JANUARY, "maker", kpi, reason)

    @rule(login=SECOND, data=st.data())
    def answer(self, login: str, data: st.DataObject) -> None:
        stands = self.by(login).stands(JANUARY).people
        there = [(person, o.number) for person, stood in stands.items() for o in stood.open_objections]
        # also one that nobody raised
        person, number = data.draw(st.sampled_from([*there, ("M2", 7)]))
        answer(self.by(login), JANUARY, person, number, outcome="rejected", reason="x")

    @rule(login=SECOND, people=PEOPLE)
    def approve(self, login: str, people: tuple[str, ...]) -> None:
        approve_cards(self.by(login), JANUARY, people)

    @rule(login=SECOND, person=PERSON)
    def veto(self, login: str, person: str) -> None:
        veto_card(self.by(login), JANUARY, person, "x")

    @invariant()
    def nobody_signs_the_own_card(self) -> None:
        for entry in self.entries():
            if entry.kind in SIGNATURES:
                assert entry.actor != entry.person
            if entry.kind == K.OBJECTED:
                assert entry.actor == entry.person

    @invariant()
    def no_preparer_approves_and_no_state_is_skipped(self) -> None:
        for person in APPRAISED:
            follow([entry for entry in self.entries() if entry.person == person])

    @invariant()
    def what_is_approved_is_what_is_there(self) -> None:
        signing = self.by("hr")
        cards, stands = signing.cards(JANUARY), signing.stands(JANUARY)
        for person, stood in stands.people.items():
            assert stood.card_hash == cards[person].hash
            if stood.state == "approved":
                assert not stood.awaits_scoring
                assert not stood.open_objections

    def entries(self) -> list[Entry]:
        return self.signings["hr"].ledger.entries(period=JANUARY.id)


def follow(entries: list[Entry]) -> None:
    """The way of one card, told apart from the product's own fold."""
    card, signed, until = None, set[str](), ""
    prepared, waiting = set[str](), set[int]()
    for entry in entries:
        says, kind = entry.says, EntryKind(entry.kind)
        if kind == K.SCORED:
            if says["card_hash"] != card:
                card, signed = says["card_hash"], set()
        elif kind == K.VETOED:
            signed = set()
        elif kind == K.OBJECTED:
            assert says["card_hash"] == card
            assert "published" in signed
            assert says["on"] <= until
            waiting.add(says["number"])
            signed.discard("approved")
        elif kind == K.ANSWERED:
            assert entry.actor not in prepared
            waiting.remove(says["number"])
        elif kind in (K.REVIEWED, K.PUBLISHED, K.APPROVED):
            assert says["card_hash"] == card
            before = {K.REVIEWED: set(), K.PUBLISHED: {"reviewed"}, K.APPROVED: {"reviewed", "published"}}
            assert before[kind] <= signed
            if kind == K.PUBLISHED:
                until = says["objections_until"]
            if kind == K.APPROVED:
                assert entry.actor not in prepared
                assert not waiting
                assert says["on"] > until
            signed.add(kind.value)
        elif kind == K.ADJUSTED:
            assert abs(Decimal(says["points"])) <= 5
            assert "approved" not in signed
        if KINDS[kind].prepares:
            prepared.add(entry.actor)


@pytest.mark.slow
def test_no_order_of_commands_gets_round_a_rule(scored_once: Firm) -> None:
    machine = type("Machine", (SigningMachine,), {"template": scored_once, "reached": set()})
    # a step writes to a database on disk
    chosen = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        # the same every time, so that what it reaches can be asked for
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )

    run_state_machine_as_test(machine, settings=chosen)

    # without these the rules above were never at stake
    assert {kind.value for kind in REACHED} <= machine.reached
