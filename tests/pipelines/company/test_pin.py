"""What a run below a server may ask for."""

from pathlib import Path

import pytest

from models.errors import UsageError
from pipelines.company.pin import refuse_other_place


def _served(folder: Path) -> dict[str, str]:
    return {"KPI_SERVED": "1", "KPI_COMPANY": str(folder / "mine"), "KPI_HOME": str(folder / "home")}


def test_the_servers_own_place_may_be_named_in_any_spelling_or_left_out(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "mine")

    for asked in (
        {},
        {"company": ""},
        {"company": f"{tmp_path}/x/../mine"},
        {"company": str(tmp_path / "link")},
    ):
        refuse_other_place({**asked, "as_of": "2011-12-01T06:30:00+00:00"}, _served(tmp_path))


@pytest.mark.parametrize("name", ["company", "home"])
def test_another_place_is_refused_with_its_name_and_the_servers(tmp_path: Path, name: str) -> None:
    with pytest.raises(
        UsageError, match=rf"\[U060\].*place\.config\.{name}.*found: '/elsewhere'.*{tmp_path}"
    ):
        refuse_other_place({name: "/elsewhere"}, _served(tmp_path))


def test_a_value_from_the_environment_is_refused_unread(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\[U060\].*as_of"):
        refuse_other_place({"as_of": {"env": "SHOP_TOKEN"}}, _served(tmp_path))


def test_a_run_without_a_server_may_name_any_place() -> None:
    refuse_other_place({"company": "/elsewhere", "home": "/other"}, {})
