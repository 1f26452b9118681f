"""Where a company's files lie: the paths below KPI_HOME. Not here: what is in them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.company.private import keep_private

DEFAULT = "var"  # in the working folder, so that a first try needs no rights and leaves one folder to delete


@dataclass(frozen=True)
class Home:
    """The folder of one installation.

    A home that is built beside another one holds figures alone: what people decided and signed is `of_whom`'s.
    """

    root: Path
    of_whom: Path | None = None

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Home":
        """KPI_HOME, else `var` in the working folder; closed to other users from here on, with all that is made in it."""
        # absolute: `kpi serve` changes the working folder
        return cls.at(environment.get("KPI_HOME") or DEFAULT)

    @classmethod
    def at(cls, root: Path | str) -> "Home":
        """The home in a folder, closed to other users likewise."""
        home = cls(Path(root).resolve())
        keep_private(home.root)
        return home

    def beside(self, root: Path) -> "Home":
        """An empty home whose figures are to be those of this one."""
        return Home(root, of_whom=self.root)

    @property
    def is_own(self) -> bool:
        """Whether it is no home beside another one."""
        return self.of_whom is None

    @property
    def decided(self) -> Path:
        """Where the ledger and the locked periods lie."""
        return self.of_whom or self.root

    @property
    def landing(self) -> Path:
        """Raw pages, redacted."""
        return self.root / "landing"

    @property
    def spool(self) -> Path:
        """Records on their way from a page to the warehouse."""
        return self.root / "spool"

    @property
    def published(self) -> Path:
        """The file readers open."""
        return self.root / "published" / "kpi.duckdb"

    @property
    def dagster(self) -> Path:
        """Dagster's own storage."""
        return self.root / "dagster"

    def report(self, name: str, file: str) -> Path:
        """A file of the reports of a day or a period; its folder is made."""
        folder = self.root / "reports" / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder / file
