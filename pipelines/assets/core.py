"""Core layer: the canonical facts, built together because a refund needs its order. Not here: the SQL."""

from collections.abc import Iterator, Sequence

import dagster as dg

from models.tables import FACTS
from pipelines.assets import ENGINEERS, POOL
from pipelines.assets.raw import FILES
from pipelines.metadata import column_schema
from pipelines.partitions import single_run
from pipelines.resources import Place
from pipelines.steps.facts import build_facts

CORE = {
    "order_line": dg.AssetKey("core_sales__order_lines"),
    "refund": dg.AssetKey("core_sales__refunds"),
    "ticket": dg.AssetKey("core_service__tickets"),
}


def core_assets(raw: Sequence[dg.AssetKey], days: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    """One multi-asset with one output per canonical fact."""

    @dg.multi_asset(
        name="core_facts",
        specs=[_spec(name, key, [*raw, FILES]) for name, key in CORE.items()],
        partitions_def=days,
        backfill_policy=single_run(),
        pool=POOL,
    )
    def built(context: dg.AssetExecutionContext, place: Place) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
        counts = build_facts(place.days(context))
        for name, key in CORE.items():
            yield dg.MaterializeResult(asset_key=key, metadata={"dagster/row_count": counts.get(name, 0)})

    return built


def _spec(name: str, key: dg.AssetKey, deps: Sequence[dg.AssetKey]) -> dg.AssetSpec:
    fact = FACTS[name]
    return dg.AssetSpec(
        key,
        deps=deps,
        description=f"{fact.grain[0].upper()}{fact.grain[1:]}, of all platforms.",
        group_name="core",
        owners=ENGINEERS,
        kinds={"duckdb", "sql"},
        metadata={"dagster/column_schema": column_schema(fact), "dagster/table_name": f"core_{name}"},
        code_version="1",
    )
