"""Company workbooks: the same values as CSV, and nothing a workbook can do to us."""

import io
import re
import time
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest

from connectors.file_drop import FileOptions, read_company, read_table
from models.errors import MeritError

COSTS = ["sku_id", "valid_from", "cogs", "currency"]


def save(path: Path, sheets: Mapping[str, Sequence[object]], hidden: tuple[str, ...] = ()) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            assert isinstance(row, Sequence)
            sheet.append(list(row))
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    book.save(path)
    return path


def rewrite(path: Path, part: str, change: dict[str, str]) -> Path:
    """Replaces text inside one part of a workbook, the way an attacker or another program would."""
    source = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.namelist():
            data = source.read(item)
            if item == part:
                text = data.decode()
                for old, new in change.items():
                    assert old in text
                    text = text.replace(old, new, 1)
                data = text.encode()
            target.writestr(item, data)
    return path


def refusal(table: str, path: Path) -> MeritError:
    with pytest.raises(MeritError) as caught:
        read_table(table, path)
    return caught.value


def test_a_workbook_gives_the_same_values_as_text(tmp_path: Path) -> None:
    path = save(
        tmp_path / "costs.xlsx",
        {"costs": [COSTS, ["007", date(2011, 11, 1), 0.55, "GBP"], [7, "2011-11-02", 3, "GBP"]]},
    )

    table = read_table("costs", path)

    assert [(r["sku_id"], r["valid_from"], r["cogs"]) for r in table.rows] == [
        ("007", date(2011, 11, 1), Decimal("0.55")),
        ("7", date(2011, 11, 2), Decimal(3)),
    ]


def test_seventeen_digit_binary_noise_of_a_spreadsheet_is_the_number_that_was_typed(tmp_path: Path) -> None:
    path = save(tmp_path / "costs.xlsx", {"costs": [COSTS, ["A", date(2011, 11, 1), 0.55, "GBP"]]})
    rewrite(path, "xl/worksheets/sheet1.xml", {"<v>0.55</v>": "<v>0.55000000000000004</v>"})

    table = read_table("costs", path)

    assert table.rows[0]["cogs"] == Decimal("0.55")


def test_row_numbers_are_those_of_the_sheet(tmp_path: Path) -> None:
    path = save(tmp_path / "costs.xlsx", {"costs": [[], [], COSTS, ["A", "soon", 1, "GBP"]]})

    error = refusal("costs", path)

    assert "costs.xlsx:4" in error.render()


def test_a_date_with_a_time_is_no_date(tmp_path: Path) -> None:
    path = save(tmp_path / "costs.xlsx", {"costs": [COSTS, ["A", datetime(2011, 11, 1, 12, 30), 1, "GBP"]]})

    error = refusal("costs", path)

    assert "C151" in error.render()


def test_a_month_turned_into_a_date_is_read_as_the_month(tmp_path: Path) -> None:
    head = ["scope", "scope_id", "kpi_id", "period", "value", "basis"]
    path = save(
        tmp_path / "targets.xlsx",
        {"targets": [head, ["person", "P1", "net_sales", date(2011, 11, 1), 5, "strategy"]]},
    )

    table = read_table("targets", path)

    assert table.rows[0]["period"] == "2011-11"
    assert table.rows[0]["version"] == 1


def test_a_period_that_is_another_day_is_refused(tmp_path: Path) -> None:
    head = ["scope", "scope_id", "kpi_id", "period", "value", "basis"]
    path = save(
        tmp_path / "targets.xlsx",
        {"targets": [head, ["person", "P1", "net_sales", date(2011, 11, 2), 5, "strategy"]]},
    )

    assert refusal("targets", path).code == "C155"


@pytest.mark.parametrize("number", [1230000000000000000, 1234567890123456])
def test_a_long_id_stored_as_a_number_is_refused(tmp_path: Path, number: int) -> None:
    path = save(tmp_path / "costs.xlsx", {"costs": [COSTS, [number, date(2011, 11, 1), 1, "GBP"]]})

    error = refusal("costs", path)

    assert "C158" in error.render()
    assert "costs.xlsx:2" in error.render()


def test_a_long_id_stored_as_text_is_kept(tmp_path: Path) -> None:
    path = save(
        tmp_path / "costs.xlsx", {"costs": [COSTS, ["1234567890123456789", date(2011, 11, 1), 1, "GBP"]]}
    )

    assert read_table("costs", path).rows[0]["sku_id"] == "1234567890123456789"


def test_a_formula_without_a_stored_value_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "costs.xlsx", {"costs": [COSTS, ["A", date(2011, 11, 1), "=1+1", "GBP"]]})

    error = refusal("costs", path)

    assert (error.code, error.where) == ("C110", "costs.xlsx:2")


