import time
from decimal import Decimal

import pytest

from models.errors import DefinitionError
from models.formulas import (
    And,
    Binary,
    ColumnName,
    Compare,
    FunctionCall,
    InList,
    IsNull,
    Literal,
    Not,
    Or,
    Parameter,
    Unary,
    check,
    columns,
    parse_expression,
)
from models.tables import ORDER_LINE, REFUND, TICKET, ColumnType
from tests.pace import slowness

A, B, C = ColumnName("a"), ColumnName("b"), ColumnName("c")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a - b - c", Binary("-", Binary("-", A, B), C)),
        ("a + b * c", Binary("+", A, Binary("*", B, C))),
        ("(a + b) * c", Binary("*", Binary("+", A, B), C)),
        ("-a * b", Binary("*", Unary(A), B)),
        ("a or b and not c", Or((A, And((B, Not(C)))))),
        ("a = b or c", Or((Compare("=", A, B), C))),
        ("a not in ('x', 'it''s')", InList(A, (Literal("x"), Literal("it's")), negated=True)),
        ("a in (1, -2.50)", InList(A, (Literal(Decimal(1)), Literal(Decimal("-2.50"))), negated=False)),
        ("a IS NOT NULL", IsNull(A, negated=True)),
        ("a >= period_start and b", And((Compare(">=", A, Parameter("period_start")), B))),
        ("a != period_end", Compare("!=", A, Parameter("period_end"))),
        ("a = true", Compare("=", A, Literal(True))),
        ("0.10", Literal(Decimal("0.10"))),
        ("minutes(a, b)", FunctionCall("minutes", (A, B))),
        ("HOURS (a, b) <= c", Compare("<=", FunctionCall("hours", (A, B)), C)),
        ("least(a, b + 1, -c)", FunctionCall("least", (A, Binary("+", B, Literal(Decimal(1))), Unary(C)))),
        ("coalesce(a, 0) + abs(b)", Binary("+", FunctionCall("coalesce", (A, Literal(Decimal(0)))), FunctionCall("abs", (B,)))),
        ("minutes", ColumnName("minutes")),
    ],
)  # fmt: skip
def test_text_becomes_the_expected_tree(text: str, tree: object) -> None:
    assert parse_expression(text, "x.yaml:1") == tree


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "D303"),
        ("a +", "D303"),
        ("a b", "D303"),
        ("(a", "D303"),
        ("a == b", "D303"),
        ("a not b", "D303"),
        ("a in ()", "D303"),
        ("a in (b)", "D303"),
        ("10**9**10", "D303"),
        ("sum(a)", "D303"),
        ("__import__('os')", "D303"),
        ("read_text('/x')", "D303"),
        ("select 1", "D303"),
        ("a / b", "D302"),
        ("a; drop table x", "D302"),
        ("a.b", "D302"),
        ("'open", "D302"),
        ('"a"', "D302"),
        ("a -- b; c", "D302"),
        ("1e9", "D302"),
        ("0x10", "D302"),
        ("a\u00a0+ b", "D302"),
        ("列", "D302"),
        ("(" * 400 + "a" + ")" * 400, "D304"),
        ("-" * 900 + "a", "D304"),
        ("not " * 200 + "a", "D304"),
        ("+".join("a" * 400), "D304"),
        ("a" * 1001, "D301"),
        ("a in (" + ", ".join(["1"] * 101) + ")", "D301"),
        ("9" * 101, "D305"),
        ("hours(a)", "D306"),
        ("abs(a, b)", "D306"),
        ("coalesce(a, b, 0)", "D306"),
        ("least(" + ", ".join("a" * 11) + ")", "D306"),
        ("least()", "D303"),
        ("hours(a, b", "D303"),
        ("floor(a)", "D303"),
        ("abs(abs(abs(abs(abs(a)))))", "D304"),
        ("least(" * 90 + "a" + ", 1)" * 90, "D304"),
    ],
)
def test_a_hostile_or_wrong_expression_is_refused_with_its_column(text: str, code: str) -> None:
    started = time.process_time()

    with pytest.raises(DefinitionError) as caught:
        parse_expression(text, "x.yaml:7")

    assert caught.value.code == code
    assert caught.value.where.startswith("x.yaml:7, column ")
    assert caught.value.remedy
    assert time.process_time() - started < 2 * slowness()  # of our own work: a busy machine is no fault


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("paid_amount_base - cogs_base", ColumnType.NUMBER),
        ("not is_excluded", ColumnType.BOOLEAN),
        ("buyer_first_on >= period_start", ColumnType.BOOLEAN),
        ("buyer_first_on is null or qty > 0", ColumnType.BOOLEAN),
        ("business_date", ColumnType.DATE),
        ("country in ('GB', 'FR')", ColumnType.BOOLEAN),
        ("hours(paid_at, ordered_at)", ColumnType.NUMBER),
        ("days(period_end, business_date) <= 30", ColumnType.BOOLEAN),
        ("least(qty, paid_amount)", ColumnType.NUMBER),
        ("greatest(business_date, period_start)", ColumnType.DATE),
        ("coalesce(cogs_base, 0)", ColumnType.NUMBER),
        ("coalesce(country, 'GB')", ColumnType.TEXT),
        ("coalesce(qty, -1)", ColumnType.NUMBER),
    ],
)
def test_a_well_typed_expression_has_its_type(text: str, kind: ColumnType) -> None:
    assert check(parse_expression(text, "x.yaml:1"), ORDER_LINE) is kind


@pytest.mark.parametrize(
    ("text", "code", "advice"),
    [
        ("paid_amunt", "D310", "did you mean paid_amount"),
        ("qty + country", "D311", "number"),
        ("-is_excluded", "D311", "number"),
        ("qty and is_excluded", "D311", "boolean"),
        ("qty = 'x'", "D311", "number"),
        ("country > 'A'", "D311", "="),
        ("country in (1, 2)", "D311", "text"),
        ("ordered_at > period_start", "D311", "instant"),
        ("hours(paid_at, business_date)", "D311", "instant"),
        ("days(qty, qty)", "D311", "two instants or two dates"),
        ("least(country, 'a')", "D311", "numbers, dates or instants"),
        ("least(qty, business_date)", "D311", "number"),
        ("abs(country)", "D311", "number"),
        ("coalesce(qty, paid_amount)", "D311", "write a number"),
        ("coalesce(qty, 'a')", "D311", "number"),
    ],
)
def test_a_wrongly_typed_expression_is_refused(text: str, code: str, advice: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        check(parse_expression(text, "x.yaml:1"), ORDER_LINE, "x.yaml:1")

    assert caught.value.code == code
    assert advice in caught.value.remedy
    assert "x.yaml:1, column" in caught.value.where


def test_the_columns_of_an_expression_are_known() -> None:
    tree = parse_expression("hours(resolved_at, opened_at) <= sla_hours and reopens = 0", "x.yaml:1")

    assert columns(tree) == {"resolved_at", "opened_at", "sla_hours", "reopens"}
    assert check(tree, TICKET) is ColumnType.BOOLEAN


def test_a_column_of_another_fact_is_unknown() -> None:
    with pytest.raises(DefinitionError, match="refund has no column paid_amount_base"):
        check(parse_expression("paid_amount_base", "x.yaml:1"), REFUND, "x.yaml:1")
