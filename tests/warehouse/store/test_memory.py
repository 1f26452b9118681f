"""No connection takes more memory than it was told, and what does not fit is spilled."""

from pathlib import Path

import duckdb
import pytest

from models.errors import WarehouseError
from warehouse.store import memory
from warehouse.store.connect import PUBLISHED, open_published, open_warehouse

_WIDE = "select md5(i::varchar) || md5((i + 1)::varchar) as k, i from range(3_000_000) as t(i)"


def _limit(con: duckdb.DuckDBPyConnection) -> str:
    (limit,) = con.execute("select current_setting('memory_limit')").fetchone() or ("",)
    return str(limit)


def test_by_default_half_of_what_there_is_and_at_most_two_gigabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(memory.VARIABLE, raising=False)

    bytes_of = int(memory.memory_limit().removesuffix("MB")) * 1000**2

    assert bytes_of <= min(memory.MOST, memory.available_memory() // 2)


def test_a_control_group_with_less_memory_lowers_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(memory.VARIABLE, raising=False)
    own = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().splitlines()]
    path = next(
        (p for _, controllers, p in own if "memory" in controllers.split(",") or not controllers), None
    )
    assert path is not None, "this machine has no control groups"
    for folder, name in ((tmp_path, "memory.max"), (tmp_path / "memory", "memory.limit_in_bytes")):
        group = folder / path.lstrip("/")
        group.mkdir(parents=True, exist_ok=True)
        (group / name).write_text("1000000000\n")
    monkeypatch.setattr(memory, "_ROOT", tmp_path)

    assert memory.memory_limit() == "500MB"


def test_the_setting_rules_over_the_machine_for_writers_and_readers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(memory.VARIABLE, "512 mb")
    with open_warehouse(tmp_path) as con:
        assert _limit(con) == "488.2 MiB"
    (tmp_path / PUBLISHED).parent.mkdir()
    duckdb.connect(str(tmp_path / PUBLISHED)).close()
    with open_published(tmp_path) as con:
        assert _limit(con) == "488.2 MiB"


@pytest.mark.parametrize("asked", ["lots", "-1GB", "0", "10MB", "1e9", "1GB; attach 'x'"])
def test_a_setting_that_is_no_amount_of_memory_is_refused_before_the_database_is_opened(
    asked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(memory.VARIABLE, asked)

    with pytest.raises(WarehouseError, match=r"W107.*KPI_MEMORY"), open_warehouse(tmp_path):
        pass


def test_what_does_not_fit_is_spilled_beside_the_database_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(memory.VARIABLE, "200MB")
    with open_warehouse(tmp_path) as con:
        con.execute(f"create temp table wide as {_WIDE}")
        con.execute("create temp table sorted as select * from wide order by k")
        (spilled,) = con.execute("select sum(temporary_storage_bytes) from duckdb_memory()").fetchone() or (
            0,
        )
        assert con.execute("select count(*) from sorted").fetchone() == (3_000_000,)

    assert spilled > 0
    assert not [p.name for p in tmp_path.iterdir() if "tmp" in p.name]


def test_a_publication_can_be_sorted_under_the_limit_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(memory.VARIABLE, "200MB")
    (tmp_path / PUBLISHED).parent.mkdir()
    with duckdb.connect(str(tmp_path / PUBLISHED)) as con:
        con.execute(f"create table wide as {_WIDE}")
    with open_published(tmp_path) as con:
        rows = con.execute("select count(*) from (select *, row_number() over (order by k) as n from wide)")

        assert rows.fetchone() == (3_000_000,)
