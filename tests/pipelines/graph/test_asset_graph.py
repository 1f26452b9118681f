"""The asset graph as a reviewed file: a change of keys, dependencies, owners or checks shows in the diff.

Write it anew with UPDATE_SNAPSHOTS=1 after a change that is meant.
"""

import json
import os
import warnings
from functools import cache
from pathlib import Path

import dagster as dg
import pytest

from pipelines.company.company import SHIPPED, load_company
from pipelines.graph.graph import build

SNAPSHOT = Path(__file__).parent / "asset_graph.json"


@cache
def _definitions() -> dg.Definitions:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return build(load_company())


def _graph() -> dict[str, dict[str, object]]:
    graph = _definitions().resolve_asset_graph()
    return {
        key.to_user_string(): {
            "deps": sorted(parent.to_user_string() for parent in graph.get(key).parent_keys),
            "group": graph.get(key).group_name,
            "owners": sorted(graph.get(key).owners),
            "kinds": sorted(graph.get(key).kinds),
            "checks": sorted(check.name for check in graph.get(key).check_keys),
            "grain": (graph.get(key).description or "").split(":")[0],
        }
        for key in sorted(graph.get_all_asset_keys(), key=lambda k: k.to_user_string())
    }


def test_the_asset_graph_is_the_reviewed_one() -> None:
    found = json.dumps(_graph(), indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(found, encoding="utf-8")

    assert json.loads(found) == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


def test_every_asset_says_its_grain_first_and_who_owns_it() -> None:
    for name, asset in _graph().items():
        assert str(asset["grain"]).startswith("One "), name
        assert asset["owners"], name
        assert asset["kinds"], name


def test_every_role_has_its_own_asset() -> None:
    roles = {name for name, asset in _graph().items() if asset["group"] == "roles"}

    assert roles == {f"role_{path.stem}_daily" for path in SHIPPED.glob("roles/*.yaml")}


def test_a_source_that_is_missing_blocks_nothing_and_wrong_figures_block() -> None:
    checks = {
        key.name: bool(check.blocking)
        for definition in _definitions().asset_checks or []
        for key, check in ((spec.key, spec) for spec in definition.check_specs)
    }

    shown_only = [
        checks.pop(name) for name in ("proven_days", "targets_plausible", "engines_agree", "locked_periods")
    ]
    assert shown_only == [False] * 4
    assert all(checks.values())
    assert checks.keys() >= {
        "unique_keys",
        "reconciled",
        "ownership_shares",
        "definitions_hold",
        "roster_complete",
        "ledger_chain",
    }


@pytest.mark.parametrize("job", ["daily", "monthly"])
def test_jobs_and_schedules_resolve_in_the_company_zone(job: str) -> None:
    definitions = _definitions()

    schedule = definitions.resolve_schedule_def(f"{job}_schedule")

    assert definitions.resolve_job_def(job).executor_def.name == "in_process"
    assert schedule.execution_timezone == "Europe/London"
    assert schedule.cron_schedule == {"daily": "30 6 * * *", "monthly": "30 7 4 * *"}[job]


def test_metadata_cells_cannot_become_markup() -> None:
    from pipelines.graph.metadata import escape

    shown = escape("<img src=x>|[a](javascript:b) `c` **d**\n# e")

    assert "<" not in shown
    assert "\n" not in shown
    assert "](" not in shown
    assert all(c not in shown.replace("\\|", "") for c in "|<>")
