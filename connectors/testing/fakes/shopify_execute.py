"""Turn a selection tree into a function that answers it, and count what it costs.

Here: field and argument checks, connections, the cost rules Shopify publishes (scalar 0, object 1,
connection 2 plus its elements). Not here: which fields exist (shopify_schema.py), buckets and
answers (shopify_api.py).
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.testing.fakes.graphql import GraphQLError, Selection
from connectors.testing.fakes.shopify_schema import TYPES, Field

Run = Callable[[Any], Any]
LARGEST_PAGE = 250  # shopify.dev, "Pagination with GraphQL"


@dataclass
class Meter:
    """Points really used while answering."""

    actual: int = 0


@dataclass(frozen=True)
class Slice:
    """One page of a connection; `cursor` names the element at an index of the page."""

    nodes: Sequence[Any]
    cursor: Callable[[int], str]
    has_next: bool
    has_previous: bool


@dataclass(frozen=True)
class Plan:
    """A compiled selection: `own` counts its objects outside lists, `requested` the worst case."""

    run: Run
    own: int
    requested: int


def encode_cursor(text: str) -> str:
    """Opaque form of a cursor."""
    return base64.urlsafe_b64encode(text.encode()).decode()


def decode_cursor(cursor: str) -> str:
    """Inverse of `encode_cursor`; the platform's error for anything else."""
    try:
        return base64.urlsafe_b64decode(cursor.encode()).decode()
    except (binascii.Error, ValueError, AttributeError) as error:
        raise GraphQLError(f"Invalid cursor for current pagination sort: {cursor}.") from error


def compile_object(selections: list[Selection], type_name: str, meter: Meter) -> Plan:
    """Answer a selection set on one type.

    Args:
        selections: what was asked.
        type_name: key of `TYPES`.
        meter: gets the points of every list element served.
    """
    steps: list[tuple[str, Run]] = []
    own = requested = 0
    for selection in selections:
        plan = _compile_field(selection, type_name, meter)
        steps.append((selection.key, plan.run))
        own += plan.own
        requested += plan.requested

    def run(parent: Any) -> dict[str, Any]:
        return {key: step(parent) for key, step in steps}

    if type_name in ("MoneyBag", "MoneyV2"):
        return Plan(_remember(run), own, requested)
    return Plan(run, own, requested)


def _remember(run: Run) -> Run:
    """Money repeats: the same amount is spelled once per request."""
    known: dict[Any, Any] = {}

    def remembered(amount: Any) -> Any:
        if amount not in known:
            known[amount] = run(amount)
        return known[amount]

    return remembered


def _compile_field(selection: Selection, type_name: str, meter: Meter) -> Plan:
    if selection.name == "__typename":
        return Plan(lambda _: type_name, 0, 0)
    field = TYPES[type_name].get(selection.name)
    if field is None:
        raise unknown_field(selection.name, type_name)
    check_arguments(selection, type_name, field.arguments)
    if field.kind == "scalar":
        if selection.children:
            raise GraphQLError(
                f"Selections can't be made on scalars (field '{selection.name}')", code="selectionMismatch"
            )
        return Plan(field.get, 0, 0)
    require_children(selection, field.type)
    if field.kind == "object":
        return _compile_single(selection, field, meter)
    if field.kind == "list":
        return _compile_list(selection, field, meter)
    return _compile_nested(selection, field, meter)


def _compile_single(selection: Selection, field: Field, meter: Meter) -> Plan:
    inner = compile_object(selection.children, field.type, meter)
    get, run = field.get, inner.run

    def answer(parent: Any) -> Any:
        value = get(parent)
        return None if value is None else run(value)

    return Plan(answer, 1 + inner.own, 1 + inner.requested)


def _compile_list(selection: Selection, field: Field, meter: Meter) -> Plan:
    inner = compile_object(selection.children, field.type, meter)
    first = selection.arguments.get("first")
    get, run, each = field.get, inner.run, 1 + inner.own

    def answer(parent: Any) -> list[Any]:
        values = get(parent)[:first]
        meter.actual += each * len(values)
        return [run(value) for value in values]

    return Plan(answer, 0, (1 if first is None else first) * (1 + inner.requested))


def _compile_nested(selection: Selection, field: Field, meter: Meter) -> Plan:
    first = first_argument(selection)
    after = selection.arguments.get("after")
    start = _offset(after) + 1 if after is not None else 0
    get = field.get
    plan = compile_connection(selection, field.type, meter, first)

    def answer(parent: Any) -> Any:
        values = get(parent)
        return plan.run(
            Slice(
                values[start : start + first],
                lambda index: encode_cursor(f"offset:{start + index}"),
                len(values) > start + first,
                start > 0,
            )
        )

    return Plan(answer, plan.own, plan.requested)


