"""`kpi adjust`: points that a manager, or the level above, gives to a total or takes from it, with a reason."""

from datetime import datetime
from pathlib import Path

import click

from pipelines.commands.options import as_of_option, company_option, period_option, reason_option


# click would take the minus of "-3" for an option
@click.command("adjust", context_settings={"ignore_unknown_options": True})
@click.argument("person", metavar="PERSON")
@click.argument("role", metavar="ROLE")
@click.argument("points", metavar="POINTS")
@period_option
@reason_option
@click.option(
    "--calibrate", is_flag=True, help="As the level above: not bounded by the role's manager_limit."
)
@click.option("--preview", is_flag=True, help="Enter nothing, only show what would be.")
@as_of_option
@company_option
def adjust(
    *,
    person: str,
    role: str,
    points: str,
    period: str,
    reason: str,
    calibrate: bool,
    preview: bool,
    as_of: datetime | None,
    company: Path | None,
) -> int:
    """Move the total of a card by POINTS, with a reason.

    The card is that of PERSON as ROLE; POINTS are such as 2.5 or -3, and 0 takes an earlier decision back. The manager moves
    it within the manager_limit of the role; with --calibrate the level above moves it without that limit and sees how many
    people of each department hold which grade, before and after. The person reads points, name and reason on the card. `kpi
    score` takes the points in; the card is then reviewed anew. Exit code 1 when it was refused.
    """
    from models.closing.kinds import EntryKind
    from models.periods import Period
    from pipelines.closing.adjusting import AdjustingKind, AdjustmentAsked, read_points
    from pipelines.closing.adjusting import adjust as enter
    from pipelines.closing.signing import Signing
    from pipelines.commands.adjusted import show
    from pipelines.company.company import chosen_company
    from pipelines.company.home import Home

    signing = Signing.open(chosen_company(company), Home.of(), as_of=as_of)
    kind: AdjustingKind = EntryKind.CALIBRATED if calibrate else EntryKind.ADJUSTED
    asked = AdjustmentAsked(person, role, read_points(points), reason)
    which = Period.parse(period)
    return show(signing, which, kind, asked, enter(signing, which, kind, asked, preview=preview))
