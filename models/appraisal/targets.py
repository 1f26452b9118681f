"""Which target applies to a person, and how much of it is due by a day.

Belongs here: resolution order and calendar pro-rating. Not here: how far a target is reached (figure), whether it is sensible
(scoring/target_check).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.definitions import Definitions
from models.errors import CompanyError
from models.inputs import Target
from models.money import exact
from models.periods import Period


@dataclass(frozen=True)
class ResolvedTarget:
    """A target and where it stands: person, role (targets.csv), definition, or the peers whose mean it is."""

    value: Decimal
    scope: str
    basis: str = ""


class TargetBook:
    """All stated targets, looked up by KPI, period and whom they are for."""

    def __init__(self, definitions: Definitions, targets: Iterable[Target]) -> None:
        self._definitions = definitions
        self._stated: dict[tuple[str, str, str, str], list[Target]] = {}
        for row in targets:
            self._stated.setdefault((row.kpi_id, row.period, row.scope, row.scope_id), []).append(row)

    def resolve(self, person_id: str, role_id: str, kpi_id: str, period: Period) -> ResolvedTarget | None:
        """The person's own target, else the role's, else the role definition's; None when there is none.

        Raises:
            CompanyError: C160 when a scope has two targets of one KPI for one period.
        """
        for scope, scope_id in (("person", person_id), ("role", role_id)):  # the nearer one first
            if held := self._stated.get((kpi_id, period.id, scope, scope_id)):
                found = _newest(held)
                return ResolvedTarget(found.value, scope, found.basis)
        return _declared(self._definitions, role_id, kpi_id, period.end)


def _newest(held: list[Target]) -> Target:
    latest = max(t.version for t in held)
    found = [t for t in held if t.version == latest]
    # two rows that say the same are no contradiction
    if len({t.value for t in found}) > 1:
        one = found[0]
        raise CompanyError(
            "C160",
            f"{one.scope} {one.scope_id} has two targets of {one.kpi_id} for {one.period}",
            where="targets.csv",
            actual=" and ".join(sorted(str(t.value) for t in found)),
            remedy="keep one of them, or give the newer a higher version",
        )
    return found[0]


def _declared(definitions: Definitions, role_id: str, kpi_id: str, on: date) -> ResolvedTarget | None:
    line = next((x for x in definitions.role(role_id, on).lines if x.kpi == kpi_id), None)
    # `plan` and the mean of peers are no numbers yet
    if line is None or not isinstance(line.target, Decimal):
        return None
    return ResolvedTarget(line.target, "definition")


@exact
def target_to_date(target: Decimal, period: Period, day: date, *, is_additive: bool = True) -> Decimal:
    """The part of a period's target that is due by the end of a day, every calendar day counting the same.

    A ratio has no part: its target holds on every day.

    >>> target_to_date(Decimal(3000), Period.parse("2011-11"), date(2011, 11, 10))
    Decimal('1000')
    """
    if not is_additive or day >= period.end:
        return target
    # the day itself is over; before the first day nothing is due
    elapsed = max((day - period.start).days + 1, 0)
    return target * elapsed / period.days
