"""One shop's platform misbehaves: its window loads nothing, the other goes on, the board says why."""

import pytest

from tests.journeys.place import Place

DAY = "2011-11-30"


@pytest.mark.parametrize(
    ("fault", "code"),
    [("error200", "P"), ("no_paging", "P"), ("html", "P"), ("repeat_cursor", "P"), ("cut", "P")],
)
def test_a_faulty_shop_is_missing_with_its_cause_and_the_other_is_loaded(
    place: Place, fault: str, code: str
) -> None:
    place.order_fault("uk", fault)

    reports, board = place.morning(DAY, DAY)

    uk, export = (next(r for r in reports if r.ref.shop_id == shop) for shop in ("uk", "export"))
    assert uk.rows == 0
    assert uk.failures[0].code.startswith(code)
    assert export.rows > 0
    assert not export.failures
    assert uk.failures[0].code in board
    shops = {row.split('"shop_id":"')[1].split('"')[0] for row in place.rows("core_order_line")}
    assert shops == {"export"}


def test_a_missing_shop_gives_exit_code_1_and_a_cause_not_zero(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    place.order_fault("uk", "no_paging")  # no retry mends it: nothing here waits

    code = place.kpi("run", "--date", DAY)

    printed = capsys.readouterr()
    uk = [row for row in place.rows("kpi_actual_daily") if '"P002"' in row and '"net_sales"' in row]
    assert code == 1
    assert "0/1" in printed.out
    assert "[K102]" in printed.err
    assert len(uk) == 1
    assert '"value":null' in uk[0]


def test_the_next_run_heals_a_missing_shop(place: Place) -> None:
    place.order_fault("uk", "error200")
    place.morning(DAY, DAY)
    place.no_faults()

    reports, board = place.morning(DAY, DAY)

    assert not any(r.failures for r in reports)
    assert any('"P002"' in row and '"scored"' in row for row in place.rows("kpi_actual_daily"))
    assert "林晓岚" in board
