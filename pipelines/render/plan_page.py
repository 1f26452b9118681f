"""One person's plan as a page to read before agreeing to it: in words and numbers, in Chinese and English.

Belongs here: texts of the page and its template. Not here: what a plan is (models/closing/plan.py), which history and example
stand beside it (pipelines/closing/plan_book.py), who was served (the ledger).
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from jinja2 import Template

from models.appraisal.scorecard import Scorecard, ScoreLine
from models.appraisal.targets import ResolvedTarget
from models.closing.blind_targets import HistoryFigure
from models.closing.plan import AgreedPlan, stated_value
from models.closing.plan_record import AllowedTarget
from models.definitions import Kpi, Label, RoleLine
from models.definitions.rules import rule_of
from models.periods import Period
from models.scoring.bands import Band, span
from models.scoring.total import POLICY
from models.wording import Step, shown
from pipelines.render.bilingual import (
    DIRECTION,
    KIND,
    Bilingual,
    bilingual_cause,
    bilingual_unit,
    format_value,
    in_words,
)
from pipelines.render.board import TEMPLATES, csp_hash, environment

_SCOPES = {
    "person": Bilingual("个人目标", "own target"),
    "role": Bilingual("岗位目标", "target of the role"),
    "definition": Bilingual("写在岗位定义中", "stated in the role's definition"),
    "peers": Bilingual("同岗均值", "mean of the peers"),
}
_BASIS = {
    "own_history": Bilingual("依据：自身历史", "basis: own history"),
    "strategy": Bilingual("依据：公司战略", "basis: strategy"),
    "negotiated": Bilingual("依据：双方协商", "basis: negotiated"),
}
_CYCLES = {
    "M": Bilingual("每月", "monthly"),
    "Q": Bilingual("每季", "quarterly"),
    "H": Bilingual("每半年", "half-yearly"),
    "Y": Bilingual("每年", "yearly"),
}
_NO_TARGET = Bilingual("不需要目标", "needs no target")
_UNUSED = Bilingual("评分直接计分，不与目标比较", "a rating is the score; it is not held against the target")
_PEERS = Bilingual("同岗均值，期末才知", "the mean of the peers, known at the end")
_SHORT = 8  # characters of a hash that name a page and are read out


@dataclass(frozen=True)
class PlanLetterhead:
    """Whose plans they are: name, currency and languages of the company, the first language shown first."""

    name: Label
    currency: str
    languages: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PlanSection:
    """One role of the person.

    `history` is by KPI, `allowed` by KPI of the target; `example` is the card that this plan would have made of the figures of
    `last`, of whose days `last_days` were in the role.
    """

    plan: AgreedPlan
    grades: tuple[Band, ...]
    history: Mapping[str, tuple[HistoryFigure, ...]]
    allowed: Mapping[str, AllowedTarget]
    example: Scorecard | None
    last: Period
    last_days: int


@dataclass(frozen=True)
class ServedPage:
    """A page under the name that it keeps."""

    name: str
    content: bytes


@dataclass(frozen=True)
class TargetText:
    """A target with what it rests on, and the own figures of earlier periods as `period, value`."""

    name: Bilingual | None  # of the KPI that is divided by it, where it is another one
    value: str
    notes: tuple[Bilingual, ...]
    history: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class PlanLine:
    """One KPI of the plan; every text is ready."""

    label: Label
    formula: Label
    facts: tuple[Bilingual, ...]
    duty: Label | None
    weight: str
    targets: tuple[TargetText, ...]
    rule: Step
    notes: tuple[Bilingual, ...]


@dataclass(frozen=True)
class PlanBlock:
    """One dimension with its weight of the whole."""

    label: Label
    weight: str
    lines: tuple[PlanLine, ...]


@dataclass(frozen=True, kw_only=True)
class ExampleLine:
    """One line of the worked example, in the steps of a card."""

    label: Label
    value: str
    target: str
    steps: tuple[Step, ...]
    score: str
    missing: Bilingual | None


def page_name(plans: Sequence[AgreedPlan]) -> str:
    """The file of one person's plans: a changed plan has another one, and what was served stays beside it."""
    content = "\n".join(sorted(plan.hash for plan in plans))
    whole = plans[0].hash if len(plans) == 1 else hashlib.sha256(content.encode()).hexdigest()
    person = plans[0].person
    # an id may hold a slash: what no file name takes is replaced, and the id's own digest keeps two of them apart
    plain = re.sub(r"[^\w.-]", "_", person)
    apart = "" if plain == person else f"-{hashlib.sha256(person.encode()).hexdigest()[:_SHORT]}"
    return f"{plain}{apart}-{whole[:_SHORT]}.html"


