"""Monthly layer: the files of the company as they are now, figures of the period, scorecards in manager order, publication."""

import dagster as dg

from pipelines.graph.assets import HR, POOL
from pipelines.graph.assets.core import CORE
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
WORKBOOK = dg.AssetKey("out_score__workbook")


def monthly_assets(months: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """Files of the company, period actuals, scorecards, publication and workbook."""
    return [_files(months), _actuals(months), _scorecards(months), _published(months), _workbook(months)]


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


def _workbook(months: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    @dg.asset(
        key=WORKBOOK,
        deps=[PUBLISHED],
        description="One workbook per period (绩效考核表), one sheet per person with all arithmetic.",
        group_name="score",
        owners=HR,
        kinds={"python", "excel"},
        partitions_def=months,
        code_version="1",
    )
    def written(context: dg.AssetExecutionContext, place: RunPlace) -> dg.MaterializeResult:  # type: ignore[type-arg]
        work, period = place.appraisal(context)
        path = write_period_workbook(work, period)
        return dg.MaterializeResult(
            metadata={"path": dg.MetadataValue.path(path), "bytes": path.stat().st_size}
        )

    return written
