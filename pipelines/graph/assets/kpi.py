"""Daily layer: figures of people and days, one asset per role to look at, the published file, the board."""

from collections.abc import Iterator, Sequence

import dagster as dg

from pipelines.graph.assets import OPS, POOL
from pipelines.graph.assets.core import CORE
from pipelines.graph.metadata import role_table
from pipelines.graph.partitions import single_run
from pipelines.graph.resources import RunPlace
from pipelines.steps.compute import compute_days, role_figures
from pipelines.steps.publish import publish_all, write_day_board

ACTUALS = dg.AssetKey("out_kpi__daily_actuals")
PUBLISHED = dg.AssetKey("out_kpi__published")
BOARD = dg.AssetKey("out_board__daily")


def role_key(role_id: str) -> dg.AssetKey:
    """The asset of a role."""
    return dg.AssetKey(f"role_{role_id}_daily")


def daily_assets(
    roles: Sequence[tuple[str, str]], days: dg.PartitionsDefinition
) -> list[dg.AssetsDefinition]:
    """Actuals, roles, publication and board; `roles` are ids with the names to show."""
    return [_actuals(days), _roles(roles, days), _published(roles, days), _board(days)]


def _actuals(days: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    @dg.asset(
        key=ACTUALS,
        deps=list(CORE.values()),
        description="One row per day, person, role and KPI: numerator, denominator, value, status, cause.",
        group_name="kpi",
        owners=OPS,
        kinds={"duckdb", "sql"},
        partitions_def=days,
        backfill_policy=single_run(),
        pool=POOL,
        metadata={"dagster/table_name": "kpi_actual_daily"},
        code_version="1",
    )
    def computed(context: dg.AssetExecutionContext, place: RunPlace) -> dg.MaterializeResult:  # type: ignore[type-arg]
        work = place.days(context)
        counts = compute_days(work)
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": counts.rows,
                "missing": counts.missing,
                "provisional": counts.provisional,
                "days": counts.days,
                "definition_hash": work.definitions.hash,
            }
        )

    return computed


def _roles(roles: Sequence[tuple[str, str]], days: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name="role_figures",
        specs=[_role_spec(role_id, label) for role_id, label in roles],
        partitions_def=days,
        backfill_policy=single_run(),
        pool=POOL,
    )
    def shown(context: dg.AssetExecutionContext, place: RunPlace) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
        work = place.days(context)
        figures = role_figures(work)
        for role_id, _ in roles:
            own = figures.get(role_id, [])
            yield dg.MaterializeResult(
                asset_key=role_key(role_id),
                metadata={
                    "dagster/row_count": len(own),
                    "missing": sum(f.status == "missing" for f in own),
                    "day": work.last.isoformat(),
                    "figures": role_table(own),
                },
            )

    return shown


def _role_spec(role_id: str, label: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        role_key(role_id),
        deps=[ACTUALS],
        description=f"One row per person and KPI of {label}: month to date against target and pace.",
        group_name="roles",
        owners=OPS,
        kinds={"duckdb", "python"},
        tags={"role": role_id},
        code_version="1",
    )


def _published(roles: Sequence[tuple[str, str]], days: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    @dg.asset(
        key=PUBLISHED,
        deps=[ACTUALS, *(role_key(role_id) for role_id, _ in roles)],
        description="One file per publication: every table readers may rely on, swapped in whole.",
        group_name="kpi",
        owners=OPS,
        kinds={"duckdb"},
        partitions_def=days,
        backfill_policy=single_run(),
        pool=POOL,
        code_version="1",
    )
    def published(context: dg.AssetExecutionContext, place: RunPlace) -> dg.MaterializeResult:  # type: ignore[type-arg]
        work = place.days(context)
        path = publish_all(work)
        return dg.MaterializeResult(
            metadata={"path": dg.MetadataValue.path(path), "bytes": path.stat().st_size}
        )

    return published


def _board(days: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    @dg.asset(
        key=BOARD,
        deps=[PUBLISHED],
        description="One page per day: every role against target and pace, what is late or missing, and why.",
        group_name="board",
        owners=OPS,
        kinds={"python", "html"},
        partitions_def=days,
        backfill_policy=single_run(),
        code_version="1",
    )
    def written(context: dg.AssetExecutionContext, place: RunPlace) -> dg.MaterializeResult:  # type: ignore[type-arg]
        path = write_day_board(place.days(context))
        return dg.MaterializeResult(
            metadata={"path": dg.MetadataValue.path(path), "bytes": path.stat().st_size}
        )

    return written
