import time

import pytest

from models.definitions.strict_yaml import MAX_BYTES, Mapping, Scalar, parse, plain
from models.errors import DefinitionError

BOMB = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(20)
)
BILLION = "a: [" + "*x, " * 10 + "]"


def refusal(text: str) -> DefinitionError:
    started = time.process_time()
    with pytest.raises(DefinitionError) as caught:
        parse(text, "attack.yaml")
    assert time.process_time() - started < 2  # of our own work: a busy machine is no fault
    return caught.value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("a: !!python/object/apply:os.system ['true']", "D105", id="python tag"),
        pytest.param("a: !!float 1", "D105", id="standard tag"),
        pytest.param("a: ! x", "D105", id="bare tag"),
        pytest.param(BOMB, "D105", id="alias bomb"),
        pytest.param(BILLION, "D105", id="alias"),
        pytest.param("a: &x 1", "D105", id="anchor"),
        pytest.param("a: {<<: *x}", "D105", id="merge"),
        pytest.param("a: " + "[" * 5000 + "]" * 5000, "D106", id="5000 lists deep"),
        pytest.param("a: " + "{b: " * 5000, "D106", id="5000 mappings deep"),
        pytest.param("".join(f"{' ' * i}a:\n" for i in range(300)), "D106", id="300 block levels"),
        pytest.param("- " * 3000 + "x", "D106", id="3000 dashes"),
        pytest.param("a: " + "x" * MAX_BYTES, "D101", id="too large"),
        pytest.param("x" * 100_000_000, "D101", id="100 MB"),
        pytest.param("名" * 400_000, "D101", id="too many bytes"),
        pytest.param("a: b\0c", "D102", id="NUL"),
        pytest.param("a: b\x1bc", "D102", id="escape"),
        pytest.param("a: \ud800", "D102", id="lone surrogate"),
        pytest.param("a: 1\na: 2", "D104", id="duplicate key"),
        pytest.param("a: {b: 1, b: 2}", "D104", id="duplicate inner key"),
        pytest.param("a: 1\n---\nb: 2", "D107", id="two documents"),
        pytest.param("? [a, b]\n: c", "D108", id="list as key"),
        pytest.param("a: [b", "D103", id="open bracket"),
        pytest.param("a: b: c", "D103", id="nested colon"),
        pytest.param("\ta: b", "D103", id="tab indentation"),
        pytest.param("%YAML 9.9\n---\na: b", "D103", id="future YAML"),
        pytest.param("a: @b", "D103", id="reserved character"),
        pytest.param("- a", "D112", id="a list"),
        pytest.param("just text", "D112", id="a text"),
        pytest.param("a: [" + "x, " * 300_000 + "&x]", "D109", id="300000 values"),
        pytest.param("a: [" + "x, " * 25_000 + "&x]", "D105", id="late anchor in a long list"),
    ],
)
def test_hostile_yaml_is_refused_at_once_with_its_line(text: str, code: str) -> None:
    error = refusal(text)

    assert error.code == code
    assert error.where.startswith("attack.yaml:")
    assert len(error.render()) < 600


def test_a_duplicate_key_names_both_lines() -> None:
    error = refusal("a: 1\nb: 2\n\na: 3")

    assert error.where == "attack.yaml:4"
    assert error.actual == "lines 1 and 4"


def test_values_stay_the_text_that_was_written() -> None:
    root = parse("a: 0.10\nb: NO\nc: 2011-11-30\nd: 1e5\ne: .nan\nf: 0x1F\ng: '1'", "x.yaml")

    assert plain(root) == {
        "a": "0.10",
        "b": "NO",
        "c": "2011-11-30",
        "d": "1e5",
        "e": ".nan",
        "f": "0x1F",
        "g": "1",
    }


def test_null_is_nothing_unless_quoted() -> None:
    root = parse("a: null\nb:\nc: ~\nd: 'null'", "x.yaml")

    assert plain(root) == {"a": None, "b": None, "c": None, "d": "null"}


def test_every_value_knows_its_line() -> None:
    root = parse("# comment\na:\n  - b: {c: 1}\n  - d: 2\n", "x.yaml")

    items = root.entries["a"].items  # type: ignore[union-attr]
    assert isinstance(items[1], Mapping)
    assert str(items[1].entries["d"].place) == "x.yaml:4"


def test_an_empty_file_defines_nothing() -> None:
    assert parse("# only a comment\n", "x.yaml").entries == {}


def test_chinese_text_survives() -> None:
    value = parse("a: 店长，退款率≤8%", "x.yaml").entries["a"]

    assert isinstance(value, Scalar)
    assert value.text == "店长，退款率≤8%"
