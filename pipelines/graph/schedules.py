"""When runs start by themselves: 06:30 every morning, 07:30 on the fourth, Sundays 01:00, and 00:20 for what only lasts a day.

All times are local to the company; 00:20 is local to the shop. Not here: what the runs do (pipelines.steps).
"""

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import dagster as dg

from pipelines.company.clock import MORNING
from pipelines.company.company import Company
from pipelines.graph.assets.raw import stream_key
from pipelines.graph.partitions import daily as daily_partitions

DAILY, MONTHLY, SNAPSHOTS, REREADS = "daily", "monthly", "snapshots", "rereads"


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
        hour_of_day=MORNING.hour,
        minute_of_hour=MORNING.minute,
        default_status=status,
        description="Yesterday, every morning.",
    )
    month_end = dg.build_schedule_from_partitioned_job(
        monthly,
        day_of_month=4,  # most refunds of the last days have arrived by then
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
    rereads = weekly_rereads(company)
    if rereads:
        again = dg.define_asset_job(
            REREADS,
            selection=dg.AssetSelection.assets(*sorted({key for keys in rereads.values() for key in keys})),
            description="Restated days further back than every morning's run reads.",
        )
        jobs.append(again)
        schedules += [_weekly(company, days, keys, status) for days, keys in sorted(rereads.items())]
    return dg.Definitions(jobs=jobs, schedules=schedules)


def weekly_rereads(company: Company) -> dict[int, list[str]]:
    """Assets of the streams that a weekly run reads further back, by how many days."""
    found: dict[int, set[str]] = {}
    for source in company.sources:
        for name in source.stream_names:
            reread = source.kit.stream(name).windows.reread
            if reread is not None:
                found.setdefault(reread.days, set()).add(stream_key(source.connector, name))
    return {days: sorted(keys) for days, keys in found.items()}


def _weekly(
    company: Company, days: int, keys: Sequence[str], status: dg.DefaultScheduleStatus
) -> dg.ScheduleDefinition:
    """The night to Sunday: nobody waits for figures, and a slow budget may take hours."""
    calendar = daily_partitions(company)

    def request(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        moment = context.scheduled_execution_time
        known = calendar.get_partition_keys(current_time=moment)
        if not known:
            return dg.SkipReason("the company's calendar has no such day yet")
        since = max(date.fromisoformat(known[-1]) - timedelta(days=days), company.first_day)
        return dg.RunRequest(
            # a tick that is evaluated twice starts one run (docs.dagster.io, RunRequest)
            run_key=f"{days} {known[-1]}",
            partition_key=known[-1],
            run_config={"resources": {"place": {"config": {"since": since.isoformat()}}}},
            asset_selection=[dg.AssetKey(key) for key in keys],
        )

    return dg.ScheduleDefinition(
        name=f"{REREADS}_{days}_days",
        job_name=REREADS,
        cron_schedule="0 1 * * 0",
        execution_timezone=company.zone,
        execution_fn=request,
        default_status=status,
        description=f"Every Sunday, {days} days back.",
    )


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
            run_key=f"{zone} {over}",  # a tick that is evaluated twice starts one run (docs.dagster.io, RunRequest)
            partition_key=min(over, known[-1]),
            run_config=place,
            asset_selection=selection,
        )

    return dg.ScheduleDefinition(
        # Dagster takes letters, digits and _ for a name
        name=f"{SNAPSHOTS}_{zone.replace('/', '_').replace('-', '_').lower()}",
        job_name=SNAPSHOTS,
        # not at 00:00: platforms need some minutes to close a day, and the hour after must hold a second try
        cron_schedule="20 0 * * *",
        execution_timezone=zone,
        execution_fn=request,
        default_status=status,
        description=f"The day that ended in {zone}.",
    )
