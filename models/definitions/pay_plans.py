"""Pay plan definitions: who is paid by which lines, and where each line's figures come from.

Belongs here: what a plan is and the checks one plan allows. Not here: whether its KPIs and roles exist and its
methods accept the arguments (pay_checks), arithmetic (models/pay), statements (models/statement.py).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from graphlib import CycleError, TopologicalSorter
from typing import Literal, get_args

from models.definitions.accepted_findings import KEY as ACCEPTS
from models.definitions.accepted_findings import Accepted, read_accepts
from models.definitions.bindings import SCORE, Binding, Ref, read_bindings, refs
from models.definitions.reading import (
    Fields,
    Label,
    Problems,
    as_args,
    as_choice,
    as_date,
    as_id,
    as_items,
    as_label,
    as_mapping,
    as_text,
    refuse,
)
from models.definitions.roles import CYCLES
from models.definitions.strict_yaml import Node, YamlPlace
from models.errors import DefinitionError
from models.pay import METHODS
from models.values import nearest

Kind = Literal["sales_commission", "ad_saving_commission", "performance"]
Mode = Literal["sales_commission", "ad_saving_commission", "performance", "mixed"]
MODES: tuple[Mode, ...] = get_args(Mode)
_YES_NO = ("true", "false")  # YAML is kept as text, so `no` and `off` mean nothing here


@dataclass(frozen=True, kw_only=True)
class PayLine:
    """One line of a statement; a line that is not `paid` is shown and may be built on, but not added."""

    id: str
    label: Label
    method: str
    bindings: Mapping[str, Binding]
    args: Mapping[str, object]
    output: str
    paid: bool
    cycle: str | None
    source: str
    places: Mapping[str, YamlPlace]

    @property
    def refs(self) -> tuple[Ref, ...]:
        """Every figure the line looks up."""
        return tuple(ref for binding in self.bindings.values() for ref in refs(binding))

    @property
    def kind(self) -> Kind | None:
        """What the line pays for, in the words of the plan's mode.

        None for fixed pay: it depends neither on a score nor on what was achieved.
        """
        if achievement := METHODS[self.method].PAYS_FOR:
            return achievement
        return "performance" if any(r.kind == "input" and r.name in SCORE for r in self.refs) else None


@dataclass(frozen=True, kw_only=True)
class PayPlan:
    """One version of one plan; `example` marks amounts that no company may take over as they are."""

    id: str
    effective_from: date
    label: Label
    roles: tuple[str, ...]
    mode: Mode
    lines: tuple[PayLine, ...]
    source: str
    example: bool = False
    note: Label | None = None
    accepts: tuple[Accepted, ...] = ()

    def line(self, name: str) -> PayLine:
        """The line with this id."""
        return next(line for line in self.lines if line.id == name)

    def in_order(self) -> tuple[PayLine, ...]:
        """The lines so that each comes after those it builds on."""
        by_id = {line.id: line for line in self.lines}
        # a set has no order, and two runs must reckon alike
        graph = {line.id: sorted(line_names(line)) for line in self.lines}
        return tuple(by_id[name] for name in TopologicalSorter(graph).static_order())


REQUIRED = ("id", "effective_from", "label", "roles", "mode", "lines")
OPTIONAL = ("example", "note", ACCEPTS)
LINE_REQUIRED = ("id", "label", "method")
LINE_OPTIONAL = ("from", "args", "output", "paid", "cycle")


def read_pay_plan(node: Node, problems: Problems) -> PayPlan:
    """One plan from its YAML node; every wrong line is collected on its own."""
    before = len(problems.found)
    fields = Fields(node, "a pay plan", required=REQUIRED, optional=OPTIONAL)
    note = fields.get("note")
    lines = []
    for item in as_items(fields["lines"], "lines"):
        with problems.collect(item.place):
            lines.append(_line(item))
    plan = PayPlan(
        id=as_id(fields["id"], "id"),
        effective_from=as_date(fields["effective_from"], "effective_from"),
        label=as_label(fields["label"], "label"),
        roles=tuple(as_id(r, "roles") for r in as_items(fields["roles"], "roles")),
        mode=as_choice(fields["mode"], "mode", MODES),
        lines=tuple(lines),
        source=str(fields.place),
        example=_yes(fields, "example", default=False),
        note=as_label(note, "note") if note else None,
        accepts=read_accepts(fields),
    )
    # amounts of ours look like advice: the note tells the reader which of them to replace
    if plan.example and plan.note is None:
        raise refuse("D111", "an example plan lacks note", fields.place, remedy="say what must be replaced")
    if len(problems.found) == before:  # with a line lost, the plan as a whole would look wrong too
        _check_lines(plan, fields)
        _check_mode(plan, fields)
    return plan


def _line(node: Node) -> PayLine:
    fields = Fields(node, "a pay line", required=LINE_REQUIRED, optional=LINE_OPTIONAL)
    bound, args = fields.get("from"), fields.get("args")
    bindings = read_bindings(bound) if bound else {}
    given = as_mapping(args, "args") if args else None
    places = dict(given.key_places) if given else {}
    for name in bindings:
        if name in places:  # one of two values of an argument would be ignored without a word
            remedy = "keep it in from or in args"
            raise refuse("D104", f"{name} stands in from and in args", places[name], remedy=remedy)
    if bound:
        places |= as_mapping(bound, "from").key_places
    output, cycle = fields.get("output"), fields.get("cycle")
    return PayLine(
        id=as_id(fields["id"], "id"),
        label=as_label(fields["label"], "label"),
        method=as_text(fields["method"], "method"),
        bindings=bindings,
        args=as_args(given, "args") if given else {},
        output=as_text(output, "output") if output else "amount",
        paid=_yes(fields, "paid", default=True),
        cycle=as_choice(cycle, "cycle", CYCLES) if cycle else None,
        source=str(fields.place),
        places=places,
    )


def _yes(fields: Fields, name: str, *, default: bool) -> bool:
    node = fields.get(name)
    return as_choice(node, name, _YES_NO) == "true" if node else default


def line_names(line: PayLine) -> frozenset[str]:
    """The lines a line builds on."""
    return frozenset(ref.name for ref in line.refs if ref.kind == "line")


def _check_lines(plan: PayPlan, fields: Fields) -> None:
    counted = Counter(line.id for line in plan.lines)
    place = fields["lines"].place
    if not any(line.paid for line in plan.lines):
        raise refuse("D112", "the plan pays nothing", place, remedy="add a line that is paid")
    twice = next((name for name, times in counted.items() if times > 1), None)
    if twice:
        places = " and ".join(line.source for line in plan.lines if line.id == twice)
        raise refuse(
            "D214", f"the plan has the line {twice} twice", place, actual=places, remedy="rename one"
        )
    if len(set(plan.roles)) < len(plan.roles):
        raise refuse(
            "D214", "the plan names one role twice", fields["roles"].place, remedy="keep one of them"
        )
    for ref in (ref for line in plan.lines for ref in line.refs if ref.kind == "line"):
        if ref.name not in counted:
            what = f"the plan has no line {ref.name}"
            raise DefinitionError("D241", what, where=ref.source, remedy=nearest(ref.name, counted))
    # after the names: TopologicalSorter would take an unknown line for one more node
    try:
        plan.in_order()
    except CycleError as error:
        circle = " -> ".join(error.args[1])  # where graphlib puts it (Python documentation, graphlib)
        remedy = "let one of them use figures only"
        raise refuse(
            "D242", "pay lines build on each other in a circle", place, actual=circle, remedy=remedy
        ) from None


def _check_mode(plan: PayPlan, fields: Fields) -> None:
    """The mode is the kind of variable pay the plan has; `mixed` has two kinds or more."""
    if any(line.method not in METHODS for line in plan.lines):
        return  # refused by its own line: what an unknown method pays for cannot be told
    kinds = {line.kind for line in plan.lines if line.kind is not None}
    # the mode is what people are paid by where a role has several plans, so it must say what the lines do
    fits = len(kinds) > 1 if plan.mode == "mixed" else plan.mode in kinds
    if not fits:
        known = ", ".join(sorted(kinds)) or "fixed pay only"
        what = f"mode {plan.mode} does not fit the plan's lines"
        remedy = "change the mode, or add the line it promises"
        raise refuse("D244", what, fields["mode"].place, actual=known, remedy=remedy)
