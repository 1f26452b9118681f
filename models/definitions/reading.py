"""Typed values out of YAML nodes, every refusal with file and line.

Belongs here: text, number, date, choice and label of a node. Not here: what a number or a date is (values), the keys of a KPI
or a role (kpis, roles, grades).
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar, cast

from models.definitions.strict_yaml import Mapping, Node, Scalar, Sequence, YamlPlace, plain
from models.errors import DefinitionError
from models.values import LimitError, ReadingError, dec, looks_like_decimal, nearest, read_date

Choice = TypeVar("Choice", bound=str)
SHOWN = 100  # characters of a wrong value that a message repeats
ID_FORM = "[a-z][a-z0-9_]{0,62}"
_ID = re.compile(ID_FORM, re.ASCII)


@dataclass(frozen=True)
class Label:
    """A name people read."""

    zh: str
    en: str


@dataclass
class Problems:
    """Errors of one load, collected so that a person can mend all of them at once."""

    found: list[DefinitionError] = field(default_factory=list)

    @contextmanager
    def collect(self, place: YamlPlace | None = None) -> Iterator[None]:
        """Keep a refusal and go on; `place` is filled in where the refusal does not know its line."""
        try:
            yield
        # refusals only: any other exception is a mistake of ours, and collecting it would hide it
        except DefinitionError as error:
            if not error.where and place is not None:
                error = DefinitionError(
                    error.code, error.what, where=str(place), actual=error.actual, remedy=error.remedy
                )
            self.found.append(error)


def refuse(code: str, what: str, place: YamlPlace, *, actual: str = "", remedy: str = "") -> DefinitionError:
    """A refusal at a line."""
    return DefinitionError(code, what, where=str(place), actual=actual[:200], remedy=remedy)


def as_mapping(node: Node, what: str) -> Mapping:
    """The node as keys and values."""
    if not isinstance(node, Mapping):
        raise refuse("D112", f"{what} must hold keys and values", node.place, remedy="write key: value")
    return node


def as_items(node: Node, what: str) -> tuple[Node, ...]:
    """The node as a list."""
    if not isinstance(node, Sequence):
        raise refuse(
            "D112", f"{what} must be a list", node.place, remedy="start every entry with - or use [a, b]"
        )
    return node.items


def as_text(node: Node, what: str) -> str:
    """The node as non-empty text."""
    if not isinstance(node, Scalar) or node.is_null or not node.text.strip():
        raise refuse("D112", f"{what} must be a text", node.place, remedy="write one value")
    return node.text


def as_id(node: Node, what: str) -> str:
    """The node as an id: lower-case letters, digits and underscores."""
    text = as_text(node, what)
    if not _ID.fullmatch(text):
        remedy = "use a-z, 0-9 and _, starting with a letter, at most 63 characters"
        raise refuse("D116", f"{what} is not an id", node.place, actual=repr(text), remedy=remedy)
    return text


def as_args(node: Node, what: str) -> dict[str, object]:
    """The arguments of a method as dicts, lists and texts; a number too wide for any figure is refused where it stands."""
    entries = as_mapping(node, what)
    _refuse_wide(entries, what)
    return cast(dict[str, object], plain(entries))


def _refuse_wide(node: Node, what: str) -> None:
    match node:
        case Scalar(is_null=False) if looks_like_decimal(node.text):
            as_number(node, what)
        case Sequence():
            for item in node.items:
                _refuse_wide(item, what)
        case Mapping():
            for value in node.entries.values():
                _refuse_wide(value, what)


def as_number(node: Node, what: str) -> Decimal:
    """The node as an exact decimal."""
    text = as_text(node, what)
    try:
        return dec(text)
    # before its parent: a number that is too long is written rightly, and needs another remedy
    except LimitError as error:
        what, remedy = f"{what} cannot be held: {error.cause}", error.remedy
    except ReadingError:
        what, remedy = (
            f"{what} is not a plain number",
            "write digits with an optional sign and point, e.g. 0.08",
        )
    raise refuse("D113", what, node.place, actual=repr(_shortened(text)), remedy=remedy)


def as_date(node: Node, what: str) -> date:
    """The node as a calendar date."""
    text = as_text(node, what)
    try:
        return read_date(text)
    except ReadingError:
        what = f"{what} is not a date"
        raise refuse("D115", what, node.place, actual=repr(text), remedy="write YYYY-MM-DD") from None


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def as_choice(node: Node, what: str, choices: Iterable[Choice]) -> Choice:
    """The node as one of a few words, with the type that these words have."""
    text, known = as_text(node, what), tuple(choices)
    # the word of the list and not the text that equals it: only the first has the type of the choice
    found = next((word for word in known if word == text), None)
    if found is None:
        raise refuse(
            "D114", f"{what} has an unknown value", node.place, actual=repr(text), remedy=nearest(text, known)
        )
    return found


def as_label(node: Node, what: str) -> Label:
    """The node as a name in both languages."""
    fields = Fields(node, what, required=("zh", "en"))
    return Label(as_text(fields["zh"], f"{what} zh"), as_text(fields["en"], f"{what} en"))


class Fields:
    """The keys of one mapping, with unknown and absent keys refused together."""

    def __init__(
        self, node: Node, what: str, *, required: Iterable[str] = (), optional: Iterable[str] = ()
    ) -> None:
        self.what = what
        self.mapping = as_mapping(node, what)
        self.place = self.mapping.place
        required = tuple(required)  # walked twice
        # unknown keys first: a misspelt key is absent too, and the refusal should show the word that was typed
        self._check_unknown({*required, *optional})
        self._check_absent(required)

    def _check_unknown(self, known: set[str]) -> None:
        for key, place in self.mapping.key_places.items():
            if key not in known:
                raise refuse(
                    "D110", f"{self.what} has no key {key[:60]!r}", place, remedy=nearest(key, known)
                )

    def _check_absent(self, required: tuple[str, ...]) -> None:
        absent = [key for key in required if key not in self]
        if absent:
            raise refuse(
                "D111", f"{self.what} lacks {', '.join(absent)}", self.place, remedy=f"add {absent[0]}:"
            )

    def __contains__(self, key: str) -> bool:
        node = self.mapping.entries.get(key)
        # `cap:` with nothing behind it states nothing
        return node is not None and not (isinstance(node, Scalar) and node.is_null)

    def __getitem__(self, key: str) -> Node:
        return self.mapping.entries[key]

    def get(self, key: str) -> Node | None:
        """The value, or None where the key is absent or null."""
        return self.mapping.entries[key] if key in self else None