def test_a_formula_with_a_stored_value_is_read(tmp_path: Path) -> None:
    path = save(tmp_path / "costs.xlsx", {"costs": [COSTS, ["A", date(2011, 11, 1), "=1+1", "GBP"]]})
    rewrite(path, "xl/worksheets/sheet1.xml", {"<v />": "<v>2</v>"})

    assert read_table("costs", path).rows[0]["cogs"] == Decimal(2)


def test_the_sheet_of_the_table_is_chosen_and_a_missing_one_named(tmp_path: Path) -> None:
    path = save(
        tmp_path / "book.xlsx", {"notes": [["hello"]], "costs": [COSTS, ["A", date(2011, 11, 1), 1, "GBP"]]}
    )

    assert len(read_table("costs", path).rows) == 1
    assert refusal("rates", path).code == "C111"


def test_a_hidden_sheet_is_not_read_unasked(tmp_path: Path) -> None:
    rows = [COSTS, ["A", date(2011, 11, 1), 1, "GBP"]]
    path = save(tmp_path / "book.xlsx", {"notes": [["hello"]], "costs": rows}, hidden=("costs",))

    assert refusal("costs", path).code == "C111"
    assert len(read_table("costs", path, options=FileOptions(sheet="costs")).rows) == 1


def test_one_workbook_may_hold_all_tables(tmp_path: Path) -> None:
    people = [["person_id", "name", "role_id", "valid_from"], ["P1", "甲", "store_manager", date(2011, 1, 1)]]
    owners = [
        ["scope_type", "scope_id", "role_id", "person_id", "share", "valid_from"],
        ["shop", "uk", "store_manager", "P1", 1, "x"],
    ]
    save(tmp_path / "company.xlsx", {"people": people, "ownership": owners})

    with pytest.raises(MeritError) as caught:
        read_company(tmp_path)

    assert caught.value.where == "company.xlsx[ownership]:2"


def zip_of(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def test_a_zip_bomb_is_refused_quickly(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "costs.xlsx", {"xl/worksheets/sheet1.xml": b" " * (150 << 20)})
    started = time.process_time()

    error = refusal("costs", path)

    assert error.code == "C104"
    assert time.process_time() - started < 5


def test_more_than_the_cap_unpacked_is_refused(tmp_path: Path) -> None:
    parts = {f"xl/media/{i}.bin": bytes(range(256)) * (1 << 14) * 13 for i in range(4)}
    path = zip_of(tmp_path / "costs.xlsx", parts)

    assert refusal("costs", path).code == "C104"


def test_a_cell_in_the_far_corner_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "costs.xlsx", {"costs": [COSTS, ["A", "x", 1, "GBP"]]})
    rewrite(path, "xl/worksheets/sheet1.xml", {'r="D2"': 'r="XFD1048576"'})

    assert refusal("costs", path).code == "C104"


def test_a_shared_string_used_too_often_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "costs.xlsx", {"costs": [COSTS]})
    shared = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
        + b"xy" * 500_000
        + b"</t></si></sst>"
    )
    cells = "".join(f'<row r="{r}"><c r="A{r}" t="s"><v>0</v></c></row>' for r in range(2, 400))
    source = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    parts = {n: source.read(n) for n in source.namelist()} | {"xl/sharedStrings.xml": shared}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    parts["xl/worksheets/sheet1.xml"] = sheet.replace("</sheetData>", cells + "</sheetData>").encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)

    assert refusal("costs", path).code == "C104"


@pytest.mark.parametrize(
    "entity",
    ['<!ENTITY x SYSTEM "file:///etc/passwd">', '<!ENTITY a "aaaa"><!ENTITY x "&a;&a;&a;&a;&a;&a;">'],
)
def test_entities_are_refused_and_nothing_is_read(tmp_path: Path, entity: str) -> None:
    path = save(tmp_path / "costs.xlsx", {"costs": [COSTS, ["A", "x", 1, "GBP"]]})
    rewrite(
        path,
        "xl/worksheets/sheet1.xml",
        {"<worksheet ": f"<!DOCTYPE w [{entity}]><worksheet ", ">GBP<": ">&x;<"},
    )

    error = refusal("costs", path)

    assert error.code == "C109"
    assert "root:" not in error.render()


def test_macros_are_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "costs.xlsx", {"costs": [COSTS, ["A", "x", 1, "GBP"]]})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")

    assert refusal("costs", path).code == "C109"


@pytest.mark.parametrize("cut", [10, 200, 2000])
def test_a_cut_workbook_is_refused(tmp_path: Path, cut: int) -> None:
    path = save(tmp_path / "costs.xlsx", {"costs": [COSTS, ["A", "x", 1, "GBP"]]})
    path.write_bytes(path.read_bytes()[:cut])

    assert refusal("costs", path).code == "C109"


def test_a_text_file_with_the_name_of_a_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "costs.xlsx"
    path.write_text("sku_id,valid_from\n")

    error = refusal("costs", path)

    assert error.code == "C109"
    assert re.search(r"\.xlsx|CSV", error.remedy)
