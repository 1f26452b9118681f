"""`kpi reopen`: two people open a locked period again; what was signed stays where it is."""

from datetime import datetime
from pathlib import Path

import click

from pipelines.commands.options import as_of_option, company_option, period_option


@click.command("reopen")
@period_option
@click.option("--reason", required=True, metavar="R", help="Why; it stays in the ledger.")
@as_of_option
@company_option
def reopen(*, period: str, reason: str, as_of: datetime | None, company: Path | None) -> int:
    """Reopen a locked period, which takes two people.

    The first, who may lock, asks; the second, who may approve for the company, runs the same command and reopens it.
    The snapshot of the lock stays; the next lock makes a version beside it. What becomes known after a lock is usually a
    correction in the open month, not a reason to reopen. Exit code 0 when it is asked for or reopened.
    """
    from models.periods import Period
    from pipelines.closing.locking import reopen_period
    from pipelines.closing.signing import Signing
    from pipelines.commands.decided import shown_from_now_on
    from pipelines.company.company import chosen_company
    from pipelines.company.home import Home

    span = Period.parse(period)
    signing = Signing.open(chosen_company(company), Home.of(), as_of=as_of)
    found = reopen_period(signing, span, reason)
    if found.reopened is None:
        who = ", ".join(found.approvers) or "—"
        print(f"{span.id}：{found.asked.actor} 已申请重开；由有批准权的第二人运行同一命令：{who}")
        print(f"{span.id}: {found.asked.actor} asked to reopen it; one of these runs the same command: {who}")
        print(f"ledger: entry {found.asked.seq}, {found.asked.hash}")
        return 0
    print(f"{span.id} 已重开：申请 {found.asked.actor}，批准 {found.reopened.actor}；原快照保留")
    print(
        f"{span.id} reopened: asked by {found.asked.actor}, approved by {found.reopened.actor}; the snapshot stays"
    )
    print(f"ledger: entry {found.reopened.seq}, {found.reopened.hash}")
    shown_from_now_on(signing, span)
    return 0
