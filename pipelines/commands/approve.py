"""`kpi approve`: the second signature under cards, or a veto against one."""

from datetime import datetime
from pathlib import Path

import click

from pipelines.commands.options import as_of_option, company_option, people_argument, period_option


@click.command("approve")
@people_argument
@period_option
@click.option("--veto", metavar="PERSON", help="Send the card of PERSON back to its review instead.")
@click.option("--reason", default="", metavar="R", help="Why it is sent back; the person reads it.")
@as_of_option
@company_option
def approve(
    *,
    people: tuple[str, ...],
    period: str,
    veto: str | None,
    reason: str,
    as_of: datetime | None,
    company: Path | None,
) -> int:
    """Approve cards, or send one back by a veto.

    Those of PEOPLE; without PEOPLE all that you may approve and whose time to object is over. Nobody approves the own card, or
    one in which they had a part. Exit code 0 when every card that was named is approved, 1 when one was refused; the others
    are entered all the same.
    """
    from models.closing.kinds import EntryKind
    from models.periods import Period
    from pipelines.closing.approval import approve_cards, veto_card
    from pipelines.closing.signing import Signing
    from pipelines.commands.decided import told, told_waiting
    from pipelines.company.company import chosen_company
    from pipelines.company.home import Home

    if veto is not None and people:
        raise click.UsageError("--veto names one person; approve the others in a command of their own")
    if veto is None and reason:
        raise click.UsageError("--reason belongs to --veto: an approval has none")
    signing = Signing.open(chosen_company(company), Home.of(), as_of=as_of)
    which = Period.parse(period)
    if veto is not None:
        return told(EntryKind.VETOED, veto_card(signing, which, veto, reason))
    found = approve_cards(signing, which, people)
    told_waiting(found.waiting)
    return told(EntryKind.APPROVED, found.decisions)
