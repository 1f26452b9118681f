"""What a person may do, decided from access.yaml and the reporting line of one day.

Some rules hold whatever the file says: nobody scores, approves or vetoes about oneself; who prepared something does not approve
it; a veto has a reason. They look at the person, so that neither a second role nor a second login gets round them.

Belongs here: the decision and who else could be asked. Not here: who sits at the keyboard (pipelines/company/identity.py), what
happens after a permission (the ledger).
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from models.closing.access import RIGHT_NAMES, Access, AccessGrant, Right
from models.closing.reporting_line import Roster, roster_of
from models.codes import codes
from models.errors import RightsError
from models.inputs import Person

# To review a card, to adjust it and to answer an objection need one of these.
NEVER_OVER_ONESELF: frozenset[Right] = frozenset({"score", "approve", "veto"})
BY_LINE = ("direct_reports", "all_below")
_ASKED = 5  # names that a refusal suggests; a company of a thousand readers would fill the screen


@dataclass(frozen=True)
class Allowed:
    """It may be done; `by` is the file and line of the grant that allows it."""

    by: str


@dataclass(frozen=True, kw_only=True)
class Refused:
    """It may not be done: why, and what to do instead, in both languages."""

    code: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str

    def error(self) -> RightsError:
        """The refusal as what a command stops with."""
        return RightsError(self.code, self.en, remedy=self.remedy_en)


Decision = Allowed | Refused


@dataclass(frozen=True)
class Rights:
    """Who may do what in one company: its access.yaml and every row of its people.csv."""

    access: Access
    people: tuple[Person, ...]
    # a day is asked about many times, and to lay out the company costs a walk over all rows
    _rosters: dict[date, Roster] = field(default_factory=dict, compare=False, repr=False)

    def roster(self, on: date) -> Roster:
        """The company on that day."""
        if on not in self._rosters:
            self._rosters[on] = roster_of(self.people, self.access.others, on)
        return self._rosters[on]

    def decide(
        self,
        actor: str,
        right: Right,
        person: str | None,
        on: date,
        *,
        prepared_by: Collection[str] = (),
        reason: str = "",
    ) -> Decision:
        """Whether somebody may use a right.

        Args:
            actor: who wants to act, a person_id.
            right: what for.
            person: whom it is about; None for an act about the company as a whole, such as to lock a period.
            on: the day of the act, whose grants and whose reporting line count.
            prepared_by: everybody who had a part in what is to be approved.
            reason: what the actor gives as a reason.
        """
        barred = self._barred(actor, right, person, on)
        if barred is not None:
            return barred
        roster = self.roster(on)
        found = next((g for g in self._grants(right, on) if actor in _holding(g, person, roster)), None)
        if found is None:
            return self._unallowed(actor, right, person, on)
        if right == "approve" and actor in prepared_by:
            return _refused("R104", f"{actor} 参与了准备", f"{actor} had a part in preparing it")
        if right == "veto" and not reason.strip():
            return _refused("R105", f"{actor} 否决时没有写理由", f"{actor} gives no reason for the veto")
        return Allowed(found.where)

    def require(
        self,
        actor: str,
        right: Right,
        person: str | None,
        on: date,
        *,
        prepared_by: Collection[str] = (),
        reason: str = "",
    ) -> None:
        """Refuse what `decide` does not allow.

        Raises:
            RightsError: R101 to R107.
        """
        decision = self.decide(actor, right, person, on, prepared_by=prepared_by, reason=reason)
        if isinstance(decision, Refused):
            raise decision.error()

    def holders(
        self, right: Right, person: str | None, on: date, *, prepared_by: Collection[str] = ()
    ) -> list[str]:
        """Everybody who may use the right, sorted."""
        oneself = {person} if right in NEVER_OVER_ONESELF else set()
        return sorted(
            name
            for name in self.granted(right, person, on) - oneself
            # a reason can always be given: here it keeps nobody out
            if isinstance(self.decide(name, right, person, on, prepared_by=prepared_by, reason="-"), Allowed)
        )

    def granted(self, right: Right, person: str | None, on: date) -> frozenset[str]:
        """Everybody to whom the file gives the right, also where a rule that always holds keeps them out."""
        roster = self.roster(on)
        return frozenset().union(*(_holding(grant, person, roster) for grant in self._grants(right, on)))

    def is_held(self, right: Right, on: date) -> bool:
        """Whether anybody at all holds the right on that day."""
        return any(_holders(grant, self.roster(on)) for grant in self._grants(right, on))

    def _grants(self, right: Right, on: date) -> Iterator[AccessGrant]:
        return (grant for grant in self.access.grants if right in grant.may and grant.holds_on(on))

    def _barred(self, actor: str, right: Right, person: str | None, on: date) -> Refused | None:
        """What no grant can mend."""
        roster = self.roster(on)
        if actor not in roster.here:
            return _refused("R101", f"{on} {actor} 不在公司", f"{actor} is not here on {on}")
        if person is not None and person not in roster.rows:
            return _refused("R106", f"{on} 没有 {person}", f"nobody is called {person} on {on}")
        if actor == person and right in NEVER_OVER_ONESELF:
            others = self.holders(right, person, on)
            return _refused(
                "R102", f"{actor} 不能对自己行使{_zh(right)}", f"{actor} cannot {right} oneself", others
            )
        return None

    def _unallowed(self, actor: str, right: Right, person: str | None, on: date) -> Refused:
        """No grant allows it: because the reporting line cannot be followed, or because there is none."""
        by_line = any(grant.over in BY_LINE for grant in self._grants(right, on))
        if person is not None and by_line and self.roster(on).above(person) is None:
            return _refused("R107", f"{person} 的上级关系成环", f"the managers above {person} form a circle")
        return _refused(
            "R103",
            f"{actor} 对{person or '全公司'}没有{_zh(right)}",
            f"{actor} may not {right} {person or 'for the company'}",
            self.holders(right, person, on),
        )


def _holding(grant: AccessGrant, person: str | None, roster: Roster) -> frozenset[str]:
    """Everybody whom the grant allows to act about that person."""
    held = _holders(grant, roster)
    if grant.over == "company":
        return held
    if person is None or person not in roster.rows:
        return frozenset()
    if grant.over == "dept":
        return held if roster.rows[person].dept == grant.dept else frozenset()
    if grant.over == "self":
        return held & {person}
    above = roster.above(person) or ()
    return held.intersection(above[:1] if grant.over == "direct_reports" else above)


def _holders(grant: AccessGrant, roster: Roster) -> frozenset[str]:
    """Everybody who holds the grant and is here."""
    if grant.kind == "person":
        return roster.here & {grant.name}
    if grant.kind == "role":
        return frozenset(p for p in roster.here & roster.rows.keys() if roster.rows[p].role_id == grant.name)
    # the line itself says whose manager somebody is, also of one whose last report has just left
    is_plain = grant.name == "everybody" or grant.over in BY_LINE
    return roster.here if is_plain else roster.managers


def _refused(code: str, zh: str, en: str, ask: Iterable[str] = ()) -> Refused:
    entry = codes()[code]
    names = [*ask]
    shown = ", ".join(names[:_ASKED]) + (", …" if len(names) > _ASKED else "")
    return Refused(
        code=code,
        zh=zh,
        en=en,
        remedy_zh=f"请由以下人员办理：{shown}" if shown else entry.remedy_zh,
        remedy_en=f"ask one who may: {shown}" if shown else entry.remedy_en,
    )


def _zh(right: Right) -> str:
    return RIGHT_NAMES[right].zh
