"""The rule about the working days that clocks run by. Pure: which years are not published comes as an argument.

Not here: the calendar itself (models/closing/calendar.py), where holidays come from (pipelines/company/holidays.py).
"""

from collections.abc import Iterator

from models.definitions import Label
from models.lint.finding import Breach, LintedWorld, rule
from models.lint.rows import FileRow


@rule(
    "L130",
    "notice",
    name=Label("放假安排尚未公布的年份", "A year whose holidays are not published"),
    why=Label(
        "异议期与答复期在该年按周一至周五计，不含调休",
        "In it clocks run from Monday to Friday, without make-up days",
    ),
    remedy=Label(
        "公布后升级 holidays 库，或把该年的放假与调休写入 calendar.csv",
        "once it is published, upgrade the library of holidays, or write the days off and the make-up days into calendar.csv",
    ),
)
def _unpublished(world: LintedWorld) -> Iterator[Breach]:
    for year in world.context.unpublished_years:
        yield Breach(
            FileRow("company.yaml"), f"{year} 年的放假安排尚未公布", f"calendar of {year} not published"
        )


RULES = (_unpublished,)
