"""`kpi ratings`: workbooks for those who rate, sent, taken back, and who has not answered."""

from datetime import datetime
from pathlib import Path

import click

from pipelines.commands.options import InOrder, as_of_option, company_option, period_option


@click.group("ratings", cls=InOrder)
def ratings() -> None:
    """Ratings: send workbooks, take them back, see who is open."""


@ratings.command("send")
@click.argument("raters", nargs=-1, metavar="[MANAGER]...")
@period_option
@as_of_option
@company_option
def send(*, raters: tuple[str, ...], period: str, as_of: datetime | None, company: Path | None) -> int:
    """Write one workbook per rater.

    Raters are managers, and whoever else a role weighs (peers, reports, the person). Without MANAGER everybody who is asked.
    The right `plan` over the company sends to all; without it you get your own. Paths are printed, then what nobody could be
    asked for. Send again at any time: the same ratings give the same file.
    """
    from models.periods import Period
    from pipelines.closing.ratings import send_ratings
    from pipelines.closing.signing import Signing
    from pipelines.commands.rated import show_sent
    from pipelines.company.company import chosen_company
    from pipelines.company.home import Home

    signing = Signing.open(chosen_company(company), Home.of(), as_of=as_of)
    return show_sent(send_ratings(signing, Period.parse(period), raters))


@ratings.command("take")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@period_option
@as_of_option
@company_option
def take(*, files: tuple[Path, ...], period: str, as_of: datetime | None, company: Path | None) -> int:
    """Take returned workbooks in.

    They are checked, written into ratings.csv and entered in the ledger. You take in your own; with the right `plan` over the
    company those of everybody. A newer return of a rater replaces the earlier one. Exit code 0 when all were taken, 1 when one
    was refused; the others are taken all the same.
    """
    from models.periods import Period
    from pipelines.closing.signing import Signing
    from pipelines.commands.rated import take_files
    from pipelines.company.company import chosen_company
    from pipelines.company.home import Home

    signing = Signing.open(chosen_company(company), Home.of(), as_of=as_of)
    return take_files(signing, Period.parse(period), files)


@ratings.command("status")
@period_option
@as_of_option
@company_option
def status(*, period: str, as_of: datetime | None, company: Path | None) -> int:
    """Show who has not answered, by rater, and how many people wait.

    With the right `plan` over the company everybody, else yourself. Exit code 1 while something is open.
    """
    from models.periods import Period
    from pipelines.closing.ratings import rating_status
    from pipelines.closing.signing import Signing
    from pipelines.commands.rated import show_status
    from pipelines.company.company import chosen_company
    from pipelines.company.home import Home

    signing = Signing.open(chosen_company(company), Home.of(), as_of=as_of)
    return show_status(rating_status(signing, Period.parse(period)))
