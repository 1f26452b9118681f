"""In Dagster a locked month is shown and proven, and nothing is computed into it."""

from collections.abc import Sequence

import dagster as dg
import pytest

from models.errors import SigningError
from pipelines.company import clock
from pipelines.company.company import load_company
from pipelines.company.run_scope import RunScope
from pipelines.graph.assets.close import CLOSE
from pipelines.graph.graph import build
from pipelines.graph.runner import open_instance, run_period
from pipelines.graph.schedules import MONTHLY
from pipelines.steps.publish import publish_again
from tests.pipelines.closing.conftest import JANUARY, Firm
from tests.pipelines.closing.locking import lock
from warehouse.published.digest import published_rows


def work(firm: Firm) -> RunScope:
    company = load_company(firm.folder)
    return RunScope(company, firm.home, JANUARY.start, JANUARY.end, clock.as_of(company, JANUARY.end))


def run(
    firm: Firm, assets: Sequence[dg.AssetKey] = (), month: str = "2026-01-01"
) -> dg.ExecuteInProcessResult:
    """The monthly job, by default of January, as Dagster's pages start it."""
    place = {"company": str(firm.folder), "home": str(firm.home.root)}
    with open_instance(firm.home) as instance:
        return (
            build(load_company(firm.folder))
            .resolve_job_def(MONTHLY)
            .execute_in_process(
                run_config={"resources": {"place": {"config": place}}},
                partition_key=month,
                instance=instance,
                raise_on_error=False,
                asset_selection=list(assets) or None,
            )
        )


def check(result: dg.ExecuteInProcessResult, name: str) -> dg.AssetCheckEvaluation:
    [found] = [e for e in result.get_asset_check_evaluations() if e.check_name == name]
    return found


def said(result: dg.ExecuteInProcessResult) -> dict[str, str]:
    [made] = [e for e in result.get_asset_materialization_events() if e.asset_key == CLOSE]
    return {name: str(value.value) for name, value in made.materialization.metadata.items()}


@pytest.fixture
def locked(approved: Firm) -> Firm:
    assert lock(approved).is_new
    publish_again(load_company(approved.folder), approved.home, JANUARY)
    return approved


def test_a_month_that_is_not_locked_is_scored_and_shows_who_signed_what(approved: Firm) -> None:
    result = run(approved)

    assert result.success
    assert check(result, "ledger_chain").passed
    shown = said(result)
    assert "已批准 approved | 6" in shown["states"]
    assert "钱一 B1" in shown["people"]
    assert shown["locked"] == "未锁定 not locked"


def test_a_locked_month_refuses_to_be_computed_again_and_nothing_moves(locked: Firm) -> None:
    before = published_rows(locked.home.root)

    result = run(locked)

    assert not result.success
    [failure] = [e for e in result.all_events if e.is_step_failure]
    assert "S102" in str(failure.step_failure_data.error)
    assert "period_files" in str(failure.step_key)
    assert published_rows(locked.home.root) == before


def test_the_command_is_refused_before_a_run_is_made(locked: Firm) -> None:
    with pytest.raises(SigningError, match="S102"):
        run_period(work(locked), "2026-01")

    assert not locked.home.dagster.exists()
    assert [e.says["what"] for e in locked.sign("hr").ledger.entries(kinds=["attempted"])] == ["score"]


def test_a_locked_month_is_shown_and_a_damaged_file_of_it_is_named(locked: Firm) -> None:
    whole = run(locked, [CLOSE])
    assert whole.success
    assert check(whole, "locked_periods").passed
    assert "第 1 版" in said(whole)["locked"]

    (locked.home.root / "locked/2026-01/core_person.parquet").write_bytes(b"")
    result = run(locked, [CLOSE])

    assert result.success
    found = check(result, "locked_periods")
    assert not found.passed
    assert "locked/2026-01/core_person.parquet" in str(found.metadata["samples"].value)
    assert "否 NO" in str(found.metadata["locks"].value)