def plan_page(company: PlanLetterhead, name: str, sections: Sequence[PlanSection], on: date) -> bytes:
    """The page of one person; the same plan, history and day give the same bytes."""
    template, css = _page()
    text = template.render(
        languages=company.languages,
        company=company,
        name=name,
        person=sections[0].plan.person,
        period=sections[0].plan.period,
        on=on,
        views=[_view(company, section) for section in sections],
        css=css,
        css_hash=csp_hash(css),
    )
    return text.encode("utf-8")


@cache
def _page() -> tuple[Template, str]:
    # compiled once: a company of 300 is served 300 pages
    css = (TEMPLATES / "plan.css").read_text(encoding="utf-8")
    return environment().get_template("plan.html.j2"), css


def _view(company: PlanLetterhead, section: PlanSection) -> dict[str, object]:
    plan = section.plan
    return {
        "plan": plan,
        "short": plan.hash[:_SHORT],
        "cycle": _CYCLES[plan.role.cycle],
        "duties": [(duty.label, _measured_by(plan, duty.id)) for duty in plan.role.duties],
        "blocks": [
            PlanBlock(
                dimension.label,
                shown(dimension.weight),
                tuple(_line(company, section, line, dimension.weight) for line in dimension.lines),
            )
            for dimension in plan.role.dimensions
        ],
        "total_rules": _total_rules(plan),
        "grades": [
            (
                band.grade,
                Bilingual(span(band, "left", "总分"), span(band, "left", "total")),
                shown(band.value),
            )
            for band in section.grades
        ],
        "last": section.last,
        "example": _example(section),
    }


def _measured_by(plan: AgreedPlan, duty: str) -> Bilingual:
    labels = [plan.kpis[line.kpi].label for line in plan.role.lines if line.duty == duty]
    return Bilingual("、".join(label.zh for label in labels), ", ".join(label.en for label in labels))


def _line(company: PlanLetterhead, section: PlanSection, line: RoleLine, dimension: Decimal) -> PlanLine:
    plan = section.plan
    kpi = plan.kpis[line.kpi]
    duty = next((duty.label for duty in plan.role.duties if duty.id == line.duty), None)
    return PlanLine(
        label=kpi.label,
        formula=kpi.formula,
        facts=(
            bilingual_unit(kpi.unit, company.currency),
            in_words(DIRECTION, kpi.direction),
            in_words(KIND, kpi.kind),
        ),
        duty=duty,
        weight=shown(dimension * line.weight / 100),
        targets=_targets(section, line, kpi),
        rule=rule_of(line, kpi).describe(),
        notes=_line_notes(plan, line, kpi),
    )


def _targets(section: PlanSection, line: RoleLine, kpi: Kpi) -> tuple[TargetText, ...]:
    """The line's own target, then that of the KPI it is divided by."""
    plan = section.plan
    own = plan.targets.get(line.kpi)
    history = section.history.get(line.kpi, ())
    past = tuple((x.period, format_value(x.value, kpi.unit, kpi.decimals)) for x in history)
    if own is None:
        words = _PEERS if line.peer_target is not None else _NO_TARGET
        texts = [TargetText(None, "", (words,), past)]
    else:
        value, notes = _stated(section, line.kpi, own, kpi)
        if rule_of(line, kpi).TAKES == "rating":
            notes = (*notes, _UNUSED)
        texts = [TargetText(None, value, notes, past)]
    other = plan.divides_by(line.kpi)
    if other and other in plan.targets:
        below = plan.kpis.get(other, kpi)
        sums = tuple(
            (x.period, format_value(x.numerator, below.unit, below.decimals))
            for x in history
            if x.numerator is not None
        )
        name = Bilingual(below.label.zh, below.label.en)
        texts.append(TargetText(name, *_stated(section, other, plan.targets[other], below), sums))
    return tuple(texts)


