"""Where a pay method's argument comes from: a figure of the person, a KPI, a target, another line, or a constant.

Belongs here: the `from:` notation, read and resolved. Not here: which arguments a method takes (pay_checks),
the figures themselves (statement).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from models.definitions.reading import Fields, as_id, as_text, refuse
from models.definitions.strict_yaml import Mapping, Node, Scalar, Sequence, plain
from models.values import nearest

# Figures that a statement can be asked about; what each looks like stands in kpi_definitions/README.md.
NUMBERS = ("perf_base", "base_salary", "coefficient", "total", "payable_days", "period_days")
TEXTS = ("grade", "period_start", "period_end")
# keyed by person: a line pays out of it what belongs to its own person
TEAMS = ("team_coefficients", "team_amounts", "team_scores")
# one entry per month so far, and one per part of a period in which somebody changed the post
LISTS = ("earned_to_date", "segments")
SOURCES = (*NUMBERS, *TEXTS, *TEAMS, *LISTS)
SCORE = frozenset({"coefficient", "total", "grade", "segments"})  # figures that come from a scorecard
Referred = Literal["kpi", "target", "attainment", "line", "input"]
REFERENCES: tuple[Referred, ...] = ("kpi", "target", "attainment", "line", "input")


@dataclass(frozen=True)
class Ref:
    """A figure that is looked up when the statement is made."""

    kind: Referred
    name: str
    source: str = ""

    def __str__(self) -> str:
        return self.name if self.kind == "input" else f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Constant:
    """A value written inside a list or mapping of `from:`."""

    value: str | None


@dataclass(frozen=True)
class ListOf:
    """A list with references inside."""

    items: tuple["Binding", ...]


@dataclass(frozen=True)
class MapOf:
    """Keys and values with references inside."""

    entries: tuple[tuple[str, "Binding"], ...]


Binding = Ref | Constant | ListOf | MapOf


def read_bindings(node: Node) -> dict[str, Binding]:
    """Every argument of a `from:` mapping."""
    if not isinstance(node, Mapping):
        raise refuse("D112", "from must hold keys and values", node.place, remedy="write argument: source")
    return {name: _outer(value) for name, value in node.entries.items()}


def refs(binding: Binding) -> Iterator[Ref]:
    """Every figure the binding looks up."""
    match binding:
        case Ref():
            yield binding
        case ListOf():
            for item in binding.items:
                yield from refs(item)
        case MapOf():
            for _, item in binding.entries:
                yield from refs(item)


def fill(binding: Binding, look_up: Callable[[Ref], object]) -> object:
    """The argument with every reference replaced by its figure.

    >>> fill(ListOf((MapOf((("qty", Ref("kpi", "parcels")), ("price", Constant("0.45")))),)), lambda ref: 5200)
    [{'qty': 5200, 'price': '0.45'}]
    """
    match binding:
        case Ref():
            return look_up(binding)
        case Constant():
            return binding.value
        case ListOf():
            return [fill(item, look_up) for item in binding.items]
        case MapOf():
            return {name: fill(item, look_up) for name, item in binding.entries}


def _outer(node: Node) -> Binding:
    """A word directly under an argument is a source; inside a list or mapping a word is a constant."""
    return _source(node, as_text(node, "a source")) if isinstance(node, Scalar) else _inner(node)


def _inner(node: Node) -> Binding:
    match node:
        case Scalar():
            value = plain(node)
            # a null inside a list is a value that is not stated
            return Constant(value if isinstance(value, str) else None)
        case Sequence():
            return ListOf(tuple(_inner(item) for item in node.items))
        case Mapping():
            # exactly one key: a mapping that holds `line` beside other keys is an argument with a key of that name
            if len(node.entries) == 1 and next(iter(node.entries)) in REFERENCES:
                return _reference(node)
            return MapOf(tuple((name, _inner(value)) for name, value in node.entries.items()))


def _reference(node: Mapping) -> Ref:
    kind = next(known for known in REFERENCES if known in node.entries)  # its only key, as it is typed
    fields = Fields(node, "a reference", required=(kind,))
    if kind == "input":
        return _source(fields[kind], as_text(fields[kind], kind))
    return Ref(kind, as_id(fields[kind], kind), str(node.place))


def _source(node: Node, text: str) -> Ref:
    if text not in SOURCES:
        remedy = f"{nearest(text, SOURCES)}; a KPI is written {{kpi: id}}, a constant stands in args"
        raise refuse("D240", "unknown source of a pay argument", node.place, actual=repr(text), remedy=remedy)
    return Ref("input", text, str(node.place))
