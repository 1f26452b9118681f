"""When runs start by themselves: mornings, the fourth of the month, and midnights for what only lasts a day.

Not here: what they do.
"""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import dagster as dg

from pipelines.assets.raw import stream_key
from pipelines.company import Company
from pipelines.partitions import daily as daily_partitions

DAILY, MONTHLY, SNAPSHOTS = "daily", "monthly", "snapshots"


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
    jobs, schedules = [daily, monthly], [morning, month_end]
    zones = snapshot_zones(company)
    if zones:
        keys = sorted({key for found in zones.values() for key in found})
        snapshots = dg.define_asset_job(
            SNAPSHOTS,
            selection=dg.AssetSelection.assets(*keys),
            description="What platforms show for a few hours only, read soon after a shop's midnight.",
        )
        jobs.append(snapshots)
        schedules += [_midnight(company, zone, found, status) for zone, found in sorted(zones.items())]
    return dg.Definitions(jobs=jobs, schedules=schedules)


def snapshot_zones(company: Company) -> dict[str, list[str]]:
    """Assets of the streams whose days must be read shortly after their end, by the zone of the accounts."""
    found: dict[str, list[str]] = {}
    for source in company.sources:
        for name in source.stream_names:
            if source.kit.stream(name).is_snapshot:
                found.setdefault(source.zone, []).append(stream_key(source.connector, name))
    return found


def _midnight(
    company: Company, zone: str, keys: Sequence[str], status: dg.DefaultScheduleStatus
) -> dg.ScheduleDefinition:
    """Twenty past midnight in a zone: the day is over and still shown."""
    days = daily_partitions(company)
    place = {"resources": {"place": {"config": {"zone": zone}}}}

    def request(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        moment = context.scheduled_execution_time
        over = (moment.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)).isoformat()
        known = days.get_partition_keys(
            current_time=moment
        )  # the company's own midnight may be later than the shop's
        if not known or known[0] > over:
            return dg.SkipReason("the company's calendar has no such day yet")
        selection = [dg.AssetKey(key) for key in sorted(set(keys))]
        return dg.RunRequest(
            run_key=f"{zone} {over}",
            partition_key=min(over, known[-1]),
            run_config=place,
            asset_selection=selection,
        )

    return dg.ScheduleDefinition(
        name=f"{SNAPSHOTS}_{zone.replace('/', '_').replace('-', '_').lower()}",
        job_name=SNAPSHOTS,
        cron_schedule="20 0 * * *",
        execution_timezone=zone,
        execution_fn=request,
        default_status=status,
        description=f"The day that ended in {zone}.",
    )
