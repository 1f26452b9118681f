"""A thing that blocks in words: what it is, who can mend it, with which command or in which file.

Belongs here: things that open lines wait for. Not here: which lines those are (open_lines.py), what blocks a period without being
a line: refused files, plans, objections, money (period_blockers.py).
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from models.causes import FeedDay
from models.closing.access import RIGHT_NAMES, Right
from models.closing.blockers import Blocker, BlockerKind, BlockerOwner, Thing
from models.closing.open_lines import FeedGap, OpenLine, WaitingLines
from models.closing.rights import Rights
from models.codes import known
from models.definitions import Label
from models.periods import Period

_SHOWN = 5  # names or days in a sentence; the rest is counted
_TO_PULL = Label("维护 sources.yaml 的人", "whoever keeps sources.yaml")
_TO_FILE = Label("维护数据文件的人", "whoever keeps the fact files")
_TO_KEEP = Label("维护公司文件夹的人", "whoever keeps the company folder")
_FILE_OF_DAYS = Label("在 facts.yaml 中声明这些日期的文件", "declare a file for these days in facts.yaml")
_RATERS: Mapping[str, Label] = {
    "peer": Label("同级", "peers"),
    "report": Label("下级", "reports"),
    "customer": Label("客户", "customers"),
}
_MANAGER = Label("上级", "the manager")


@dataclass(frozen=True, kw_only=True)
class CloseContext:
    """What a blocker is told with: names, rights, the feeds that are not proven and the files that fill feeds."""

    period: Period
    on: date
    rights: Rights
    names: Mapping[str, str] = field(default_factory=dict)
    kpis: Mapping[str, Label] = field(default_factory=dict)
    gaps: Mapping[Thing, FeedGap] = field(default_factory=dict)
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by connector.stream[shop]

    @property
    def score_again(self) -> str:
        """The command that takes in what was mended."""
        return f"kpi score --period {self.period.id}"

    def person(self, person_id: str) -> str:
        """Id and name."""
        name = self.names.get(person_id, "")
        return f"{person_id} {name}" if name and name != person_id else person_id

    def kpi(self, kpi_id: str) -> Label:
        """The names of a KPI."""
        return self.kpis.get(kpi_id, Label(kpi_id, kpi_id))

    def holders(
        self, right: Right, people: Iterable[str | None], prepared_by: Collection[str] = ()
    ) -> BlockerOwner:
        """Who may act over all of the people, else over any of them."""
        found = [
            frozenset(self.rights.holders(right, person, self.on, prepared_by=prepared_by))
            for person in people
        ]
        of_all = frozenset.intersection(*found) if found else frozenset()
        who = of_all or frozenset().union(*found)
        name = RIGHT_NAMES[right]
        if who:
            return BlockerOwner(tuple(sorted(who)), Label(f"有{name.zh}", f"may {name.en}"))
        return BlockerOwner(
            (),
            Label(
                f"未知：access.yaml 没有写明谁有{name.zh}", f"unknown: access.yaml lets nobody {name.en} here"
            ),
        )


def line_blocker(thing: Thing, waiting: WaitingLines, about: CloseContext) -> Blocker:
    """The blocker that open lines make of a thing."""
    told = _TOLD.get(thing.kind, _figure)
    return told(thing, waiting, about)


def shown(names: Iterable[str]) -> str:
    """Some names in a sentence.

    >>> shown(["a", "b", "c", "d", "e", "f", "g"])
    'a, b, c, d, e, … (7)'
    """
    listed = list(names)
    more = f", … ({len(listed)})" if len(listed) > _SHOWN else ""
    return ", ".join(listed[:_SHOWN]) + more


def remedy_of(code: str) -> Label:
    """What the table of codes says to do."""
    entry = known(code)
    return Label(entry.remedy_zh, entry.remedy_en) if entry else Label("见说明", "see the message")


def meaning_of(code: str) -> Label:
    """What the table of codes calls it."""
    entry = known(code)
    return Label(entry.zh, entry.en) if entry else Label(code, code)


def _feed(thing: Thing, waiting: WaitingLines, about: CloseContext) -> Blocker:
    gap = about.gaps.get(thing)
    named = [feed.day for line in waiting.lines if (feed := FeedDay.named_in(line.cause)) is not None]
    days = sorted({*named, *(gap.days if gap else ())})
    code = gap.code if gap else waiting.lines[0].code
    means = meaning_of(code)
    when = f"{days[0]}" if len(days) == 1 else f"{days[0]} … {days[-1]} ({len(days)})" if days else ""
    files = about.files.get(thing.subject, ())
    is_file = bool(files)
    command = (
        about.score_again if is_file else f"kpi run --from {days[0]} --to {days[-1]}" if days else "kpi run"
    )
    causes = dict.fromkeys(
        map(_reason, (*(gap.causes if gap else ()), *(line.cause for line in waiting.lines)))
    )
    # a day of which no file speaks was not refused: pulling would bring nothing
    remedy = _FILE_OF_DAYS if is_file and code.startswith("M") else remedy_of(code)
    return Blocker(
        thing=thing,
        code=code,
        what=Label(
            f"{thing.subject} {when} 未证实完整：{means.zh}",
            f"{thing.subject} {when} is not proven: {means.en}",
        ),
        owner=BlockerOwner((), _TO_FILE if is_file else _TO_PULL),
        remedy=remedy,
        command=command,
        place=shown(("facts.yaml", *files) if remedy is _FILE_OF_DAYS else files),
        people=waiting.people,
        details=tuple(Label(cause, cause) for cause in causes),
    )


def _reason(cause: str) -> str:
    """The cause without its day: 31 days of one file fail for one reason."""
    feed = FeedDay.named_in(cause)
    return cause if feed is None else cause.partition(f"{feed}: ")[2]


def _rating(thing: Thing, waiting: WaitingLines, about: CloseContext) -> Blocker:
    kind, _, whom = thing.subject.partition(":")
    rated = sorted({line.person_id for line in waiting.lines})
    if whom:
        raters = _RATERS[kind]
        owner = about.holders("score", [whom])
        who = Label(f"{about.person(whom)} 的{raters.zh}", f"the {raters.en} of {about.person(whom)}")
    else:
        name = about.person(thing.subject)
        who = Label(name, name)
        owner = _rater(thing.subject, rated, about)
    people = shown(map(about.person, rated))
    return Blocker(
        thing=thing,
        code="M213",
        what=Label(f"{who.zh} 尚未评分：{people}", f"{who.en} has not rated {people}"),
        owner=owner,
        remedy=Label(
            f"`kpi ratings send --period {about.period.id}` 发评分表，收回后 `kpi ratings take 文件 --period {about.period.id}`",
            f"`kpi ratings send --period {about.period.id}`, then `kpi ratings take FILE --period {about.period.id}`",
        ),
        command=about.score_again,
        place="ratings.csv",
        people=waiting.people,
        details=_kpis(waiting.lines, about),
    )


def _rater(rater: str, rated: list[str], about: CloseContext) -> BlockerOwner:
    if rater in about.rights.roster(about.on).here:
        return BlockerOwner((rater,), _MANAGER if rater not in rated else Label("本人", "oneself"))
    # a manager who has left rates nobody any more: whoever may score them now does
    others = about.holders("score", rated)
    if others.people:
        return others
    gone = Label(
        f"上级；按 people.csv，{about.on} 已不在职", f"the manager, by people.csv not here on {about.on}"
    )
    return BlockerOwner((rater,), gone)


def _target(thing: Thing, waiting: WaitingLines, about: CloseContext) -> Blocker:
    code = min((line.code for line in waiting.lines), default="M210")
    kpis = sorted({line.kpi_id for line in waiting.lines})
    people = sorted({line.person_id for line in waiting.lines})
    zh, en = (shown(getattr(about.kpi(kpi), language) for kpi in kpis) for language in ("zh", "en"))
    who = shown(map(about.person, people))
    return Blocker(
        thing=thing,
        code=code,
        what=Label(
            f"{thing.subject} 缺少或不能使用 {about.period.id} 的目标：{zh}（{who}）",
            f"{thing.subject} has no usable target of {about.period.id} for {en} ({who})",
        ),
        owner=about.holders("plan", people),
        remedy=remedy_of(code),
        command=about.score_again,
        place=thing.subject,
        people=waiting.people,
        details=_kpis(waiting.lines, about),
    )


def _ownership(thing: Thing, waiting: WaitingLines, about: CloseContext) -> Blocker:
    people = sorted({line.person_id for line in waiting.lines})
    who = shown(map(about.person, people))
    return Blocker(
        thing=thing,
        code="M205",
        what=Label(f"{who} 在本期没有负责范围", f"nothing is owned in the period by {who}"),
        owner=about.holders("dispatch", people),
        remedy=remedy_of("M205"),
        command=about.score_again,
        place=thing.subject,
        people=waiting.people,
        details=_causes(waiting.lines, about),
    )


def _file(thing: Thing, waiting: WaitingLines, about: CloseContext) -> Blocker:
    code = min((line.code for line in waiting.lines), default="M203")
    means = meaning_of(code)
    return Blocker(
        thing=thing,
        code=code,
        what=Label(f"{thing.subject}：{means.zh}", f"{thing.subject}: {means.en}"),
        owner=BlockerOwner((), _TO_KEEP),
        remedy=remedy_of(code),
        command=about.score_again,
        place=thing.subject,
        people=waiting.people,
        details=_causes(waiting.lines, about),
    )


def _figure(thing: Thing, waiting: WaitingLines, about: CloseContext) -> Blocker:
    code, _, cause = thing.subject.partition(" ")
    means = meaning_of(code)
    first = waiting.lines[0] if waiting.lines else None
    return Blocker(
        thing=thing,
        code=code,
        what=Label(f"{means.zh}：{cause}", f"{means.en}: {cause}"),
        owner=BlockerOwner((), _TO_PULL if code == "M206" else _TO_KEEP),
        remedy=remedy_of(code),
        command=f"kpi why {first.person_id} {first.kpi_id} {about.period.id}" if first else about.score_again,
        place={"M206": "sources.yaml", "M209": "sources.yaml", "M215": "people.csv"}.get(code, ""),
        people=waiting.people,
        details=_causes(waiting.lines, about),
    )


def _kpis(lines: Iterable[OpenLine], about: CloseContext) -> tuple[Label, ...]:
    """Per person the KPIs, e.g. `P1 李三: 团队协作, 执行力`."""
    by_person: dict[str, list[Label]] = {}
    for line in sorted(lines, key=lambda one: (one.person_id, one.kpi_id)):
        by_person.setdefault(line.person_id, []).append(about.kpi(line.kpi_id))
    return tuple(
        Label(
            f"{about.person(person)}：{'、'.join(dict.fromkeys(k.zh for k in kpis))}",
            f"{about.person(person)}: {', '.join(dict.fromkeys(k.en for k in kpis))}",
        )
        for person, kpis in by_person.items()
    )


def _causes(lines: Iterable[OpenLine], about: CloseContext) -> tuple[Label, ...]:
    told = [
        Label(
            f"{about.person(line.person_id)} {about.kpi(line.kpi_id).zh}：{line.cause}",
            f"{about.person(line.person_id)} {about.kpi(line.kpi_id).en}: {line.cause}",
        )
        for line in sorted(lines, key=lambda one: (one.person_id, one.kpi_id))
    ]
    return tuple(dict.fromkeys(told))


_TOLD: Mapping[BlockerKind, Callable[[Thing, WaitingLines, CloseContext], Blocker]] = {
    BlockerKind.SOURCE: _feed,
    BlockerKind.OPEN_DAY: _feed,
    BlockerKind.FACT: _feed,
    BlockerKind.RATING: _rating,
    BlockerKind.TARGET: _target,
    BlockerKind.OWNERSHIP: _ownership,
    BlockerKind.FILE: _file,
}
