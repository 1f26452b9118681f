"""`kpi answer`: an objection is answered by somebody who may approve and did not score."""

from datetime import datetime
from pathlib import Path

import click

from pipelines.commands.options import as_of_option, company_option, period_option, reason_option

_OUTCOMES = ("rejected", "data_corrected", "judgement_changed")


@click.command("answer")
@click.argument("person", metavar="PERSON")
@click.argument("number", metavar="NUMBER", type=click.IntRange(min=1))
@click.option("--outcome", type=click.Choice(_OUTCOMES), required=True, help="What became of the objection.")
@reason_option
@period_option
@as_of_option
@company_option
def answer(
    *,
    person: str,
    number: int,
    outcome: str,
    reason: str,
    period: str,
    as_of: datetime | None,
    company: Path | None,
) -> int:
    """Answer an objection to a line of a card.

    NUMBER counts the objections of PERSON, who reads outcome and reason. What was wrong is mended at its source before or
    after: a file, a rating, an adjustment. The card is then scored, reviewed and published anew. Exit code 1 when it was
    refused.
    """
    from models.closing.kinds import EntryKind
    from models.periods import Period
    from pipelines.closing.objections import answer as enter
    from pipelines.closing.signing import Signing
    from pipelines.commands.decided import told
    from pipelines.company.company import chosen_company
    from pipelines.company.home import Home

    signing = Signing.open(chosen_company(company), Home.of(), as_of=as_of)
    found = enter(signing, Period.parse(period), person, number, outcome=outcome, reason=reason)
    return told(EntryKind.ANSWERED, found)
