"""`kpi connectors`: what can be pulled, whether it works, and looking after it. Its eight actions with their options.

Not here: the work of an action, which is imported when the action runs: connector_loads.py (pull, replay), account_check.py
(check), doctor.py, record.py, scaffold.py (new), recognise.py.
"""

from datetime import date, datetime
from pathlib import Path

import click

from pipelines.commands.options import (
    DAY,
    InOrder,
    as_of_option,
    company_option,
    first_day_option,
    last_day_option,
)


@click.group("connectors", cls=InOrder)
def connectors() -> None:
    """See what can be pulled, and whether it works."""


@connectors.command("list")
@company_option
def list_connectors(*, company: Path | None) -> int:
    """List connectors, their streams and this company's accounts."""
    from pipelines.commands.table import table
    from pipelines.company.company import chosen_company

    chosen = chosen_company(company)
    rows = []
    for name in chosen.connector_names():
        accounts = ", ".join(s.shop_id for s in chosen.sources if s.connector == name) or "—"
        streams = chosen.connector(name).streams
        rows += [[name, s.name, ", ".join(s.feeds), str(s.windows.lookback), accounts] for s in streams]
    print(table(["connector", "stream", "feeds", "look-back", "accounts"], rows))
    return 0


@connectors.command("check")
@click.argument("connector", required=False, default="")
@click.option("--reports", is_flag=True, help="Also streams for which the platform must make a report.")
@company_option
def check(connector: str, *, reports: bool, company: Path | None) -> int:
    """Ask every account and stream for a little, load nothing.

    Asked for is the last hour, or the last day that is over. With CONNECTOR only the accounts of that one. Exit code 1 when
    one does not answer properly.
    """
    from pipelines.commands.account_check import check_accounts
    from pipelines.commands.progress import show_progress
    from pipelines.company.company import chosen_company

    show_progress()
    return check_accounts(chosen_company(company), connector, with_reports=reports)


@connectors.command("pull")
@click.argument("connector")
@first_day_option
@last_day_option
@as_of_option
@company_option
def pull(
    connector: str, *, first: date, last: date | None, as_of: datetime | None, company: Path | None
) -> int:
    """Pull one connector for a span of days and load it.

    Exit code 1 when a window failed.
    """
    from pipelines.commands.connector_loads import pull_connector
    from pipelines.commands.progress import show_progress
    from pipelines.commands.run_choice import chosen_run

    show_progress()
    return pull_connector(chosen_run(company, first=first, last=last, as_of=as_of), connector)


@connectors.command("replay")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@company_option
def replay(files: tuple[str, ...], *, company: Path | None) -> int:
    """Read landing files again, without asking the platform.

    They are read as the connectors and declarations of today read them, so that a corrected `values:` heals what was kept out.
    A record that reads as before changes nothing. FILE may be a folder below landing/, e.g. CONNECTOR/STREAM.
    """
    from pipelines.commands.connector_loads import replay_files
    from pipelines.company.company import chosen_company
    from pipelines.company.home import Home

    return replay_files(chosen_company(company), Home.of(), files)


@connectors.command("record")
@click.argument("connector")
@click.option("--shop", required=True, metavar="S", help="shop_id of the account.")
@click.option("--stream", required=True, metavar="T", help="Stream of the connector.")
@first_day_option
@last_day_option
@as_of_option
@click.option("--into", required=True, metavar="DIR", type=click.Path(path_type=Path), help="A new folder.")
@company_option
def record(
    connector: str,
    *,
    shop: str,
    stream: str,
    first: date,
    last: date | None,
    as_of: datetime | None,
    into: Path,
    company: Path | None,
) -> int:
    """Record days of one account as a fixture.

    It holds landing files, already redacted, and a manifest. Exit code 1 when a window failed: only proven windows are in the
    fixture.
    """
    from models.loads import StreamRef
    from pipelines.commands.progress import show_progress
    from pipelines.commands.record import record_days
    from pipelines.commands.run_choice import chosen_run

    show_progress()
    work = chosen_run(company, first=first, last=last, as_of=as_of)
    return record_days(work, StreamRef(connector, stream, shop), into)


@connectors.command("new")
@click.argument("name")
@click.option("--stream", default="orders", show_default=True, metavar="T", help="Its first stream.")
@click.option(
    "--table", default="order_line", show_default=True, metavar="F", help="The canonical table it fills."
)
@click.option("--into", default="", metavar="DIR", help="Another checkout (default: this one).")
def new(name: str, *, stream: str, table: str, into: str) -> int:
    """Write the files of a new connector, and its guided test.

    The test says what is missing, one thing at a time. NAME is in lower case, for example tiktok_shop.
    """
    from pipelines.commands.scaffold import ROOT, write_connector

    return write_connector(name, stream, table, Path(into).resolve() if into else ROOT)


@connectors.command("doctor")
@company_option
def doctor(*, company: Path | None) -> int:
    """Show quotas, reports, tokens, drift, failures still open.

    Exit code 1 when something needs a hand.
    """
    from pipelines.commands.doctor import examine
    from pipelines.company.company import chosen_company
    from pipelines.company.home import Home

    return examine(chosen_company(company), Home.of())


@connectors.command("recognise")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--day", type=DAY, metavar="D", help="The day of a file that names none.")
@click.option("--currency", default="", metavar="C", help="Currency of a file that states none, e.g. USD.")
@click.option(
    "--date-format", default="", metavar="F", help="Where 01/02/26 has two readings, e.g. %d/%m/%y."
)
@click.option("--write", is_flag=True, help="Keep the mapping of an unknown file in the folder layouts/.")
@company_option
def recognise(
    file: Path, *, day: date | None, currency: str, date_format: str, write: bool, company: Path | None
) -> int:
    """Tell which platform's export a file is, and how to declare it.

    Its entry for facts.yaml is shown. Exit code 1 when no layout knows the file; then a mapping to fill in is shown.
    """
    from connectors.file_drop.exports.export_reading import ExportEntry
    from pipelines.commands.recognise import recognise_file
    from pipelines.company.company import chosen_company

    entry = ExportEntry(file.name, (day, day) if day else None, currency or None, date_format)
    return recognise_file(chosen_company(company), file, entry, write=write)
