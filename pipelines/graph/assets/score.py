"""Monthly layer: the company's files as they are now, figures, scorecards in manager order, publication, what blocks."""

from collections.abc import Iterator

import dagster as dg

from pipelines.closing.close import close_status
from pipelines.graph.assets import HR, POOL
from pipelines.graph.assets.core import CORE
from pipelines.graph.metadata import close_table
from pipelines.graph.resources import RunPlace
from pipelines.steps.facts import build_facts
from pipelines.steps.files import load_files
from pipelines.steps.locked_periods import refuse_locked
from pipelines.steps.publish import publish_all, write_period_workbook
from pipelines.steps.score import compute_period, score_people

PERIOD_FILES = dg.AssetKey("raw_company__period_files")
PERIOD_ACTUALS = dg.AssetKey("out_kpi__period_actuals")
SCORECARDS = dg.AssetKey("out_score__scorecards")
PUBLISHED = dg.AssetKey("out_score__published")
CLOSE_LIST = dg.AssetKey("out_score__close_list")
NOTHING_BLOCKS = "nothing_blocks_the_close"
WORKBOOK = dg.AssetKey("out_score__workbook")


def monthly_assets(months: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """Files of the company, period actuals, scorecards, publication, what blocks the close, workbook."""
    return [
        *(_files(months), _actuals(months), _scorecards(months), _published(months)),
        *(_close_list(months), _workbook(months)),
    ]


def _files(months: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    @dg.asset(
        key=PERIOD_FILES,
        deps=list(CORE.values()),
        description="One row per row of the company's files as they are when the period is scored.",
        group_name="score",
        owners=HR,
        kinds={"python", "duckdb", "csv"},
        partitions_def=months,
        pool=POOL,
        code_version="1",
    )
    def loaded(context: dg.AssetExecutionContext, place: RunPlace) -> dg.MaterializeResult:  # type: ignore[type-arg]
        work, period = place.appraisal(context)
        # before anything is read: a locked month is shown as it was signed, and nothing is computed into it
        refuse_locked(work.home, period, "files")
        # a rating that was corrected this minute counts, whether a day was run since or not
        files = load_files(work)
        build_facts(work)
        return dg.MaterializeResult(
            metadata={"dagster/row_count": sum(files.rows.values()), **files.rows, **files.fact_files}
        )

    return loaded


def _actuals(months: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    @dg.asset(
        key=PERIOD_ACTUALS,
        deps=[PERIOD_FILES],
        description="One row per period, person, role and KPI: numerator, denominator, value, status, cause.",
        group_name="score",
        owners=HR,
        kinds={"duckdb", "sql"},
        partitions_def=months,
        pool=POOL,
        metadata={"dagster/table_name": "kpi_actual_period"},
        code_version="1",
    )
    def computed(context: dg.AssetExecutionContext, place: RunPlace) -> dg.MaterializeResult:  # type: ignore[type-arg]
        work, period = place.appraisal(context)
        return dg.MaterializeResult(
            metadata={"dagster/row_count": compute_period(work, period), "period": period.id}
        )

    return computed


def _scorecards(months: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    @dg.asset(
        key=SCORECARDS,
        deps=[PERIOD_ACTUALS],
        description="One row per period, person and role: status, total, grade, and the lines below it.",
        group_name="score",
        owners=HR,
        kinds={"python", "duckdb"},
        partitions_def=months,
        pool=POOL,
        metadata={"dagster/table_name": "scorecard"},
        code_version="1",
    )
    def scored(context: dg.AssetExecutionContext, place: RunPlace) -> dg.MaterializeResult:  # type: ignore[type-arg]
        work, period = place.appraisal(context)
        counts = score_people(work, period)
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": sum(counts.values()),
                "period": period.id,
                "definition_hash": work.definitions.hash,
                **counts,
            }
        )

    return scored


def _published(months: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    @dg.asset(
        key=PUBLISHED,
        deps=[SCORECARDS],
        description="One file per publication: every table readers may rely on, swapped in after scoring.",
        group_name="score",
        owners=HR,
        kinds={"duckdb"},
        partitions_def=months,
        pool=POOL,
        code_version="1",
    )
    def published(context: dg.AssetExecutionContext, place: RunPlace) -> dg.MaterializeResult:  # type: ignore[type-arg]
        work, period = place.appraisal(context)
        path = publish_all(work, period.id)
        return dg.MaterializeResult(
            metadata={"path": dg.MetadataValue.path(path), "bytes": path.stat().st_size}
        )

    return published


def _close_list(months: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    @dg.asset(
        key=CLOSE_LIST,
        deps=[PUBLISHED],
        description="One row per thing that blocks the close of the period: who waits, who can mend it, with which command.",
        group_name="score",
        owners=HR,
        kinds={"python"},
        partitions_def=months,
        code_version="1",
        check_specs=[
            dg.AssetCheckSpec(
                NOTHING_BLOCKS,
                asset=CLOSE_LIST,
                description="Nobody's card waits for anything; what blocks is shown as `kpi close` shows it, and stops no run.",
            )
        ],
    )
    def listed(
        context: dg.AssetExecutionContext, place: RunPlace
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:  # type: ignore[type-arg]
        work, period = place.appraisal(context)
        status = close_status(work.company, work.home, period, as_of=work.as_of)
        shown = close_table(status.points)
        yield dg.MaterializeResult(
            metadata={
                "dagster/row_count": len(status.found.blockers),
                "summary": f"{status.found.line.zh} / {status.found.line.en}",
                "blockers": shown,
                **{f"people_{state}": n for state, n in status.states.items()},
            }
        )
        yield dg.AssetCheckResult(
            check_name=NOTHING_BLOCKS,
            passed=not status.blocks,
            severity=dg.AssetCheckSeverity.WARN,
            # what a command prints of a check that found something
            metadata={"blockers": shown, "samples": f"{status.found.line.en}: kpi close {period.id}"},
        )

    return listed


def _workbook(months: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    @dg.asset(
        key=WORKBOOK,
        deps=[CLOSE_LIST],
        description="One workbook per period (绩效考核表), one sheet per person with all arithmetic.",
        group_name="score",
        owners=HR,
        kinds={"python", "excel"},
        partitions_def=months,
        code_version="1",
    )
    def written(context: dg.AssetExecutionContext, place: RunPlace) -> dg.MaterializeResult:  # type: ignore[type-arg]
        work, period = place.appraisal(context)
        status = close_status(work.company, work.home, period, as_of=work.as_of)
        path = write_period_workbook(work, period, status.points)
        return dg.MaterializeResult(
            metadata={"path": dg.MetadataValue.path(path), "bytes": path.stat().st_size}
        )

    return written
