"""The KPI dictionary and role catalogue of the domain notes beside the repository, read as rows.

Belongs here: tables of text -> rows, and what a method note of the catalogue means. Not here: comparing (test_dictionary).
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "../shared/domain.md"
UNITS = {"1-5": "points", "0-100": "points", "count/h": "per_hour"}  # words of the table for units of ours
HIGHER = (
    ("0", None, "0.8"),
    ("50", "0.8", "0.9"),
    ("70", "0.9", "0.95"),
    ("85", "0.95", "1"),
    ("100", "1", None),
)
LOWER = (
    ("100", None, "1"),
    ("85", "1", "1.05"),
    ("70", "1.05", "1.1"),
    ("50", "1.1", "1.2"),
    ("0", "1.2", None),
)


@dataclass(frozen=True)
class KpiRow:
    """One line of the dictionary (B2)."""

    id: str
    zh: str
    en: str
    kind: str
    unit: str
    direction: str


@dataclass(frozen=True)
class LineRow:
    """One KPI of a role (B3)."""

    kpi: str
    weight: Decimal
    target: str
    method: str


@dataclass(frozen=True)
class RoleRow:
    """One role of the catalogue (B3)."""

    id: str
    zh: str
    en: str
    cycle: str
    lines: tuple[LineRow, ...]


def kpi_rows() -> dict[str, KpiRow]:
    """The dictionary by id; nothing where the page is not here."""
    return {row.id: row for row in map(_kpi, _cells(_part("### B2.", "### B3.")))}


def role_rows() -> dict[str, RoleRow]:
    """The catalogue by id; nothing where the page is not here."""
    found = {}
    for text in re.split(r"^#### \d+\. ", _part("### B3.", "## C. Scoring"), flags=re.MULTILINE)[1:]:
        head = re.match(r"`(\w+)` (.+?) / (.+)\nCycle ([MQHY])", text)
        assert head, text[:80]
        lines = tuple(LineRow(c[0].strip("`"), Decimal(c[2]), c[3], c[4]) for c in _cells(text))
        found[head[1]] = RoleRow(head[1], head[2], head[3], head[4], lines)
    return found


def _part(begin: str, end: str) -> str:
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else f"{begin}{end}"
    return text[text.index(begin) : text.index(end)]


def _cells(text: str) -> list[list[str]]:
    rows = [line.strip().strip("|") for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in row.split(" | ")] for row in rows]


def _kpi(cells: list[str]) -> KpiRow:
    name, zh, en, kind, _, unit, direction, _ = cells
    way = {"H": "higher", "L": "lower"}[direction]
    return KpiRow(name.strip("`"), zh, en, kind, UNITS.get(unit, unit), way)


def expected_target(text: str) -> object:
    """`plan` where the figure comes from the cascade or the own baseline, else the number."""
    return "plan" if text.startswith(("plan", "baseline")) else Decimal(text)


def expected_rule(note: str, direction: str, unit: str) -> tuple[str, dict[str, object]]:
    """Method and arguments that a note of the catalogue stands for, with numbers as texts."""
    lower, note = direction == "lower", note.replace("+ red line", "").strip()
    word = note.split("(")[0].split()[0]
    match word:
        case "linear":
            return "score.linear", _linear(note, lower)
        case "step":
            keys = ("score", "min", "max")
            bands = [
                {k: v for k, v in zip(keys, b, strict=True) if v is not None}
                for b in (LOWER if lower else HIGHER)
            ]
            return "score.step", {"closed": "right" if lower else "left", "bands": bands}
        case "piecewise":
            scores = ("120", "100", "60") if lower else ("60", "100", "120")
            points = [[x, score] for x, score in zip(("0.8", "1", "1.2"), scores, strict=True)]
            ends = ("clamp", "zero") if lower else ("zero", "clamp")
            return "score.piecewise", {"points": points, "below": ends[0], "above": ends[1]}
        case "gap":
            return "score.gap_points", _gap(note, unit)
        case _:
            assert word == "rating", note
            return "score.rating", {}


def _linear(note: str, lower: bool) -> dict[str, object]:
    assert ("lower mirror" in note) == lower, note
    args: dict[str, object] = {"cap": "1.2"}
    for name, value in re.findall(r"(cap|zero_below) ([\d.]+)", note):
        args[name] = str(Decimal(value))
    return args | ({"inverse": "mirror"} if lower else {})


def _gap(note: str, unit: str) -> dict[str, object]:
    """`gap(-2 / 1 pt)`; a point is a percentage point of a rate and a case of a count."""
    found = re.fullmatch(r"gap(?:\((\+?-?)(\d+) / ?([\d.]*) ?(pt|case|extra|day)\))?", note)
    assert found, note
    sign, points, size, what = found.groups()
    is_share = unit == "ratio" and what in {None, "pt"}
    per = (Decimal(size or 1) / 100) if is_share else Decimal(1)
    side = {"per": format(per.normalize(), "f"), "points": points or "2"}
    sides = {"+": ("over",), "+-": ("over", "under")}.get(sign or "", ("under",))
    return {"gap": "absolute", "count_mode": "whole"} | dict.fromkeys(sides, side)
