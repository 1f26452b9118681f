"""The only place where text becomes SQL: quoted literals, checked identifiers, statement files.

Values are bound parameters wherever DuckDB allows it. Where a statement is compiled (KPI formulas, ATTACH),
values pass through `literal` and names through `identifier`. Nothing else may build SQL from data.
"""

import re
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from string import Template

from models.errors import WarehouseError

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_SQL = Path(__file__).parents[1] / "sql"

Value = str | int | bool | Decimal | date


def identifier(name: str) -> str:
    """`name` itself, if it is a plain lower-case identifier.

    Raises:
        WarehouseError: W110, when it is anything else.
    """
    if not _NAME.fullmatch(name):
        raise WarehouseError(
            "W110",
            "a table or column name is not a plain identifier",
            actual=repr(name[:80]),
            remedy="use lower-case letters, digits and _ in connector and stream names",
        )
    return name


def literal(value: Value) -> str:
    """`value` as a SQL literal.

    Example:
        >>> literal("it's"), literal(Decimal("-1.50")), literal(True)
        ("'it''s'", '(-1.50)', 'true')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"({value})" if value < 0 else str(value)
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    return _text(value)


def _decimal(value: Decimal) -> str:
    if not value.is_finite():
        raise WarehouseError("W111", "a number in a formula is not finite", actual=str(value))
    plain = format(value, "f")
    return f"({plain})" if value.is_signed() else plain


def _text(value: str) -> str:
    if "\x00" in value:
        raise WarehouseError("W111", "a text in a formula holds a NUL character", actual=repr(value[:80]))
    doubled = value.replace("'", "''")
    return f"'{doubled}'"


def fill(template: str, **parts: str) -> str:
    """`template` with `${name}` replaced by text that is already SQL: identifiers, literals, parts."""
    return Template(template).substitute(parts)


@cache
def statement(path: str) -> str:
    """Text of `sql/<path>`."""
    return (_SQL / path).read_text(encoding="utf-8")


def statements(folder: str) -> list[str]:
    """Names of the statement files in `sql/<folder>`, sorted."""
    return sorted(p.stem for p in (_SQL / folder).glob("*.sql"))
