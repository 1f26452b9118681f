"""From expression text to a syntax tree.

    or        := and ("or" and)*
    and       := not ("and" not)*
    not       := "not" not | comparison
    comparison:= sum [("=" | "!=" | "<" | "<=" | ">" | ">=") sum | "is" ["not"] "null" | ["not"] "in" list]
    list      := "(" constant ("," constant)* ")"
    sum       := product (("+" | "-") product)*
    product   := unary ("*" unary)*
    unary     := "-" unary | primary
    primary   := number | 'text' | true | false | period_start | period_end | column | call | "(" or ")"
    call      := function "(" or ("," or)* ")"

Belongs here: the grammar. Not here: whether a column exists (checker).
"""

from collections.abc import Callable
from typing import Literal as OneOf
from typing import cast

from models.errors import DefinitionError
from models.formulas.functions import ARGUMENTS
from models.formulas.lexer import FormulaToken, refuse, tokens
from models.formulas.tree import (
    And,
    Binary,
    ColumnName,
    Compare,
    Expr,
    FunctionCall,
    InList,
    IsNull,
    Literal,
    Not,
    Or,
    Parameter,
    Unary,
)
from models.values import STATED, dec

MAX_DEPTH = 30  # each level is three calls of Python, whose stack ends at 1000
MAX_LIST = 100  # a longer list of constants belongs into a column of skus.csv or a table
MAX_CALLS = 4  # functions inside functions: some repeat their values in SQL, which doubles at each level
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")


def parse_expression(text: str, where: str) -> Expr:
    """The syntax tree of an expression.

    >>> parse_expression("qty - 1", "kpis.yaml:3")
    Binary(op='-', left=ColumnName(name='qty', at=1), right=Literal(value=Decimal('1'), at=7), at=5)

    Raises:
        DefinitionError: D301 to D305, with the column in the text.
    """
    return _FormulaParser(tokens(text, where), where).whole()


