"""When runs start by themselves: every morning, and on the fourth of the month. Not here: what they do."""

from collections.abc import Sequence

import dagster as dg

from pipelines.company import Company

DAILY, MONTHLY = "daily", "monthly"


def jobs_and_schedules(
    company: Company, daily_layer: Sequence[dg.AssetsDefinition], monthly_layer: Sequence[dg.AssetsDefinition]
) -> dg.Definitions:
    """Two jobs and their schedules in the company's zone: every morning at 06:30, on the fourth at 07:30.

    A company that replays old data has no mornings: its schedules are there but stay off.
    """
    daily = dg.define_asset_job(
        DAILY,
        selection=dg.AssetSelection.assets(*daily_layer),
        description="One run per day or span of days.",
    )
    monthly = dg.define_asset_job(
        MONTHLY,
        selection=dg.AssetSelection.assets(*monthly_layer),
        description="One run per appraisal month.",
    )
    replays = company.clock == "replay"
    status = dg.DefaultScheduleStatus.STOPPED if replays else dg.DefaultScheduleStatus.RUNNING
    morning = dg.build_schedule_from_partitioned_job(
        daily,
        hour_of_day=6,
        minute_of_hour=30,
        default_status=status,
        description="Yesterday, every morning.",
    )
    month_end = dg.build_schedule_from_partitioned_job(
        monthly,
        day_of_month=4,
        hour_of_day=7,
        minute_of_hour=30,
        default_status=status,
        description="Last month, once most late refunds of its last days have arrived.",
    )
    return dg.Definitions(jobs=[daily, monthly], schedules=[morning, month_end])
