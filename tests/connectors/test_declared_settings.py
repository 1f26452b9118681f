"""Every setting that a connector's code reads is declared, so that sources.yaml can refuse a slip of the pen."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors import registry
from connectors.kit.contract.connector import Connector

ROOT = Path(__file__).resolve().parents[2] / "connectors"
_ARGUMENT = {"setting": 0, "whole_number": 0, "_number": 1}  # where the name stands in a call


@pytest.mark.parametrize("name", registry.names())
def test_what_a_connector_reads_of_its_settings_it_declares(name: str) -> None:
    read = set(_read(ROOT / name))

    assert read <= registry.get(name).known_settings


@pytest.mark.parametrize("name", registry.names())
def test_what_a_connector_declares_stands_in_its_readme(name: str) -> None:
    readme = (ROOT / name / "README.md").read_text("utf-8")

    assert [setting for setting in registry.get(name).settings if f"`{setting}`" not in readme] == []


def test_the_reading_of_code_finds_every_form() -> None:
    found = set(_read(ROOT / "qianchuan")) | set(_read(ROOT / "taobao_top")) | set(_read(ROOT / "zendesk"))

    assert found >= {
        "advertiser_id",
        "aweme_ids",
        "campaign_scene",
        "sign_method",
        "agents",
        "csat",
        "per_page",
    }


def test_the_kit_knows_no_name_that_only_one_connector_has() -> None:
    assert Connector.settings == ()


def _read(folder: Path) -> Iterator[str]:
    for file in sorted(folder.rglob("*.py")):
        module = ".".join(file.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")
        names = vars(importlib.import_module(module))
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            for found in _names_in(node):
                name = found.value if isinstance(found, ast.Constant) else names.get(getattr(found, "id", ""))
                if isinstance(name, str):
                    yield name


def _names_in(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions that name a setting in `account.setting(x)`, `settings.get(x)`, `x in account.settings`."""
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called == "get" and isinstance(node.func, ast.Attribute) and _is_settings(node.func.value):
            yield node.args[0]
        elif called in _ARGUMENT and len(node.args) > _ARGUMENT[called] and _is_of_account(node, called):
            yield node.args[_ARGUMENT[called]]
    elif isinstance(node, ast.Compare) and _is_settings(node.comparators[0]):
        yield node.left


def _is_settings(node: ast.expr) -> bool:
    return getattr(node, "attr", getattr(node, "id", "")) == "settings"


def _is_of_account(node: ast.Call, called: str) -> bool:
    """`whole_number` is also a reader of JSON, and `_number` of cells: only those that ask an account count."""
    asked = node.func.value if isinstance(node.func, ast.Attribute) else node.args[0]
    return getattr(asked, "attr", getattr(asked, "id", "")) == "account"
