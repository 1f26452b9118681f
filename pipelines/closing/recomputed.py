"""A locked period computed from all that is known now, under the definitions it was signed with; nothing of it is stored.

Belongs here: what was signed and what is known now side by side, direct and knock-on effect told apart. Not here: proposals
(restating.py), the law (models/closing/corrections.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from duckdb import DuckDBPyConnection

from models.appraisal.card_points import PointsByCard
from models.appraisal.scorecard import Scorecard, score_period
from models.attribution import Attribution
from models.closing.card_figures import Card, CardFigures, card_figures
from models.closing.corrections import ChangedCard
from models.closing.manifest import LockedPeriod
from models.closing.own_inputs import ScoringInputs, changed_inputs, depends_on_others, with_own
from models.definitions import Definitions, FromReports
from models.definitions import RatedItem as RatingMeasure
from models.inputs import Actual
from models.periods import Period
from warehouse.figures.actuals import measure_spans
from warehouse.figures.basis import present_basis
from warehouse.locked.inputs import SignedPeriod, inputs_of, signed_period
from warehouse.locked.restore import locked_definitions
from warehouse.published.scorecards import card_rows

_SAME = ("numerator", "denominator", "value", "n_rows", "measured_as", "cause_code")


@dataclass(frozen=True, kw_only=True)
class Recomputed:
    """Every card as it was signed and as it would be now, those that differ, and the inputs of the period that changed."""

    lock: LockedPeriod
    locked: Mapping[Card, CardFigures]
    now: Mapping[Card, CardFigures]
    changed: Mapping[Card, ChangedCard]
    causes: tuple[str, ...]


def recompute(
    con: DuckDBPyConnection,
    home: Path,
    lock: LockedPeriod,
    *,
    attribution: Attribution,
    decided: PointsByCard,
    tells_apart: bool = True,
) -> Recomputed:
    """A locked period as it would be now.

    Args:
        con: the warehouse with everything that is known.
        home: where `locked/` lies.
        lock: the lock in force.
        attribution: the company's rules, to tell whether they changed.
        decided: the points that people gave to totals before the lock.
        tells_apart: whether direct and knock-on effects are wanted; that may score the company once per person whose inputs
            changed, and the law of conservation needs neither. Without them `changed` is empty.

    Raises:
        WarehouseError: W125 when the snapshot is damaged.
    """
    period, signed = Period.parse(lock.period), signed_period(home, lock)
    definitions = locked_definitions(home, lock)
    known = replace(inputs_of(con, period, measure_spans(con, definitions, [period])), decided=decided)
    cards = _scored(definitions, period, known)
    rows, lines = card_rows(cards)
    now = card_figures(rows, lines)
    differing = {c for c in {*signed.cards, *now} if _of(signed.cards, c).digest != _of(now, c).digest}
    changed: dict[Card, ChangedCard] = {}
    if differing and tells_apart:
        before = _as_signed(definitions, period, signed, known, lines)
        changed = _told_apart(definitions, period, (before, known), (signed.cards, now), differing)
    basis = present_basis(con, period, attribution)
    return Recomputed(
        lock=lock,
        locked=signed.cards,
        now=now,
        changed=changed,
        causes=tuple(name for name, digest in sorted(basis.items()) if signed.basis.get(name) != digest),
    )


def unchanged(found: Recomputed, card: Card) -> ChangedCard:
    """A card that is now what was signed: a proposal about it may still stand."""
    signed = _of(found.locked, card)
    return ChangedCard(card=card, locked=signed, now=signed, direct=signed)


def _told_apart(
    definitions: Definitions,
    period: Period,
    inputs: tuple[ScoringInputs, ScoringInputs],
    cards: tuple[Mapping[Card, CardFigures], Mapping[Card, CardFigures]],
    differing: set[Card],
) -> dict[Card, ChangedCard]:
    """The changed cards, each with what its person's own inputs alone would have made of it.

    `inputs` and `cards` are those that were signed, and those of now.
    """
    before, known = inputs
    locked, now = cards
    own = changed_inputs(before, known)
    alone: dict[str, Mapping[Card, CardFigures]] = {}
    if depends_on_others(definitions, period, (*before.people, *known.people)):
        base: Mapping[Card, CardFigures] = card_figures(*card_rows(_scored(definitions, period, before)))
        alone = {
            person: card_figures(*card_rows(_scored(definitions, period, with_own(before, known, person))))
            for person in own
        }
    else:
        base = locked
        # nobody's card looks at anybody else: what changed of a card changed by the own inputs
        alone = dict.fromkeys(own, now)
    found = {}
    for card in sorted(differing):
        person = card[0]
        touches: set[str] = set()
        direct = _of(locked, card)
        if person in alone:
            direct = _of(alone[person], card)
            moved = {c[0] for c in alone[person] if _of(alone[person], c).digest != _of(base, c).digest}
            touches = moved - {person} if alone[person] is not now else set()
        found[card] = ChangedCard(
            card=card,
            locked=_of(locked, card),
            now=_of(now, card),
            direct=direct,
            own=own.get(person, ()),
            touches=tuple(sorted(touches)),
        )
    return found


def _as_signed(
    definitions: Definitions,
    period: Period,
    signed: SignedPeriod,
    known: ScoringInputs,
    lines: list[dict[str, object]],
) -> ScoringInputs:
    """The signed inputs.

    A figure that came out the same is taken as it was measured now: the snapshot keeps it as the line of a card, with its status.
    """
    shown = {(row["person_id"], row["role_id"], row["kpi_id"]): row for row in lines}
    measured = {(a.person_id, a.role_id, a.kpi_id): a for a in known.actuals}
    actuals: list[Actual] = []
    for kept in signed.inputs.actuals:
        key = kept.person_id, kept.role_id, kept.kpi_id
        if isinstance(definitions.kpi(kept.kpi_id, period.end).measure, RatingMeasure | FromReports):
            continue
        line, present = signed.lines.get(key), shown.get(key)
        is_same = line is not None and present is not None and all(line[n] == present[n] for n in _SAME)
        actuals.append(measured.get(key, kept) if is_same else kept)
    return ScoringInputs(
        decided=known.decided,
        people=signed.inputs.people,
        targets=signed.inputs.targets,
        ratings=signed.inputs.ratings,
        actuals=tuple(sorted(actuals, key=_key_of)),
    )


def _scored(definitions: Definitions, period: Period, inputs: ScoringInputs) -> list[Scorecard]:
    return score_period(
        definitions,
        period,
        inputs.people,
        inputs.actuals,
        inputs.targets,
        ratings=inputs.ratings,
        decided=inputs.decided,
    )


def _of(cards: Mapping[Card, CardFigures], card: Card) -> CardFigures:
    return cards.get(card, CardFigures())


def _key_of(actual: Actual) -> tuple[str, str, str]:
    return actual.person_id, actual.role_id, actual.kpi_id
