"""YAML as plain text with line numbers, and nothing more.

Belongs here: the subset of YAML that definitions may use. Not here: what keys mean (reading, kpis, roles).

Nodes are built from parser events with an explicit stack, so depth, anchors, aliases and tags are refused
at their first occurrence, before anything is expanded or constructed. Scalars stay text: no 0.1 becomes a
binary float, no `NO` becomes false.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from models.errors import DefinitionError

MAX_BYTES = 1_000_000  # a hundred times the largest shipped file
MAX_DEPTH = 40  # four times what the deepest shipped definition needs
# Ten times what the shipped definitions hold together; keeps the worst refusal under a second.
MAX_VALUES = 30_000
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C parser reads 1 MB in well under a second
# What YAML 1.2 forbids in a file (section 5.1, "Character Set"), except tab and line feeds.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# The spellings of null in the core schema of YAML 1.2 (section 10.3.2).
_NULLS = frozenset({"", "null", "~", "Null", "NULL"})


@dataclass(frozen=True)
class YamlPlace:
    """A line of a file."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Scalar:
    """One value as it is written; `is_null` for an unquoted null or nothing at all."""

    text: str
    is_null: bool
    place: YamlPlace


@dataclass(frozen=True)
class Sequence:
    """A list."""

    items: tuple["Node", ...]
    place: YamlPlace


@dataclass(frozen=True)
class Mapping:
    """Keys in the order of the file, each once."""

    entries: dict[str, "Node"]
    key_places: dict[str, YamlPlace]
    place: YamlPlace


Node = Scalar | Sequence | Mapping
Plain = None | str | list["Plain"] | dict[str, "Plain"]


