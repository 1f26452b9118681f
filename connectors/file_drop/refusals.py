"""Many refusals of one file as the few that a person can act on: one cause is one message, with its count and its first places.

Belongs here: gathering and raising. Not here: what is refused (values.py, table.py, checks.py).
"""

from collections.abc import Iterable

from models.errors import CompanyError, MeritError, MeritErrors

MAX_REPORTED = 50  # refusals shown at once: more than a screen full is read by nobody
_PLACES = 3  # of one cause: enough to see where it is


def raise_all(errors: Iterable[MeritError]) -> None:
    """Raises all errors together, those of one cause as one, at most 50 of them shown; nothing when there are none."""
    found = _by_cause(errors)
    if not found:
        return
    if len(found) > MAX_REPORTED:
        more = CompanyError("C108", f"and {len(found) - MAX_REPORTED} more like these")
        found = [*found[:MAX_REPORTED], more]
    raise found[0] if len(found) == 1 else MeritErrors(found)


def _by_cause(errors: Iterable[MeritError]) -> list[MeritError]:
    groups: dict[tuple[str, str, str], list[MeritError]] = {}
    for error in errors:
        groups.setdefault((error.code, error.what, error.remedy), []).append(error)
    return [group[0] if len(group) == 1 else _one(group) for group in groups.values()]


def _one(alike: list[MeritError]) -> MeritError:
    first = alike[0]
    return type(first)(
        first.code,
        f"{first.what}, {len(alike)} times",
        where=_listed([e.where for e in alike]),
        actual=_listed([e.actual for e in alike]),
        remedy=first.remedy,
    )


def _listed(texts: list[str]) -> str:
    """The first different ones, and how many more there are."""
    different = [t for t in dict.fromkeys(texts) if t]
    more = f" and {len(different) - _PLACES} more" if len(different) > _PLACES else ""
    return ", ".join(different[:_PLACES]) + more
