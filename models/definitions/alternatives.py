"""Checks of `or_else`: the KPIs that take the place of one that no source feeds.

Belongs here: whether an alternative fits the KPI whose target, score and unit it inherits. Not here: which of them measures a
person (warehouse/figures/alternatives.py).
"""

from collections.abc import Mapping

from models.definitions.aggregates import Aggregate
from models.definitions.kpis import Kpi, Ratio, TargetRef
from models.definitions.reading import Problems
from models.errors import DefinitionError
from models.values import nearest

Versions = Mapping[str, tuple[Kpi, ...]]


def check_alternatives(kpis: Versions, claimed: frozenset[str], problems: Problems) -> None:
    """Collect every alternative that cannot stand in the place of its KPI on some day."""
    for versions in kpis.values():
        for number, kpi in enumerate(versions):
            until = versions[number + 1] if number + 1 < len(versions) else None
            for name in kpi.or_else:
                with problems.collect():
                    _check(kpi, name, until, kpis, claimed)


def _check(kpi: Kpi, name: str, until: Kpi | None, kpis: Versions, claimed: frozenset[str]) -> None:
    if name not in claimed:
        what = f"or_else of {kpi.id} names an unknown KPI {name}"
        raise DefinitionError("D208", what, where=kpi.source, actual=name, remedy=nearest(name, claimed))
    versions = kpis.get(name, ())  # claimed by an entry that could not be read: already reported
    if versions and versions[0].effective_from > kpi.effective_from:
        what = f"{name} begins {versions[0].effective_from}, and {kpi.id} needs it on {kpi.effective_from}"
        remedy = f"let {name} begin no later"
        raise DefinitionError(
            "D218", what, where=kpi.source, actual=f"{name} at {versions[0].source}", remedy=remedy
        )
    for other in versions:
        if (until is None or other.effective_from < until.effective_from) and (why := _misfit(kpi, other)):
            what = f"{name} cannot take the place of {kpi.id}: {why}"
            remedy = "name a KPI of the same meaning from another source, or remove it from or_else"
            raise DefinitionError("D234", what, where=kpi.source, actual=other.source, remedy=remedy)


def _misfit(kpi: Kpi, other: Kpi) -> str:
    """Why a target and a score of the KPI would mean something else for the other; empty where they do not."""
    if other.id == kpi.id:
        return "it is the KPI itself"
    if other.or_else:
        return f"it has alternatives of its own ({', '.join(other.or_else)}); write them in one list"
    # of one table each: whether a source feeds it has one answer for each shop
    lacking = next((one for one in (kpi, other) if not _counts_one_fact(one)), None)
    if lacking is not None:
        return f"{lacking.id} does not count the rows of one table, written out"
    # the part of a target that is due by a day, and the comparison of sums, depend on it
    if type(kpi.measure) is not type(other.measure):
        return "one is a sum and the other a quotient"
    if kpi.unit != other.unit:
        return f"{other.unit} is not {kpi.unit}"
    return "" if kpi.direction == other.direction else f"{other.direction} is not {kpi.direction}"


def _counts_one_fact(kpi: Kpi) -> bool:
    is_against_target = isinstance(kpi.measure, Ratio) and isinstance(kpi.measure.denominator, TargetRef)
    facts = {item.fact if isinstance(item, Aggregate) else "" for item in kpi.items}
    return len(facts) == 1 and "" not in facts and not is_against_target