def _stated(
    section: PlanSection, name: str, target: ResolvedTarget, kpi: Kpi
) -> tuple[str, tuple[Bilingual, ...]]:
    notes = [_SCOPES[target.scope]]
    if target.basis:
        notes.append(_BASIS.get(target.basis, Bilingual(target.basis, target.basis)))
    if target.days is not None:
        days = f"{target.days.here}/{target.days.of}"
        notes.append(
            Bilingual(
                f"在岗 {days} 天，计 {shown(target.value)}", f"{days} days in the role: {shown(target.value)}"
            )
        )
    if name in section.allowed:
        by = section.allowed[name]
        notes.append(
            Bilingual(
                f"与自身历史相差较大，{by.by} 特批：{by.reason}",
                f"far from the own history, allowed by {by.by}: {by.reason}",
            )
        )
    return format_value(stated_value(target), kpi.unit, kpi.decimals), tuple(notes)


def _line_notes(plan: AgreedPlan, line: RoleLine, kpi: Kpi) -> tuple[Bilingual, ...]:
    notes = []
    if kpi.or_else:
        others = [plan.kpis[name].label for name in kpi.or_else]
        notes.append(
            Bilingual(
                f"没有该数据时改用：{'、'.join(x.zh for x in others)}",
                f"where its data is not there: {', '.join(x.en for x in others)}",
            )
        )
    if line.no_data == "exclude":
        notes.append(
            Bilingual(
                "本期没有可计量的事项时不计入", "left out where nothing happened that could be measured"
            )
        )
    for red_line in plan.role.red_lines:
        if red_line.kpi == line.kpi:
            words = red_line.rule(kpi.direction)
            notes.append(Bilingual(f"红线 {words.zh}", f"red line {words.en}"))
    return tuple(notes)


def _total_rules(plan: AgreedPlan) -> list[Bilingual]:
    role = plan.role
    missing = POLICY[role.missing]
    limits = f"{shown(role.total_floor)} … {shown(role.total_cap)}"
    rules = [
        Bilingual(
            "总分 = 各项得分 × 权重 之和，不逐项舍入，最后四舍五入到两位小数。",
            "Total = the sum of score × weight, added unrounded and rounded once, half up, to two places.",
        ),
        Bilingual(f"{missing.zh}。", f"{missing.en[:1].upper()}{missing.en[1:]}."),
        Bilingual(f"总分限于 {limits}。", f"The total lies within {limits}."),
    ]
    if role.redistribute_to:
        labels = [plan.kpis[name].label for name in role.redistribute_to if name in plan.kpis]
        names = Bilingual("、".join(x.zh for x in labels), ", ".join(x.en for x in labels))
        rules.append(
            Bilingual(
                f"缺失项的权重转给：{names.zh}。", f"The weight of what is missing goes to: {names.en}."
            )
        )
    if role.manager_limit:
        points = shown(role.manager_limit)
        rules.append(
            Bilingual(
                f"上级可在 ±{points} 分以内调整总分，须写明理由。",
                f"The manager may move the total by up to ±{points} points, with a reason.",
            )
        )
    return rules


def _example(section: PlanSection) -> dict[str, object] | None:
    card = section.example
    if card is None:
        return None
    days = section.last_days
    note = None
    if days < section.last.days:
        note = Bilingual(
            f"上期在岗 {days} 天（共 {section.last.days} 天），此处的数字只含这些天。",
            f"You were in the role on {days} of {section.last.days} days: the figures are of those alone.",
        )
    return {
        "lines": [_example_line(section.plan, line) for line in card.lines],
        "steps": card.steps,
        "card": card,
        "total": format_value(card.total, "", 2),
        "coefficient": "" if card.coefficient is None else shown(card.coefficient),
        "note": note,
    }


def _example_line(plan: AgreedPlan, line: ScoreLine) -> ExampleLine:
    kpi = plan.kpis[line.kpi_id]
    return ExampleLine(
        label=kpi.label,
        value=format_value(line.value, kpi.unit, kpi.decimals),
        target=format_value(line.target, kpi.unit, kpi.decimals),
        steps=line.steps,
        score=format_value(line.score, "", 2),
        missing=None if line.score is not None else bilingual_cause(line.cause_code, line.cause),
    )
