"""Values of YAML nodes: any text is a value or a refusal with its line, and a number too wide for any figure is a refusal."""

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.definitions.reading import as_args, as_choice, as_date, as_id, as_number, as_text
from models.definitions.strict_yaml import Node, Scalar, YamlPlace, parse
from models.errors import DefinitionError
from models.evaluation import evaluate
from models.formulas import parse_expression
from models.formulas.checker import check
from models.tables import ORDER_LINE

READERS: dict[str, Callable[[Node], object]] = {
    "number": lambda node: as_number(node, "x"),
    "date": lambda node: as_date(node, "x"),
    "id": lambda node: as_id(node, "x"),
    "text": lambda node: as_text(node, "x"),
    "choice": lambda node: as_choice(node, "x", ("higher", "lower")),
}
TEXTS = st.one_of(st.text(), st.from_regex(r"[+-]?[0-9]{1,60}(\.[0-9]{1,60})?", fullmatch=True))


def node(text: str) -> Scalar:
    return Scalar(text, is_null=False, place=YamlPlace("kpis.yaml", 7))


@pytest.mark.parametrize("reader", READERS.values(), ids=list(READERS))
@given(text=TEXTS)
def test_any_text_of_a_definition_is_a_value_or_a_refusal(
    reader: Callable[[Node], object], text: str
) -> None:
    with suppress(DefinitionError):
        reader(node(text))


@pytest.mark.parametrize("text", ["1" * 19, "1" * 20, "9" * 39, "9" * 400, "-" + "1" * 21 + ".5"])
def test_a_number_too_wide_for_any_figure_is_refused_with_line_value_and_remedy(text: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        as_number(node(text), "target")

    error = caught.value
    assert (error.code, error.where) == ("D113", "kpis.yaml:7")
    assert "digits" in error.what
    assert len(error.actual) <= 110
    assert error.remedy


def test_an_argument_of_a_method_has_the_same_limit() -> None:
    args = parse("points: [[0, 0], [11111111111111111111, 100]]", "roles.yaml")

    with pytest.raises(DefinitionError) as caught:
        as_args(args, "args")

    assert (caught.value.code, caught.value.where) == ("D113", "roles.yaml:1")


def test_outsiders_may_try_a_method_with_any_figure_of_38_digits() -> None:
    assert evaluate("score.linear", {"actual": "2" * 28, "target": "1" * 28})["score"] == Decimal("120.0")


def test_a_number_in_an_expression_has_the_same_limit() -> None:
    with pytest.raises(DefinitionError) as caught:
        parse_expression("paid_amount * " + "1" * 20, "kpis.yaml:7")

    assert caught.value.code == "D305"
    assert check(parse_expression("paid_amount * " + "1" * 18, "x"), ORDER_LINE, "x")
