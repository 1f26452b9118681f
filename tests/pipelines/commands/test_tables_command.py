"""`kpi tables` says what stands in the published file, in both languages, without a company."""

import pytest

from models.tables import FACTS
from pipelines.commands.cli import main
from warehouse.published.publish import PUBLISHED_TABLES


def test_every_published_table_has_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tables"]) == 0

    lines = capsys.readouterr().out.splitlines()[2:]
    assert [line.split()[0] for line in lines] == list(PUBLISHED_TABLES)
    assert all(len(line.split("  ")) >= 3 for line in lines)


def test_a_table_tells_key_columns_types_units_and_meaning_in_both_languages(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["tables", "kpi_actual_mtd"]) == 0

    told = capsys.readouterr().out
    assert "主键 key: business_date, person_id, role_id, kpi_id" in told
    (pace,) = [line.split("  ") for line in told.splitlines() if line.startswith("pace ")]
    assert [cell.strip() for cell in pace if cell] == [
        "pace",
        "DECIMAL(38,10)",
        "ratio",
        "对应达值的完成率，1 = 正常，两个方向都是越大越好",
        "Attainment of target_to_date: 1 = on pace, more is better in both directions",
    ]


def test_a_canonical_table_tells_where_a_column_comes_from(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tables", "core_ticket"]) == 0

    told = capsys.readouterr().out
    assert all(column.name in told for column in FACTS["ticket"].columns)
    assert "归属 owned by: " in told
    assert "rule local_day" in told


def test_a_misspelt_table_is_told_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tables", "core_tickt"]) == 2

    assert "did you mean core_ticket?" in capsys.readouterr().err
