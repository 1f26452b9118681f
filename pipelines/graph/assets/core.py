"""Core layer: the canonical facts, built together because a refund needs its order. Not here: the SQL."""

from collections.abc import Iterator, Sequence

import dagster as dg

from models.tables import FACTS
from pipelines.graph.assets import ENGINEERS, POOL
from pipelines.graph.assets.raw import FILES
from pipelines.graph.metadata import column_schema
from pipelines.graph.partitions import single_run
from pipelines.graph.resources import RunPlace
from pipelines.steps.facts import build_facts

CORE = {
    "order_line": dg.AssetKey("core_sales__order_lines"),
    "refund": dg.AssetKey("core_sales__refunds"),
    "ticket": dg.AssetKey("core_service__tickets"),
    "others": dg.AssetKey("core_facts__others"),  # a node each would hide the few that most companies have
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
    def built(context: dg.AssetExecutionContext, place: RunPlace) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
        counts = build_facts(place.days(context))
        others = {name: count for name, count in counts.items() if name not in CORE}
        for name, key in CORE.items():
            more = {k: n for k, n in others.items() if n} if name == "others" else {}
            rows = sum(more.values()) if name == "others" else counts.get(name, 0)
            yield dg.MaterializeResult(asset_key=key, metadata={"dagster/row_count": rows, **more})

    return built


def _spec(name: str, key: dg.AssetKey, deps: Sequence[dg.AssetKey]) -> dg.AssetSpec:
    fact = FACTS.get(name)
    grain = (
        fact.grain
        if fact
        else "one row as each of the other canonical tables says: traffic, live, goods, people"
    )
    schema = (
        {"dagster/column_schema": column_schema(fact), "dagster/table_name": f"core_{name}"} if fact else {}
    )
    return dg.AssetSpec(
        key,
        deps=deps,
        description=f"{grain[0].upper()}{grain[1:]}, of all platforms.",
        group_name="core",
        owners=ENGINEERS,
        kinds={"duckdb", "sql"},
        metadata=schema,
        code_version="1",
    )
