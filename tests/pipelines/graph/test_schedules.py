"""When runs start by themselves, for a company whose livestreams and stock only show for some hours."""

from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from pipelines.company.company import Company, load_company
from pipelines.graph.graph import build
from pipelines.graph.schedules import snapshot_zones, weekly_rereads

COMPANY = """\
id: live
name: {zh: 直播, en: Live}
zone: Asia/Shanghai
currency: CNY
first_day: 2026-01-01
"""
SOURCES = """\
sources:
  - connector: qianchuan
    shop_id: flagship
    zone: Asia/Shanghai
    base_url: https://api.oceanengine.com
    secrets: {client_secret: "${QC_SECRET}", refresh_token: "${QC_REFRESH}"}
    settings: {advertiser_id: "1", app_id: "2", aweme_ids: "3"}
  - connector: amazon_sp
    shop_id: us
    zone: America/Los_Angeles
    base_url: https://sellingpartnerapi-na.amazon.com
    streams: [orders, fba_inventory]
    secrets: {client_secret: "${AMZ_SECRET}", refresh_token: "${AMZ_REFRESH}"}
    settings: {marketplace: US, client_id: app}
"""


@pytest.fixture
def company(tmp_path: Path) -> Company:
    (tmp_path / "company.yaml").write_text(COMPANY, encoding="utf-8")
    (tmp_path / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    return load_company(tmp_path)


def asked(company: Company, name: str, at: datetime) -> dg.RunRequest:
    definitions = build(company)
    schedule = definitions.resolve_schedule_def(name)
    repository = definitions.get_repository_def()
    context = dg.build_schedule_context(scheduled_execution_time=at, repository_def=repository)
    (request,) = schedule.evaluate_tick(context).run_requests
    return request


def test_every_zone_with_passing_days_has_its_own_midnight(company: Company) -> None:
    assert snapshot_zones(company) == {
        "Asia/Shanghai": ["raw_qianchuan__rooms"],
        "America/Los_Angeles": ["raw_amazon_sp__fba_inventory"],
    }


def test_the_day_that_ended_in_the_zone_is_read_there_and_nowhere_else(company: Company) -> None:
    at = datetime(2026, 3, 9, 7, 20, tzinfo=UTC)  # 00:20 in Los Angeles, the night after its clocks changed

    request = asked(company, "snapshots_america_los_angeles", at)

    assert request.partition_key == "2026-03-08"
    assert request.run_config == {"resources": {"place": {"config": {"zone": "America/Los_Angeles"}}}}
    assert [key.to_user_string() for key in request.asset_selection or ()] == ["raw_amazon_sp__fba_inventory"]


def test_a_shop_ahead_of_the_company_is_read_with_the_newest_day_of_the_companys_calendar(
    company: Company, tmp_path: Path
) -> None:
    (tmp_path / "company.yaml").write_text(
        COMPANY.replace("Asia/Shanghai", "America/Los_Angeles"), encoding="utf-8"
    )
    at = datetime(
        2026, 3, 9, 16, 20, tzinfo=UTC
    )  # 00:20 of the 10th in Shanghai, still the 9th in Los Angeles

    request = asked(load_company(tmp_path), "snapshots_asia_shanghai", at)

    assert request.partition_key == "2026-03-08"


def test_what_is_too_dear_every_day_is_read_again_on_sundays(company: Company, tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text(
        SOURCES.replace("[orders, fba_inventory]", "[orders, sales_traffic]"), encoding="utf-8"
    )
    company = load_company(tmp_path)
    at = datetime(2026, 3, 7, 17, 0, tzinfo=UTC)  # Sunday 01:00 in Shanghai

    request = asked(company, "rereads_35_days", at)

    assert weekly_rereads(company) == {30: ["raw_amazon_sp__orders"], 35: ["raw_amazon_sp__sales_traffic"]}
    assert request.partition_key == "2026-03-07"
    assert request.run_config == {"resources": {"place": {"config": {"since": "2026-01-31"}}}}


def test_a_company_without_such_streams_has_no_such_job() -> None:
    definitions = build(load_company())

    assert (
        sorted(job.name for job in definitions.resolve_all_job_defs() if job.name in {"snapshots", "rereads"})
        == []
    )
