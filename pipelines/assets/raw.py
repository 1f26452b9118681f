"""Raw layer: one asset per connector stream that the company uses, and one for its files.

Pulling takes no slot of the writer pool: it opens the warehouse for a moment per batch, and a slow platform
must not keep other runs from computing.
"""

import dagster as dg

from connectors.kit.registry import get
from pipelines.assets import ENGINEERS, OPS, POOL
from pipelines.company import Company
from pipelines.metadata import raw_schema, reports_table
from pipelines.partitions import single_run
from pipelines.resources import Place
from pipelines.steps.files import load_files
from pipelines.steps.pull import pull_stream

FILES = dg.AssetKey("raw_company__files")


def raw_assets(company: Company, days: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """One asset per stream of every connector in sources.yaml, plus the company's files."""
    connectors = sorted({source.connector for source in company.sources})
    streams = [(name, stream.name) for name in connectors for stream in get(name).streams]
    return [*(_stream_asset(*stream, days) for stream in streams), _files_asset(days)]


def _stream_asset(connector: str, stream: str, days: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    @dg.asset(
        name=f"raw_{connector}__{stream}",
        description=f"One row per record of {connector} {stream}, in its newest version.",
        group_name="raw",
        owners=ENGINEERS,
        kinds={"python", "duckdb", connector},
        partitions_def=days,
        backfill_policy=single_run(),
        metadata={"dagster/column_schema": raw_schema(), "dagster/table_name": f"raw_{connector}_{stream}"},
        code_version="1",
    )
    def pulled(context: dg.AssetExecutionContext, place: Place) -> dg.MaterializeResult:  # type: ignore[type-arg]
        work = place.days(context)
        reports = pull_stream(work, connector, stream, place.around(work))
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": sum(r.rows for r in reports),
                "new_rows": sum(r.new_rows for r in reports),
                "changed_rows": sum(r.changed_rows for r in reports),
                "failed_windows": sum(len(r.failures) for r in reports),
                "as_of": work.as_of.isoformat(),
                "accounts": reports_table(reports),
            }
        )

    return pulled


def _files_asset(days: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    @dg.asset(
        name=FILES.to_user_string(),
        description="One row per row of the company's files: people, ownership, targets, ratings, costs.",
        group_name="raw",
        owners=OPS,
        kinds={"python", "duckdb", "csv"},
        partitions_def=days,
        backfill_policy=single_run(),
        pool=POOL,
        code_version="1",
    )
    def loaded(context: dg.AssetExecutionContext, place: Place) -> dg.MaterializeResult:  # type: ignore[type-arg]
        rows = load_files(place.days(context))
        own = sum(count for name, count in rows.items() if not name.startswith("fact_files"))
        return dg.MaterializeResult(metadata={"dagster/row_count": own, **rows})

    return loaded
