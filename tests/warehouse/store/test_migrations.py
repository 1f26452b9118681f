"""What a migration does with figures that an earlier version stored."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from warehouse.store.connect import open_warehouse
from warehouse.store.rows import insert_rows


def test_a_stored_quotient_keeps_its_value_under_its_own_name_and_every_day_is_computed_again(
    tmp_path: Path,
) -> None:
    with open_warehouse(tmp_path) as con:
        for table, column in (
            ("kpi_actual_mtd", "share_of_target"),
            ("kpi_actual_mtd", "share_of_target_to_date"),
            ("kpi_actual_period", "share_of_target"),
            ("scorecard_line", "share_of_target"),
        ):
            con.execute(f"alter table {table} drop column {column}")
        con.execute("delete from schema_migration where id = 4")
        row = {"business_date": date(2011, 11, 10), "attainment": Decimal("0.5"), "pace": Decimal("1.5")}
        insert_rows(con, "kpi_actual_mtd", [row])
        con.execute("insert into core_state select 'actuals', 7, 'rules and files of that run'")

    with open_warehouse(tmp_path) as con:
        [found] = con.execute(
            "select attainment, pace, share_of_target, share_of_target_to_date from kpi_actual_mtd"
        ).fetchall()
        assert found == (None, None, Decimal("0.5"), Decimal("1.5"))
        assert con.execute("select load_seq, inputs from core_state where name = 'actuals'").fetchall() == [
            (7, "")
        ]