def parse(text: str, file: str) -> Mapping:
    """The one mapping a file holds; an empty file is an empty mapping.

    >>> parse("a: {b: 0.10}", "x.yaml").entries["a"].entries["b"].text
    '0.10'

    Raises:
        DefinitionError: D101 to D109, with file and line.
    """
    _check_text(text, file)
    try:
        root = _Builder(file).build(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        # PyYAML counts lines from 0, editors from 1
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        what = f"this is not YAML: {error.problem}"
        raise DefinitionError(
            "D103", what, where=f"{file}:{line}", remedy="check indentation and quotes"
        ) from None
    # PyYAML refuses characters before it has any mark of a line
    except yaml.YAMLError as error:
        what = f"this is not YAML: {str(error).splitlines()[0][:200]}"
        raise DefinitionError(
            "D103", what, where=f"{file}:1", remedy="check the characters of the file"
        ) from None
    if not isinstance(root, Mapping):
        raise DefinitionError(
            "D112",
            "a file must hold keys",
            where=str(root.place),
            remedy="start its lines with a key, e.g. kpis: or id:",
        )
    return root


def plain(node: Node) -> Plain:
    """The node without places: dicts, lists, texts and None."""
    match node:
        case Scalar():
            return None if node.is_null else node.text
        case Sequence():
            return [plain(item) for item in node.items]
        case Mapping():
            return {key: plain(value) for key, value in node.entries.items()}


def _check_text(text: str, file: str) -> None:
    # characters first: no byte copy of a huge text. surrogatepass: lone surrogates are refused below, with their line
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        remedy = f"split it; at most {MAX_BYTES} bytes"
        raise DefinitionError(
            "D101",
            "the file is too large",
            where=f"{file}:1",
            actual=f"{len(text)} characters",
            remedy=remedy,
        )
    if found := _CONTROL.search(text):
        where = f"{file}:{text.count(chr(10), 0, found.start()) + 1}"
        raise DefinitionError(
            "D102", "a control character", where=where, actual=repr(found[0]), remedy="remove it"
        )


@dataclass(kw_only=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    place: YamlPlace
    is_mapping: bool
    items: list[Node] = field(default_factory=list)
    entries: dict[str, Node] = field(default_factory=dict)
    key_places: dict[str, YamlPlace] = field(default_factory=dict)
    key: str | None = None

    def close(self) -> Node:
        if self.is_mapping:
            return Mapping(self.entries, self.key_places, self.place)
        return Sequence(tuple(self.items), self.place)


class _Builder:
    def __init__(self, file: str) -> None:
        self.file = file
        self.stack: list[_Open] = []
        self.root: Node | None = None
        self.documents = 0

    def build(self, events: Iterator[yaml.Event]) -> Node:
        for number, event in enumerate(events):
            self.accept(event)
            if number > MAX_VALUES:
                line = event.start_mark.line + 1 if event.start_mark else 1
                remedy = f"split it; at most {MAX_VALUES} values"
                raise self.refusal(
                    "D109", "too many values in one file", YamlPlace(self.file, line), "", remedy
                )
        return self.root or Mapping({}, {}, YamlPlace(self.file, 1))  # a file of comments has no document

    def accept(self, event: yaml.Event) -> None:
        mark = event.start_mark
        place = YamlPlace(self.file, mark.line + 1 if mark else 1)
        match event:
            case yaml.DocumentStartEvent():
                self.start_document(place)
            case yaml.AliasEvent():
                raise self.refusal(
                    "D105", "aliases are refused", place, f"*{event.anchor}", "write the value again"
                )
            case yaml.ScalarEvent():
                self.check_plainness(event.anchor, event.tag, place)
                self.scalar(event, place)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self.check_plainness(event.anchor, event.tag, place)
                self.open(_Open(place=place, is_mapping=isinstance(event, yaml.MappingStartEvent)))
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self.add(self.stack.pop().close())

    def start_document(self, place: YamlPlace) -> None:
        self.documents += 1
        if self.documents > 1:
            raise self.refusal("D107", "a second document", place, "---", "use one file per document")

    def check_plainness(self, anchor: str | None, tag: str | None, place: YamlPlace) -> None:
        if anchor is not None:
            raise self.refusal("D105", "anchors are refused", place, f"&{anchor}", "remove the anchor")
        if tag is not None:
            raise self.refusal(
                "D105", "tags are refused", place, tag, "remove the tag; every value is read as text"
            )

    def open(self, opened: _Open) -> None:
        if self.expects_key():
            raise self.refusal(
                "D108", "a key must be a plain word", opened.place, "a list or mapping", "write key: value"
            )
        self.stack.append(opened)
        # while it opens: later, the frozen nodes would already be too deep for whatever walks them
        if len(self.stack) > MAX_DEPTH:
            raise self.refusal("D106", "nested too deeply", opened.place, "", f"at most {MAX_DEPTH} levels")

    def expects_key(self) -> bool:
        return bool(self.stack) and self.stack[-1].is_mapping and self.stack[-1].key is None

    def scalar(self, event: yaml.ScalarEvent, place: YamlPlace) -> None:
        if self.expects_key():
            self.start_entry(event.value, place)
        else:
            # a style is a quote or a block: "~" in quotes is a text
            self.add(Scalar(event.value, not event.style and event.value in _NULLS, place))

    def start_entry(self, key: str, place: YamlPlace) -> None:
        top = self.stack[-1]
        # YAML forbids two equal keys (YAML 1.2, section 3.2.1.1), and PyYAML keeps the last without a word
        if key in top.key_places:
            both = f"lines {top.key_places[key].line} and {place.line}"
            raise self.refusal("D104", f"the key {key[:60]!r} stands twice", place, both, "keep one of them")
        top.key = key
        top.key_places[key] = place

    def add(self, node: Node) -> None:
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        if not top.is_mapping:
            top.items.append(node)
        elif top.key is not None:
            top.entries[top.key] = node
            top.key = None

    def refusal(self, code: str, what: str, place: YamlPlace, actual: str, remedy: str) -> DefinitionError:
        return DefinitionError(code, what, where=str(place), actual=actual[:100], remedy=remedy)
