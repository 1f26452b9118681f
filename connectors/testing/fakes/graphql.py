"""Parse the part of GraphQL that one read query needs: operation, variables, arguments, aliases, fragments.

Here: text to selection trees. Not here: which fields exist and what they answer (shopify_schema.py,
shopify_execute.py).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# first what is ignored (blanks, commas, a byte order mark, comments), then one token: GraphQL specification, 2.1
TOKEN = re.compile(
    r'(?:[\s,\ufeff]|#[^\n]*)*("""(?:.|\n)*?"""|"(?:[^"\\\n]|\\.)*"|\.\.\.|-?\d+(?:\.\d+)?|[_A-Za-z]\w*|[{}()\[\]:$!=@|]|$)'
)


class GraphQLError(Exception):
    """The document is refused; `entry` is one element of the answer's `errors`."""

    def __init__(self, message: str, **extensions: Any) -> None:
        self.entry: dict[str, Any] = {"message": message}
        if extensions:
            self.entry["extensions"] = extensions
        super().__init__(message)


@dataclass
class Selection:
    """One field of a selection set with its evaluated arguments."""

    key: str
    name: str
    arguments: dict[str, Any] = field(default_factory=dict)
    children: "list[Selection]" = field(default_factory=list)


class Parser:
    """Recursive descent over the tokens of one document; variables are substituted while reading."""

    def __init__(self, text: str, variables: Mapping[str, Any]) -> None:
        self.tokens = list(self._tokens(text))
        self.at = 0
        self.variables: dict[str, Any] = dict(variables)
        self.fragments: dict[str, list[Selection]] = {}

    @staticmethod
    def _tokens(text: str) -> "list[str]":
        found: list[str] = []
        at = 0
        while True:
            match = TOKEN.match(text, at)
            if match is None:
                raise GraphQLError(f"Parse error on {text[at : at + 12]!r}")
            if not match.group(1):
                return found
            found.append(match.group(1))
            at = match.end()

    def peek(self) -> str:
        """Next token, not taken; empty at the end."""
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        """Next token, which must be `expected` when given."""
        token = self.peek()
        if not token or (expected and token != expected):
            raise GraphQLError(
                f"Parse error on {token or 'end of file'!r}, expecting {expected or 'a token'!r}"
            )
        self.at += 1
        return token

    def accept(self, wanted: str) -> bool:
        """Take the next token if it is the wanted one."""
        found = self.peek() == wanted
        self.at += found
        return found

    def document(self) -> list[Selection]:
        """Selections of the only operation; fragments may stand before or after it."""
        self._read_fragments()
        operation: list[Selection] | None = None
        while self.peek():
            if self.accept("fragment"):
                self._skip_fragment()
                continue
            if operation is not None:
                raise GraphQLError("Only one operation per document is understood by the sandbox")
            operation = self._operation()
        if operation is None:
            raise GraphQLError("An operation is required")
        return operation

    def _read_fragments(self) -> None:
        starts = [i for i, word in enumerate(self.tokens) if word == "fragment" and self._top_level(i)]
        for start in reversed(starts):  # fragments that use others usually come first
            self.at = start + 1
            name, _ = self.take(), self.take("on")
            self.take()
            self.fragments[name] = self.selections()
        self.at = 0

    def _top_level(self, at: int) -> bool:
        # outside of all braces: inside, `fragment` may be a field's name
        return self.tokens[:at].count("{") == self.tokens[:at].count("}")

    def _skip_fragment(self) -> None:
        self.at += 3  # its name, `on` and the type
        self.selections()

    def _operation(self) -> list[Selection]:
        if self.peek() != "{":
            kind = self.take()
            if kind != "query":
                raise GraphQLError(f"The sandbox only reads: {kind!r} is refused")
            # the name of an operation may be left out
            if self.peek() not in ("{", "("):
                self.take()
            if self.accept("("):
                self._variable_definitions()
        return self.selections()

    def _variable_definitions(self) -> None:
        while not self.accept(")"):
            self.take("$")
            name = self.take()
            self.take(":")
            required = self._type()
            if self.accept("="):
                # a given value wins over the default, an explicit null too
                self.variables.setdefault(name, self.value())
            elif required and self.variables.get(name) is None:
                raise GraphQLError(
                    f"Variable ${name} of required type was provided invalid value", code="INVALID_VARIABLE"
                )
            self.variables.setdefault(name, None)

    def _type(self) -> bool:
        if self.accept("["):
            self._type()
            self.take("]")
        else:
            self.take()
        return self.accept("!")

    def selections(self) -> list[Selection]:
        """One selection set with its fragments spread out."""
        self.take("{")
        found: list[Selection] = []
        while not self.accept("}"):
            found.extend(self._spread() if self.accept("...") else [self._field()])
        return found

    def _spread(self) -> list[Selection]:
        if self.accept("on"):
            self.take()
        if self.peek() == "{":
            return self.selections()
        name = self.take()
        if name not in self.fragments:
            raise GraphQLError(f"Fragment {name} was used, but not defined")
        return self.fragments[name]

    def _field(self) -> Selection:
        key = name = self.take()
        if self.accept(":"):
            name = self.take()
        arguments: dict[str, Any] = {}
        if self.accept("("):
            while not self.accept(")"):
                argument = self.take()
                self.take(":")
                arguments[argument] = self.value()
        children = self.selections() if self.peek() == "{" else []
        return Selection(key, name, arguments, children)

    def value(self) -> Any:
        """One argument value."""
        word = self.take()
        if word == "$":
            name = self.take()
            if name not in self.variables:
                raise GraphQLError(f"Variable ${name} is used but not declared", code="variableNotDefined")
            return self.variables[name]
        if word == "[":
            items = []
            while not self.accept("]"):
                items.append(self.value())
            return items
        if word[0] in '"-' or word[0].isdigit():
            return json.loads(word)
        return {"true": True, "false": False, "null": None}.get(word, word)  # an enum value is its own name


def parse(text: str, variables: Mapping[str, Any]) -> list[Selection]:
    """Selections of the document's operation with every variable replaced by its value."""
    return Parser(text, variables).document()
