"""Role definitions: duties, dimensions, weighted KPI lines with target and method.

Belongs here: what a role is and the checks one role allows. Not here: whether its KPIs exist (checks).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from models.definitions.accepted_findings import KEY as ACCEPTS
from models.definitions.accepted_findings import Accepted, read_accepts
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
    as_number,
    as_text,
    refuse,
)
from models.definitions.red_lines import KEY as RED_LINES
from models.definitions.red_lines import RedLine, read_red_lines
from models.definitions.strict_yaml import Mapping as YamlMapping
from models.definitions.strict_yaml import Node
from models.errors import DefinitionError
from models.scoring import peer_mean
from models.scoring.peer_mean import MeanOfPeers
from models.scoring.weights import POLICIES, Item, check_weights
from models.values import nearest

Cycle = Literal["M", "Q", "H", "Y"]
CYCLES: tuple[Cycle, ...] = ("M", "Q", "H", "Y")
Target = Decimal | Literal["plan"] | None
LookedUp = Literal["actual", "attainment"]
LOOKED_UP: tuple[LookedUp, ...] = ("actual", "attainment")
NoData = Literal["missing", "exclude"]
NO_DATA: tuple[NoData, ...] = ("missing", "exclude")


@dataclass(frozen=True)
class Duty:
    """A core duty (岗位职责) that KPIs measure."""

    id: str
    label: Label


@dataclass(frozen=True, kw_only=True)
class RoleLine:
    """One KPI of a role; `weight` is a percentage of its dimension."""

    kpi: str
    dimension: str
    weight: Decimal
    method: str
    duty: str | None
    target: Target
    full: Decimal
    x: LookedUp
    args: Mapping[str, object]
    source: str
    no_data: NoData = (
        "missing"  # "exclude": nothing happened that could be measured, so the weight goes to the others
    )
    peer_target: MeanOfPeers | None = None  # instead of a target that somebody states


@dataclass(frozen=True)
class Dimension:
    """A group of KPIs with a weight of the whole."""

    id: str
    label: Label
    weight: Decimal
    lines: tuple[RoleLine, ...]
    source: str


@dataclass(frozen=True, kw_only=True)
class Role:
    """One version of one role."""

    id: str
    effective_from: date
    label: Label
    duties: tuple[Duty, ...]
    cycle: Cycle
    missing: str
    redistribute_to: tuple[str, ...]
    grade_table: str
    total_cap: Decimal
    total_floor: Decimal
    manager_limit: Decimal
    dimensions: tuple[Dimension, ...]
    next_roles: tuple[str, ...] = ()
    requirements: tuple[Label, ...] = ()
    source: str = field(default="")
    accepts: tuple[Accepted, ...] = ()
    red_lines: tuple[RedLine, ...] = ()

    @property
    def lines(self) -> tuple[RoleLine, ...]:
        """All KPI lines in the order of the file."""
        return tuple(line for dimension in self.dimensions for line in dimension.lines)

    @property
    def dimension_weights(self) -> dict[str, Decimal]:
        """Weight of every dimension."""
        return {d.id: d.weight for d in self.dimensions}


REQUIRED = ("id", "effective_from", "label", "duties", "cycle", "missing", "grade_table", "dimensions")
OPTIONAL = (
    "redistribute_to",
    "total_cap",
    "total_floor",
    "manager_limit",
    "next_roles",
    "requirements",
    ACCEPTS,
    RED_LINES,
)


DUTY_KEYS = ("id", "zh", "en")
DIMENSION_KEYS = ("id", "label", "weight", "kpis")
LINE_REQUIRED = ("kpi", "weight", "method")
LINE_OPTIONAL = ("duty", "target", "full", "x", "args", "no_data")


def read_role(node: Node, problems: Problems) -> Role:
    """One role from its YAML node; every wrong line is collected on its own."""
    before = len(problems.found)
    fields = Fields(node, "a role", required=REQUIRED, optional=OPTIONAL)
    role = Role(
        id=as_id(fields["id"], "id"),
        effective_from=as_date(fields["effective_from"], "effective_from"),
        label=as_label(fields["label"], "label"),
        duties=tuple(_duty(d) for d in as_items(fields["duties"], "duties")),
        cycle=as_choice(fields["cycle"], "cycle", CYCLES),
        missing=as_choice(fields["missing"], "missing", POLICIES),
        redistribute_to=_ids(fields, "redistribute_to"),
        grade_table=as_id(fields["grade_table"], "grade_table"),
        # 120: what full marks times 1.2, the default cap of score.linear, come to on every line
        total_cap=_number(fields, "total_cap", Decimal(120)),
        total_floor=_number(fields, "total_floor", Decimal(0)),
        # nobody moves a total unless the role says how far
        manager_limit=_number(fields, "manager_limit", Decimal(0)),
        dimensions=tuple(_dimension(d, problems) for d in as_items(fields["dimensions"], "dimensions")),
        next_roles=_ids(fields, "next_roles"),
        requirements=tuple(as_label(r, "requirements") for r in _items(fields, "requirements")),
        source=str(fields.place),
        accepts=read_accepts(fields),
        red_lines=read_red_lines(fields),
    )
    if len(problems.found) == before:  # with a line lost, every sum would look wrong too
        with problems.collect(fields["dimensions"].place):
            _check_names(role, fields)
        with problems.collect(fields["duties"].place):
            _check_duties(role, fields)
        _check_sums(role, fields, problems)
    return role


def _items(fields: Fields, key: str) -> tuple[Node, ...]:
    node = fields.get(key)
    return as_items(node, key) if node else ()


def _ids(fields: Fields, key: str) -> tuple[str, ...]:
    return tuple(as_id(node, key) for node in _items(fields, key))


def _number(fields: Fields, key: str, default: Decimal) -> Decimal:
    node = fields.get(key)
    return as_number(node, key) if node else default


def _duty(node: Node) -> Duty:
    fields = Fields(node, "a duty", required=DUTY_KEYS)
    label = Label(as_text(fields["zh"], "zh"), as_text(fields["en"], "en"))
    return Duty(as_id(fields["id"], "duty id"), label)


def _dimension(node: Node, problems: Problems) -> Dimension:
    fields = Fields(node, "a dimension", required=DIMENSION_KEYS)
    dimension_id = as_id(fields["id"], "dimension id")
    lines: list[RoleLine] = []
    for item in as_items(fields["kpis"], "kpis"):
        with problems.collect(item.place):
            lines.append(_line(item, dimension_id))
    label, weight = as_label(fields["label"], "label"), as_number(fields["weight"], "weight")
    return Dimension(dimension_id, label, weight, tuple(lines), str(fields.place))


def _line(node: Node, dimension: str) -> RoleLine:
    fields = Fields(node, "a KPI line", required=LINE_REQUIRED, optional=LINE_OPTIONAL)
    duty, x, args, no_data = (fields.get(name) for name in ("duty", "x", "args", "no_data"))
    target = fields.get("target")
    peer_target = _peer_target(target)
    full = _number(fields, "full", Decimal(100))
    if full <= 0:
        raise refuse(
            "D221",
            "full must be above 0",
            fields["full"].place,
            actual=str(full),
            remedy="leave it out for 100",
        )
    return RoleLine(
        kpi=as_id(fields["kpi"], "kpi"),
        dimension=dimension,
        weight=as_number(fields["weight"], "weight"),
        method=as_text(fields["method"], "method"),
        duty=as_id(duty, "duty") if duty else None,
        target=None if peer_target else _target(target),
        full=full,
        x=as_choice(x, "x", LOOKED_UP) if x else "actual",
        args=as_args(args, "args") if args else {},
        source=str(fields.place),
        no_data=as_choice(no_data, "no_data", NO_DATA) if no_data else "missing",
        peer_target=peer_target,
    )


def _target(node: Node | None) -> Target:
    if node is None:
        return None
    # a mapping or a list has no text: `as_number` refuses it with its place
    return "plan" if getattr(node, "text", "") == "plan" else as_number(node, "target")


def _peer_target(node: Node | None) -> MeanOfPeers | None:
    if not isinstance(node, YamlMapping):
        return None
    fields = Fields(node, "a target", required=(peer_mean.KEY,))
    return MeanOfPeers.of_line(as_args(fields[peer_mean.KEY], peer_mean.KEY))


def _check_names(role: Role, fields: Fields) -> None:
    names = [line.kpi for line in role.lines]
    twice = next((n for n in names if names.count(n) > 1), None)
    if twice:
        places = " and ".join(line.source for line in role.lines if line.kpi == twice)
        raise refuse(
            "D214", f"the role measures {twice} twice", fields.place, actual=places, remedy="keep one of them"
        )
    ids = [d.id for d in role.dimensions]
    if len(set(ids)) < len(ids):
        raise refuse(
            "D214", "two dimensions have one id", fields["dimensions"].place, remedy="rename one of them"
        )
    # a policy without names gives the weight to nobody, and names without the policy would never be looked at
    if (role.missing == "redistribute_to") != bool(role.redistribute_to):
        raise refuse(
            "D216",
            "redistribute_to goes with missing: redistribute_to",
            fields.place,
            remedy="give both or none",
        )
    for red_line in role.red_lines:
        if red_line.kpi not in names:
            raise DefinitionError(
                "D226",
                f"a red line names {red_line.kpi}, which the role does not measure",
                where=red_line.source,
                remedy=nearest(red_line.kpi, names),
            )
    for name in role.redistribute_to:
        if name not in names:
            place = fields["redistribute_to"].place
            raise refuse("D216", f"the role has no KPI {name}", place, remedy=nearest(name, names))


def _check_duties(role: Role, fields: Fields) -> None:
    ids = [d.id for d in role.duties]
    if len(set(ids)) < len(ids):
        raise refuse("D212", "two duties have one id", fields["duties"].place, remedy="rename one of them")
    used = {line.duty for line in role.lines}
    for line in role.lines:
        if line.duty is not None and line.duty not in ids:
            where = f"{line.source}"
            remedy = nearest(line.duty, ids)
            raise refuse(
                "D212",
                f"the role has no duty {line.duty}",
                fields["duties"].place,
                actual=where,
                remedy=remedy,
            )
    for duty in ids:
        if duty not in used:
            remedy = "name it as duty: of a KPI, or remove it"
            raise refuse("D212", f"no KPI measures the duty {duty}", fields["duties"].place, remedy=remedy)


def _check_sums(role: Role, fields: Fields, problems: Problems) -> None:
    """Each dimension, and the dimensions together, sum to exactly 100; each wrong sum has its own line."""
    for dimension, node in zip(role.dimensions, as_items(fields["dimensions"], "dimensions"), strict=True):
        # `check_weights` takes items of a scorecard: as "scored" they keep the weight that is written, whatever the policy
        items = [Item(line.kpi, dimension.id, line.weight, "scored", None) for line in dimension.lines]
        # at `kpis:` of the dimension, where the sum is wrong
        with problems.collect(as_mapping(node, "a dimension").entries["kpis"].place):
            check_weights(items, {dimension.id: Decimal(100)})
    with problems.collect(fields["dimensions"].place):
        # one full item in each dimension, so that only the weights of the dimensions are judged
        one = [Item("", d.id, Decimal(100), "scored", None) for d in role.dimensions]
        check_weights(one, role.dimension_weights)
