"""The pay statement of one person and period: lines of a plan, each with its arithmetic or the cause of its absence.

Belongs here: figures -> lines -> total. Not here: the arithmetic of one method (models/pay), definitions of plans
(definitions/pay_plans), where pay is kept (pay is private and never leaves its own file).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, cast

from models.appraisal.scorecard import Scorecard
from models.causes import Cause
from models.definitions import Label
from models.definitions.bindings import Ref, fill
from models.definitions.pay_plans import PayLine, PayPlan, line_names
from models.errors import DefinitionError
from models.money import exact, settle
from models.pay import METHODS
from models.periods import Period
from models.scoring.arguments import outputs
from models.wording import Step

LineStatus = Literal["scored", "missing", "excluded"]
StatementStatus = Literal["scored", "provisional"]


@dataclass(frozen=True, kw_only=True)
class PayInputs:
    """What one person's statement is made from; whatever is not in here is absent, never 0.

    Args:
        sources: figures by source word, e.g. perf_base (see `definitions.bindings.SOURCES`).
        causes: why something is not there, by source word or "kpi net_sales", "target net_sales".
        is_final: whether the scorecard behind the figures is.
    """

    person_id: str
    period: Period
    sources: Mapping[str, object] = field(default_factory=dict)
    values: Mapping[str, Decimal] = field(default_factory=dict)
    targets: Mapping[str, Decimal] = field(default_factory=dict)
    attainments: Mapping[str, Decimal] = field(default_factory=dict)
    causes: Mapping[str, Cause] = field(default_factory=dict)
    is_final: bool = True


@dataclass(frozen=True, kw_only=True)
class PayResult:
    """One line: scored with an amount, missing with a cause, or excluded because it is not due this period."""

    id: str
    label: Label
    method: str
    status: LineStatus
    amount: Decimal | None
    paid: bool
    cause: Cause | None
    arguments: Mapping[str, object]
    steps: tuple[Step, ...]
    source: str


@dataclass(frozen=True, kw_only=True)
class Statement:
    """All lines in the order of the plan; without one line that is due there is no total.

    `plan_id` and `effective_from` name the version that was applied.
    """

    plan_id: str
    effective_from: date
    person_id: str
    period: str
    status: StatementStatus
    total: Decimal | None
    lines: tuple[PayResult, ...]
    steps: tuple[Step, ...]
    cause: str | None
    example: bool
    source: str

    def line(self, name: str) -> PayResult:
        """The line with this id."""
        return next(line for line in self.lines if line.id == name)


@exact
def pay_statement(plan: PayPlan, inputs: PayInputs) -> Statement:
    """The statement of a plan; every paid line is rounded to the fen and the total adds rounded lines."""
    found: dict[str, PayResult] = {}
    for line in plan.in_order():
        found[line.id] = _result(line, inputs, found)
    # reckoned in the order of dependence, shown in that of the plan
    lines = tuple(found[line.id] for line in plan.lines)
    # A line that is shown only, or is settled in another kind of period, cannot keep the total open.
    due = [line for line in lines if line.paid and line.status != "excluded"]
    absent = [f"{line.id}: {line.cause.text}" for line in due if line.cause]
    amounts = [line.amount for line in due if line.amount is not None]
    amount = None if absent else sum(amounts, Decimal(0))
    return Statement(
        plan_id=plan.id,
        effective_from=plan.effective_from,
        person_id=inputs.person_id,
        period=inputs.period.id,
        status="scored" if amount is not None and inputs.is_final else "provisional",
        total=amount,
        lines=lines,
        steps=() if amount is None else _total_steps(amounts, amount),
        cause="; ".join(absent) or None,
        example=plan.example,
        source=plan.source,
    )


def inputs_of(
    card: Scorecard,
    period: Period,
    stated: Mapping[str, object],
    values: Mapping[str, Decimal] | None = None,
    targets: Mapping[str, Decimal] | None = None,
) -> PayInputs:
    """What a scorecard brings to the statement, with what the company states besides.

    Args:
        card: the person's scorecard of the period.
        period: the same period.
        stated: perf_base, base_salary, days and whatever else the plan asks for.
        values: KPI values that the plan uses and the scorecard does not hold.
        targets: targets that the plan uses and the scorecard does not hold.
    """
    lines = card.lines
    score = {"coefficient": card.coefficient, "total": card.total, "grade": card.grade}
    reason = Cause("M233", card.cause or "the scorecard has no total yet")
    causes = {name: reason for name, value in score.items() if value is None}
    for line in lines:
        if line.cause_code and line.cause:
            causes[f"kpi {line.kpi_id}"] = Cause(line.cause_code, line.cause)
    return PayInputs(
        person_id=card.person_id,
        period=period,
        sources={**{name: value for name, value in score.items() if value is not None}, **stated},
        # the scorecard goes before: pay rests on the figures that were scored
        values={**(values or {}), **{x.kpi_id: x.value for x in lines if x.value is not None}},
        targets={**(targets or {}), **{x.kpi_id: x.target for x in lines if x.target is not None}},
        attainments={x.kpi_id: x.attainment for x in lines if x.attainment is not None},
        causes=causes,
        is_final=card.status == "scored",
    )


class _AbsentError(Exception):
    """A figure a line needs is not there."""

    def __init__(self, cause: Cause) -> None:
        self.cause = cause
        super().__init__(cause.text)


def _result(line: PayLine, inputs: PayInputs, before: Mapping[str, PayResult]) -> PayResult:
    if _waits(line, inputs.period, before):
        return _line(line, status="excluded", steps=(Step("本期不结算", "not due in this period"),))
    method = METHODS[line.method]
    try:
        bound = {
            name: fill(binding, lambda ref: _figure(ref, inputs, before))
            for name, binding in line.bindings.items()
        }
        arguments = {**line.args, **bound}
        amount = _amount(line, outputs(method.evaluate(arguments)), inputs.person_id)
    except _AbsentError as absent:
        return _line(line, status="missing", cause=absent.cause)
    except DefinitionError as error:
        # The definition was accepted when it was loaded: this period's figures do not fit the method.
        cause = Cause("M232", f"{line.method} refuses the figures: {error.what} {error.actual}".strip())
        return _line(line, status="missing", cause=cause)
    return _line(line, status="scored", amount=amount, arguments=arguments, steps=method.explain(arguments))


def _waits(line: PayLine, period: Period, before: Mapping[str, PayResult]) -> bool:
    """Whether the line, or one it builds on, is settled in periods of another length."""
    is_other = line.cycle is not None and line.cycle != period.kind
    return is_other or any(before[name].status == "excluded" for name in line_names(line))


def _line(
    line: PayLine,
    *,
    status: LineStatus,
    amount: Decimal | None = None,
    cause: Cause | None = None,
    arguments: Mapping[str, object] | None = None,
    steps: tuple[Step, ...] = (),
) -> PayResult:
    return PayResult(
        id=line.id,
        label=line.label,
        method=line.method,
        status=status,
        amount=amount,
        paid=line.paid,
        cause=cause,
        arguments=arguments or {},
        steps=steps,
        source=line.source,
    )


def _figure(ref: Ref, inputs: PayInputs, before: Mapping[str, PayResult]) -> object:
    """The figure a reference stands for.

    Raises:
        _AbsentError: with the cause that the inputs name, or one of ours.
    """
    if ref.kind == "line":
        return _of_line(ref, before[ref.name])
    if ref.kind == "input":
        own = {"period_start": inputs.period.start, "period_end": inputs.period.end}
        found = {**own, **inputs.sources}.get(ref.name)
    else:
        book = {"kpi": inputs.values, "target": inputs.targets, "attainment": inputs.attainments}[ref.kind]
        found = book.get(ref.name)
    if found is None:
        # without a figure of the KPI there is no attainment of it either, and the first cause is the true one
        cause = inputs.causes.get(str(ref)) or inputs.causes.get(f"kpi {ref.name}")
        raise _AbsentError(cause or Cause("M230", f"no {ref} for this period"))
    return found


def _of_line(ref: Ref, line: PayResult) -> Decimal:
    if line.amount is None:
        raise _AbsentError(Cause("M231", f"the line {ref.name} is absent"))
    return line.amount


def _amount(line: PayLine, results: Mapping[str, object], person_id: str) -> Decimal:
    """The figure the line is about: an output, the person's own share of it, or the newest of a list."""
    first, _, part = line.output.partition(".")
    found = results[first]
    if isinstance(found, Mapping):
        name = part or person_id
        if name not in found:
            raise _AbsentError(Cause("M230", f"{first} of {line.method} has no share of {name}"))
        found = found[name]
    # Lists run over months or segments in order: the period of the statement is the last.
    elif isinstance(found, Sequence) and not isinstance(found, str):
        found = found[-1] if found else None
    if found is None:
        raise _AbsentError(Cause("M232", f"{line.method} yields no {line.output} from these figures"))
    amount = cast(Decimal, found)
    # a line that others build on keeps its digits: rounded twice, the last fen may differ
    return settle(amount, 2) if line.paid else amount


def _total_steps(amounts: Sequence[Decimal], amount: Decimal) -> tuple[Step, ...]:
    text = f"{' + '.join(f'{a:f}' if a >= 0 else f'({a:f})' for a in amounts)} = {amount:f}"
    return (Step(f"合计 = {text}", f"total = {text}"),)
