"""The only place where text becomes SQL: quoted literals, checked identifiers, statement files.

Values are bound parameters wherever DuckDB allows it. Where a statement is put together (KPI formulas, names of raw tables),
values pass through `literal` and names through `identifier`, and `fill` and `joined` take nothing but `Sql`: mypy refuses a
plain str on its way into a statement.

Belongs here: the type `Sql` and every function that makes one. Not here: running it (rows.py), what it asks (the wings).
"""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from string import Template
from typing import NewType

from models.errors import WarehouseError

# Elsewhere `Sql` is called with a written-out constant only, never with text made at run time; a test counts on it.
Sql = NewType("Sql", str)
Value = str | int | bool | Decimal | date

# At most 63 characters, as PostgreSQL allows (its manual, "Identifiers and Key Words"): names fit wherever tables are copied to.
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_TYPE = re.compile(r"[A-Za-z]+[0-9]*( [A-Za-z]+)*(\([0-9]{1,2}, ?[0-9]{1,2}\))?(\[\])?")
_SQL = Path(__file__).parents[1] / "sql"


def identifier(name: str) -> Sql:
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
    return Sql(name)


def type_name(name: str) -> Sql:
    """The name of a column type, as models/tables and DuckDB write them: DECIMAL(18, 4), VARCHAR[], TIMESTAMP WITH TIME ZONE.

    Raises:
        WarehouseError: W110, when it is anything else.
    """
    if not _TYPE.fullmatch(name):
        raise WarehouseError("W110", "a column type is not a plain type name", actual=repr(name[:80]))
    return Sql(name)


def literal(value: Value) -> Sql:
    """`value` as a SQL literal.

    Example:
        >>> literal("it's"), literal(Decimal("-1.50")), literal(True)
        ("'it''s'", '(-1.50)', 'true')
    """
    # before int, of which bool is a subclass: True would become 1
    if isinstance(value, bool):
        return Sql("true" if value else "false")
    if isinstance(value, int):
        # brackets: a minus before a negative number would be `--`, which starts a comment
        return Sql(f"({value})" if value < 0 else str(value))
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, date):
        return Sql(f"date '{value.isoformat()}'")
    return _text(value)


def _decimal(value: Decimal) -> Sql:
    if not value.is_finite():
        raise WarehouseError("W111", "a number in a formula is not finite", actual=str(value))
    plain = format(value, "f")  # never an exponent: DuckDB reads 1e2 as a binary float, 100 as a decimal
    return Sql(f"({plain})" if value.is_signed() else plain)


def _text(value: str) -> Sql:
    if "\x00" in value:
        raise WarehouseError("W111", "a text in a formula holds a NUL character", actual=repr(value[:80]))
    # Two quotes are the only escape of a standard SQL string; DuckDB reads a backslash as itself
    # (https://duckdb.org/docs/stable/sql/data_types/literal_types).
    doubled = value.replace("'", "''")
    return Sql(f"'{doubled}'")


def fill(template: Sql, **parts: Sql) -> Sql:
    """`template` with `${name}` replaced by text that is already SQL; `$$name` stays as the bound parameter `$name`.

    Example:
        >>> fill(Sql("select * from ${table} where id = $$id"), table=identifier("core_sku"))
        'select * from core_sku where id = $id'
    """
    # not safe_substitute: a part that somebody forgot fails here, not in DuckDB
    return Sql(Template(template).substitute(parts))


def joined(separator: Sql, parts: Iterable[Sql]) -> Sql:
    """Parts in a row with a separator between them."""
    return Sql(separator.join(parts))


def listed(parts: Iterable[Sql]) -> Sql:
    """Parts as the list of a SELECT, an IN or a call.

    Example:
        >>> listed([identifier("shop_id"), literal(1)])
        'shop_id, 1'
    """
    return joined(Sql(", "), parts)


@cache
def statement(path: str) -> Sql:
    """Text of `sql/<path>`."""
    return statement_file(_SQL / path)


def statement_file(path: Path) -> Sql:
    """Text of a file with SQL that ships with the product."""
    return Sql(path.read_text(encoding="utf-8"))


def statements(folder: str) -> list[str]:
    """Names of the statement files in `sql/<folder>`, sorted."""
    return sorted(p.stem for p in (_SQL / folder).glob("*.sql"))
