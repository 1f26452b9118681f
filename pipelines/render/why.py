"""The whole story of one figure, for `kpi why PERSON KPI PERIOD`: from the landing files to the grade.

Belongs here: reading the published tables and putting the story in order. Not here: any arithmetic; the steps
are published with the scorecard, so that what a person reads is what was computed.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from difflib import get_close_matches

import duckdb

from models.errors import UsageError
from models.periods import Period
from pipelines.render.text import STATUS, Words, cause_words, format_value, percent, plain, same, unit_words
from warehouse.published import labels, provenance
from warehouse.published import read as data
from warehouse.published.labels import KpiLabel, PublishedPerson
from warehouse.published.provenance import LandingFile
from warehouse.published.read import Ownership, PublishedCard, PublishedFigure, PublishedLine

MAX_FILES = 10
LABEL_WIDTH = 12
SourceLookup = Callable[[str], str | None]


@dataclass(frozen=True)
class Question:
    """What is asked, after names and labels became ids."""

    person: PublishedPerson
    kpi: KpiLabel
    period: Period
    currency: str


class Story:
    """Lines in one language or both, in the order they are told."""

    def __init__(self, lang: str) -> None:
        self._lang = lang
        self.lines: list[str] = []

    def words(self, words: Words, separator: str = " / ") -> str:
        """The text in the asked language."""
        return {"zh": words.zh, "en": words.en}.get(self._lang) or words.both(separator)

    def head(self, title: Words) -> None:
        """A heading after an empty line."""
        self.lines += ["", f"{self.words(title)}"]

    def say(self, words: Words) -> None:
        """One indented line, or one per language."""
        told = [words.zh, words.en] if self._lang == "both" and words.zh != words.en else [self.words(words)]
        self.lines += [f"  {line}" for line in told]


def explain(
    con: duckdb.DuckDBPyConnection,
    person: str,
    kpi: str,
    period: str,
    *,
    lang: str = "both",
    definitions_source_lookup: SourceLookup | None = None,
) -> str:
    """Why a person's figure is what it is, from the published tables only.

    Args:
        con: read-only connection to the published database.
        person: id or name.
        kpi: id or label in either language.
        period: `2011-11`, `2011-Q4`, or a day such as `2011-11-30`.
        lang: `zh`, `en` or `both`.
        definitions_source_lookup: gives the definition's text for a file:line, to be shown beside it.

    Raises:
        UsageError: U301 unknown person, U302 unknown KPI, U303 no figure, U304 unknown language,
            U305 ambiguous name.
    """
    if lang not in {"zh", "en", "both"}:
        raise UsageError("U304", "unknown language", actual=lang, remedy="use zh, en or both")
    asked = _question(con, person, kpi, period)
    story = Story(lang)
    _title(story, asked)
    lines, cards = _published(con, asked)
    if asked.period.kind == "D":
        _day_figures(con, story, asked)
    elif not lines:
        raise _no_figure(con, asked)
    for line in lines:
        _line(story, asked, line, cards.get(line.role_id))
    _definition(story, asked, definitions_source_lookup)
    owned = data.ownership(con, asked.period.start, asked.period.end)
    own = [o for o in owned if o.person_id == asked.person.person_id]
    _owned(story, own)
    _landing(con, story, asked, own)
    return "\n".join(story.lines) + "\n"


def _question(con: duckdb.DuckDBPyConnection, person: str, kpi: str, period: str) -> Question:
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
    return Question((fitting or found)[-1], matching[0], span, labels.company(con).currency)


def _unknown(code: str, what: str, actual: str, known: Sequence[str]) -> UsageError:
    near = get_close_matches(actual, dict.fromkeys(known), n=3, cutoff=0.4)
    remedy = f"did you mean {', '.join(near)}?" if near else f"known: {', '.join(dict.fromkeys(known[:8]))}"
    return UsageError(code, f"there is no such {what}", actual=repr(actual[:60]), remedy=remedy)


def _no_figure(con: duckdb.DuckDBPyConnection, asked: Question) -> UsageError:
    person_id, kpi_id, period = asked.person.person_id, asked.kpi.kpi_id, asked.period.id
    scored = data.scored_kpis(con, person_id, kpi_id=kpi_id, period=period)
    periods = [s.period for s in scored if s.kpi_id == kpi_id]
    kpis = [s.kpi_id for s in scored if s.period == period]
    hints = []
    if periods:
        hints.append(f"scored periods of this KPI: {', '.join(periods)}")
    if kpis:
        hints.append(f"KPIs of this period: {', '.join(kpis)}")
    return UsageError(
        "U303",
        f"no {asked.kpi.kpi_id} of {asked.person.person_id} is published for {asked.period.id}",
        where="published/kpi.duckdb",
        remedy="; ".join(hints) or f"run `kpi score --period {asked.period.id}` first",
    )


def _published(
    con: duckdb.DuckDBPyConnection, asked: Question
) -> tuple[list[PublishedLine], dict[str, PublishedCard]]:
    own = [card for card in data.cards(con, asked.period.id) if card.person_id == asked.person.person_id]
    found = data.lines(con, asked.period.id)
    mine = (
        line
        for (person_id, _), lines in found.items()
        if person_id == asked.person.person_id
        for line in lines
    )
    return [line for line in mine if line.kpi_id == asked.kpi.kpi_id], {card.role_id: card for card in own}


def _title(story: Story, asked: Question) -> None:
    kpi = asked.kpi
    story.lines.append(f"{asked.person.name} ({asked.person.person_id}) · {kpi.kpi_id} · {asked.period.id}")
    story.say(Words(kpi.zh, kpi.en))
    story.say(Words(f"公式：{kpi.formula_zh}", f"formula: {kpi.formula_en}"))
    days = same(f"{asked.period.start} … {asked.period.end}")
    story.say(unit_words(kpi.unit, asked.currency).joined(days, " · ", " · "))


def _line(story: Story, asked: Question, line: PublishedLine, card: PublishedCard | None) -> None:
    story.head(Words(f"实际（岗位 {line.role_id}）", f"Actual (role {line.role_id})"))
    _actual(story, asked, line)
    target = _shown(asked, line.target)
    story.say(Words(f"目标 = {target or '未设定'}", f"target = {target or 'none set'}"))
    if line.attainment is not None:
        story.say(
            Words(f"完成率 = {percent(line.attainment, 2)}", f"attainment = {percent(line.attainment, 2)}")
        )
    _rows(story, asked, line.n_rows)
    if line.value is None or line.status == "missing":
        _missing(story, asked)
    story.head(Words("得分的算法", "How the score came about"))
    if line.rule_zh or line.rule_en:
        story.say(Words(f"规则（{line.method}）：{line.rule_zh}", f"rule ({line.method}): {line.rule_en}"))
    for step in _steps(line.steps):
        story.say(step)
    _contribution(story, line, card)


def _actual(story: Story, asked: Question, line: PublishedLine | PublishedFigure) -> None:
    if line.value is None:
        cause = cause_words(line.cause_code, line.cause)
        story.say(Words(f"缺失：{cause.zh}", f"missing: {cause.en}"))
        return
    value = _shown(asked, line.value)
    if line.numerator is not None and line.denominator is not None:
        story.say(same(f"{plain(line.numerator)} ÷ {plain(line.denominator)} = {value}"))
    else:
        story.say(same(value))


def _shown(asked: Question, value: Decimal | None) -> str:
    return format_value(value, asked.kpi.unit, asked.kpi.decimals)


def _rows(story: Story, asked: Question, n_rows: int | None) -> None:
    sources = asked.kpi.sources or "—"
    count = "—" if n_rows is None else f"{n_rows:,}"
    story.say(Words(f"来源行数 = {count}（{sources}）", f"source rows = {count} ({sources})"))


def _missing(story: Story, asked: Question) -> None:
    # a KPI without a stream is a manual rating or follows from the scorecards of the reports
    source, again = (
        asked.kpi.sources or "ratings.csv, scorecards of the reports",
        f"kpi score --period {asked.period.id}",
    )
    story.say(
        Words(
            f"处理：补齐来源（{source}），再运行 kpi run 与 {again}；缺失从不当作 0。",
            f"do: complete the source ({source}), then kpi run and {again}; missing never counts as 0.",
        )
    )


def _steps(stored: str | None) -> Iterator[Words]:
    for step in json.loads(stored or "[]") or []:
        yield Words(str(step.get("zh", "")), str(step.get("en", "")))


def _contribution(story: Story, line: PublishedLine, card: PublishedCard | None) -> None:
    weight = line.weight if line.weight is not None else line.declared_weight
    told = "贡献" in (line.steps or "")  # the scorecard's own steps end with the contribution
    if not told and line.score is not None and line.contribution is not None and weight is not None:
        text = f"{plain(line.score)} × {plain(weight)} % = {plain(line.contribution)}"
        story.say(Words(f"加权得分 = {text}", f"contribution = {text}"))
    if card is None:
        story.say(Words("没有总分记录", "no total is published"))
    elif card.total is None:
        cause = cause_words(None, card.cause)
        state = STATUS.get(card.status, same(card.status))
        story.say(Words(f"总分：{state.zh}，{cause.zh}", f"total: {state.en}, {cause.en}"))
    else:
        tail = "" if card.coefficient is None else f" → {plain(card.coefficient)}"
        shown = f"{plain(card.total)} → {card.grade or '—'}{tail}"
        story.say(Words(f"总分 → 等级 → 系数：{shown}", f"total -> grade -> coefficient: {shown}"))


def _day_figures(con: duckdb.DuckDBPyConnection, story: Story, asked: Question) -> None:
    day = asked.period.start
    key = (asked.person.person_id, asked.kpi.kpi_id)
    daily = [f for f in data.daily_figures(con, day, day).get(day, []) if (f.person_id, f.kpi_id) == key]
    month = [f for f in data.month_figures(con, day) if (f.person_id, f.kpi_id) == key]
    if not daily and not month:
        raise _no_figure(con, asked)
    for title, figures in ((Words("当日", "The day"), daily), (Words("月至今", "Month to date"), month)):
        for figure in figures:
            story.head(title.joined(same(f"({figure.role_id})"), " ", " "))
            _actual(story, asked, figure)
            _rows(story, asked, figure.n_rows)
            if figure.target_to_date is not None:
                due, share = _shown(asked, figure.target_to_date), percent(figure.pace, 2) or "—"
                story.say(
                    Words(f"截至当日目标 = {due}，为其 {share}", f"target to date = {due}, {share} of it")
                )


def _definition(story: Story, asked: Question, lookup: SourceLookup | None) -> None:
    story.head(Words("定义", "Definition"))
    story.say(same(asked.kpi.defined_at or "—"))
    text = lookup(asked.kpi.defined_at) if lookup and asked.kpi.defined_at else None
    for line in (text or "").splitlines():
        story.say(same(f"| {line}"))


def _owned(story: Story, own: list[Ownership]) -> None:
    story.head(Words("归属（ownership.csv）", "Ownership (ownership.csv)"))
    for row in own:
        until = row.valid_to or "…"
        scope = f"{row.scope_type} {row.scope_id}"
        share = percent(row.share, 2)
        story.say(Words(f"{scope}：{share}（{row.role_id}，{row.valid_from} 至 {until}）",
                        f"{scope}: {share} ({row.role_id}, {row.valid_from} to {until})"))  # fmt: skip
    if not own:
        story.say(
            Words(
                "该周期内没有归属记录：只计入数据中写明本人的行",
                "nothing was owned in the period: only rows that name the person count",
            )
        )


def _landing(con: duckdb.DuckDBPyConnection, story: Story, asked: Question, own: list[Ownership]) -> None:
    story.head(Words("取数文件（var/landing）", "Landing files (under landing/)"))
    if not provenance.has_landing_files(con):
        story.say(
            Words("已发布的数据中没有取数文件清单", "the published data carries no list of landing files")
        )
        return
    windows = _windows(con, asked, own)
    for window in windows[:MAX_FILES]:
        span = f"{_minute(window.window_from)} … {_minute(window.window_to)}"
        sha, proof = (window.landing_sha256 or "")[:12], window.proof or ""
        story.say(same(f"{window.landing_file}  sha256 {sha}  {span}  {window.rows} rows  {proof}".rstrip()))
    if len(windows) > MAX_FILES:
        more = len(windows) - MAX_FILES
        story.say(Words(f"另有 {more} 个文件", f"and {more} more files"))
    if not windows:
        story.say(Words("没有读取窗口与该周期重叠", "no pulled window overlaps the period"))


def _windows(con: duckdb.DuckDBPyConnection, asked: Question, own: list[Ownership]) -> list[LandingFile]:
    """Windows of the KPI's streams that touch the period or hold a record of it; only of owned shops when any is."""
    streams = {name.strip() for name in asked.kpi.sources.replace(";", ",").split(",")}
    shops = {o.scope_id for o in own if o.scope_type == "shop"}
    files = provenance.landing_files(con, asked.period)
    named = [file for file in files if file.source in streams] or files
    return [file for file in named if not shops or file.shop_id in shops]


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%MZ}"
