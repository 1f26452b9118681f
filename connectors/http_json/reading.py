"""Small typed values of a connector file, refused with file, line, code and remedy.

Belongs here: names, wire paths, spans of time. Not here: what the keys of the file mean.
"""

import re
from datetime import timedelta

from models.definitions.reading import as_text
from models.definitions.strict_yaml import Node
from models.errors import CompanyError
from models.values import ReadingError, read_whole

# any script and blanks inside, as platforms write them; no dot, which separates steps; no @ at the front, which marks our own
_STEP = re.compile(r"[^\x00-\x20.@\x7f][^\x00-\x1f.\x7f]{0,99}")
_DEEPEST = 8
_SPAN = re.compile(r"([0-9]{1,4}) (minute|hour|day)s?", re.ASCII)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}", re.ASCII)
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


def wrong(code: str, what: str, node: Node, actual: str = "", remedy: str = "") -> CompanyError:
    """A refusal at a line of the file."""
    # repr: what a person typed may hold what does not print
    return CompanyError(
        code, what, where=str(node.place), actual=repr(actual[:100]) if actual else "", remedy=remedy
    )


def as_path(node: Node, what: str) -> str:
    """A dotted path through the objects of an answer."""
    text = as_text(node, what)
    steps = text.split(".")
    if len(steps) > _DEEPEST or not all(_STEP.fullmatch(step) for step in steps):
        raise wrong(
            "C176", f"{what} is no path", node, text, "write names with dots between them, e.g. data.items"
        )
    return text


def as_name(node: Node, what: str) -> str:
    """A short plain word: a header, a setting, a secret, an id."""
    text = as_text(node, what)
    if not _NAME.fullmatch(text):
        raise wrong("C171", f"{what} is no plain name", node, text, "use letters, digits, _ . -, at most 64")
    return text


def as_span(node: Node, what: str) -> timedelta:
    """A span such as `2 hours`."""
    text = as_text(node, what)
    found = _SPAN.fullmatch(text)
    if found is None:
        raise wrong("C178", f"{what} is no span of time", node, text, "write 30 minutes, 2 hours or 8 days")
    return int(found[1]) * _UNITS[found[2]]


def as_whole(node: Node, what: str, *, least: int = 1, most: int) -> int:
    """A whole number within bounds."""
    text = as_text(node, what)
    try:
        return read_whole(text, least, most)
    except ReadingError:
        remedy = f"write a whole number from {least} to {most}"
        raise wrong("C178", f"{what} cannot be that", node, text, remedy) from None