class _FormulaParser:
    """Recursive descent; depth is capped, so hostile nesting ends in a refusal, not a stack overflow."""

    def __init__(self, words: list[FormulaToken], where: str) -> None:
        self.words = words
        self.where = where
        self.position = 0
        self.depth = 0
        self.calls = 0

    @property
    def word(self) -> FormulaToken:
        return self.words[self.position]

    def take(self, *texts: str) -> FormulaToken | None:
        """The current word if it is one of the operators or keywords, moving on."""
        word = self.word
        if word.kind in {"op", "keyword"} and word.text in texts:
            self.position += 1
            return word
        return None

    def need(self, text: str) -> FormulaToken:
        word = self.take(text)
        if word is None:
            raise self.unexpected(f"expected {text!r}")
        return word

    def unexpected(self, expected: str) -> DefinitionError:
        found = repr(self.word.text) if self.word.kind != "end" else "the end"
        return refuse(
            "D303",
            f"the expression cannot be read: {expected}",
            self.where,
            self.word.at,
            remedy=self.advice(),
            actual=found,
        )

    def advice(self) -> str:
        before = self.words[self.position - 1] if self.position else None
        # the word before the bracket is a column to the grammar: somebody wrote a call that does not exist
        if self.word.text == "(" and before is not None and before.kind == "name":
            return f"functions: {', '.join(ARGUMENTS)}; sum, count and median are keys of the definition"
        if self.word.text == "=" and before is not None and before.text == "=":
            return "write one = sign"
        return "see the expression rules in kpi_definitions/README.md"

    def whole(self) -> Expr:
        node = self.either()
        if self.word.kind != "end":
            raise self.unexpected("expected an operator or the end")
        return node

    def either(self) -> Expr:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.too_deep()
        first, at = self.both(), self.word.at
        items = [first]
        while self.take("or"):
            items.append(self.both())
        self.depth -= 1
        # one operand is itself, so that brackets around it leave the tree as it was
        return first if len(items) == 1 else Or(tuple(items), at)

    def both(self) -> Expr:
        first, at = self.negation(), self.word.at
        items = [first]
        while self.take("and"):
            items.append(self.negation())
        return first if len(items) == 1 else And(tuple(items), at)

    def negation(self) -> Expr:
        word = self.take("not")
        # `not` and the minus sign go deeper without a bracket, so they count for themselves
        return Not(self.deeper(self.negation), word.at) if word else self.comparison()

    def comparison(self) -> Expr:
        left = self.sum()
        if word := self.take(*_COMPARISONS):
            op = cast(OneOf["=", "!=", "<", "<=", ">", ">="], word.text)
            return Compare(op, left, self.sum(), word.at)
        if word := self.take("is"):
            negated = self.take("not") is not None
            self.need("null")
            return IsNull(left, negated, word.at)
        return self.membership(left)

    def membership(self, left: Expr) -> Expr:
        at = self.word.at
        negated = self.take("not") is not None
        if not self.take("in"):
            # `qty not = 1`: the `not` of a condition stands before the whole comparison
            if negated:
                raise self.unexpected("expected 'in' after 'not'")
            return left
        self.need("(")
        values = [self.constant()]
        while self.take(","):
            values.append(self.constant())
        self.need(")")
        if len(values) > MAX_LIST:
            raise refuse(
                "D301",
                "the list is too long",
                self.where,
                at,
                remedy=f"list at most {MAX_LIST} values",
                actual=f"{len(values)}",
            )
        return InList(left, tuple(values), negated, at)

    def constant(self) -> Literal:
        node = self.unary()
        if (
            isinstance(node, Unary)
            and isinstance(node.operand, Literal)
            and not isinstance(node.operand.value, str | bool)
        ):
            # -5 in a list is one constant; `-x` would round to the 28 digits of Python's default context
            return Literal(node.operand.value.copy_negate(), node.at)
        if not isinstance(node, Literal):
            raise refuse(
                "D303", "a list holds constants only", self.where, node.at, remedy="write numbers or 'texts'"
            )
        return node

    def sum(self) -> Expr:
        return self.chain(("+", "-"), self.product)

    def product(self) -> Expr:
        return self.chain(("*",), self.unary)

    def chain(self, operators: tuple[str, ...], operand: Callable[[], Expr]) -> Expr:
        """Left-associative operators; every link deepens the tree by one, so links count as depth."""
        left, links = operand(), 0
        while word := self.take(*operators):
            links += 1
            if self.depth + links > MAX_DEPTH:
                raise self.too_deep()
            left = Binary(cast(OneOf["+", "-", "*"], word.text), left, operand(), word.at)
        return left

    def unary(self) -> Expr:
        word = self.take("-")
        return Unary(self.deeper(self.unary), word.at) if word else self.primary()

    def deeper(self, rule: Callable[[], Expr]) -> Expr:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.too_deep()
        node = rule()
        self.depth -= 1
        return node

    def primary(self) -> Expr:
        word = self.word
        if self.take("("):
            node = self.either()
            self.need(")")
            return node
        if self.take("true", "false"):
            return Literal(word.text == "true", word.at)
        if self.take("period_start", "period_end"):
            return Parameter(cast(OneOf["period_start", "period_end"], word.text), word.at)
        if word.kind not in {"number", "text", "name"}:
            raise self.unexpected("expected a column, a number or a 'text'")
        self.position += 1
        # only before a bracket: a table may have a column that is called `days`
        if word.kind == "name" and word.text.lower() in ARGUMENTS and self.take("("):
            return self.call(word)
        return self.leaf(word)

    def call(self, word: FormulaToken) -> Expr:
        name = word.text.lower()
        self.calls += 1
        if self.calls > MAX_CALLS:
            raise self.too_deep()
        args = [self.either()]
        while self.take(","):
            args.append(self.either())
        self.need(")")
        self.calls -= 1  # nesting alone counts: calls side by side do not double
        fewest, most = ARGUMENTS[name]
        if not fewest <= len(args) <= most:
            wanted = f"{fewest}" if fewest == most else f"{fewest} to {most}"
            raise refuse(
                "D306",
                f"{name} takes {wanted} values",
                self.where,
                word.at,
                remedy=f"give it {wanted}",
                actual=f"{len(args)}",
            )
        return FunctionCall(name, tuple(args), word.at)

    def leaf(self, word: FormulaToken) -> Expr:
        if word.kind == "name":
            return ColumnName(word.text, word.at)
        if word.kind == "text":
            return Literal(word.text[1:-1].replace("''", "'"), word.at)  # two quotes inside stand for one
        try:
            return Literal(dec(word.text), word.at)
        except ValueError:
            raise refuse(
                "D305",
                "the number is too long",
                self.where,
                word.at,
                remedy=f"write at most {STATED.whole} digits before the point, {STATED.places} in all",
            ) from None

    def too_deep(self) -> DefinitionError:
        return refuse(
            "D304",
            "the expression is nested too deeply",
            self.where,
            self.word.at,
            remedy=f"keep it under {MAX_DEPTH} levels",
        )
