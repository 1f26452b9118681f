"""The JSON schema accepts what ships and refuses what the loader refuses by its shape."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from models.definitions.load import LISTS
from models.definitions.reading import Fields
from models.definitions.schema import KEYS, SHAPES, definition_schema
from models.definitions.strict_yaml import parse
from models.errors import DefinitionError
from pipelines.company.company import load_company, shipped_definitions

WORLD = (Path(__file__).resolve().parents[1] / "models" / "lint" / "world.yaml").read_text(encoding="utf-8")


class Editor(yaml.SafeLoader):
    """YAML as an editor reads it: days stay texts."""


Editor.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in found if tag != "tag:yaml.org,2002:timestamp"]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@cache
def validator() -> Draft7Validator:
    return Draft7Validator(definition_schema())


def complaints(text: str) -> list[str]:
    """What an editor would underline."""
    read: Any = yaml.load(text, Loader=Editor)
    return [
        f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in validator().iter_errors(read)
    ]


def test_the_schema_is_a_schema() -> None:
    Draft7Validator.check_schema(definition_schema())


def test_every_key_of_the_readers_has_a_shape_and_no_shape_lacks_a_key() -> None:
    for name, (required, optional) in KEYS.items():
        keys = {*required, *optional}
        unused = SHAPES[name].keys() - keys - {"label", "accepts"}  # what all definitions may have

        assert keys <= SHAPES[name].keys(), name
        assert unused == set(), name


@pytest.mark.parametrize("name", shipped_definitions())
def test_shipped_files_are_accepted(name: str) -> None:
    assert complaints(shipped_definitions()[name]) == []


def test_files_of_the_sample_company_are_accepted() -> None:
    for name, text in load_company().own_definitions().items():
        assert complaints(text) == [], name


def test_all_lists_of_the_loader_are_in_the_schema() -> None:
    properties = definition_schema()["properties"]

    assert isinstance(properties, dict)
    assert tuple(properties) == LISTS


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("kpis:", "kpi:"),
        ("kind: result", "knid: result"),
        ("kind: result", "kind: outcome"),
        ("unit: CNY", "unit: RMB"),
        ("direction: higher", "direction: up"),
        ("    direction: higher\n", ""),
        ("decimals: 2", "decimals: two"),
        ("id: net_sales", "id: Net-Sales"),
        ("effective_from: 2010-01-01", "effective_from: yesterday"),
        ("{zh: 净销售额, en: Net sales}", "{zh: 净销售额}"),
        ("fact: order_line", "fact: orders"),
        ("date: business_date", "date: paid_at"),
        ("sum: paid_amount_base", "total: paid_amount_base"),
        ("sum: paid_amount_base", "sum: paid_amount_base, count: rows"),
        ("count: rows", "count: lines"),
        ("sign: minus", "sign: less"),
        ("period: previous", "period: last"),
        ("rating: {item: execution}", "rating: {items: execution}"),
        ("cycle: M", "cycle: W"),
        ("missing: pending", "missing: ignore"),
        ("method: score.linear", "method: score.liner"),
        ("{cap: 1.2}", "{cpa: 1.2}"),
        ("x: attainment", "x: score"),
        ("grade: A, ", ""),
        ("mode: mixed", "mode: all"),
        ("method: pay.commission", "method: score.linear"),
        ("method: pay.commission", "method: pay.comission"),
        ("mode: progressive", "mod: progressive"),
        ("from: {basis:", "from: {bases:"),
        ("manager_limit: 5", "manager_limit: some"),
    ],
)
def test_what_the_loader_refuses_by_its_shape_an_editor_underlines(old: str, new: str) -> None:
    assert old in WORLD
    assert complaints(WORLD) == []

    assert complaints(WORLD.replace(old, new, 1)) != []


def test_an_editor_accepts_the_mean_of_the_peers_as_a_target_and_no_other_key_of_it() -> None:
    target = "{peer_mean: {min_group: 3, fallback: 0.9, exclude_self: false, among: dept}}"
    assert "target: plan" in WORLD

    accepted = complaints(WORLD.replace("target: plan", f"target: {target}", 1))
    misspelt = complaints(WORLD.replace("target: plan", f"target: {target}".replace("min_group", "min"), 1))

    assert accepted == []
    assert misspelt != []


def test_the_readers_refuse_a_key_that_the_schema_does_not_have() -> None:
    required, optional = KEYS["duty"]
    node = parse("{id: a, zh: 甲, en: A, nl: a}", "x.yaml")

    with pytest.raises(DefinitionError, match="D110"):
        Fields(node, "a duty", required=required, optional=optional)
