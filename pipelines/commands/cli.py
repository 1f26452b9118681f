"""The `kpi` command: the list of its commands, and how errors end.

Not here: a command and its options (a module each; those of `kpi connectors` share connectors.py).
"""

import errno
import sys
from collections.abc import Sequence

import click

from pipelines.commands.adjust import adjust
from pipelines.commands.answer import answer
from pipelines.commands.approve import approve
from pipelines.commands.close import close
from pipelines.commands.connectors import connectors
from pipelines.commands.demo import demo
from pipelines.commands.diff import diff
from pipelines.commands.export import export
from pipelines.commands.init import init
from pipelines.commands.lint import lint
from pipelines.commands.lock import lock
from pipelines.commands.objection import object_to_line
from pipelines.commands.options import InOrder
from pipelines.commands.plan import plan
from pipelines.commands.ratings import ratings
from pipelines.commands.rebuild import rebuild
from pipelines.commands.reopen import reopen
from pipelines.commands.restate import restate
from pipelines.commands.review import review
from pipelines.commands.run import run
from pipelines.commands.score import score
from pipelines.commands.serve import serve
from pipelines.commands.tables import tables
from pipelines.commands.verify import verify
from pipelines.commands.why import why

# In the order in which somebody meets them, which is the order in which the help lists them.
COMMANDS = (
    demo,
    init,
    run,
    connectors,
    lint,
    plan,
    ratings,
    score,
    close,
    review,
    adjust,
    object_to_line,
    answer,
    approve,
    lock,
    reopen,
    restate,
    why,
    diff,
    export,
    tables,
    verify,
    rebuild,
    serve,
)


@click.group(
    "kpi",
    cls=InOrder,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.pass_context
def kpi(context: click.Context) -> int:
    """KPI and scores of every role, right to the fen or absent with a cause."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
    # no command was named: wrong usage
    return 2


for _command in COMMANDS:
    kpi.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns 0 done, 1 something is wrong with data or definitions, 2 wrong usage.

    Raises:
        SystemExit: with 2, for words that are no command and no option; click has said which.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        with kpi.make_context("kpi", words) as context:
            return int(kpi.invoke(context))
    except click.exceptions.Exit as ended:  # --help was printed
        return ended.exit_code
    except click.ClickException as wrong:
        wrong.show()
        raise SystemExit(wrong.exit_code) from None
    # before OSError, of which it is a subclass
    except BrokenPipeError:  # `kpi ... | head` has read enough
        return 1
    except OSError as error:
        return _no_place(error)
    except (Exception, KeyboardInterrupt) as error:
        # The tree of errors brings all models with it, a third of a second that `kpi --help` must not wait for.
        from models.errors import MeritError

        told = MeritError("U130", "stopped") if isinstance(error, KeyboardInterrupt) else error
        if not isinstance(told, MeritError):
            raise
        print(told.render(), file=sys.stderr)
        return 1 if isinstance(error, KeyboardInterrupt) else told.exit_code


def _no_place(error: OSError) -> int:
    """A folder that cannot be written is no fault of the program; anything else goes on as it is."""
    from models.errors import MeritError

    # a full disk names no file
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


if __name__ == "__main__":
    sys.exit(main())
