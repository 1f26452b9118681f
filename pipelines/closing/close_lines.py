"""The lines of a period that have no final score: as they were scored, or as they would be if it were scored now.

Belongs here: published lines, or a scoring in memory of what is there so far, with raters and lacking targets. Not here: what
the lines wait for (models/closing/open_lines.py).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from models.appraisal.cards import Scorecard, ScoreLine
from models.appraisal.scorecard import score_period
from models.appraisal.targets import TargetBook
from models.closing.access import Access
from models.closing.blockers import Thing
from models.closing.open_lines import FeedGap, OpenLine, feed_thing
from models.closing.reporting_line import Roster, roster_of
from models.definitions import Definitions, Kpi, RatedItem, Ratio, Role, RoleLine, TargetRef
from models.definitions.rules import rating_rule_of, rule_of
from models.figure import no_target
from models.inputs import Person, assignments
from models.periods import Period
from pipelines.closing.close_inputs import CloseInputs
from warehouse.published.provenance import SourceHealth
from warehouse.published.read import PublishedCard, PublishedLine

# the codes of figures that wait for a source, of which one alone is named in the cause
_OF_SOURCES = ("M207", "M208", "P", "W", "C")
_LENGTH = {"M": 1, "Q": 2, "H": 3, "Y": 4}


def duties_of(inputs: CloseInputs) -> list[Person]:
    """Who is appraised in the period: one row per person and role; a role that is settled by the quarter is not in the month."""
    definitions = inputs.folder.definitions
    if definitions is None:
        return []
    return [
        row
        for row in assignments(inputs.folder.people, inputs.period)
        if row.role_id in definitions.roles
        and _LENGTH[definitions.role(row.role_id, inputs.period.end).cycle]
        <= _LENGTH.get(inputs.period.kind, 0)
    ]


def scored_lines(inputs: CloseInputs, duties: Sequence[Person]) -> list[OpenLine]:
    """The open lines of the published cards that are provisional."""
    wanted = {(row.person_id, row.role_id) for row in duties}
    found = []
    for card in inputs.published.cards:
        key = (card.person_id, card.role_id)
        # without definitions nobody is known to be appraised by another cycle: then every card counts
        if card.status != "provisional" or (wanted and key not in wanted):
            continue
        lines = _open_lines(card, inputs.published.lines.get(key, []))
        # a card without a total and without an open line still has a cause, which is told as it is
        found += lines or [
            OpenLine(
                person_id=card.person_id, role_id=card.role_id, kpi_id="", code="S101", cause=card.cause or ""
            )
        ]
    return found


def foreseen_lines(inputs: CloseInputs) -> list[OpenLine]:
    """The lines that would be open if the period were scored with all that is known today.

    Raises:
        MeritError: as `score_period`, for targets and ratings that cannot be used.
    """
    folder = inputs.folder
    if folder.definitions is None:
        return []
    cards = score_period(
        folder.definitions,
        inputs.period,
        folder.people,
        inputs.published.figures,
        folder.targets,
        ratings=folder.ratings,
    )
    return [line for card in cards if card.status == "provisional" for line in _open_lines(card, card.lines)]


def _open_lines(
    card: PublishedCard | Scorecard, lines: Iterable[PublishedLine | ScoreLine]
) -> list[OpenLine]:
    """The lines of a card that wait for something, each with its cause."""
    return [
        OpenLine(
            person_id=card.person_id,
            role_id=card.role_id,
            kpi_id=line.kpi_id,
            code=line.cause_code,
            cause=line.cause or "",
        )
        for line in lines
        if line.status in ("missing", "provisional") and line.cause_code
    ]


def with_raters(lines: Iterable[OpenLine], inputs: CloseInputs, access: Access) -> Iterator[OpenLine]:
    """Lines that lack a rating, with those who have not given it."""
    definitions = inputs.folder.definitions
    roster = roster_of(inputs.folder.people, access.others, inputs.period.end)
    for line in lines:
        if line.code != "M213" or definitions is None:
            yield line
        else:
            yield replace(line, raters=_raters(line, definitions, inputs.period, roster))


def _raters(line: OpenLine, definitions: Definitions, period: Period, roster: Roster) -> tuple[str, ...]:
    role = definitions.role(line.role_id, period.end)
    planned = next((one for one in role.lines if one.kpi == line.kpi_id), None)
    if planned is None:
        return ()
    weights = rating_rule_of(planned, definitions.kpi(line.kpi_id, period.end)).weights
    types = [name for name, weight in weights.items() if weight]
    # one type whose ratings count is enough for a figure: the superior is the one who is known by name
    manager = roster.manager(line.person_id) if "superior" in types else None
    if manager is not None:
        return (manager,)
    if "self" in types:
        return (line.person_id,)
    others = [name for name in types if name != "superior"]
    return tuple(f"{name}:{line.person_id}" for name in others[:1])


def lines_without_target(inputs: CloseInputs, duties: Iterable[Person]) -> Iterator[OpenLine]:
    """Lines whose target nobody has set, also where the figure itself is missing and hides it."""
    folder, period = inputs.folder, inputs.period
    if folder.definitions is None:
        return
    book = TargetBook(folder.definitions, (t for t in folder.targets if t.period == period.id), folder.people)
    wanted: dict[str, list[tuple[str, str]]] = {}
    for row in duties:
        if row.role_id not in wanted:
            role = folder.definitions.role(row.role_id, period.end)
            wanted[row.role_id] = list(_needs(folder.definitions, role, period))
        for kpi, of in wanted[row.role_id]:
            if book.resolve(row.person_id, row.role_id, of, period) is None:
                cause = no_target(of, row.person_id)
                yield OpenLine(
                    person_id=row.person_id,
                    role_id=row.role_id,
                    kpi_id=kpi,
                    code=cause.code,
                    cause=cause.text,
                )


def _needs(definitions: Definitions, role: Role, period: Period) -> Iterator[tuple[str, str]]:
    """KPI of a line, and the KPI whose target it needs."""
    for line in role.lines:
        kpi = definitions.kpi(line.kpi, period.end)
        if _needs_own(line, kpi):
            yield line.kpi, line.kpi
        if isinstance(kpi.measure, Ratio) and isinstance(kpi.measure.denominator, TargetRef):
            yield line.kpi, kpi.measure.denominator.kpi


def _needs_own(line: RoleLine, kpi: Kpi) -> bool:
    if line.peer_target is not None or isinstance(kpi.measure, RatedItem):
        return False
    return line.target == "plan" or (line.target is None and rule_of(line, kpi).needs_target)


def feed_gaps(health: Iterable[SourceHealth], *, with_open: bool) -> dict[Thing, FeedGap]:
    """Days of the period that are not proven, by feed; `with_open`: also days that were not over when they were read."""
    rows: dict[Thing, list[SourceHealth]] = {}
    for row in health:
        if row.is_proven or row.state == "none" or (row.state == "open" and not with_open):
            continue
        thing = feed_thing(row.connector, row.stream, row.shop_id, row.cause_code or "M207")
        rows.setdefault(thing, []).append(row)
    return {
        thing: FeedGap(
            connector=days[0].connector,
            stream=days[0].stream,
            shop_id=days[0].shop_id,
            days=tuple(sorted(row.business_date for row in days)),
            code=max(days, key=lambda row: row.business_date).cause_code or "M207",
            causes=tuple(dict.fromkeys(row.cause for row in days if row.cause)),
        )
        for thing, days in rows.items()
    }


def lines_of_gaps(
    lines: Sequence[OpenLine], gaps: Iterable[FeedGap], inputs: CloseInputs
) -> Iterator[OpenLine]:
    """Lines that rest on a feed beside the one that their cause names: a cause names the first that is missing."""
    owned: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for scope in inputs.published.owned:
        owned.setdefault((scope.person_id, scope.role_id), set()).add((scope.scope_type, scope.scope_id))
    waiting = [line for line in lines if line.code.startswith(_OF_SOURCES)]
    for gap in gaps:
        name = f"{gap.connector}.{gap.stream}"
        for line in waiting:
            label = inputs.published.kpis.get(line.kpi_id)
            if label is None or name not in label.sources.split(", ") or not gap.causes:
                continue
            scopes = owned.get((line.person_id, line.role_id), set())
            # a brand, a queue or a person may receive rows from every account
            if any(kind != "shop" or shop == gap.shop_id for kind, shop in scopes):
                yield replace(line, code=gap.code, cause=gap.causes[0])
