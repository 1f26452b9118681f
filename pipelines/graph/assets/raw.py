"""Raw layer: one asset per connector stream that the company uses, and one for its files.

All streams are pulled by one step, so that independent shops and platforms wait side by side. Pulling takes no slot of
the writer pool: it opens the warehouse for a moment per batch, and a slow platform must not keep other runs from computing.
"""

from collections.abc import Iterator

import dagster as dg

from pipelines.company.company import Company
from pipelines.graph.assets import ENGINEERS, OPS, POOL
from pipelines.graph.metadata import raw_schema, reports_metadata
from pipelines.graph.partitions import single_run
from pipelines.graph.resources import RunPlace
from pipelines.steps.files import load_files
from pipelines.steps.pull import StreamName, pull_streams

FILES = dg.AssetKey("raw_company__files")


def raw_assets(company: Company, days: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """One asset per stream of every account in sources.yaml, plus the company's files."""
    used = {(source.connector, stream) for source in company.sources for stream in source.stream_names}
    return [*([_streams_asset(company, sorted(used), days)] if used else []), _files_asset(days)]


def stream_key(connector: str, stream: str) -> str:
    """Name of the asset of a stream."""
    return f"raw_{connector}__{stream}"


def _streams_asset(
    company: Company, streams: list[StreamName], days: dg.PartitionsDefinition
) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name="pull",
        specs=[_spec(company, *name) for name in streams],
        # the runs after midnight and on Sundays ask for some of the streams
        can_subset=True,
        partitions_def=days,
        backfill_policy=single_run(),
    )
    def pulled(context: dg.AssetExecutionContext, place: RunPlace) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
        work = place.days(context)
        wanted = {key.to_user_string() for key in context.selected_asset_keys}
        asked = [name for name in streams if stream_key(*name) in wanted]
        for name, reports in pull_streams(work, asked, place.around(work), place.zone).items():
            yield dg.MaterializeResult(
                asset_key=stream_key(*name), metadata=reports_metadata(reports, work.as_of)
            )

    return pulled


def _spec(company: Company, connector: str, stream: str) -> dg.AssetSpec:
    declared = company.connector(connector).stream(stream)
    return dg.AssetSpec(
        stream_key(connector, stream),
        description=f"One row per record of {connector} {stream}, in its newest version.",
        group_name="raw",
        owners=list(ENGINEERS),
        kinds={"python", "duckdb", connector},
        metadata={
            "dagster/column_schema": raw_schema(),
            "dagster/table_name": f"raw_{connector}_{stream}",
            "documentation": dg.MetadataValue.url(declared.docs),
        },
        code_version="1",
    )


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
    def files_loaded(context: dg.AssetExecutionContext, place: RunPlace) -> dg.MaterializeResult:  # type: ignore[type-arg]
        loaded = load_files(place.days(context))
        own = sum(loaded.rows.values())
        return dg.MaterializeResult(metadata={"dagster/row_count": own, **loaded.rows, **loaded.fact_files})

    return files_loaded
