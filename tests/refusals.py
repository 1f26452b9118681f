"""What every refusal of a definitions or company folder must say, for the tests that plant mistakes.

Not here: the mistakes (lint/mistakes.yaml, journeys/test_wrong_files.py, lint/test_hostile_folders.py, models).
"""

import re

from models.codes import known
from models.errors import MeritError, MeritErrors

WITHOUT_LINE = frozenset(
    {"C001", "C002", "C008", "C101"}
)  # absent, too large, or no file at all: there is no line
_REFUSAL = re.compile(
    r"\[(?P<code>\w+)\] (?P<what>.+?) \| at (?P<where>.+?)(?: \| found: .+?)? \| do: (?P<remedy>.+)\n"
    r" {8}(?P<zh>.*[\u4e00-\u9fff].*)；建议：(?P<remedy_zh>.*[\u4e00-\u9fff].*)"
)
_LINE = re.compile(r"\S+?\.\w+:\d+")


def unsaid(error: MeritError) -> list[str]:
    """What a reader of the refusal would miss; nothing when code, place and both remedies are there."""
    errors = error.errors if isinstance(error, MeritErrors) else [error]
    return [gap for one in errors for gap in unsaid_in(one.render())]


def unsaid_in(shown: str) -> list[str]:
    """The same of one refusal as it is printed: two lines."""
    said = _REFUSAL.fullmatch(shown)
    if said is None:
        return [f"incomplete: {shown}"]
    if known(said["code"]) is None:
        return [f"no such code: {shown}"]
    if said["code"] not in WITHOUT_LINE and not _LINE.match(said["where"]):
        return [f"no line: {shown}"]
    return []
