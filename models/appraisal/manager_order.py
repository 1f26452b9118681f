"""The order in which people are scored. Not here: scoring them (scorecard)."""

from models.errors import CompanyError
from models.inputs import Person


def reports_first(rows: list[Person]) -> list[Person]:
    """Rows so that everybody comes before their manager, whose figures may count the totals of the reports.

    Raises:
        CompanyError: C163 when managers form a circle.
    """
    waiting = list(rows)
    ordered: list[Person] = []
    while waiting:
        managers = {row.manager_id for row in waiting}
        # by person and not by row: whoever holds two roles is finished in both before the manager counts them
        ready = [row for row in waiting if row.person_id not in managers]
        if not ready:
            raise _circle(waiting)
        ordered += ready
        waiting = [row for row in waiting if row.person_id in managers]
    return ordered


def _circle(waiting: list[Person]) -> CompanyError:
    manager_of = {row.person_id: row.manager_id for row in waiting}
    path = [waiting[0].person_id]
    # everybody still waiting manages somebody who waits, so a walk upwards meets a person twice
    while len(set(path)) == len(path):
        path.append(next(m for p, m in manager_of.items() if p == path[-1] and m) or "")
    path = path[path.index(path[-1]) :]
    remedy = "correct manager_id"
    return CompanyError(
        "C163", "managers form a circle", where="people.csv", actual=" -> ".join(path), remedy=remedy
    )
