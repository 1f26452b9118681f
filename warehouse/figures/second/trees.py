"""KPI expressions (models.formulas) as Polars expressions over one fact, in whole numbers.

Belongs here: one tree to one expression and the places behind its point. Not here: reading facts (rows.py), sums (counts.py).

A number is an Int128 with the places of its decimal point beside it, because Polars multiplies two decimals at the larger of
their scales and rounds (2.1: 99999999999999.9999 x 1234.12345678 loses four digits). Whole numbers add and multiply exactly, also
where a step between would not fit: they wrap, and wrap back when the result fits. A condition is true, false or unknown (NULL).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import reduce
from operator import and_, eq, ge, gt, le, lt, ne, or_

import polars as pl

from models import formulas
from models.errors import WarehouseError
from models.formulas import Expr
from models.formulas.functions import DURATIONS

_SIGNS: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "=": eq,
    "!=": ne,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}
_SECONDS = {"days": 86400, "hours": 3600, "minutes": 60}
_MICROSECONDS = 10**6
_DURATION_PLACES = 12  # of the language: a duration of instants is rounded to so many digits


@dataclass(frozen=True)
class Scaled:
    """A value; a number is `expr` / 10 ** `places`, anything else has no places."""

    expr: pl.Expr
    places: int = 0

    def at(self, places: int) -> pl.Expr:
        """The same number with so many places, at least its own."""
        return self.expr if places == self.places else self.expr * whole(10 ** (places - self.places))


def whole(number: int) -> pl.Expr:
    """A constant that does not overflow where a product with it fits."""
    return pl.lit(number, dtype=pl.Int128)


@dataclass(frozen=True)
class Formulas:
    """What an expression may name: the columns of a fact with their places, and the period."""

    places: Mapping[str, int]
    untold: Mapping[str, tuple[str, ...]]  # by column: words that mean "not told apart"
    start: date
    end: date

    def condition(self, node: Expr | None) -> pl.Expr:
        """A condition, true where there is none."""
        return pl.lit(value=True) if node is None else self.of(node).expr

    def of(self, node: Expr) -> Scaled:  # noqa: PLR0911 - one return per kind of node
        """The expression.

        Raises:
            WarehouseError: W340 for a node or function this engine does not know.
        """
        match node:
            case formulas.ColumnName(name=name):
                return Scaled(pl.col(name), self.places.get(name, 0))
            case formulas.Literal(value=value):
                return _constant(value)
            case formulas.Parameter(name=name):
                return Scaled(pl.lit(self.start if name == "period_start" else self.end))
            case formulas.Unary(operand=operand):
                inner = self.of(operand)
                # no minus sign: Polars 2.1 has none for 128 bits
                return Scaled(whole(-1) * inner.expr, inner.places)
            case formulas.Binary():
                return self._arithmetic(node)
            case formulas.FunctionCall():
                return self._call(node)
            case _:
                return Scaled(self._condition(node))

    def _arithmetic(self, node: formulas.Binary) -> Scaled:
        left, right = self.of(node.left), self.of(node.right)
        if node.op == "*":
            return Scaled(left.expr * right.expr, left.places + right.places)
        [a, b], places = _aligned(left, right)
        return Scaled(a + b if node.op == "+" else a - b, places)

    def _call(self, node: formulas.FunctionCall) -> Scaled:
        values = [self.of(arg) for arg in node.args]
        if node.name in DURATIONS:
            return _duration(*(value.expr for value in values), per=_SECONDS[node.name])
        exprs, places = _aligned(*values)
        match node.name:
            case "abs":
                found = exprs[0].abs()
            case "coalesce":
                found = pl.coalesce(exprs)
            case "least" | "greatest":
                pick = pl.min_horizontal if node.name == "least" else pl.max_horizontal
                # the horizontal functions pass over NULL: one unknown value leaves the whole unknown
                found = pl.when(pl.all_horizontal(e.is_not_null() for e in exprs)).then(pick(exprs))
            case _:
                raise _unknown(node.name)
        return Scaled(found, places)

    def _condition(self, node: Expr) -> pl.Expr:
        match node:
            case formulas.Compare(op=op, left=left, right=right):
                [a, b], _ = _aligned(self.of(left), self.of(right))
                words = [v.value for v in (left, right) if isinstance(v, formulas.Literal)]
                return self._told(_SIGNS[op](a, b), (left, right), words)
            case formulas.InList(operand=operand, values=values, negated=negated):
                value = self.of(operand)
                found = reduce(or_, (eq(*_aligned(value, self.of(v))[0]) for v in values))
                found = self._told(found, (operand,), [v.value for v in values])
                return ~found if negated else found
            case formulas.IsNull(operand=operand, negated=negated):
                value = self.of(operand)
                return value.expr.is_not_null() if negated else value.expr.is_null()
            case formulas.Not(operand=operand):
                return ~self.condition(operand)
            case formulas.And(items=items):
                return reduce(and_, map(self.condition, items))
            case formulas.Or(items=items):
                return reduce(or_, map(self.condition, items))
            case _:
                raise _unknown(type(node).__name__)

    def _told(self, found: pl.Expr, sides: tuple[Expr, ...], words: Sequence[object]) -> pl.Expr:
        """The comparison, unknown for rows whose word may hide the other one."""
        for column in (side.name for side in sides if isinstance(side, formulas.ColumnName)):
            untold = self.untold.get(column, ())
            # a question for such a word itself has an answer
            if untold and not (words and set(words) <= set(untold)):
                hiding = [word for word in untold if word not in words]
                found = pl.when(~pl.col(column).is_in(hiding)).then(found)
        return found


def _aligned(*values: Scaled) -> tuple[list[pl.Expr], int]:
    places = max(value.places for value in values)
    return [value.at(places) for value in values], places


def _constant(value: object) -> Scaled:
    if isinstance(value, bool | str):
        return Scaled(pl.lit(value))
    number = Fraction(str(value))
    places = next(n for n in range(400) if (number * 10**n).denominator == 1)
    return Scaled(whole(int(number * 10**places)), places)


def _duration(later: pl.Expr, earlier: pl.Expr, *, per: int) -> Scaled:
    """Time between two moments in units of `per` seconds: whole seconds, the quotient rounded half away from zero."""
    moments = (moment.cast(pl.Datetime("us")).to_physical().cast(pl.Int128) for moment in (later, earlier))
    micro = next(moments) - next(moments)
    seconds = micro.abs() // whole(_MICROSECONDS)
    found = (seconds * whole(10**_DURATION_PLACES) + whole(per // 2)) // whole(per)
    return Scaled(micro.sign() * found, _DURATION_PLACES)


def _unknown(what: str) -> WarehouseError:
    return WarehouseError(
        "W340",
        "the second engine does not know a part of a formula",
        actual=what,
        remedy="report it: the figure was computed by one engine only",
    )
