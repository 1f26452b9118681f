"""`kpi object`: an employee objects to one line of the own card."""

from datetime import datetime
from pathlib import Path

import click

from pipelines.commands.options import as_of_option, company_option, period_option, reason_option


@click.command("object")
@click.argument("role", metavar="ROLE")
@click.argument("kpi", metavar="KPI")
@period_option
@reason_option
@as_of_option
@company_option
def object_to_line(
    *, role: str, kpi: str, period: str, reason: str, as_of: datetime | None, company: Path | None
) -> int:
    """Object to one line of your own card.

    ROLE is that of the card, KPI the id or the name of the line. What `kpi why` says of the line today is kept with the
    objection, and the answer is due in working days (answer_days of company.yaml). Exit code 1 when it was refused.
    """
    from models.closing.kinds import EntryKind
    from models.periods import Period
    from pipelines.closing.clocks import calendar_told
    from pipelines.closing.objections import object_to
    from pipelines.closing.signing import Signing
    from pipelines.commands.decided import told
    from pipelines.company.company import chosen_company
    from pipelines.company.home import Home

    signing = Signing.open(chosen_company(company), Home.of(), as_of=as_of)
    found = object_to(signing, Period.parse(period), role, kpi, reason)
    for entry in found.entered:
        said = entry.says
        calendar = calendar_told(said)
        print(f"第 {said['number']} 号异议；最迟 {said['answer_due']} 答复，{calendar.zh}")
        print(f"objection {said['number']}; the answer is due on {said['answer_due']}, {calendar.en}")
    return told(EntryKind.OBJECTED, found)
