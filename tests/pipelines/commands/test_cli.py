"""The command line: help at once, exit codes, and errors that say what to do."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from pipelines.commands.cli import kpi, main
from pipelines.commands.export_formats import as_csv, as_json
from pipelines.commands.table import table

ROOT = Path(__file__).resolve().parents[3]
COMMANDS = (
    "demo",
    "init",
    "run",
    "connectors",
    "lint",
    "score",
    "why",
    "export",
    "tables",
    "verify",
    "rebuild",
    "serve",
)


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPI_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("KPI_COMPANY", raising=False)


def test_help_names_every_command_and_does_not_load_dagster() -> None:
    script = (
        "import sys\nfrom pipelines.commands.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'dagster', 'duckdb', 'polars', 'pyarrow', 'models.errors'}\n"
        "sys.exit(bool(heavy & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0
    assert all(f"\n  {name} " in done.stdout for name in COMMANDS)


def _all_commands(group: click.Group) -> Iterator[click.Command]:
    for command in group.commands.values():
        yield command
        if isinstance(command, click.Group):
            yield from _all_commands(command)


@pytest.mark.parametrize("command", list(_all_commands(kpi)), ids=lambda command: str(command.name))
def test_every_command_and_option_says_what_it_is_for(command: click.Command) -> None:
    options = [p for p in command.params if isinstance(p, click.Option)]

    assert not command.get_short_help_str(62).endswith("..."), "cut off in the list of commands"
    assert command.help
    assert all(option.help and option.help.endswith(".") for option in options)


def test_an_option_with_an_empty_word_counts_as_not_given(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--date", "2011-11-30", "--from", "", "--as-of", "now"]) == 2
    assert "[U021]" in capsys.readouterr().err
    assert main(["run", "--date", "", "--from", "", "--as-of", "", "--company", ""]) == 2
    assert "[U020]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        (["run"], "U020", 2),
        (["run", "--date", "2011-13-01"], "U022", 2),
        (["run", "--date", "2011-11-30", "--from", "2011-11-01"], "U024", 2),
        (["run", "--to", "2011-11-01"], "U024", 2),
        (["run", "--from", "2011-11-02", "--to", "2011-11-01"], "U025", 2),
        (["run", "--date", "2031-01-01"], "U026", 2),
        (["run", "--date", "2011-11-30", "--as-of", "now"], "U021", 2),
        (["run", "--date", "2011-11-30", "--company", "/nowhere"], "C001", 1),
        (["score", "--period", "2011-13"], "U010", 2),
        (["score", "--period", "2011-11-30"], "U023", 2),
        (["export", "--period", "2011-11", "--format", "csv"], "W105", 1),
        (["why", "P001", "net_sales", "2011-11"], "W105", 1),
        (["connectors", "pull", "nosuch", "--from", "2011-11-30"], "U029", 2),
        (["tables", "scorecard_lines"], "U036", 2),
    ],
)
def test_errors_carry_a_code_and_the_agreed_exit_code(
    arguments: list[str], code: str, exit_code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    found = main(arguments)

    told = capsys.readouterr().err
    assert told.startswith(f"[{code}] ")
    assert "do: " in told
    assert "Traceback" not in told
    assert found == exit_code


def test_unknown_words_are_wrong_usage() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["nosuch"])

    assert ended.value.code == 2


def test_no_command_prints_help_and_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "Usage: kpi" in capsys.readouterr().out


def test_init_writes_a_folder_that_lints(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path / "mine")]) == 0
    assert main(["lint", "--company", str(tmp_path / "mine")]) == 0
    assert "people 0" in capsys.readouterr().out


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    assert main(["init", str(tmp_path / "mine")]) == 0
    assert main(["init", str(tmp_path / "mine")]) == 1


def test_the_sample_company_lints(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint"]) == 0
    printed = capsys.readouterr().out
    assert "roles, 3 accounts" in printed
    assert "0 errors, 0 warnings" in printed


def test_connectors_list_names_streams_and_accounts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["connectors", "list"]) == 0
    assert "uk, export" in capsys.readouterr().out


def test_serve_refuses_a_taken_port(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        code = main(["serve", "--port", str(taken.getsockname()[1])])

    assert code == 2
    assert "[U028]" in capsys.readouterr().err


def test_exports_make_formulas_inert_and_keep_numbers_exact() -> None:
    from decimal import Decimal

    rows = (["a", "b"], [("=HYPERLINK(1)", Decimal("-1.50")), (" @x", None), ("＋x", Decimal("1E+3"))])

    shown = as_csv(rows).decode("utf-8-sig").splitlines()
    parsed = json.loads(as_json(rows))

    assert shown == ["a,b", "'=HYPERLINK(1),-1.5", "' @x,", "'＋x,1000"]
    assert parsed[0] == {"a": "=HYPERLINK(1)", "b": "-1.5"}
    assert parsed[1]["b"] is None


def test_tables_are_aligned_and_take_no_control_characters() -> None:
    lines = table(["n", "v"], [["林晓岚", "1"], ["a\x1b[31m", "22"]], right=(1,)).splitlines()

    assert "\x1b" not in "".join(lines)
    assert lines[2].endswith(" 1")
    assert lines[3].endswith("22")


def test_definitions_validate_without_warnings_of_ours(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dagster", "definitions", "validate", "-w", "workspace.yaml"],
        cwd=ROOT,
        env={**os.environ, "DAGSTER_HOME": "", "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    warnings = [line for line in done.stderr.splitlines() if "Warning" in line and "Supersession" not in line]
    assert done.returncode == 0, done.stderr
    assert warnings == []
