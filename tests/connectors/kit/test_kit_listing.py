"""Long JSON files, totals, and the account's own zone and currency: the parts that ad reports need."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.documents import JsonDocument, JsonList, Location
from connectors.kit.contract.errors import DeclarationWrong, Incomplete, KitError, SchemaDrift, SettingWrong
from connectors.kit.contract.pagers import Token
from connectors.kit.contract.proofs import Reading, SameBooks, Sums, WholeReport, exact
from connectors.kit.contract.reports import JobState, Listing, Report, Status
from connectors.kit.contract.request import Request
from connectors.kit.contract.windows import Window, midnight

NEW_YORK = AccountSettings(
    shop_id="us", zone="America/New_York", currency="USD", base_url="https://ads.example.com"
)
WEEK = Window(midnight(date(2026, 3, 5), NEW_YORK.tz), midnight(date(2026, 3, 12), NEW_YORK.tz))


def _file(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "report.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def _reading(last: Any, answer: Any, records: int = 0) -> Reading:
    def ask(request: Request, tree: Any) -> Any:
        return answer

    return Reading(first_page=None, last_page=last, records=records, window=WEEK, account=NEW_YORK, fetch=ask)


@pytest.mark.parametrize(
    "text", ["[]", " [ ] \n", '[{"a":1.10},{"a":"é"}]', '\n[ {"a": 1} ,\n{"a": [2]} ]\n']
)
def test_a_long_list_gives_the_rows_that_the_whole_document_gives(tmp_path: Path, text: str) -> None:
    path = _file(tmp_path, text)

    assert list(JsonList().rows(path)) == list(JsonDocument().rows(path))


def test_a_list_longer_than_what_is_read_ahead_comes_whole_and_exact(tmp_path: Path) -> None:
    rows = [f'{{"n": {n}, "cost": {n}.10, "text": "{"长" * 300}"}}' for n in range(2000)]
    path = _file(tmp_path, "[" + ", ".join(rows) + "]")

    found = list(JsonList().rows(path))

    assert [row["n"] for row in found] == list(range(2000))
    assert found[7]["cost"] == Decimal("7.10")
    assert str(found[7]["cost"]) == "7.10"


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("", Incomplete),
        ('[{"a":1}', Incomplete),
        ('[{"a":1},', SchemaDrift),
        ('[{"a":1},]', SchemaDrift),
        ('[{"a":1}{"a":2}]', Incomplete),
        ('[{"a":1},{"a":', Incomplete),
        ('[{"a":1}][{"a":2}]', Incomplete),
        ('{"rows":[]}', Incomplete),
        ("[1]", SchemaDrift),
        ('[{"a":NaN}]', SchemaDrift),
        ('[{"a":1,"a":2}]', SchemaDrift),
        ('[{"a":1e400}]', SchemaDrift),
        ('[{"a":"é"}]'.encode("latin-1"), SchemaDrift),
    ],
)
def test_a_list_that_is_cut_or_odd_is_refused(
    tmp_path: Path, text: str | bytes, trouble: type[KitError]
) -> None:
    path = _file(tmp_path, text)

    with pytest.raises(trouble):
        list(JsonList().rows(path))


def _request(account: AccountSettings, window: Window) -> Request:
    return Request("GET", f"/totals/{account.shop_id}", params=(("from", window.start.date().isoformat()),))


def test_totals_are_added_up_and_compared_exactly() -> None:
    proof = Sums(_request, "data", ("clicks", "spend"))
    answer = {"data": [{"clicks": "3", "spend": "0.10"}, {"clicks": 4, "spend": Decimal("0.20")}]}
    read = {"report": {"sums": {"clicks": Decimal(7), "spend": Decimal("0.30")}}}

    assert proof.check(_reading(read, answer)) == "totals equal: clicks 7, spend 0.30"


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        ({"data": [{"clicks": "8"}]}, Incomplete),
        ({"data": []}, Incomplete),
        ({"data": {"clicks": "7"}}, SchemaDrift),
        ({"data": [{"clicks": "seven"}]}, SchemaDrift),
        ({}, SchemaDrift),
    ],
)
def test_other_totals_or_none_prove_nothing(answer: Any, trouble: type[KitError]) -> None:
    proof = Sums(_request, "data", ("clicks",))

    with pytest.raises(trouble):
        proof.check(_reading({"report": {"sums": {"clicks": Decimal(7)}}}, answer))


@pytest.mark.parametrize("value", ["1e3", "", " 7", "7,0", True, [7], "９"])
def test_what_is_no_plain_number_is_not_added_up(value: Any) -> None:
    with pytest.raises(SchemaDrift):
        exact(value)


def test_a_report_with_two_rows_of_one_key_is_refused_where_keys_are_their_own() -> None:
    last = {"report": {"state": "READY", "lines": 3, "bytes": 90, "checked": "whole file"}}

    assert WholeReport(distinct=True).check(_reading(last, None, records=3)).startswith("document 3 rows")
    with pytest.raises(Incomplete, match="several rows of one key"):
        WholeReport(distinct=True).check(_reading(last, None, records=2))


def _books() -> SameBooks:
    return SameBooks(
        _request, {"zone": None, "currency": None}, lambda body: (body["zone"], body["currency"])
    )


def test_the_same_days_and_currency_are_told_whatever_the_zone_is_called() -> None:
    answer = {"zone": "US/Eastern", "currency": "USD"}

    assert _books().check(_reading(None, answer)) == "zone US/Eastern, USD"


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        ({"zone": "America/Los_Angeles", "currency": "USD"}, SettingWrong),
        # the same offset in winter, no daylight saving on 8 March
        ({"zone": "America/Panama", "currency": "USD"}, SettingWrong),
        ({"zone": "America/New_York", "currency": "CAD"}, SettingWrong),
        ({"zone": "Nowhere/Land", "currency": "USD"}, SchemaDrift),
        ({"zone": None, "currency": "USD"}, SchemaDrift),
        ({"zone": "America/New_York", "currency": None}, SchemaDrift),
    ],
)
def test_another_zone_or_currency_at_the_platform_is_refused(answer: Any, trouble: type[KitError]) -> None:
    with pytest.raises(trouble):
        _books().check(_reading(None, answer))


def test_a_report_is_a_file_or_a_listing() -> None:
    nothing: Callable[..., Any] = lambda *_: Request("GET", "/")  # noqa: E731
    common: dict[str, Any] = {
        "create": nothing,
        "created": lambda _: "id",
        "status": nothing,
        "read": lambda _: Status(JobState.READY),
        "patience": timedelta(minutes=1).total_seconds(),
    }
    listing = Listing(request=nothing, pager=Token("next"), records="data")

    with pytest.raises(DeclarationWrong):
        Report(**common)
    with pytest.raises(DeclarationWrong):
        Report(
            **common,
            listing=listing,
            location=lambda _: Location("https://files.example.com/r"),
            format=JsonList(),
        )
    assert Report(**common, listing=listing).format is None
