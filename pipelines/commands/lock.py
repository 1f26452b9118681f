"""`kpi lock`: what was signed becomes what counts, for every reader and for ever."""

from datetime import datetime
from pathlib import Path

import click

from pipelines.commands.options import as_of_option, company_option, period_option


@click.command("lock")
@period_option
@click.option(
    "--allow", "gaps", multiple=True, metavar="GAP", help="Let it be locked despite this gap; with --reason."
)
@click.option("--reason", default="", metavar="R", help="Why it may be locked despite the gaps.")
@as_of_option
@company_option
def lock(
    *, period: str, gaps: tuple[str, ...], reason: str, as_of: datetime | None, company: Path | None
) -> int:
    """Lock a period whose cards are all approved.

    Cards, figures, people, targets, ratings and definitions go into locked/P below the home, and their hash into the ledger.
    Nothing of it moves any more. Inputs that are missing, old or not final stop the lock, unless a second person who may
    approve has allowed them by name (--allow). Exit code 0 when the period is locked.
    """
    from models.errors import SigningError
    from models.periods import Period
    from pipelines.closing.locking import allow_gaps, gaps_of, lock_period
    from pipelines.closing.signing import Signing
    from pipelines.commands.decided import shown_from_now_on
    from pipelines.company.company import chosen_company
    from pipelines.company.home import Home

    span = Period.parse(period)
    signing = Signing.open(chosen_company(company), Home.of(), as_of=as_of)
    if gaps:
        entry = allow_gaps(signing, span, gaps, reason)
        print(
            f"{span.id}：同意带 {len(gaps)} 个缺口锁定；由有锁定权的另一人运行 `kpi lock --period {span.id}`"
        )
        print(f"{span.id}: {len(gaps)} gaps allowed; another person locks with `kpi lock --period {span.id}`")
        if entry is not None:
            print(f"ledger: entry {entry.seq}, {entry.hash}")
        return 0
    try:
        found = lock_period(signing, span)
    except SigningError as refusal:
        if refusal.code == "S115":
            for gap in gaps_of(signing, span):
                print(f"{gap.name}  {gap.zh} / {gap.en}")
        raise
    made = found.lock
    told = ("", "") if found.is_new else (f"，此前由 {made.actor} 锁定", f", before by {made.actor}")
    people, folder = len(made.cards), f"locked/{made.folder}"
    print(f"{span.id} 已锁定{told[0]}：第 {made.version} 版，{made.on}，{people} 人，快照 {folder}")
    print(f"{span.id} locked{told[1]}: version {made.version}, {made.on}, {people} people, snapshot {folder}")
    print(f"ledger: entry {made.entry.seq}, {made.entry.hash}")
    if found.is_new:
        shown_from_now_on(signing, span)
    return 0
