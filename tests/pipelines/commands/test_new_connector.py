"""`kpi connectors new`: from an empty name to a connector that keeps every promise, in a copy of this checkout."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from models.tables import FACTS, Table
from pipelines.commands import scaffold
from pipelines.commands.cli import main
from warehouse.facts.feeds import STATED, Feed
from warehouse.facts.refill import yielded
from warehouse.store.connect import open_warehouse
from warehouse.store.sqltext import Sql

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "connectors.md"
INIT = "connectors/tidydesk/__init__.py"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a connector needs of a checkout, to be written into."""
    root = tmp_path_factory.mktemp("checkout")
    leave = shutil.ignore_patterns("__pycache__", "data")
    for name in ("connectors", "models", "warehouse", "tests/connectors"):
        shutil.copytree(ROOT / name, root / name, ignore=leave)
    shutil.copy(ROOT / "pyproject.toml", root / "pyproject.toml")
    return root


def _test(checkout: Path) -> tuple[int, str]:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "--show-capture=no",
            "tests/connectors/test_tidydesk.py",
        ],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return done.returncode, done.stdout + done.stderr


def _put(checkout: Path, place: str, old: str, new: str) -> None:
    text = (checkout / place).read_text("utf-8")
    assert text.count(old) == 1, (place, old)
    (checkout / place).write_text(text.replace(old, new), "utf-8")


