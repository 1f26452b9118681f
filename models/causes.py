"""Causes of a missing figure: a stable code with the facts, and its short name in both languages.

Belongs here: what data or the company's tables can cause. Not here: the codes and their names (codes/causes.yaml),
exceptions (errors.py), causes of failed pulls (codes/pulling.yaml). A stored cause is one English sentence with the facts;
the code finds its short name for display.
"""

from dataclasses import dataclass

from models.codes import known, sections


@dataclass(frozen=True)
class Cause:
    """Why a figure is missing: a code and one sentence that names the row, day or stream."""

    code: str
    text: str


@dataclass(frozen=True)
class CauseLabel:
    """Short name of a cause, for display."""

    zh: str
    en: str


CAUSES: dict[str, CauseLabel] = {
    entry.code: CauseLabel(entry.zh, entry.en) for rows in sections("causes").values() for entry in rows
}


def cause_label(code: str) -> CauseLabel:
    """The short name of a code, also of a failed pull (P...)."""
    entry = known(code)
    return CauseLabel(entry.zh, entry.en) if entry else CauseLabel("取数失败", "the pull failed")
