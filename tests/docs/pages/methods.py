"""The page of methods: every method of `models.evaluate` with arguments, outputs and one worked case.

Belongs here: layout and Chinese names. Not here: any figure; the cases are those of tests/golden, which are tested, and the
arithmetic is `models.explain`.
"""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from models import evaluate, explain
from models.errors import DefinitionError
from models.evaluation import METHODS, SCORING
from models.money import plain, round_half_up
from models.pay import METHODS as PAY_METHODS

PAGE = Path("docs/reference/methods.md")
CASES = sorted((Path(__file__).parents[2] / "golden").glob("*.yaml"))
NAMES = {m.name: m.zh for m in SCORING} | {name: method.NAME_ZH for name, method in PAY_METHODS.items()}
HEAD = """# Methods 计分与薪酬方法

Every scoring and pay method, as `models.evaluate(method, inputs)` runs it. Each scoring method says where it is used: a
line of a role names it, or another part of the product does. Pay plans name the `pay.` methods ([definition
format](../../kpi_definitions/README.md)). Numbers are exact decimals; nothing is rounded before a total or a pay line, which
is rounded once, half up, to the fen. Each case below is one of the tested cases, with the arithmetic the product prints.

This page is made by `make pages`; a test compares.
"""


def made() -> dict[Path, str]:
    """The page."""
    return {PAGE: _page()}


def _page() -> str:
    index = "\n".join(f"- [`{m}`](#{m.replace('.', '')}) {NAMES[m]}" for m in METHODS)
    return "\n".join([HEAD, index + "\n", *(_method(name) for name in METHODS)])


def _method(name: str) -> str:
    title = (_module(name).__doc__ or "").splitlines()[0].partition(": ")[2].rstrip(".")
    case = _case(name)
    found = evaluate(name, case["inputs"])
    steps = explain(name, case["inputs"])
    inputs = yaml.safe_dump(case["inputs"], allow_unicode=True, sort_keys=False, width=110)
    return "\n".join(
        [
            f"## {name}\n",
            f"{NAMES[name]}: {title[:1].upper()}{title[1:]}.\n",
            f"Arguments: {_arguments(name)}. Outputs: {', '.join(f'`{o}`' for o in found)}.\n",
            *_used(name),
            f"Case {case['id']}: {case['what']}.\n",
            f"```yaml\n{inputs}```\n",
            *(f"- {step.zh}" + (f"<br>{step.en}" if step.en != step.zh else "") for step in steps),
            f"\nResult: {', '.join(f'{key} {_shown(value)}' for key, value in found.items())}\n",
        ]
    )


def _used(name: str) -> list[str]:
    """Where a scoring method is used; a pay method is used where a pay plan names it."""
    method = next((m for m in SCORING if m.name == name), None)
    if method is None:
        return []
    if method.rule is None:
        return [f"Used {method.used}.\n"]
    names = ", ".join(f"`{argument}`" for argument in method.rule.LINE_ARGUMENTS) or "none"
    return [f"Used by a line of a role, `method: {name}`, whose `args` are: {names}.\n"]


def _module(name: str) -> ModuleType:
    """The file that computes the method."""
    kind, _, tail = name.partition(".")
    places = [f"models.{folder}.{stem}" for folder in ("pay", "scoring") for stem in (tail, f"{kind}_{tail}")]
    return next(sys.modules[place] for place in places if place in sys.modules)


def _arguments(name: str) -> str:
    """What the method says itself when it is given an argument it does not know."""
    try:
        evaluate(name, {"0": ""})
    except DefinitionError as error:
        return ", ".join(f"`{argument}`" for argument in error.remedy.removeprefix("known: ").split(", "))
    raise AssertionError(f"{name} takes any argument")


def _case(name: str) -> dict[str, Any]:
    """The first tested case of the method that yields figures."""
    cases = [case for path in CASES for case in yaml.safe_load(path.read_text("utf-8"))["cases"]]
    return next(c for c in cases if c["method"] == name and "error" not in c["expected"])


def _shown(value: object) -> str:
    match value:
        case dict():
            return "{" + ", ".join(f"{k}: {_shown(v)}" for k, v in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(_shown(v) for v in value) + "]"
        case _ if hasattr(value, "as_tuple"):
            return plain(round_half_up(value, 6))  # type: ignore[arg-type] # only a Decimal has as_tuple
        case _:
            return "∅" if value is None else str(value)