def _blocks() -> dict[str, str]:
    """The files that the page prints: those with a place behind the fence, and the connector itself."""
    text = PAGE.read_text("utf-8")
    named = re.findall(r"^```(?:python|sql) (\S+)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    first = re.search(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert first is not None
    return {INIT: first[1], **dict(named)}


def _step(checkout: Path, *words: str) -> None:
    """The failing test names the next thing to do, and shows no traceback."""
    code, told = _test(checkout)
    assert code == 1, told
    assert "NEXT 下一步" in told
    assert [word for word in words if word not in told] == [], told
    assert "Traceback" not in told


@pytest.mark.slow
def test_a_new_connector_fails_helpfully_until_the_pages_example_fills_it_in(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["tidydesk", "--stream", "tickets", "--table", "ticket"]
    assert main(["connectors", "new", *names, "--into", str(checkout)]) == 0
    assert "next: .venv/bin/pytest" in capsys.readouterr().out

    _step(checkout, INIT, "[P130]", "(proof)", 'proof=Flag("last", expected=True)', "docs/connectors.md")
    _put(checkout, INIT, "proof=None,", 'proof=Every(Flag("last", expected=True), Count(count, "count")),')
    _put(
        checkout,
        INIT,
        "from connectors.kit.contract.request import",
        "from connectors.kit.contract.proofs import Count, Every, Flag\n"
        "from connectors.kit.contract.request import",
    )
    _step(checkout, INIT, "(lookback)", "timedelta(hours=1)")
    blocks = _blocks()
    (checkout / INIT).write_text(blocks.pop(INIT), "utf-8")
    (checkout / "connectors/tidydesk/rows.py").unlink()  # a small connector fits into one file
    _step(
        checkout,
        "connectors/testing/fakes/tidydesk.py:",
        "fill in",
        "what the real platform does not have",
    )
    for place, text in blocks.items():
        (checkout / place).write_text(text, "utf-8")
    _step(checkout, "connectors/tidydesk/README.md:", "fill in the five lines")
    (checkout / "connectors/tidydesk/README.md").write_text("# Tidydesk\n\nInvented.\n", "utf-8")
    _put(checkout, INIT, "updated_from", "updated_since")
    _step(checkout, "tidydesk.tickets, point", "mend the connector, or the fake")
    _put(checkout, INIT, "updated_since", "updated_from")

    code, told = _test(checkout)

    assert code == 0, told
    assert "1 passed" in told or "." in told.splitlines()[0]


def test_every_written_file_is_sound_python_and_the_registry_stays_in_order(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["connectors", "new", "aaa_first", "--into", str(checkout)]) == 0
    assert main(["connectors", "new", "zzz_last", "--into", str(checkout), "--table", "refund"]) == 0

    places = [line.split()[1] for line in capsys.readouterr().out.splitlines() if line.startswith("written")]
    for place in places:
        if place.endswith(".py"):
            compile((checkout / place).read_text("utf-8"), place, "exec")
    assert len(places) == 14
    registry = (checkout / "connectors/registry.py").read_text("utf-8")
    found = re.findall(r'^    "(\w+)": \("connectors\.\1", "(\w+)"\),$', registry, re.MULTILINE)
    assert [name for name, _ in found][0 :: len(found) - 1] == ["aaa_first", "zzz_last"]
    assert {("aaa_first", "AaaFirst"), ("zzz_last", "ZzzLast")} <= set(found)
    sql = (checkout / "warehouse/sql/feeds/zzz_last_orders__refund.sql").read_text("utf-8")
    assert "-- required: " in sql
    assert sql.startswith("-- grain: ")


def _yields(tmp_path: Path, select: str, table: str) -> dict[str, str]:
    feed = Feed(
        stem="tidydesk_tickets",
        table=table,
        record="source_row_id",
        select=Sql(select),
        is_final=True,
        origin="a feed of this test",
    )
    with open_warehouse(tmp_path / "home") as con:
        con.execute(
            f"create table {feed.raw_table} (shop_id varchar, record_key varchar, record_day date,"
            " version_at timestamptz, row_hash varchar, payload json, load_seq bigint)"
        )
        return yielded(con, feed)


def _wrong(found: dict[str, str], table: Table) -> dict[str, str]:
    types = {c.name: c.sql_type.replace("TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE") for c in table.columns}
    return {name: kind for name, kind in found.items() if name != "zone" and types[name] != kind}


@pytest.mark.parametrize("table", [t.name for t in FACTS.values() if not t.derived_from])
def test_a_written_feed_lists_every_column_that_may_be_stated_in_its_type(tmp_path: Path, table: str) -> None:
    select = scaffold._files("tidydesk", "tickets", table)[
        f"warehouse/sql/feeds/tidydesk_tickets__{table}.sql"
    ]

    found = _yields(tmp_path, select, table)

    assert found.keys() == {*STATED, *(c.name for c in FACTS[table].given)}
    assert _wrong(found, FACTS[table]) == {}


def test_the_feed_of_the_page_yields_what_a_ticket_needs(tmp_path: Path) -> None:
    found = _yields(tmp_path, _blocks()["warehouse/sql/feeds/tidydesk_tickets__ticket.sql"], "ticket")

    assert found.keys() >= {*STATED, *(c.name for c in FACTS["ticket"].given if c.required)}
    assert _wrong(found, FACTS["ticket"]) == {}


def test_written_code_follows_the_lint_of_this_repository(checkout: Path) -> None:
    main(["connectors", "new", "linted", "--into", str(checkout)])
    ruff = Path(sys.executable).with_name("ruff")
    written = [f"connectors/{place}" for place in ("linted", "testing/fakes/linted.py")]

    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [ruff, *command, *written], cwd=checkout, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout


def test_nothing_is_overwritten(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = checkout / "connectors" / "mine" / "__init__.py"
    mine.parent.mkdir()
    mine.write_text("# mine\n", "utf-8")
    before = (checkout / "connectors/registry.py").read_text("utf-8")

    assert main(["connectors", "new", "mine", "--into", str(checkout)]) == 2

    told = capsys.readouterr()
    assert "[U031]" in told.err
    assert "connectors/mine/__init__.py" in told.err
    assert mine.read_text("utf-8") == "# mine\n"
    assert not (checkout / "tests/connectors/test_mine.py").exists()
    assert (checkout / "connectors/registry.py").read_text("utf-8") == before


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        *((["Tidydesk"], "U033"), (["tidy-desk"], "U033"), (["../tidydesk"], "U033"), (["_tidy"], "U033")),
        *((["class"], "U033"), (["x" * 25], "U033"), (["tidy__desk"], "U033"), (["9desk"], "U033")),
        *((["kit"], "U033"), (["sandbox"], "U033"), (["file_drop"], "U033"), (["zendesk"], "U033")),
        *((["tidydesk", "--stream", "Tickets"], "U033"), (["tidydesk", "--table", "tickets"], "U034")),
    ],
)
def test_a_name_that_cannot_be_used_is_refused(
    checkout: Path, arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(checkout.rglob("*"))

    assert main(["connectors", "new", *arguments, "--into", str(checkout)]) == 2

    assert f"[{code}]" in capsys.readouterr().err
    assert sorted(checkout.rglob("*")) == before


def test_a_folder_that_is_no_checkout_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["connectors", "new", "tidydesk", "--into", str(tmp_path)]) == 2

    assert "[U035]" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
