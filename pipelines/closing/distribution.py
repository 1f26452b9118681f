"""How many people hold each grade in each department, before and after a calibration.

Belongs here: counting, and the places that the quotas of a grade table give a department of five and more. Not here: what a grade
is (models/scoring), who may look (signing.py).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.closing.kinds import EntryKind
from models.closing.reporting_line import Roster
from models.definitions import Definitions
from models.definitions.grades import GradeTable
from models.periods import Period
from models.scoring.forced_distribution import Quotas
from pipelines.closing.adjusting import Adjusted, CardKey, CardResult
from pipelines.closing.signing import Signing
from pipelines.company import clock
from pipelines.company.run_scope import RunScope


@dataclass(frozen=True, kw_only=True)
class GradeCount:
    """One grade of one department; `places` is what the quotas give it, None where they do not apply."""

    dept: str
    grade: str
    before: int
    after: int
    places: int | None = None


def distribution(signing: Signing, period: Period, adjusted: Adjusted) -> list[GradeCount]:
    """The grades of the people whom the actor may calibrate, by department, the best grade first."""
    as_of = clock.as_of(signing.company, period.end)
    definitions = RunScope(signing.company, signing.home, period.start, period.end, as_of).definitions
    roster = signing.rights.roster(period.end)
    seen = {*signing.may(EntryKind.CALIBRATED, sorted({person for person, _ in adjusted.before}))}
    found: list[GradeCount] = []
    for dept, table_id in sorted({_group(definitions, period, roster, key) for key in adjusted.before}):
        keys = [
            key
            for key in sorted(adjusted.before)
            if key[0] in seen and _group(definitions, period, roster, key) == (dept, table_id)
        ]
        if keys:
            table = definitions.grade_table(table_id, period.end)
            found += _counts(dept, table, keys, adjusted)
    return found


def _group(definitions: Definitions, period: Period, roster: Roster, key: CardKey) -> tuple[str, str]:
    """Department and grade table: only grades of one table can be counted together."""
    person, role = key
    row = roster.rows.get(person)
    return row.dept if row else "", definitions.role(role, period.end).grade_table


def _counts(dept: str, table: GradeTable, keys: list[CardKey], adjusted: Adjusted) -> Iterable[GradeCount]:
    before, after = (_held(results, keys) for results in (adjusted.before, adjusted.after))
    places = _places(table, keys, adjusted.after)
    # bands ascend, and a reader begins with the best grade
    for grade in dict.fromkeys(band.grade for band in reversed(table.bands) if band.grade):
        yield GradeCount(
            dept=dept, grade=grade, before=before[grade], after=after[grade], places=places.get(grade)
        )


def _held(results: Mapping[CardKey, CardResult], keys: list[CardKey]) -> Counter[str]:
    return Counter(grade for key in keys if key in results and (grade := results[key].grade) is not None)


def _places(table: GradeTable, keys: list[CardKey], results: Mapping[CardKey, CardResult]) -> dict[str, int]:
    """Places by grade, for a group in which every total is final; a smaller group is not spread."""
    rule = Quotas(table.quotas)
    final = [key for key in keys if key in results and results[key].total is not None]
    if not table.quotas or len(final) < len(keys) or len(final) < rule.min_group:
        return {}
    return dict(zip((quota.grade for quota in table.quotas), rule.places(len(final)), strict=True))
