"""The asset graph of a company: layers, checks, jobs, schedules.

Not here: what an asset does (steps), which company is loaded (definitions.py).
"""

import warnings

import dagster as dg

from models.definitions import load_definitions
from pipelines.company.company import Company, shipped_definitions
from pipelines.graph.assets.close import close_asset
from pipelines.graph.assets.core import core_assets
from pipelines.graph.assets.kpi import daily_assets
from pipelines.graph.assets.raw import raw_assets
from pipelines.graph.assets.score import monthly_assets
from pipelines.graph.checks import asset_checks
from pipelines.graph.partitions import daily, monthly
from pipelines.graph.resources import RunPlace
from pipelines.graph.schedules import jobs_and_schedules


def build(company: Company) -> dg.Definitions:
    """Everything Dagster needs to know of a company."""
    with warnings.catch_warnings():
        # BackfillPolicy is beta in 1.13; without it a backfill is a run per day. Drop with its beta mark.
        warnings.filterwarnings("ignore", message=".*backfill_policy.*", category=dg.BetaWarning)
        days, months = daily(company), monthly(company)
        definitions = load_definitions(shipped_definitions(), company.own_definitions())
        roles = [(role.id, f"{role.label.zh} {role.label.en}") for role in definitions.roles.values()]
        raw = raw_assets(company, days)
        keys = [key for asset in raw for key in asset.keys]
        daily_layer = [*raw, core_assets(keys, days), *daily_assets(roles, days)]
        monthly_layer = [*monthly_assets(months), close_asset(months)]
        checks = asset_checks()
    assets = dg.Definitions(
        assets=[*daily_layer, *monthly_layer],
        asset_checks=checks,
        resources={"place": RunPlace()},
        executor=dg.in_process_executor,  # a process per step would cost seconds and open the warehouse anew
    )
    return dg.Definitions.merge(assets, jobs_and_schedules(company, daily_layer, monthly_layer))
