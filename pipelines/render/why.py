"""The whole story of one figure, for `kpi why PERSON KPI PERIOD`: from the landing files to the grade.

Belongs here: reading the published tables and putting the story in order. Not here: any arithmetic; the steps
are published with the scorecard, so that what a person reads is what was computed.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import duckdb

from models.errors import UsageError
from models.periods import Period
from models.values import closest
from pipelines.render.bilingual import (
    STATUS,
    Bilingual,
    bilingual_cause,
    bilingual_unit,
    format_value,
    in_words,
    percent,
    plain,
    quotient,
    untranslated,
)
from pipelines.render.labels import by_another, kpi_label, locked_words
from pipelines.render.story import Story
from warehouse.published import labels, provenance, read
from warehouse.published.labels import KpiLabel, PublishedPerson
from warehouse.published.period_locks import lock_of
from warehouse.published.provenance import LandingFile
from warehouse.published.read import Ownership, PublishedCard, PublishedFigure, PublishedLine

_LOOSELY = Fraction(2, 5)  # names of people are short: one wrong character of three is still meant
MAX_FILES = 10  # landing files told; a month of orders may have hundreds
SourceLookup = Callable[[str], str | None]


@dataclass(frozen=True)
class FigureQuestion:
    """Which figure somebody wants explained, after names and labels became ids."""

    person: PublishedPerson
    kpi: KpiLabel
    period: Period
    currency: str
    known: Mapping[str, KpiLabel]

    def measured_by(self, figure: PublishedLine | PublishedFigure) -> KpiLabel:
        """The KPI that was measured: the one that is asked for, or an alternative in its place."""
        return kpi_label(self.known, figure.measured_by)


def explain(
    con: duckdb.DuckDBPyConnection,
    person: str,
    kpi: str,
    period: str,
    *,
    lang: str = "both",
    definitions_source_lookup: SourceLookup | None = None,
    role: str = "",
) -> str:
    """Why a person's figure is what it is, from the published tables only.

    Args:
        con: read-only connection to the published database.
        person: id or name.
        kpi: id or label in either language.
        period: `2011-11`, `2011-Q4`, or a day such as `2011-11-30`.
        lang: `zh`, `en` or `both`.
        definitions_source_lookup: gives the definition's text for a file:line, to be shown beside it.
        role: of a person with several roles the one that is meant; all of them where none is given.

    Raises:
        UsageError: U301 unknown person, U302 unknown KPI, U303 no figure, U304 unknown language,
            U305 ambiguous name.
    """
    if lang not in {"zh", "en", "both"}:
        raise UsageError("U304", "unknown language", actual=lang, remedy="use zh, en or both")
    question = _understood(con, person, kpi, period)
    story = Story(lang)
    _title(story, question)
    if (locked := locked_words(lock_of(con, question.period.id))) is not None:
        story.say(locked)
    lines, cards = _published(con, question)
    figures: Sequence[PublishedLine | PublishedFigure] = lines
    if question.period.kind == "D":
        figures = _day_figures(con, story, question)
    elif not lines:
        raise _no_figure(con, question)
    for line in lines:
        if role and line.role_id != role:
            continue
        _line(story, question, line, cards.get(line.role_id))
    measured = list({kpi.kpi_id: kpi for kpi in map(question.measured_by, figures)}.values())
    for kpi_told in {kpi.kpi_id: kpi for kpi in (question.kpi, *measured)}.values():
        _definition(story, kpi_told, definitions_source_lookup)
    owned = read.ownership(con, question.period.start, question.period.end)
    own = [o for o in owned if o.person_id == question.person.person_id]
    _owned(story, own)
    _landing(con, story, question, (measured, own))
    return "\n".join(story.lines) + "\n"


def _understood(con: duckdb.DuckDBPyConnection, person: str, kpi: str, period: str) -> FigureQuestion:
    span = Period.parse(period)
    everyone = labels.people(con)
    found = [p for p in everyone if person in {p.person_id, p.name}]
    if not found:
        raise _unknown("U301", "person", person, [x for p in everyone for x in (p.person_id, p.name)])
    if len({p.person_id for p in found}) > 1:
        ids = ", ".join(sorted({p.person_id for p in found}))
        raise UsageError("U305", "several people have this name", actual=person, remedy=f"use one of {ids}")
    known = labels.kpi_labels(con, span.end)
    matching = [label for label in known.values() if kpi in {label.kpi_id, label.zh, label.en}]
    if not matching:
        raise _unknown("U302", "KPI", kpi, [x for k in known.values() for x in (k.kpi_id, k.zh, k.en)])
    fitting = [p for p in found if p.is_valid(span.start, span.end)]
    # people come oldest first: the last is the newest assignment
    return FigureQuestion((fitting or found)[-1], matching[0], span, labels.company(con).currency, known)


def _unknown(code: str, what: str, actual: str, known: Sequence[str]) -> UsageError:
    near = closest(actual, set(known), most=3, likeness=_LOOSELY)
    remedy = f"did you mean {', '.join(near)}?" if near else f"known: {', '.join(dict.fromkeys(known[:8]))}"
    return UsageError(code, f"there is no such {what}", actual=repr(actual[:60]), remedy=remedy)


def _no_figure(con: duckdb.DuckDBPyConnection, question: FigureQuestion) -> UsageError:
    person_id, kpi_id, period = question.person.person_id, question.kpi.kpi_id, question.period.id
    scored = read.scored_kpis(con, person_id, kpi_id=kpi_id, period=period)
    periods = [s.period for s in scored if s.kpi_id == kpi_id]
    kpis = [s.kpi_id for s in scored if s.period == period]
    hints = []
    if periods:
        hints.append(f"scored periods of this KPI: {', '.join(periods)}")
    if kpis:
        hints.append(f"KPIs of this period: {', '.join(kpis)}")
    return UsageError(
        "U303",
        f"no {question.kpi.kpi_id} of {question.person.person_id} is published for {question.period.id}",
        where="published/kpi.duckdb",
        remedy="; ".join(hints) or f"run `kpi score --period {question.period.id}` first",
    )


def _published(
    con: duckdb.DuckDBPyConnection, question: FigureQuestion
) -> tuple[list[PublishedLine], dict[str, PublishedCard]]:
    own = [
        card for card in read.cards(con, question.period.id) if card.person_id == question.person.person_id
    ]
    found = read.lines(con, question.period.id)
    mine = (
        line
        for (person_id, _), lines in found.items()
        if person_id == question.person.person_id
        for line in lines
    )
    return [line for line in mine if line.kpi_id == question.kpi.kpi_id], {card.role_id: card for card in own}


def _title(story: Story, question: FigureQuestion) -> None:
    kpi = question.kpi
    story.lines.append(
        f"{question.person.name} ({question.person.person_id}) · {kpi.kpi_id} · {question.period.id}"
    )
    story.say(Bilingual(kpi.zh, kpi.en))
    story.say(Bilingual(f"公式：{kpi.formula_zh}", f"formula: {kpi.formula_en}"))
    days = untranslated(f"{question.period.start} … {question.period.end}")
    story.say(bilingual_unit(kpi.unit, question.currency).joined(days, " · ", " · "))


def _line(story: Story, question: FigureQuestion, line: PublishedLine, card: PublishedCard | None) -> None:
    story.head(Bilingual(f"实际（岗位 {line.role_id}）", f"Actual (role {line.role_id})"))
    _actual(story, question, line)
    target = _shown(question, line.target)
    story.say(Bilingual(f"目标 = {target or '未设定'}", f"target = {target or 'none set'}"))
    _attainment(story, line)
    _rows(story, question, line)
    if line.value is None or line.status == "missing":
        _missing(story, question, line)
    story.head(Bilingual("得分的算法", "How the score came about"))
    if line.rule_zh or line.rule_en:
        story.say(
            Bilingual(f"规则（{line.method}）：{line.rule_zh}", f"rule ({line.method}): {line.rule_en}")
        )
    for step in _steps(line.steps):  # the contribution to the total is the last of them
        story.say(step)
    _total(story, card)


def _actual(story: Story, question: FigureQuestion, line: PublishedLine | PublishedFigure) -> None:
    if line.measured_as:
        story.say(by_another(question.measured_by(line)))
    if line.value is None:
        cause = bilingual_cause(line.cause_code, line.cause)
        story.say(Bilingual(f"缺失：{cause.zh}", f"missing: {cause.en}"))
        return
    value = _shown(question, line.value)
    if line.numerator is not None and line.denominator is not None:
        story.say(untranslated(f"{quotient(line.numerator, line.denominator)} = {value}"))
    else:
        story.say(untranslated(value))


def _shown(question: FigureQuestion, value: Decimal | None) -> str:
    return format_value(value, question.kpi.unit, question.kpi.decimals)


def _rows(story: Story, question: FigureQuestion, figure: PublishedLine | PublishedFigure) -> None:
    sources = question.measured_by(figure).sources or "—"
    count = "—" if figure.n_rows is None else f"{figure.n_rows:,}"
    story.say(Bilingual(f"来源行数 = {count}（{sources}）", f"source rows = {count} ({sources})"))


def _missing(story: Story, question: FigureQuestion, line: PublishedLine) -> None:
    # a KPI without a stream is a manual rating or follows from the scorecards of the reports
    source, again = (
        question.measured_by(line).sources or "ratings.csv, scorecards of the reports",
        f"kpi score --period {question.period.id}",
    )
    story.say(
        Bilingual(
            f"处理：补齐来源（{source}），再运行 kpi run 与 {again}；缺失从不当作 0。",
            f"do: complete the source ({source}), then kpi run and {again}; missing never counts as 0.",
        )
    )


def _steps(stored: str | None) -> Iterator[Bilingual]:
    for step in json.loads(stored or "[]") or []:
        yield Bilingual(str(step.get("zh", "")), str(step.get("en", "")))


def _total(story: Story, card: PublishedCard | None) -> None:
    if card is None:
        story.say(Bilingual("没有总分记录", "no total is published"))
    elif card.total is None:
        cause = bilingual_cause(None, card.cause)
        state = in_words(STATUS, card.status)
        story.say(Bilingual(f"总分：{state.zh}，{cause.zh}", f"total: {state.en}, {cause.en}"))
    else:
        for step in _steps(card.steps):
            story.say(step)
        tail = "" if card.coefficient is None else f" → {plain(card.coefficient)}"
        shown = f"{plain(card.total)} → {card.grade or '—'}{tail}"
        story.say(Bilingual(f"总分 → 等级 → 系数：{shown}", f"total -> grade -> coefficient: {shown}"))


def _day_figures(
    con: duckdb.DuckDBPyConnection, story: Story, question: FigureQuestion
) -> list[PublishedFigure]:
    day = question.period.start
    key = (question.person.person_id, question.kpi.kpi_id)
    daily = [f for f in read.daily_figures(con, day, day).get(day, []) if (f.person_id, f.kpi_id) == key]
    month = [f for f in read.month_figures(con, day) if (f.person_id, f.kpi_id) == key]
    if not daily and not month:
        raise _no_figure(con, question)
    for title, figures in (
        (Bilingual("当日", "The day"), daily),
        (Bilingual("月至今", "Month to date"), month),
    ):
        for figure in figures:
            story.head(title.joined(untranslated(f"({figure.role_id})"), " ", " "))
            _actual(story, question, figure)
            _rows(story, question, figure)
            _progress(story, question, figure)
    return [*daily, *month]


def _progress(story: Story, question: FigureQuestion, figure: PublishedFigure) -> None:
    """The month's target and its attainment, then what is due by the day and the pace; nothing without a target."""
    if figure.target is not None:
        target = _shown(question, figure.target)
        story.say(Bilingual(f"目标 = {target}", f"target = {target}"))
    _attainment(story, figure)
    if figure.target_to_date is None:
        return
    due = _shown(question, figure.target_to_date)
    share = percent(figure.share_of_target_to_date, 2) or "—"
    story.say(Bilingual(f"截至当日目标 = {due}，为其 {share}", f"target to date = {due}, {share} of it"))
    if figure.pace is not None:
        pace = percent(figure.pace, 2)
        story.say(Bilingual(f"进度 = {pace}", f"pace = {pace}"))


