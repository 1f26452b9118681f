"""The one table of codes: what each means and what to do, in Chinese and English.

Belongs here: the YAML files beside this one, and reading them. Not here: raising (errors.py, connectors/kit/contract/errors.py),
findings of the linter (lint/, codes L...), the page that is made of the table (tests/docs/pages/errors.py).

To add a code, add one line to the file of its letter, below a heading of the page, then run `make pages`:

      P112: ["meaning 中文", "meaning in English", "remedy 中文", "remedy in English"]

A meaning is a short clause; a remedy is something to do, without a full stop at its end. An error that is raised
without a remedy shows that of the table; one that names values goes before it. The Chinese line always comes from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml

# In the order of the page.
FILES = (
    "causes",
    "pulling",
    "company",
    "definitions",
    "commands",
    "rights",
    "signing",
    "checks",
    "warehouse",
)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C parser keeps `kpi --help` quick


@dataclass(frozen=True)
class Code:
    """What a code means and what to do about it, in both languages."""

    code: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str

    def chinese(self) -> str:
        """Meaning and remedy as the Chinese line of a message."""
        return f"{self.zh}；建议：{self.remedy_zh}"


@cache
def sections(file: str) -> Mapping[str, tuple[Code, ...]]:
    """The codes of one of `FILES` by their heading on the page."""
    text = files(__name__).joinpath(f"{file}.yaml").read_text(encoding="utf-8")
    read = yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader, in C or in Python
    return {title: tuple(Code(code, *texts) for code, texts in rows.items()) for title, rows in read.items()}


@cache
def codes() -> Mapping[str, Code]:
    """Every code of every file."""
    return MappingProxyType({c.code: c for file in FILES for rows in sections(file).values() for c in rows})


def known(code: str) -> Code | None:
    """The entry of a code; None for one that is not in the table."""
    return codes().get(code)
