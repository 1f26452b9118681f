"""The options that several commands share, declared once: which company, which days, as of when, in which language.

Belongs here: decorators, the types that turn a word of the command line into a value, the order of a help text. Not here: an
option of one command (beside its function), what the values are used for (run_choice.py and the modules that do the work).

Only click is imported: every command module is read for `kpi --help`, which must answer at once. What it costs time to import
is imported inside the function that needs it.
"""

from datetime import date, datetime
from pathlib import Path

import click

LANGUAGES = ("zh", "en", "both")


class InOrder(click.Group):
    """A group whose help lists the commands in the order in which they were added; click would sort them by name."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Names of the commands."""
        return list(self.commands)


def _folder(word: str) -> Path | None:
    return Path(word) if word else None


def _day(word: str) -> date | None:
    """A calendar day.

    Raises:
        UsageError: U022 when the word is no day.
    """
    from pipelines.company.clock import parse_day

    return parse_day(word) if word else None


def _instant(word: str) -> datetime | None:
    """An instant in UTC.

    Raises:
        UsageError: U021 when the word is no instant with a zone.
    """
    from pipelines.company.clock import parse_instant

    return parse_instant(word) if word else None


# click calls a plain function of one argument as the type of an option (click's page "Parameter Types"). An empty word is
# "not given" in each of them, so that a script may pass --as-of "$AS_OF" whether or not it is set.
FOLDER, DAY, INSTANT = _folder, _day, _instant

company_option = click.option(
    "--company",
    type=FOLDER,
    metavar="DIR",
    help="Company folder (default: KPI_COMPANY, else the sample).",
)
as_of_option = click.option(
    "--as-of",
    "as_of",
    type=INSTANT,
    metavar="I",
    help="Instant to stand at, with zone (default: the company's clock).",
)
first_day_option = click.option(
    "--from", "first", type=DAY, required=True, metavar="A", help="First day of the span."
)
last_day_option = click.option(
    "--to", "last", type=DAY, metavar="B", help="Last day of the span (default: the first)."
)
period_option = click.option(
    "--period", required=True, metavar="P", help="2011-11, 2011-Q4, 2011-H2 or 2011."
)
reason_option = click.option("--reason", required=True, metavar="R", help="Why; whom it concerns reads it.")
people_argument = click.argument("people", nargs=-1, metavar="[PERSON]...")
language_option = click.option(
    "--lang",
    "language",
    type=click.Choice(LANGUAGES),
    default="both",
    show_default=True,
    help="Language of the text.",
)