def _attainment(story: Story, figure: PublishedLine | PublishedFigure) -> None:
    if figure.attainment is not None:
        share = percent(figure.attainment, 2)
        story.say(Bilingual(f"完成率 = {share}", f"attainment = {share}"))


def _definition(story: Story, kpi: KpiLabel, lookup: SourceLookup | None) -> None:
    story.head(Bilingual("定义", "Definition"))
    story.say(untranslated(kpi.defined_at or "—"))
    text = lookup(kpi.defined_at) if lookup and kpi.defined_at else None
    for line in (text or "").splitlines():
        story.say(untranslated(f"| {line}"))


def _owned(story: Story, own: list[Ownership]) -> None:
    story.head(Bilingual("归属（ownership.csv）", "Ownership (ownership.csv)"))
    for row in own:
        until = row.valid_to or "…"
        scope = f"{row.scope_type} {row.scope_id}"
        share = percent(row.share, 2)
        story.say(Bilingual(f"{scope}：{share}（{row.role_id}，{row.valid_from} 至 {until}）",
                        f"{scope}: {share} ({row.role_id}, {row.valid_from} to {until})"))  # fmt: skip
    if not own:
        story.say(
            Bilingual(
                "该周期内没有归属记录：只计入数据中写明本人的行",
                "nothing was owned in the period: only rows that name the person count",
            )
        )


