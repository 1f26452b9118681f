"""Every error meritline raises on purpose, and nothing else.

    MeritError                 what, where, actual value, what to do; always with a code
    ├── DefinitionError        D...  a KPI, role or grade definition is wrong (where = file:line)
    ├── CompanyError           C...  a company file is wrong (where = file:line or file:row)
    ├── PullError              P...  a platform did not deliver a provably complete window (where = stream and window)
    ├── WarehouseError         W...  the database or its contents cannot be used as they are
    ├── CheckError             K...  a blocking check failed
    ├── RightsError            R...  somebody may not do what they ask for, or is not known
    ├── SigningError           S...  a decision does not fit the state of a period or of a card
    ├── UsageError             U...  the command line was used wrongly (exit code 2)
    └── MeritErrors            the code of its first error; several of the above, found in one pass

The errors of pulling continue the tree below PullError (connectors/kit/contract/errors.py). A value that cannot be read is no
MeritError yet: `models.values.ReadingError` knows neither a code nor a place; whoever reads the file gives it both.
Causes of a missing figure are not exceptions: see `models.causes`. What every code means: `models.codes`.
"""

from models.codes import known

_INDENT = " " * 8  # as a finding of the linter has it, so that codes stand out at the margin


class MeritError(Exception):
    """A problem a person can act on.

    Args:
        code: stable identifier of `models.codes`, e.g. `D101`.
        what: what is wrong, one sentence.
        where: file:line, or stream and window.
        actual: the value that was found, already free of secrets and personal data.
        remedy: what to do about it; that of the table where none is given.
    """

    exit_code = 1

    def __init__(self, code: str, what: str, *, where: str = "", actual: str = "", remedy: str = "") -> None:
        self.code = code
        self.what = what
        self.where = where
        self.actual = actual
        entry = known(code)
        self.remedy = remedy or (entry.remedy_en if entry else "")
        super().__init__(self.render())

    def render(self) -> str:
        """Two lines in English and Chinese, the first with place and value."""
        entry = known(self.code)
        return f"{self.line()}\n{_INDENT}{entry.chinese()}" if entry else self.line()

    def line(self) -> str:
        """One line in English: code, what, where, actual value, remedy."""
        parts = [f"[{self.code}] {self.what}"]
        if self.where:
            parts.append(f"at {self.where}")
        if self.actual:
            parts.append(f"found: {self.actual}")
        if self.remedy:
            parts.append(f"do: {self.remedy}")
        return " | ".join(parts)


class DefinitionError(MeritError):
    """A definition in `kpi_definitions/` is refused."""


class CompanyError(MeritError):
    """A file of the company folder is refused."""


class PullError(MeritError):
    """A window could not be pulled completely; nothing of it is committed."""


class WarehouseError(MeritError):
    """The warehouse cannot be opened, migrated or written."""


class CheckError(MeritError):
    """A blocking check found rows that are wrong."""


class RightsError(MeritError):
    """Somebody may not do what they ask for (models/closing/rights), or the product cannot tell who they are."""


class SigningError(MeritError):
    """A decision comes too early, too late, twice, or about something else than is there (models/closing/states)."""


class UsageError(MeritError):
    """The command line asks for something that does not exist."""

    exit_code = 2  # what argparse exits with for wrong arguments (Python documentation, argparse)


class MeritErrors(MeritError):  # noqa: N818 - the plural says it
    """Several errors found in one pass, so that a person can mend all of them at once."""

    def __init__(self, errors: list[MeritError]) -> None:
        self.errors = errors
        super().__init__(errors[0].code, "; ".join(e.line() for e in errors))

    def render(self) -> str:
        """Every error as it is rendered by itself."""
        return "\n".join(e.render() for e in self.errors)
