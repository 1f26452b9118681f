"""`kpi review`: a manager has looked at the cards of the reports and stands for them."""

from datetime import datetime
from pathlib import Path

import click

from pipelines.commands.options import as_of_option, company_option, people_argument, period_option


@click.command("review")
@people_argument
@period_option
@as_of_option
@company_option
def review(*, people: tuple[str, ...], period: str, as_of: datetime | None, company: Path | None) -> int:
    """Enter that you reviewed the cards of your reports.

    Those of PEOPLE; without PEOPLE those of all your reports. A provisional card is not reviewed: `kpi close P` says what it
    waits for. Exit code 0 when every card is reviewed, 1 when one was refused; the others are entered all the same.
    """
    from models.closing.kinds import EntryKind
    from models.periods import Period
    from pipelines.closing.moves import sign_cards
    from pipelines.closing.signing import Signing
    from pipelines.commands.decided import told
    from pipelines.company.company import chosen_company
    from pipelines.company.home import Home

    signing = Signing.open(chosen_company(company), Home.of(), as_of=as_of)
    return told(EntryKind.REVIEWED, sign_cards(signing, Period.parse(period), EntryKind.REVIEWED, people))