def _landing(
    con: duckdb.DuckDBPyConnection,
    story: Story,
    question: FigureQuestion,
    of: tuple[list[KpiLabel], list[Ownership]],
) -> None:
    story.head(Bilingual("取数文件（var/landing）", "Landing files (under landing/)"))
    if not provenance.has_landing_files(con):
        story.say(
            Bilingual("已发布的数据中没有取数文件清单", "the published data carries no list of landing files")
        )
        return
    measured, own = of
    spans = [(question.period.start, question.period.end), *_compared(question.period, measured)]
    for number, (first, last) in enumerate(spans):
        if number:
            story.say(Bilingual(f"比较期 {first} 至 {last}：", f"of the compared days {first} to {last}:"))
        _tell_files(story, _windows(con, (first, last), measured, own))


def _compared(period: Period, measured: list[KpiLabel]) -> list[tuple[date, date]]:
    """The days of other periods that the figure stands beside; of a day also those of its month to date."""
    ranges = dict.fromkeys(found for kpi in measured for found in kpi.ranges)
    spans = [found.of(period.start, period.end) for found in ranges]
    if period.kind == "D":
        spans += [found.of(period.start.replace(day=1), period.end, to_date=True) for found in ranges]
    return list(dict.fromkeys(spans))


def _tell_files(story: Story, windows: list[LandingFile]) -> None:
    for window in windows[:MAX_FILES]:
        span = f"{_minute(window.window_from)} … {_minute(window.window_to)}"
        sha, proof = (window.landing_sha256 or "")[:12], window.proof or ""
        told = f"{window.landing_file}  sha256 {sha}  {span}  {window.rows} rows  {proof}"
        story.say(untranslated(told.rstrip()))
    if len(windows) > MAX_FILES:
        more = len(windows) - MAX_FILES
        story.say(Bilingual(f"另有 {more} 个文件", f"and {more} more files"))
    if not windows:
        story.say(Bilingual("没有读取窗口与这些日期重叠", "no pulled window overlaps these days"))


def _windows(
    con: duckdb.DuckDBPyConnection, days: tuple[date, date], measured: list[KpiLabel], own: list[Ownership]
) -> list[LandingFile]:
    """Windows of what was measured that touch the days or hold a record of them; only of owned shops when any is."""
    sources = ",".join(kpi.sources for kpi in measured)
    streams = {name.strip() for name in sources.replace(";", ",").split(",")}
    shops = {o.scope_id for o in own if o.scope_type == "shop"}
    files = provenance.landing_files(con, *days)
    # a rating by hand has no stream: then any file of these days may matter
    named = [file for file in files if file.source in streams] or files
    return [file for file in named if not shops or file.shop_id in shops]


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%MZ}"
