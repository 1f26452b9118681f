"""Runs the Dagster jobs in this process, on the instance below KPI_HOME, so that the UI shows every run.

Not here: what the assets do, what the command prints.
"""

import os
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import yaml

# A storage of ours can be named to Dagster in a file only; the class behind its file has no public name (dagster 1.13.27, which
# pyproject.toml pins).
from dagster._core.instance.ref import InstanceRef
from dagster_shared.error import SerializableErrorInfo

from models.errors import CheckError, MeritError
from models.periods import Period
from models.whole_file import PRIVATE, write_whole
from pipelines.company.home import Home
from pipelines.company.processes import is_dead, this_process
from pipelines.company.run_scope import RunScope
from pipelines.graph.checks import LINT
from pipelines.graph.event_log import BATCH, DayEventLog
from pipelines.graph.graph import build
from pipelines.graph.schedules import DAILY, MONTHLY
from pipelines.steps.files import checked_files
from pipelines.steps.locked_periods import refuse_locked
from warehouse.facts.checks import remedy_of
from warehouse.store.connect import open_warehouse

_TEMPLATE = Path(__file__).resolve().parents[2] / "dagster.yaml"
# Tags by which Dagster knows a run over a range of partitions; the same as its UI sets for a single-run backfill.
_START, _END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
# Settings of dagster.yaml that say where Dagster keeps its log.
_STORAGES = {"storage", "run_storage", "event_log_storage", "schedule_storage", "instance_class"}
_PROCESS = "kpi/process"  # who runs it, so that a run whose process is gone can be told
# Dagster keeps an exception of a step as text: an error of ours is found by its code.
# With DOTALL: a message may have several lines.
_CODED = re.compile(r"\[[A-Z]\d{3}\].*", re.DOTALL)


@dataclass(frozen=True)
class RunOutcome:
    """How a run ended."""

    run_id: str
    success: bool
    errors: tuple[str, ...]
    failed_checks: tuple[MeritError, ...]


def run_days(work: RunScope) -> RunOutcome:
    """Materialise the daily job for the days of the work."""
    return _run(work, DAILY, {_START: work.first.isoformat(), _END: work.last.isoformat()}, {})


def run_period(work: RunScope, period: str) -> RunOutcome:
    """Materialise the monthly job for the month the work ends in, scoring `period`.

    Raises:
        SigningError: S102 for a locked period, before a run is made.
    """
    refuse_locked(work.home, Period.parse(period), "score")
    tags = {"dagster/partition": work.last.replace(day=1).isoformat()}
    return _run(work, MONTHLY, tags, {"period": period})


def _run(work: RunScope, job: str, tags: Mapping[str, str], extra: Mapping[str, str]) -> RunOutcome:
    place = {
        "company": str(work.company.folder),
        "home": str(work.home.root),
        "as_of": work.as_of.isoformat(),
        **extra,
    }
    config = {
        "resources": {"place": {"config": place}},
        # Dagster's own lines would bury ours; they are in its event log.
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
    }
    definitions = build(work.company)
    checked_files(work)  # before anything is pulled or written; the step reads the files again
    with open_warehouse(work.home.root):
        pass  # one that cannot be used stops the run here, in its own words and with nothing pulled
    with open_instance(work.home) as instance:
        # before our own run: it would wait for a place that nobody gives back
        end_dead_runs(instance)
        result = definitions.resolve_job_def(job).execute_in_process(
            run_config=config,
            instance=instance,
            tags={**tags, _PROCESS: this_process()},
            # a failed step is told in our own words below, not as a trace
            raise_on_error=False,
        )
    failed = _failed_checks(result, is_lint_counted=job == MONTHLY)
    return RunOutcome(result.run_id, result.success, tuple(_errors(result)), tuple(failed))


@contextmanager
def open_instance(home: Home) -> Iterator[dg.DagsterInstance]:
    """The instance below KPI_HOME, made from our template on first use; telemetry stays off twice over."""
    prepare_instance(home)
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", ResourceWarning
        )  # SQLite connections that Dagster leaves to the collector
        with dg.DagsterInstance.from_ref(_reference(home)) as instance:
            yield instance


def _reference(home: Home) -> InstanceRef:
    """The home's settings with our event log, unless an operator has named a storage."""
    settings = yaml.safe_load((home.dagster / "dagster.yaml").read_text(encoding="utf-8")) or {}
    if _STORAGES & settings.keys():
        return InstanceRef.from_dir(str(home.dagster))
    log = {
        "module": DayEventLog.__module__,
        "class": DayEventLog.__name__,
        "config": {"base_dir": str(home.dagster / "history" / "runs")},  # where Dagster keeps it by default
    }
    return InstanceRef.from_dir(str(home.dagster), overrides={"event_log_storage": log})


def prepare_instance(home: Home) -> None:
    """Make DAGSTER_HOME and point this process to it."""
    home.dagster.mkdir(parents=True, exist_ok=True)
    settings = home.dagster / "dagster.yaml"
    # what an operator has changed in it stays
    if not settings.exists():
        write_whole(settings, _TEMPLATE.read_bytes(), mode=PRIVATE)
    os.environ["DAGSTER_HOME"] = str(home.dagster)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", str(BATCH))


def end_dead_runs(instance: dg.DagsterInstance) -> None:
    """A killed run still stands as started and keeps its place in the writer pool: end it, free the place."""
    open_states = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING]
    for run in instance.get_runs(dg.RunsFilter(statuses=open_states)):
        if is_dead(run.tags.get(_PROCESS, "")):
            instance.report_run_failed(run, "its process is gone; the next run takes over")
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)


def _errors(result: dg.ExecuteInProcessResult) -> Iterator[str]:
    for event in result.all_events:
        if event.is_step_failure and event.step_failure_data.error:
            yield _readable(event.step_failure_data.error, event.step_key or "")


def _readable(error: SerializableErrorInfo, step: str) -> str:
    """The innermost message; ours already say what to do."""
    while error.cause is not None:
        error = error.cause
    message = error.message.strip()
    coded = _CODED.search(message)
    if coded:
        return coded[0]
    return MeritError(
        "W900",
        "a step stopped with an unexpected error",
        where=step,
        actual=message.splitlines()[0][:300] if message else "",
    ).render()


def _failed_checks(result: dg.ExecuteInProcessResult, *, is_lint_counted: bool) -> Iterator[MeritError]:
    """The checks that found something; the linter's warnings as their number where the days' run has told them already."""
    for evaluation in result.get_asset_check_evaluations():
        if not evaluation.passed:
            # a check may be able to stop later steps and have found nothing that does: only an error stops them
            stops = evaluation.blocking and evaluation.severity == dg.AssetCheckSeverity.ERROR
            if is_lint_counted and evaluation.check_name == LINT and not stops:
                yield CheckError(
                    "K102",
                    f"check {LINT} has {evaluation.metadata['findings'].value} warnings",
                    where=evaluation.asset_key.to_user_string(),
                    remedy="read them with `kpi lint`",
                )
                continue
            samples = evaluation.metadata.get("samples")
            usual = "mend the cause and run again" if stops else "see the cause; other figures stand"
            yield CheckError(
                "K101" if stops else "K102",
                f"check {evaluation.check_name} found wrong rows",
                where=evaluation.asset_key.to_user_string(),
                actual=str(samples.value if samples else "")[:500].replace("\n", "; "),
                remedy=remedy_of(evaluation.check_name) or usual,
            )