def _offset(cursor: str) -> int:
    kind, _, digits = decode_cursor(cursor).partition(":")
    if kind != "offset" or not digits.isdigit():
        raise GraphQLError(f"Invalid cursor for current pagination sort: {cursor}.")
    return int(digits)


def compile_connection(selection: Selection, node_type: str, meter: Meter, first: int) -> Plan:
    """Answer `nodes`, `edges` and `pageInfo` of a connection; `run` takes a `Slice`.

    Args:
        selection: the connection field.
        node_type: type of its elements.
        meter: gets two points and those of each element served.
        first: page size asked, for the requested cost.
    """
    steps: list[tuple[str, Run]] = []
    each = worst = 0
    for child in selection.children:
        run, own, requested = _connection_part(child, node_type, meter)
        steps.append((child.key, run))
        each += own
        worst += requested

    def run_all(part: Slice) -> dict[str, Any]:
        meter.actual += 2 + each * len(part.nodes)
        return {key: step(part) for key, step in steps}

    return Plan(run_all, 0, 2 + first * worst)


def _connection_part(child: Selection, node_type: str, meter: Meter) -> tuple[Run, int, int]:
    if child.name == "__typename":
        return (lambda _: f"{node_type}Connection"), 0, 0
    if child.name == "pageInfo":
        require_children(child, "PageInfo")
        run = compile_object(child.children, "PageInfo", meter).run
        return (lambda part: run(_page_info(part))), 0, 0
    if child.name == "nodes":
        require_children(child, node_type)
        plan = compile_object(child.children, node_type, meter)
        return (lambda part: [plan.run(node) for node in part.nodes]), 1 + plan.own, 1 + plan.requested
    if child.name == "edges":
        return _edges(child, node_type, meter)
    raise unknown_field(child.name, f"{node_type}Connection")


def _edges(child: Selection, node_type: str, meter: Meter) -> tuple[Run, int, int]:
    require_children(child, f"{node_type}Edge")
    steps: list[tuple[str, Callable[[Slice, int], Any]]] = []
    own = requested = 0
    for part in child.children:
        if part.name == "cursor":
            steps.append((part.key, lambda page, index: page.cursor(index)))
        elif part.name == "node":
            plan = compile_object(part.children, node_type, meter)
            own, requested = 1 + plan.own, 1 + plan.requested
            steps.append((part.key, _node_step(plan.run)))
        else:
            raise unknown_field(part.name, f"{node_type}Edge")

    def run(page: Slice) -> list[dict[str, Any]]:
        return [{key: step(page, index) for key, step in steps} for index in range(len(page.nodes))]

    return run, own, requested


def _node_step(run: Run) -> Callable[[Slice, int], Any]:
    return lambda page, index: run(page.nodes[index])


def _page_info(part: Slice) -> dict[str, Any]:
    some = len(part.nodes) > 0
    return {
        "hasNextPage": part.has_next,
        "hasPreviousPage": part.has_previous,
        "startCursor": part.cursor(0) if some else None,
        "endCursor": part.cursor(len(part.nodes) - 1) if some else None,
    }


def first_argument(selection: Selection) -> int:
    """Page size of a connection, within the platform's bounds."""
    first = selection.arguments.get("first")
    if first is None:
        raise GraphQLError("you must provide one of first or last", code="BAD_REQUEST")
    # True is an int in Python
    if not isinstance(first, int) or isinstance(first, bool) or not 0 <= first <= LARGEST_PAGE:
        raise GraphQLError(f"first must be a number from 0 to {LARGEST_PAGE}: {first}", code="BAD_REQUEST")
    return first


def unknown_field(name: str, type_name: str) -> GraphQLError:
    """The platform's words for a field that does not exist."""
    return GraphQLError(
        f"Field '{name}' doesn't exist on type '{type_name}'",
        code="undefinedField",
        typeName=type_name,
        fieldName=name,
    )


def require_children(selection: Selection, type_name: str) -> None:
    """Refuse an object without selections."""
    if not selection.children:
        raise GraphQLError(
            f"Field must have selections (field '{selection.name}' returns {type_name} "
            "but has no selections.)",
            code="selectionMismatch",
        )


def check_arguments(selection: Selection, type_name: str, known: frozenset[str]) -> None:
    """Refuse an argument the field does not have."""
    for name in selection.arguments:
        if name not in known:
            raise GraphQLError(
                f"Field '{selection.name}' doesn't accept argument '{name}'",
                code="argumentNotAccepted",
                typeName=type_name,
                argumentName=name,
            )
