"""The `kpi` command: what can be asked, and how errors end. Not here: the commands (`pipelines.commands`)."""

import argparse
import errno
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TypeAlias

from models.errors import MeritError

_FORMATS = ("xlsx", "html", "csv", "json", "parquet")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns 0 done, 1 something is wrong with data or definitions, 2 wrong usage."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if not chosen.module:
        parser.print_help()
        return 2
    try:
        command = getattr(import_module(f"pipelines.commands.{chosen.module}"), chosen.function)
        return int(command(chosen))
    except MeritError as error:
        print(error.render(), file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(MeritError("U130", "stopped").render(), file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 1
    except OSError as error:
        return _no_place(error)


def _no_place(error: OSError) -> int:
    """A folder that cannot be written is no fault of the program; anything else goes on as it is."""
    if error.filename is None and error.errno != errno.ENOSPC:
        raise error
    refusal = MeritError(
        "W901",
        "the system refuses a file",
        where=str(error.filename or ""),
        actual=error.strerror or "",
    )
    print(refusal.render(), file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kpi", description="KPI and scores of every role, right to the fen or absent with a cause."
    )
    parser.set_defaults(module="")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for add in (
        _demo,
        _init,
        _run,
        _connectors,
        _lint,
        _score,
        _why,
        _diff,
        _export,
        _tables,
        _verify,
        _serve,
    ):
        add(commands)
    return parser


_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _command(
    commands: _Commands, name: str, module: str, function: str, text: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(module=module, function=function)
    return parser


def _with_company(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--company", default="", metavar="DIR", help="company folder (default: KPI_COMPANY, else the sample)"
    )


def _demo(commands: _Commands) -> None:
    _command(
        commands,
        "demo",
        "demo",
        "demo",
        "the sample company end to end: a year of orders, a month of tickets, scores",
    )


def _init(commands: _Commands) -> None:
    parser = _command(commands, "init", "init", "init", "write a company folder with comments")
    parser.add_argument("folder", metavar="DIR")


def _run(commands: _Commands) -> None:
    parser = _command(
        commands, "run", "run", "run", "pull, compute and publish a day or a span of days, write the board"
    )
    parser.add_argument(
        "--date", default="", metavar="D", help="one day, e.g. 2011-11-30 (default: yesterday)"
    )
    parser.add_argument("--from", dest="first", default="", metavar="A", help="first day of a span")
    parser.add_argument("--to", dest="last", default="", metavar="B", help="last day of a span")
    parser.add_argument(
        "--as-of",
        default="",
        metavar="I",
        help="instant to stand at, with zone (default: the company's clock)",
    )
    _with_company(parser)


def _connectors(commands: _Commands) -> None:
    parser = _command(
        commands, "connectors", "connectors", "list_all", "what can be pulled, and whether it works"
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    _with_company(
        _command(
            actions, "list", "connectors", "list_all", "connectors, their streams and this company's accounts"
        )
    )
    check = _command(
        actions,
        "check",
        "probe",
        "check",
        "ask every account and stream for its last hour or day, load nothing",
    )
    check.add_argument("connector", nargs="?", default="", help="only the accounts of this connector")
    check.add_argument(
        "--reports", action="store_true", help="also streams for which the platform must make a report"
    )
    _with_company(check)
    pull = _command(
        actions, "pull", "connectors", "pull_one", "pull one connector for a span of days and load it"
    )
    pull.add_argument("connector")
    pull.add_argument("--from", dest="first", required=True, metavar="A")
    pull.add_argument("--to", dest="last", default="", metavar="B")
    pull.add_argument("--as-of", default="", metavar="I")
    _with_company(pull)
    replay = _command(
        actions, "replay", "connectors", "replay_one", "load landing files again, without asking the platform"
    )
    replay.add_argument("files", nargs="+", metavar="FILE")
    _with_company(replay)
    _with_company(
        _command(actions, "doctor", "doctor", "doctor", "quotas, reports, tokens, drift, failures still open")
    )
    _record(actions)
    _new(actions)
    _recognise(actions)


def _record(actions: _Commands) -> None:
    parser = _command(
        actions,
        "record",
        "record",
        "record",
        "days of one account as a fixture: landing files and a manifest",
    )
    parser.add_argument("connector")
    parser.add_argument("--shop", required=True, metavar="S", help="shop_id of the account")
    parser.add_argument("--stream", required=True, metavar="T")
    parser.add_argument("--from", dest="first", required=True, metavar="A", help="first day")
    parser.add_argument("--to", dest="last", default="", metavar="B", help="last day (default: the first)")
    parser.add_argument("--as-of", default="", metavar="I")
    parser.add_argument("--into", required=True, metavar="DIR", help="a new folder")
    _with_company(parser)


def _new(actions: _Commands) -> None:
    parser = _command(
        actions,
        "new",
        "scaffold",
        "new",
        "the files of a new connector, and a test that says what is missing",
    )
    parser.add_argument("name", help="lower case, for example tiktok_shop")
    parser.add_argument("--stream", default="orders", metavar="T", help="its first stream (default: orders)")
    parser.add_argument(
        "--table",
        default="order_line",
        metavar="F",
        help="the canonical table it fills (default: order_line)",
    )
    parser.add_argument("--into", default="", metavar="DIR", help="another checkout (default: this one)")


def _recognise(actions: _Commands) -> None:
    parser = _command(
        actions,
        "recognise",
        "recognise",
        "recognise_one",
        "which export of a platform a file is, and its entry for facts.yaml",
    )
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--day", default="", metavar="D", help="the day of a file that names none")
    parser.add_argument(
        "--currency", default="", metavar="C", help="currency of a file that states none, e.g. USD"
    )
    parser.add_argument(
        "--date-format", default="", metavar="F", help="where 01/02/26 has two readings, e.g. %%d/%%m/%%y"
    )
    parser.add_argument(
        "--write", action="store_true", help="keep the mapping of an unknown file in the folder layouts/"
    )
    _with_company(parser)


def _lint(commands: _Commands) -> None:
    parser = _command(commands, "lint", "lint", "lint", "check definitions and company files, change nothing")
    parser.add_argument("--all", action="store_true", help="show notices too, not only errors and warnings")
    _with_company(parser)


def _score(commands: _Commands) -> None:
    parser = _command(
        commands, "score", "score", "score", "score everyone of a period and write the workbook"
    )
    parser.add_argument("--period", required=True, metavar="P", help="2011-11, 2011-Q4, 2011-H2 or 2011")
    parser.add_argument("--as-of", default="", metavar="I")
    _with_company(parser)


def _why(commands: _Commands) -> None:
    parser = _command(
        commands, "why", "why", "why", "the whole story of one figure, from the landing file to the grade"
    )
    parser.add_argument("person", metavar="PERSON")
    parser.add_argument("kpi", metavar="KPI")
    parser.add_argument("period", metavar="PERIOD")
    parser.add_argument("--lang", default="both", choices=("zh", "en", "both"))
    _with_company(parser)


def _diff(commands: _Commands) -> None:
    parser = _command(
        commands, "diff", "diff", "diff", "whose figures two sets of definitions change, and by how much"
    )
    text = "a folder with definitions that add to or replace the shipped ones, or `current` or `shipped`"
    parser.add_argument("before", metavar="A", help=text)
    parser.add_argument("after", metavar="B", help="the same for the other side")
    parser.add_argument(
        "--period", default="", metavar="P", help="period to score (default: the last scored)"
    )
    parser.add_argument("--lang", default="both", choices=("zh", "en", "both"))
    _with_company(parser)


def _export(commands: _Commands) -> None:
    parser = _command(commands, "export", "export", "export", "write the scores of a period as a file")
    parser.add_argument("--period", required=True, metavar="P")
    parser.add_argument(
        "--format",
        required=True,
        choices=_FORMATS,
        help="html is the board of a day or of the period's last day",
    )
    _with_company(parser)


def _tables(commands: _Commands) -> None:
    parser = _command(
        commands, "tables", "tables", "tables", "the published tables, or the columns of one of them"
    )
    parser.add_argument("name", nargs="?", default="", metavar="NAME", help="a table, e.g. scorecard_line")


def _verify(commands: _Commands) -> None:
    parser = _command(
        commands, "verify", "verify", "verify", "recompute everything from landing files and compare"
    )
    _with_company(parser)


def _serve(commands: _Commands) -> None:
    parser = _command(
        commands, "serve", "serve", "serve", "the Dagster UI and its daemon on this machine only"
    )
    parser.add_argument("--port", type=int, default=3000)
    _with_company(parser)


if __name__ == "__main__":
    sys.exit(main())
