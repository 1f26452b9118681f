"""KPIs that are made of other KPIs: references followed, circles found.

Belongs here: `{kpi: net_sales}` turned into the aggregates it stands for. Not here: reading (aggregates), the
target of another KPI as denominator (targets).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from models.definitions.aggregates import ADDITIVE, Aggregate, Item, KpiRef
from models.definitions.kpis import Kpi, Ratio, Sum, TargetRef
from models.definitions.ranges import CURRENT
from models.errors import DefinitionError
from models.units import unit_of

Find = Callable[[str], Kpi]
MAX_AGGREGATES = 200  # of one KPI: a chain of references that doubles at each step would never end


@dataclass(frozen=True)
class Parts:
    """The aggregates of a KPI; `denominator` is empty for a sum, and for a ratio to a target."""

    numerator: tuple[Aggregate, ...]
    denominator: tuple[Aggregate, ...] = ()

    @property
    def all(self) -> tuple[Aggregate, ...]:
        """Numerator first."""
        return self.numerator + self.denominator


def parts_of(kpi: Kpi, find: Find) -> Parts:
    """Every aggregate a KPI needs from the facts, references followed; nothing for ratings and reports.

    Args:
        kpi: the KPI.
        find: the version of another KPI that is in force.

    Raises:
        DefinitionError: D211 for a circle, D232 for a reference to a KPI that cannot be added, D217 and D218 from
            `find`.
    """
    match kpi.measure:
        case Sum(numerator=above) | Ratio(numerator=above, denominator=TargetRef()):
            return Parts(_followed(above, find, (kpi.id,)))
        case Ratio(numerator=above, denominator=tuple() as below):
            return Parts(_followed(above, find, (kpi.id,)), _followed(below, find, (kpi.id,)))
        case _:
            return Parts(())


def _followed(items: Iterable[Item], find: Find, path: tuple[str, ...]) -> tuple[Aggregate, ...]:
    found: list[Aggregate] = []
    for item in items:
        found.extend([item] if isinstance(item, Aggregate) else _referred(item, find, path))
        if len(found) > MAX_AGGREGATES:
            what = f"{path[0]} is made of more than {MAX_AGGREGATES} aggregates"
            raise DefinitionError("D232", what, where=find(path[0]).source, remedy="refer to fewer KPIs")
    return tuple(found)


def _referred(ref: KpiRef, find: Find, path: tuple[str, ...]) -> list[Aggregate]:
    if ref.kpi in path:
        cycle = " -> ".join([*path, ref.kpi])
        raise DefinitionError(
            "D211",
            "KPIs refer to each other in a circle",
            where=ref.source,
            actual=cycle,
            remedy="let one of them count something",
        )
    kpi = find(ref.kpi)
    # a quotient is no sum, and scale and bounds act after adding: the aggregates alone would not show them
    if not isinstance(kpi.measure, Sum) or kpi.is_bent:
        what = f"{ref.kpi} cannot be added: it is no plain sum of aggregates"
        remedy = "name a KPI with a numerator only, without scale, floor and cap"
        raise DefinitionError("D232", what, where=ref.source, actual=kpi.source, remedy=remedy)
    return [_ranged(ref, a) for a in _followed(kpi.measure.numerator, find, (*path, ref.kpi))]


def _ranged(ref: KpiRef, aggregate: Aggregate) -> Aggregate:
    signed = replace(aggregate, sign=1 if ref.sign == aggregate.sign else -1)  # minus of a minus is plus
    if ref.range == CURRENT:
        return signed
    having = aggregate.having
    # `active_in` means the period before the one appraised, and groups need more than the one day of a snapshot
    fixed = having is not None and (having.agg is None or ref.range.is_snapshot)
    if aggregate.range != CURRENT or fixed:
        what = f"{ref.kpi} looks at a range of its own and cannot be moved to another"
        remedy = "write its aggregate out here, with the range you mean"
        raise DefinitionError("D232", what, where=ref.source, actual=ref.range.id, remedy=remedy)
    return replace(signed, range=ref.range)


def is_additive(kpi: Kpi, find: Find) -> bool:
    """Whether a period's figure is the sum of its days', so that a target may be divided by days."""
    if (
        # a bound holds for the figure of the whole period: thirty capped days do not make a capped month
        not unit_of(kpi.unit).is_additive
        or not isinstance(kpi.measure, Sum)
        or kpi.floor is not None
        or kpi.cap is not None
    ):
        return False
    # windows of two days overlap
    return all(a.agg in ADDITIVE and a.range == CURRENT for a in parts_of(kpi, find).numerator)
