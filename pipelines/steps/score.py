"""Figures and scorecards of an appraisal period. Not here: the arithmetic (models.appraisal.scorecard)."""

from collections import Counter

from duckdb import DuckDBPyConnection

from models.appraisal.card_points import PointsByCard
from models.appraisal.scorecard import Scorecard, score_period
from models.closing.adjustments import NOTHING_ADJUSTED, adjustments_digest, points_by_card
from models.closing.states import PeriodStanding, standing
from models.definitions import Definitions
from models.inputs import Actual
from models.periods import Period
from pipelines.company.home import Home
from pipelines.company.run_scope import RunScope, tell
from pipelines.steps.locked_periods import refuse_locked
from warehouse.facts.reconcile import reconcile
from warehouse.figures.actuals import compute_spans
from warehouse.figures.basis import note_basis
from warehouse.figures.inputs import read_actuals, read_people, read_ratings, read_targets
from warehouse.ledger.ledger import Ledger
from warehouse.published.scorecards import store_scorecards
from warehouse.raw.source_health import store_source_health
from warehouse.store.connect import open_warehouse


def compute_period(work: RunScope, period: Period) -> int:
    """Compute and store the figures of the period; returns how many.

    Raises:
        SigningError: S102 for a locked one.
    """
    refuse_locked(work.home, period, "figures")
    with open_warehouse(work.home.root) as con:
        actuals = compute_spans(con, work.definitions, [period])
        store_source_health(con, period.start, period.end)
        # by month, whatever the period is: so the daily runs compare and the board shows
        for month in period.months():
            reconcile(con, month, work.company.accountable_roles)
    tell("figures", f"{period.id}: {len(actuals):,} figures")
    return len(actuals)


def score_people(work: RunScope, period: Period) -> Counter[str]:
    """Score everyone of the period, from the bottom of the company up; returns scorecards by status.

    Raises:
        SigningError: S102 for a locked one.
    """
    refuse_locked(work.home, period, "scorecards")
    by_role = standing_of(work.home, period).adjustments
    digests = {person: adjustments_digest(found) for person, found in by_role.items()}
    with open_warehouse(work.home.root) as con:
        actuals = read_actuals(con, period)
        cards = scorecards(con, work.definitions, period, actuals, points_by_card(by_role))
        store_scorecards(con, period, cards)
        # with the scores: what is changed afterwards can be told from them
        adjusted = {person: digest for person, digest in digests.items() if digest != NOTHING_ADJUSTED}
        note_basis(con, period.id, work.definitions.hash, work.company.attribution, adjusted)
    counts = Counter(card.status for card in cards)
    tell("score", f"{period.id}: " + ", ".join(f"{status} {n}" for status, n in sorted(counts.items())))
    return counts


def standing_of(home: Home, period: Period) -> PeriodStanding:
    """How the period stands in the ledger of a home; nothing stands where nobody ever entered anything."""
    ledger = Ledger.there(home.decided)
    return standing(ledger.entries(period=period.id) if ledger else [])


def decided_points(home: Home, period: Period) -> PointsByCard:
    """The points that people gave to totals of the period or took from them, as the ledger of a home has them."""
    return points_by_card(standing_of(home, period).adjustments)


def scorecards(
    con: DuckDBPyConnection,
    definitions: Definitions,
    period: Period,
    actuals: list[Actual],
    decided: PointsByCard,
) -> list[Scorecard]:
    """The scorecards that the figures, people, targets and ratings of the warehouse give, with the points people decided."""
    return score_period(
        definitions,
        period,
        read_people(con),
        actuals,
        read_targets(con),
        ratings=read_ratings(con, period),
        decided=decided,
    )
