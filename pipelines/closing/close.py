"""How far the close of a period is: what blocks, who waits, what is next. Reads only; the one list that all readers show.

Belongs here: putting together what the folder, the publication and the ledger say. Not here: reading them (close_inputs.py), the
rules (models/closing), printing (commands/close.py), Dagster (graph), the sheet of the workbook (render/open_points.py).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.appraisal.targets import TargetBook
from models.closing.access import Access
from models.closing.blockers import Blocker, BlockerList, Thing, blocker_list
from models.closing.next_steps import CardStanding, NextStep, card_standings, next_steps
from models.closing.open_lines import FeedGap, OpenLine, waiting_lines
from models.closing.period_blockers import (
    behind_blocker,
    file_blockers,
    finding_of,
    money_blockers,
    objection_blockers,
    plan_blockers,
    stale_blockers,
)
from models.closing.plan import PlanGap, agreed_plans, plan_gaps
from models.closing.plan_record import plan_records
from models.closing.remedies import CloseContext, line_blocker
from models.closing.rights import Rights
from models.closing.states import CardState, PeriodStanding, standing
from models.definitions import Label
from models.errors import MeritError
from models.inputs import Person
from models.loads import FILE_DROP
from models.periods import Period
from pipelines.closing.close_inputs import CloseInputs, close_inputs, with_absent
from pipelines.closing.close_lines import (
    duties_of,
    feed_gaps,
    foreseen_lines,
    lines_of_gaps,
    lines_without_target,
    scored_lines,
    with_raters,
)
from pipelines.company.company import Company
from pipelines.company.home import Home
from pipelines.render.open_points import OpenPoints

RATINGS_FROM = 20  # day of the running month from which a rating that is not there counts as not asked for
_NOT_YET = ("M207", "M208", "M216")  # what only the coming days and the scoring itself bring


@dataclass(frozen=True, kw_only=True)
class CloseStatus:
    """The close of one period on one day; `is_running`: the period is not over, and the list says what will block."""

    period: Period
    on: date
    is_scored: bool
    is_running: bool
    found: BlockerList
    steps: tuple[NextStep, ...]
    states: dict[CardState, int]
    notes: tuple[Label, ...]
    about: CloseContext

    @property
    def blocks(self) -> bool:
        """Whether anything has to be mended first."""
        return bool(self.found.blockers)

    @property
    def points(self) -> OpenPoints:
        """The list as every reader shows it."""
        return OpenPoints(self.found, self.about)


def close_status(
    company: Company, home: Home, period: Period, *, as_of: datetime | None = None
) -> CloseStatus:
    """What blocks the close of a period, and what is next; also before it is scored, and without access.yaml.

    Args:
        company: whose period it is.
        home: where its figures and its ledger lie.
        period: which.
        as_of: the instant to stand at; a company that replays stands at the morning after the period.
    """
    return judged(close_inputs(company, home, period, as_of))


def judged(inputs: CloseInputs) -> CloseStatus:
    """What follows from all that was read."""
    stands = standing(inputs.entries)
    is_scored, is_running = bool(inputs.published.cards), inputs.on <= inputs.period.end
    access = inputs.folder.access or Access()
    duties = duties_of(inputs)
    gaps = feed_gaps(inputs.published.health, with_open=is_scored)
    about = _about(inputs, access, gaps)
    appraised = {row.person_id for row in duties} or {card.person_id for card in inputs.published.cards}
    found: list[Blocker] = []
    # what was signed and locked does not wait for anything any more: later changes are corrections
    if not stands.is_locked:
        found += _lines(inputs, duties, gaps, about)
        found += _of_period(inputs, stands, frozenset(appraised), about)
    listed = blocker_list(found, appraised)
    cards = card_standings(stands, _cards(inputs, appraised), about)
    steps = next_steps(cards, listed.waiting, about) if not is_running or is_scored else []
    return CloseStatus(
        period=inputs.period,
        on=inputs.on,
        is_scored=is_scored,
        is_running=is_running,
        found=listed,
        steps=tuple(steps),
        states=_states(cards.values(), len(appraised)),
        notes=tuple(_notes(inputs, stands)),
        about=about,
    )


def _states(cards: Iterable[CardStanding], n_people: int) -> dict[CardState, int]:
    counts: Counter[CardState] = Counter(card.state for card in cards)
    counts["open"] += n_people - sum(counts.values())
    return {state: n for state, n in counts.items() if n > 0}


def _cards(inputs: CloseInputs, appraised: Iterable[str]) -> dict[str, tuple[str, bool]]:
    wanted = set(appraised)
    return {p: (card.hash, card.is_final) for p, card in inputs.published.present.items() if p in wanted}


def _about(inputs: CloseInputs, access: Access, gaps: dict[Thing, FeedGap]) -> CloseContext:
    files: dict[str, list[str]] = {}
    for drop in inputs.company.drops:
        if drop.first <= inputs.period.end and drop.last >= inputs.period.start:
            files.setdefault(f"{FILE_DROP}.{drop.table}[{drop.shop_id}]", []).append(drop.file)
    definitions = inputs.folder.definitions
    kpis = definitions.kpis_on(inputs.period.end).values() if definitions else ()
    names = {signer.person_id: signer.name for signer in access.others}
    names |= {p.person_id: p.name for p in sorted(inputs.folder.people, key=lambda row: row.valid_from)}
    return CloseContext(
        period=inputs.period,
        on=inputs.on,
        rights=Rights(access, inputs.folder.people),
        names=names,
        kpis={kpi.id: kpi.label for kpi in kpis},
        gaps=gaps,
        files={feed: tuple(dict.fromkeys(named)) for feed, named in files.items()},
    )


def _lines(
    inputs: CloseInputs, duties: Sequence[Person], gaps: dict[Thing, FeedGap], about: CloseContext
) -> list[Blocker]:
    """Blockers of the lines of cards, and of what they would be."""
    found: list[Blocker] = []
    lines: list[OpenLine] = []
    not_yet: tuple[str, ...] = ()
    try:
        if inputs.published.cards:
            lines = scored_lines(inputs, duties)
            waiting = {line.person_id for line in lines}
            duties = [row for row in duties if row.person_id in waiting]
        else:
            lines = foreseen_lines(inputs)
            not_yet = (*_NOT_YET, "M213") if _is_too_early(inputs) else _NOT_YET
        lines += lines_without_target(inputs, duties)
    except MeritError as refusal:
        found += file_blockers([finding_of(refusal)], frozenset(row.person_id for row in duties), about)
    lines += lines_of_gaps(lines, gaps.values(), inputs)
    lines = list(with_raters(lines, inputs, inputs.folder.access or Access()))
    for thing, waiting_for in waiting_lines(lines, gaps.values(), not_yet=_without(not_yet, gaps)).items():
        found.append(line_blocker(thing, waiting_for, about))
    return found


def _without(not_yet: tuple[str, ...], gaps: dict[Thing, FeedGap]) -> tuple[str, ...]:
    """Days that a run asked for and did not get are told: only days that nobody asked for yet are still to come."""
    return tuple(code for code in not_yet if code != "M207") if gaps else not_yet


def _is_too_early(inputs: CloseInputs) -> bool:
    """Whether nobody asks for ratings of the period yet."""
    last_month = inputs.period.months()[-1]
    return inputs.on < last_month.start + timedelta(days=RATINGS_FROM - 1)


def _of_period(
    inputs: CloseInputs,
    stands: PeriodStanding,
    everybody: frozenset[str],
    about: CloseContext,
) -> Iterable[Blocker]:
    """Blockers that are no line of a card."""
    folder, published = inputs.folder, inputs.published
    yield from file_blockers(folder.findings, everybody, about)
    if published.cards and folder.digests:
        yield from stale_blockers(
            published.inputs, with_absent(published.inputs, folder.digests), everybody, about
        )
    # files are read by the scoring itself; what an account shows has to be pulled day by day
    elif inputs.company.sources:
        due = min(inputs.on - timedelta(days=1), inputs.period.end)
        yield from behind_blocker(published.last_run, due, everybody, about)
    yield from plan_blockers(_plan_gaps(inputs), about)
    yield from objection_blockers(stands, about)
    yield from money_blockers(published.money, about)


def _plan_gaps(inputs: CloseInputs) -> list[PlanGap]:
    """Who would be scored under a plan that company.yaml wants served, or confirmed, and is not."""
    folder, mode = inputs.folder, inputs.company.plan_confirmation
    # definitions that are refused are a blocker of their own, and there is no plan before they are mended
    if mode == "off" or folder.definitions is None:
        return []
    own = (target for target in folder.targets if target.period == inputs.period.id)
    book = TargetBook(folder.definitions, own, folder.people)
    plans = agreed_plans(folder.definitions, book, folder.people, inputs.period)
    return plan_gaps({key: plan.hash for key, plan in plans.items()}, plan_records(inputs.entries), mode)


def _notes(inputs: CloseInputs, stands: PeriodStanding) -> Iterable[Label]:
    """What does not block and is good to know."""
    if inputs.folder.access is None:
        yield Label(
            "没有可用的 access.yaml：不知道由谁办理，也没有人能签字",
            "there is no usable access.yaml: who can mend what is unknown, and nobody can sign",
        )
    moving = {
        (row.connector, row.stream, row.shop_id)
        for row in inputs.published.health
        if row.is_proven and row.finality == "open"
    }
    if moving:
        yield Label(
            f"{len(moving)} 个数据源的个别日期仍可能有迟到变更；锁定之后到达的作为更正处理",
            f"days of {len(moving)} feeds may still change; what arrives after the lock becomes a correction",
        )
    if stands.is_locked:
        yield Label("本期已锁定", "the period is locked")
