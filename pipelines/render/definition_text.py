"""The text of one definition out of its file, for whoever asks why a figure is what it is."""

import re
from collections.abc import Callable, Mapping


def definition_text(files: Mapping[str, str]) -> Callable[[str], str | None]:
    """A look-up from `file:line` to the entry that starts there, in definition files by name."""

    def entry(place: str) -> str | None:
        name, _, line = place.rpartition(":")
        text = files.get(name)
        return _entry_at(text.splitlines(), int(line) - 1) if text is not None and line.isdigit() else None

    return entry


def _entry_at(lines: list[str], start: int) -> str:
    """The lines of a list entry: from its dash to the next one as far left."""
    own = re.match(r" *", lines[start])
    indent = own.end() if own else 0
    end = start + 1
    while end < len(lines) and (
        not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > indent
    ):
        end += 1
    return "\n".join(lines[start:end]).rstrip()
