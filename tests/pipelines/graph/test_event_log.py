"""Every day of a long run stands in Dagster, written fast, and nothing stands that did not happen."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import pytest

from pipelines.company.home import Home
from pipelines.graph.event_log import DayEventLog
from pipelines.graph.runner import open_instance

ROOT = Path(__file__).resolve().parents[3]
FIRST, YEAR = date(2025, 1, 1), 365
DAYS = dg.DailyPartitionsDefinition(start_date="2025-01-01", end_date="2026-01-01")


def _days(count: int) -> set[str]:
    return {(FIRST + timedelta(days=n)).isoformat() for n in range(count)}


@dg.asset(partitions_def=DAYS)
def first() -> dg.MaterializeResult:  # type: ignore[type-arg]
    return dg.MaterializeResult(metadata={"rows": 7})


@dg.asset(partitions_def=DAYS, deps=[first])
def fails() -> None:
    raise ValueError("no")


@dg.asset(partitions_def=DAYS, deps=[fails])
def skipped() -> None: ...


@dg.asset(partitions_def=DAYS, deps=[first])
def dies() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@dg.asset_check(asset=first, blocking=True)
def holds() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True, metadata={"looked_at": 3})


def run(home: Path, count: int, *names: str) -> None:
    """A run over the first days of 2025 on the instance of a home."""
    definitions = dg.Definitions(
        assets=[first, fails, skipped, dies],
        asset_checks=[holds],
        jobs=[dg.define_asset_job("chosen", list(names))],
        executor=dg.in_process_executor,
    )
    last = FIRST + timedelta(days=count - 1)
    with open_instance(Home.at(home)) as instance:
        definitions.resolve_job_def("chosen").execute_in_process(
            instance=instance,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            tags={
                "dagster/asset_partition_range_start": FIRST.isoformat(),
                "dagster/asset_partition_range_end": last.isoformat(),
            },
            raise_on_error=False,
        )


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DAGSTER_HOME", "DAGSTER_EVENT_BATCH_SIZE"):
        monkeypatch.setenv(name, "")  # so that what the home sets is taken back
        monkeypatch.delenv(name)
    return tmp_path / "home"


@pytest.fixture
def instance(home: Path) -> Iterator[dg.DagsterInstance]:
    with open_instance(Home.at(home)) as opened:
        yield opened


def test_every_day_of_a_year_counts_as_materialised_with_its_metadata_and_checks(
    home: Path, instance: dg.DagsterInstance
) -> None:
    run(home, YEAR, "first")

    assert instance.get_materialized_partitions(first.key) == _days(YEAR)
    assert instance.get_asset_keys() == [first.key]
    records = instance.fetch_materializations(first.key, limit=YEAR).records
    assert {r.asset_materialization.metadata["rows"].value for r in records if r.asset_materialization} == {7}
    newest = instance.get_latest_materialization_event(first.key)
    assert newest
    assert newest.asset_materialization
    assert newest.asset_materialization.partition == "2025-12-31"
    [check] = instance.event_log_storage.get_asset_check_execution_history(
        next(iter(holds.check_keys)), limit=1
    )
    assert check.event
    assert check.event.dagster_event
    assert check.event.dagster_event.asset_check_evaluation_data.metadata["looked_at"].value == 3


def test_the_days_of_an_asset_are_one_write_and_not_one_each(
    home: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    connect = DayEventLog.run_connection
    monkeypatch.setattr(
        DayEventLog,
        "run_connection",
        lambda self, run_id=None: opened.append(run_id) or connect(self, run_id),
    )
    run(home, 1, "first")
    one = len(opened)

    opened.clear()
    run(home, YEAR, "first")

    assert len(opened) < one + 5


def test_no_day_of_a_step_that_failed_or_was_skipped_counts(home: Path, instance: dg.DagsterInstance) -> None:
    run(home, 31, "first", "fails", "skipped")

    assert instance.get_materialized_partitions(first.key) == _days(31)
    assert instance.get_materialized_partitions(fails.key) == set()
    assert instance.get_materialized_partitions(skipped.key) == set()
    attempts = instance.event_log_storage.get_latest_asset_partition_materialization_attempts_without_materializations
    assert attempts(fails.key).keys() == _days(31)
    assert attempts(first.key) == {}


def test_a_run_that_is_killed_keeps_the_steps_before_and_nothing_else(
    home: Path, instance: dg.DagsterInstance
) -> None:
    assert _killed(home, "run(Path(sys.argv[1]), 31, 'first', 'dies')")

    assert instance.get_materialized_partitions(first.key) == _days(31)
    assert instance.get_materialized_partitions(dies.key) == set()


def test_a_kill_while_the_days_of_an_asset_are_written_leaves_none_of_them(
    home: Path, instance: dg.DagsterInstance
) -> None:
    moment = """
        def die(self, events, ids):
            if events[0].is_dagster_event and events[0].get_dagster_event().is_step_materialization:
                os.kill(os.getpid(), 9)
        DayEventLog.store_asset_event_tags = die  # after the rows, before the commit
        run(Path(sys.argv[1]), 31, 'first')
    """
    assert _killed(home, moment)

    assert instance.get_materialized_partitions(first.key) == set()
    assert instance.get_latest_materialization_event(first.key) is None


def test_a_storage_that_an_operator_has_named_stays(home: Path) -> None:
    with open_instance(Home.at(home)):
        pass
    elsewhere = home / "elsewhere"
    settings = home / "dagster" / "dagster.yaml"
    settings.write_text(f"storage: {{sqlite: {{base_dir: {elsewhere}}}}}\n", encoding="utf-8")

    with open_instance(Home.at(home)) as instance:
        assert not isinstance(instance.event_log_storage, DayEventLog)
    run(home, 3, "first")

    with open_instance(Home.at(home)) as instance:
        assert instance.get_materialized_partitions(first.key) == _days(3)
    assert elsewhere.is_dir()


def _killed(home: Path, lines: str) -> bool:
    """Run the lines in another process; whether SIGKILL ended it."""
    code = f"import os, sys\nfrom pathlib import Path\nfrom {__name__} import *\n" + textwrap.dedent(lines)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(home)], cwd=ROOT, capture_output=True, check=False
    )
    return done.returncode == -signal.SIGKILL
