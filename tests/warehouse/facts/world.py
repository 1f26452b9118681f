"""A small company whose figures all come from fact files: its folder, its home, and the steps to a canonical table."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from models.tables import FACTS
from pipelines.company.company import load_company
from pipelines.company.home import Home
from pipelines.company.run_scope import RunScope
from pipelines.steps.drops import load_facts
from pipelines.steps.pull import register_accounts
from warehouse.facts.build import build_core
from warehouse.raw.load import COMPANY_TABLES, replace_company_table
from warehouse.store.connect import open_warehouse
from warehouse.store.rows import insert_rows

COMPANY = """\
id: small
name: {zh: 小公司, en: Small}
zone: Asia/Shanghai
currency: CNY
first_day: 2026-10-01
"""


def sheet(rows: Sequence[Mapping[str, object]]) -> str:
    """Rows as CSV with a header of every column that occurs."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@dataclass
class FactWorld:
    """A folder to drop files into, and what becomes of them."""

    root: Path
    as_of: datetime = datetime(2026, 12, 1, tzinfo=UTC)
    drops: dict[str, str] = field(default_factory=dict)
    attribution: str = ""

    @property
    def folder(self) -> Path:
        return self.root / "company"

    @property
    def home(self) -> Path:
        return self.root / "home"

    def drop(
        self,
        table: str,
        rows: Sequence[Mapping[str, object]],
        /,
        *,
        days: tuple[str, str] = ("2026-10-01", "2026-10-31"),
        name: str = "",
        written_as: str = "utf-8",
        **declared: object,
    ) -> None:
        """Write a file and its entry; what is not declared otherwise is true of the file."""
        name = name or f"facts/{table}-{days[0]}.csv"
        entry: dict[str, object] = {
            "table": table, "file": name, "shop_id": "uk", "zone": "Asia/Shanghai",
            "from": days[0], "to": days[1], "rows": len(rows), **declared,
        }  # fmt: skip
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        given = [c.name for c in FACTS[table].given if c.required and c.name not in (rows[0] if rows else {})]
        path.write_text(sheet(rows) if rows else ",".join(given) + "\n", encoding=written_as)
        self.drops[name] = ", ".join(f"{key}: {value}" for key, value in entry.items())

    def remove(self, name: str) -> None:
        del self.drops[name]

    def work(self) -> RunScope:
        self.folder.mkdir(parents=True, exist_ok=True)
        entries = "".join(f"  - {{{text}}}\n" for text in self.drops.values())
        (self.folder / "facts.yaml").write_text(f"drops:\n{entries}" if entries else "drops: []\n", "utf-8")
        (self.folder / "company.yaml").write_text(f"{COMPANY}{self.attribution}", "utf-8")
        (self.folder / "sources.yaml").write_text("sources: []\n", "utf-8")
        return RunScope(
            load_company(self.folder), Home(self.home), date(2026, 10, 1), date(2026, 10, 31), self.as_of
        )

    def load(self) -> dict[str, int]:
        """Take the files in."""
        return load_facts(self.work())

    @contextmanager
    def warehouse(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with open_warehouse(self.home) as con:
            yield con

    def put(self, table: str, rows: Sequence[dict[str, Any]]) -> None:
        with self.warehouse() as con:
            if table in COMPANY_TABLES:
                replace_company_table(con, table, rows, file=table, sha256=str(rows))
            else:
                insert_rows(con, table, rows)

    def build(self) -> None:
        """Take the files in and build the canonical tables."""
        work = self.work()
        load_facts(work)
        with self.warehouse() as con:
            register_accounts(con, work.company)
            build_core(con, "CNY", work.company.attribution)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with self.warehouse() as con:
            return con.execute(sql).fetchall()

    def failures(self) -> list[tuple[str, str]]:
        """Code and cause of every failed window, oldest first."""
        return self.rows(
            "select cause_code, cause from load_window where status = 'failed' order by load_seq"
        )
