"""In Dagster and on the command line: no later month goes out while a change of a locked one is not proposed."""

import dagster as dg
import pytest

from pipelines.closing.restating import restate
from pipelines.commands.cli import main
from pipelines.company.company import load_company
from pipelines.graph.assets.score import PUBLISHED
from pipelines.steps.publish import publish_again
from tests.pipelines.closing.conftest import APPRAISED, JANUARY, Firm
from tests.pipelines.closing.locking import lock
from tests.pipelines.closing.test_lock_dagster import check, run


def published(result: dg.ExecuteInProcessResult) -> bool:
    return PUBLISHED in [event.asset_key for event in result.get_asset_materialization_events()]


@pytest.fixture
def changed(approved: Firm) -> Firm:
    """January is locked, and the ratings of M1 changed since."""
    assert lock(approved).is_new
    publish_again(load_company(approved.folder), approved.home, JANUARY)
    approved.rate({**dict.fromkeys(APPRAISED, 4), "M1": 3})
    return approved


def test_a_later_month_waits_until_the_change_is_proposed(changed: Firm) -> None:
    held = run(changed, month="2026-02-01")

    found = check(held, "conservation")
    assert (found.passed, found.blocking, published(held)) == (False, True, False)
    assert "2026-01 M1 maker total: -20" in str(found.metadata["samples"].value)

    restate(changed.sign("hr", "2026-02-24"), JANUARY)
    after = run(changed, month="2026-02-01")

    found = check(after, "conservation")
    assert (found.passed, published(after)) == (True, True)
    totals = str(found.metadata["totals"].value).replace("\\", "")
    assert "2026-01 | 480.00 | 0.00 | -20.00 | 0.00 | 460.00 | 0.00" in totals


def test_the_command_proposes_decides_and_posts(
    changed: Firm, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KPI_HOME", str(changed.home.root))
    base = ["restate", "--period", "2026-01", "--company", str(changed.folder)]
    base += ["--as-of", "2026-02-24T09:00:00+08:00"]

    def typed(login: str, *words: str) -> tuple[int, str]:
        monkeypatch.setattr("pipelines.closing.signing.system_login", lambda: login)
        code = main([*base, *words])
        return code, capsys.readouterr().out

    code, told = typed("hr")
    assert code == 0
    assert "1  M1 maker  open" in told
    assert "— total: 80 → 60  直接 direct -20  连带 knock-on +0" in told
    assert "difference 0.00" in told
    code, told = typed("owner", "--decide", "1", "approved", "--reason", "评分表录错")
    assert (code, "proposal 1: approved" in told) == (0, True)
    code, told = typed("hr", "--post")
    assert (code, "corrections posted: 1, into 2026-02" in told) == (0, True)
    with pytest.raises(SystemExit):
        main([*base, "--decide", "1", "approved", "--post"])
