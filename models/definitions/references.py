"""Checks of references between KPIs, on every day from which some version is in force.

Belongs here: `{kpi: ...}` items that name nothing, go in a circle or cannot be added. Not here: targets of
other KPIs as denominator, roles (checks).
"""

from collections.abc import Mapping
from datetime import date

from models.definitions.aggregates import KpiRef
from models.definitions.composites import parts_of
from models.definitions.kpis import Kpi
from models.definitions.reading import Problems
from models.errors import DefinitionError
from models.values import nearest

Versions = Mapping[str, tuple[Kpi, ...]]


class _UnreadError(Exception):
    """The KPI is claimed but could not be read: already reported."""


def check_references(kpis: Versions, claimed: frozenset[str], problems: Problems) -> None:
    """Collect every reference that does not hold on some day."""
    # between two of these days nothing changes, so each stands for all days up to the next
    days = sorted({kpi.effective_from for versions in kpis.values() for kpi in versions})
    reported: set[tuple[str, str]] = set()
    for day in days:
        for kpi in filter(None, (_in_force(versions, day) for versions in kpis.values())):
            if any(isinstance(item, KpiRef) for item in kpi.items):
                _check(kpi, day, kpis, claimed, (problems, reported))


def _check(
    kpi: Kpi,
    day: date,
    kpis: Versions,
    claimed: frozenset[str],
    to: tuple[Problems, set[tuple[str, str]]],
) -> None:
    problems, reported = to

    def find(name: str) -> Kpi:
        if name not in claimed:
            remedy = nearest(name, claimed)
            raise DefinitionError("D208", f"unknown KPI {name}", where=kpi.source, actual=name, remedy=remedy)
        if name not in kpis:  # claimed by an entry that could not be read
            raise _UnreadError(name)
        found = _in_force(kpis[name], day)
        if found is None:
            first = kpis[name][0]
            what = f"{name} begins {first.effective_from}, and {kpi.id} needs it on {day}"
            remedy = f"let {name} begin no later"
            raise DefinitionError(
                "D218", what, where=kpi.source, actual=f"{name} at {first.source}", remedy=remedy
            )
        return found

    try:
        parts_of(kpi, find)
    except _UnreadError:
        pass
    except DefinitionError as error:
        # every KPI of a circle sees the circle: one report is enough
        about = error.code if error.code == "D211" else error.where
        if (error.code, about) not in reported:
            reported.add((error.code, about))
            problems.found.append(error)


def _in_force(versions: tuple[Kpi, ...], day: date) -> Kpi | None:
    begun = [kpi for kpi in versions if kpi.effective_from <= day]
    return begun[-1] if begun else None
