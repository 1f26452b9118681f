"""Findings of the linter that a definition accepts, with the reason, so that whoever reads it later knows why.

Belongs here: the key `accepts`. Not here: what the codes mean (models/lint), which findings are left out (models/lint).
"""

from dataclasses import dataclass

from models.definitions.reading import Fields, Label, as_items, as_label, as_text, refuse
from models.definitions.strict_yaml import Node

KEY = "accepts"
ENTRY_KEYS = ("code", "why")
CODE_FORM = "L000 to L999"


@dataclass(frozen=True)
class Accepted:
    """One rule whose finding the definition accepts."""

    code: str
    why: Label
    source: str  # file and line: a code that accepts nothing is told there


def read_accepts(fields: Fields) -> tuple[Accepted, ...]:
    """The accepted findings of one definition; none where the key is absent."""
    node = fields.get(KEY)
    return tuple(_accepted(item) for item in as_items(node, KEY)) if node else ()


def _accepted(node: Node) -> Accepted:
    fields = Fields(node, "an accepted finding", required=ENTRY_KEYS)
    code = as_text(fields["code"], "code")
    # only the form is judged: whether a rule has this code is for the linter, which imports this package and not the other way
    # `isdigit` alone is true for the digits of every script (Python documentation, str.isdigit)
    if not (len(code) == 4 and code[0] == "L" and code[1:].isascii() and code[1:].isdigit()):
        raise refuse(
            "D114",
            "code is none of the linter's",
            fields["code"].place,
            actual=repr(code[:60]),
            remedy=CODE_FORM,
        )
    return Accepted(code, as_label(fields["why"], "why"), str(fields.place))
