"""Words of a KPI expression with their columns.

Belongs here: which characters and words exist. Not here: how they combine (parser). There is deliberately
no division, no `;`, no comment and no attribute access, and only the functions of `functions.py`: what cannot
be written cannot be attacked.
"""

import re
from dataclasses import dataclass

from models.errors import DefinitionError

MAX_LENGTH = 1000  # ten times the longest shipped expression
KEYWORDS = frozenset({"and", "or", "not", "in", "is", "null", "true", "false", "period_start", "period_end"})

_TOKEN = re.compile(
    r"(?P<space>[ \t\n]+)"
    # what follows is looked at too: 12abc and 1.2.3 are refused, not read as two words
    r"|(?P<number>\d+(\.\d+)?(?![\w.]))"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    # a quote inside a text is written twice, as in SQL
    r"|(?P<text>'([^']|'')*')"
    r"|(?P<op><=|>=|!=|[=<>+\-*(),])",
    re.ASCII,
)
_ADVICE = {
    "/": "division is not part of expressions; put the divisor under denominator",
    ";": "an expression is one value, not a statement",
    '"': "write text between single quotes",
    "&": "write and",
    "|": "write or",
    "%": "there is no remainder operator",
}


@dataclass(frozen=True)
class FormulaToken:
    """One word: kind is number, name, keyword, text, op or end."""

    kind: str
    text: str
    at: int


def refuse(code: str, what: str, where: str, at: int, *, remedy: str, actual: str = "") -> DefinitionError:
    """A DefinitionError that names the column in the expression."""
    return DefinitionError(
        code, what, where=f"{where}, column {at} of the expression", actual=actual, remedy=remedy
    )


def tokens(text: str, where: str) -> list[FormulaToken]:
    """All words of the text, closed by an end token.

    Raises:
        DefinitionError: D301 for text that is too long, D302 for a character that has no meaning.
    """
    if len(text) > MAX_LENGTH:
        raise refuse(
            "D301",
            "the expression is too long",
            where,
            MAX_LENGTH,
            remedy=f"keep it under {MAX_LENGTH} characters",
            actual=f"{len(text)}",
        )
    found: list[FormulaToken] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _unknown_character(text, at, where)
        if match.lastgroup != "space" and match["space"] is None:
            found.append(_token(match, at + 1))
        at = match.end()
    return [*found, FormulaToken("end", "", len(text) + 1)]  # the parser may always look at one more word


def _token(match: re.Match[str], at: int) -> FormulaToken:
    kind = next(k for k in ("number", "name", "text", "op") if match[k] is not None)
    word = match[0]
    # AND and And mean `and`, as in SQL: a column of that name would be a trap
    if kind == "name" and word.lower() in KEYWORDS:
        return FormulaToken("keyword", word.lower(), at)
    return FormulaToken(kind, word, at)


def _unknown_character(text: str, at: int, where: str) -> DefinitionError:
    remedy = _ADVICE.get(
        text[at], "use columns, numbers, 'text', + - *, comparisons, and, or, not, in (...), is null"
    )
    return refuse(
        "D302",
        "this character has no meaning in an expression",
        where,
        at + 1,
        remedy=remedy,
        actual=repr(text[at : at + 20]),
    )
