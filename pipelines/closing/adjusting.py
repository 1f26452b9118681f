"""Adjustments by the manager and calibrations by the level above, with what they do to the totals.

Belongs here: the bounds of both, totals and grades before and after. Not here: how points count (models/scoring/total), how they
enter the cards (pipelines/steps/score.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from models.appraisal.card_points import PointsByCard
from models.closing.adjustments import Adjustment, points_by_card
from models.closing.kinds import EntryKind
from models.closing.states import PeriodStanding
from models.definitions import Definitions
from models.errors import MeritError, SigningError, WarehouseError
from models.periods import Period
from models.values import ReadingError, read_decimal
from pipelines.closing.signing import Decisions, Signing
from pipelines.company import clock
from pipelines.company.run_scope import RunScope
from pipelines.steps.score import scorecards
from warehouse.figures.inputs import read_actuals
from warehouse.published import read
from warehouse.store.connect import open_published, open_warehouse

AdjustingKind = Literal[EntryKind.ADJUSTED, EntryKind.CALIBRATED]
CardKey = tuple[str, str]  # person and role


@dataclass(frozen=True)
class CardResult:
    """What a card comes to; both are None while it is provisional."""

    total: Decimal | None
    grade: str | None


@dataclass(frozen=True)
class AdjustmentAsked:
    """Points for one card, and why."""

    person: str
    role: str
    points: Decimal
    reason: str


@dataclass(frozen=True)
class Adjusted:
    """What became of it, and every card before and after scoring; `untold` is why nobody can say what comes after."""

    decisions: Decisions
    before: Mapping[CardKey, CardResult]
    after: Mapping[CardKey, CardResult]
    untold: MeritError | None = None


def read_points(text: str) -> Decimal:
    """Points as somebody types them.

    Raises:
        SigningError: S125 for anything but a number with at most two decimals.
    """
    try:
        points = read_decimal(text)
    except ReadingError as error:
        raise SigningError("S125", error.cause, actual=repr(text[:40])) from None
    exponent = points.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -2:
        raise SigningError("S125", "more than two decimals", actual=text[:40])
    return points


def adjust(
    signing: Signing,
    period: Period,
    kind: AdjustingKind,
    asked: AdjustmentAsked,
    *,
    preview: bool = False,
) -> Adjusted:
    """Enter points for one card; the next scoring takes them in. 0 takes an earlier decision of the same kind back.

    Args:
        signing: who acts.
        period: which period.
        kind: an adjustment, within the limit of the role, or a calibration.
        asked: whose card, how many points, and why.
        preview: enter nothing and only tell what would be.

    Raises:
        UsageError: U310 when the period is not scored.
    """
    signing.cards(period)
    definitions = _definitions(signing, period)
    before = results_now(signing, period)
    body = {"role": asked.role, "points": asked.points, "reason": asked.reason}

    def within_bounds(_: PeriodStanding, person: str, said: Mapping[str, Any]) -> Mapping[str, Any]:
        if (person, asked.role) not in before:
            raise SigningError("S123", f"{person} has no card as {asked.role}", where=period.id)
        if kind == EntryKind.ADJUSTED:
            _require_limit(definitions, period, asked)
        elif signing.rights.roster(signing.on).manager(person) == signing.actor.person_id:
            what = f"{signing.actor.person_id} is the direct manager of {person}"
            raise SigningError("S121", what, where=person)
        return said

    found = signing.decide(period, kind, {asked.person: body}, complete=within_bounds, preview=preview)
    if found.refused:
        return Adjusted(found, before, before)
    try:
        return Adjusted(found, before, _results_with(signing, period, definitions, kind, asked))
    except WarehouseError as untold:
        # a run holds the warehouse: what people decide does not wait for it, and is in the ledger by now
        return Adjusted(found, before, {}, untold)


def results_now(signing: Signing, period: Period) -> dict[CardKey, CardResult]:
    """The cards as they are published."""
    with open_published(signing.home.root) as con:
        cards = read.cards(con, period.id)
    return {(c.person_id, c.role_id): CardResult(c.total, c.grade) for c in cards}


def _results_with(
    signing: Signing, period: Period, definitions: Definitions, kind: AdjustingKind, asked: AdjustmentAsked
) -> dict[CardKey, CardResult]:
    """The cards as scoring will give them, all that is entered and this one taken in."""
    by_role = signing.stands(period).adjustments
    own = dict(by_role.get(asked.person, {}))
    others = [a for a in own.get(asked.role, ()) if a.kind != kind]
    own[asked.role] = [*others, Adjustment(kind, asked.points, asked.reason, signing.actor.person_id)]
    return _computed(signing, period, definitions, points_by_card({**by_role, asked.person: own}))


def _computed(
    signing: Signing, period: Period, definitions: Definitions, decided: PointsByCard
) -> dict[CardKey, CardResult]:
    # all of them: a report's total may count in the card of the manager
    with open_warehouse(signing.home.root) as con:
        cards = scorecards(con, definitions, period, read_actuals(con, period), decided)
    return {(c.person_id, c.role_id): CardResult(c.total, c.grade) for c in cards}


def _definitions(signing: Signing, period: Period) -> Definitions:
    as_of = clock.as_of(signing.company, period.end)
    return RunScope(signing.company, signing.home, period.start, period.end, as_of).definitions


def _require_limit(definitions: Definitions, period: Period, asked: AdjustmentAsked) -> None:
    limit = definitions.role(asked.role, period.end).manager_limit
    if abs(asked.points) > limit:
        what = f"a manager may move a {asked.role} by at most {limit} points"
        raise SigningError("S114", what, where=asked.person, actual=str(asked.points))
