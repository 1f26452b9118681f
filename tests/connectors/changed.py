"""A declared stream with other parts, for tests that try one wrong or another thing at a time."""

from dataclasses import fields, replace
from typing import Any

from connectors.kit.contract.stream import Stream

PARTS = ("windows", "read", "record")


def changed(stream: Stream[Any], **changes: Any) -> Stream[Any]:
    """The stream with other fields, given by their names alone: `pager` is one of its reading, `model` one of its record."""
    own = {name: changes.pop(name) for name in [f.name for f in fields(stream)] if name in changes}
    for part in PARTS:
        value = own.get(part, getattr(stream, part))
        of_part = {f.name: changes.pop(f.name) for f in fields(value) if f.name in changes}
        own[part] = replace(value, **of_part) if of_part else value
    assert not changes, f"no part of a stream has {', '.join(changes)}"
    return replace(stream, **own)
