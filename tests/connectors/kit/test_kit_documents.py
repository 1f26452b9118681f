"""Report files: every way in which one can be short, damaged or foreign is an error, never fewer rows."""

import gzip
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.kit import AccountSettings
from connectors.kit.contract import documents
from connectors.kit.contract.documents import (
    Delimited,
    Format,
    JsonDocument,
    JsonLines,
    Location,
    check_location,
    unpack,
)
from connectors.kit.contract.errors import (
    Incomplete,
    KitError,
    PageTooLarge,
    SchemaDrift,
    SettingWrong,
    TooLarge,
)
from connectors.testing.clock import Clock
from models.loads import FailedWindow, PulledWindow
from tests.connectors.bench import Bench, Reply, only, only_failed
from tests.connectors.kit.kit_samples import (
    FILE,
    FIRST_DAY,
    NOW,
    Reports,
    kit,
    report,
    report_stream,
    runtime,
)

LINES = b"id\tday\tamount\n" + b"".join(b"C%d\t2026-11-20\t1.10\n" % n for n in range(400))
PACKED = gzip.compress(LINES, mtime=0)
TABLE = Delimited(required=("id", "day", "amount"))


def _unpacked(data: bytes, *, is_gzip: bool = True) -> bytes:
    into = io.BytesIO()
    size = unpack(io.BytesIO(data), into, is_gzip=is_gzip)
    assert size == len(into.getvalue())
    return into.getvalue()


# -- unpacking


def test_a_file_comes_as_it_was_packed_also_in_several_members() -> None:
    members = gzip.compress(LINES[:500]) + gzip.compress(b"") + gzip.compress(LINES[500:])

    assert _unpacked(PACKED) == LINES
    assert _unpacked(members) == LINES
    assert _unpacked(LINES, is_gzip=False) == LINES


def test_members_may_end_anywhere_in_what_is_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    members = gzip.compress(LINES[:500], mtime=0) + gzip.compress(LINES[500:], mtime=0)

    for size in (1, 2, 7, len(gzip.compress(LINES[:500], mtime=0)), 100_000):
        monkeypatch.setattr(documents, "CHUNK", size)
        assert _unpacked(members) == LINES


@pytest.mark.parametrize("left", [0, 1, 9, 20, len(PACKED) // 2, len(PACKED) - 8, len(PACKED) - 1])
def test_a_cut_gzip_file_is_never_taken_for_a_shorter_one(left: int) -> None:
    with pytest.raises(Incomplete):
        _unpacked(PACKED[:left])


HARMED = {
    "a flipped byte": PACKED[:60] + bytes([PACKED[60] ^ 1]) + PACKED[61:],
    "a flipped checksum": PACKED[:-8] + bytes([PACKED[-8] ^ 1]) + PACKED[-7:],
    "a flipped length": PACKED[:-1] + bytes([PACKED[-1] ^ 1]),
    "something behind it": PACKED + b"<html>",
    "a page of HTML in its place": b"<html><body>Access denied</body></html>",
    "a second member that is cut": PACKED + PACKED[:-3],
}


@pytest.mark.parametrize("data", HARMED.values(), ids=HARMED.keys())
def test_a_damaged_gzip_file_is_refused(data: bytes) -> None:
    with pytest.raises(Incomplete):
        _unpacked(data)


def test_a_file_that_unpacks_without_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "LARGEST_FILE", 3_000_000)
    bomb = gzip.compress(b"\0" * 30_000_000)
    into = io.BytesIO()
    assert len(bomb) < 40_000

    with pytest.raises(TooLarge):
        unpack(io.BytesIO(bomb), into, is_gzip=True)

    assert len(into.getvalue()) < 3_000_000 + 2 * documents.CHUNK * 16


# -- rows


def _rows(tmp_path: Path, text: str | bytes, form: Format = TABLE) -> list[dict[str, Any]]:
    path = tmp_path / "file"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(form.rows(path))


def test_a_table_becomes_rows_with_exact_texts(tmp_path: Path) -> None:
    rows = _rows(tmp_path, "\ufeffid\tday\tamount\nC1\t2026-11-20\t1.10\nC2\t2026-11-20\t\n")

    assert rows == [
        {"id": "C1", "day": "2026-11-20", "amount": "1.10"},
        {"id": "C2", "day": "2026-11-20", "amount": None},
    ]


def test_quotes_mean_nothing_in_a_tab_file_and_everything_in_a_quoted_one(tmp_path: Path) -> None:
    plain = _rows(tmp_path, 'id\tday\tamount\n5" pipe\t"x\t1\n')
    quoted = _rows(
        tmp_path,
        'id,day,amount\n"a,""b""\nc",x,1\n',
        Delimited(required=TABLE.required, delimiter=",", is_quoted=True),
    )

    assert plain == [{"id": '5" pipe', "day": '"x', "amount": "1"}]
    assert quoted == [{"id": 'a,"b"\nc', "day": "x", "amount": "1"}]


def test_a_header_without_rows_is_no_rows(tmp_path: Path) -> None:
    assert _rows(tmp_path, "id\tday\tamount\n") == []


TABLES: dict[str, tuple[str | bytes, type[KitError]]] = {
    "an empty file": ("", Incomplete),
    "a file cut inside a line": (LINES[:-5], Incomplete),
    "a file cut before a line end": (LINES[:-1], Incomplete),
    "a row with a field too few": ("id\tday\tamount\nC1\t2026-11-20\n", SchemaDrift),
    "a row with a field too many": ("id\tday\tamount\nC1\t2026-11-20\t1\t2\n", SchemaDrift),
    "an empty line": ("id\tday\tamount\n\nC1\t2026-11-20\t1\n", SchemaDrift),
    "a header that is missing": ("C1\t2026-11-20\t1.10\n", SchemaDrift),
    "a header without a column": ("id\tday\nC1\t2026-11-20\n", SchemaDrift),
    "a column that stands twice": ("id\tday\tamount\tday\nC1\tx\t1\ty\n", SchemaDrift),
    "a page of HTML": ("<html>\n<body>Busy</body>\n</html>\n", SchemaDrift),
    "another charset": ("id\tday\tamount\n退货\tx\t1\n".encode("gb18030"), SchemaDrift),
}


@pytest.mark.parametrize(("text", "trouble"), TABLES.values(), ids=TABLES.keys())
def test_a_table_that_is_short_or_odd_is_refused(
    tmp_path: Path, text: str | bytes, trouble: type[KitError]
) -> None:
    with pytest.raises(trouble):
        _rows(tmp_path, text)


def test_a_quoted_field_that_never_ends_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SchemaDrift):
        _rows(
            tmp_path,
            'id,day,amount\n"C1,x,1\nC2,x,1\n',
            Delimited(required=TABLE.required, delimiter=",", is_quoted=True),
        )


def test_an_account_may_name_the_charset_of_its_region(tmp_path: Path) -> None:
    form = Delimited(required=TABLE.required, charset_setting="charset")
    text = "id\tday\tamount\n商品\tx\t1\n".encode("cp932")

    assert _rows(tmp_path, text, form.of(_account(charset="cp932")))[0]["id"] == "商品"
    with pytest.raises(SchemaDrift):
        _rows(tmp_path, text, form.of(_account()))
    with pytest.raises(SettingWrong):
        form.of(_account(charset="klingon"))


def test_json_lines_are_rows_and_a_cut_line_is_refused(tmp_path: Path) -> None:
    text = '{"id":"C1","amount":1.10}\n\n{"id":"C2","amount":90071992547409.93}\n'

    rows = _rows(tmp_path, text, JsonLines())

    assert [str(row["amount"]) for row in rows] == ["1.10", "90071992547409.93"]
    for harmed, trouble in ((text[:-4], Incomplete), ("[1]\n", SchemaDrift), ('{"a":NaN}\n', SchemaDrift)):
        with pytest.raises(trouble):
            _rows(tmp_path, harmed, JsonLines())


def test_a_line_without_end_does_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "LONGEST_LINE", 1000)

    with pytest.raises(Incomplete):
        _rows(tmp_path, '{"id":"' + "x" * 5000 + '"}\n', JsonLines())


def test_a_json_document_says_what_it_is_for_and_holds_its_rows(tmp_path: Path) -> None:
    form = JsonDocument("data.rows", head_paths=("range.from",), largest=200)
    text = '{"range":{"from":"2026-11-20"},"data":{"rows":[{"id":1}]}}'

    assert _rows(tmp_path, text, form) == [{"id": 1}]
    assert form.head(tmp_path / "file") == {"range.from": "2026-11-20"}
    for harmed, trouble in (
        (text[:-1], Incomplete),
        (text.replace("[{", "{").replace("}]", "}"), SchemaDrift),
        (text.replace("rows", "lines"), SchemaDrift),
        (text + " " * 200, PageTooLarge),
    ):
        with pytest.raises(trouble):
            _rows(tmp_path, harmed, form)


# -- where a file may lie


def _account(base_url: str = "https://api.example.com", **settings: str) -> AccountSettings:
    return AccountSettings(shop_id="uk", zone="Europe/London", base_url=base_url, settings=settings)


PRIVATE = [
    *("http://files.example.com/r", "https://127.0.0.1/r", "https://10.0.0.7/r", "https://192.168.1.1/r"),
    *("https://169.254.169.254/latest/meta-data", "https://[::1]/r", "https://[fd00::1]/r"),
    *("https://localhost/r", "https://2130706433/r", "https://user:pw@files.example.com/r"),
    *("file:///etc/passwd", "ftp://files.example.com/r", "", "//files.example.com/r", "https:///r"),
    *("https://LOCALHOST/r", "https://localhost./r", "https://db.internal/r", "https://printer.local/r"),
    *("https://0x7f000001/r", "https://intranet/r", "https://0x7f.1/r", "https://127.0.0.1./r"),
]


@pytest.mark.parametrize("url", PRIVATE)
def test_a_file_in_the_local_network_is_not_fetched(url: str) -> None:
    with pytest.raises(SchemaDrift) as refused:
        check_location(url, _account())

    assert "example.com" not in str(refused.value)


def test_a_public_address_is_fetched_and_this_machine_only_by_an_account_that_lives_here() -> None:
    check_location("https://tortuga-prod.s3.amazonaws.com/r?X-Amz-Signature=1", _account())
    check_location("http://127.0.0.1:8080/r", _account("http://127.0.0.1:8080"))
    with pytest.raises(SchemaDrift):
        check_location("http://10.0.0.7/r", _account("http://127.0.0.1:8080"))


# -- the download as a whole


def _pull(bench: Bench, is_gzip: bool = True, **settings: Any) -> list[PulledWindow | FailedWindow]:
    size = settings.pop("size", None)
    declared = report(
        served=replace(FILE, location=lambda body: Location(body["url"], is_gzip=is_gzip, size=size))
    )
    used = runtime(Clock(NOW), **settings)
    return bench.pull(kit(report_stream(declared)), span_from=FIRST_DAY, as_of=NOW, runtime=used)


def _serve(bench: Bench, answer: Reply) -> Reports:
    reports = Reports(bench.platform.url)
    bench.platform.default = lambda call: answer if call.path.startswith("/files/") else reports(call)
    return reports


DOWNLOADS = {
    "a body that ends early": (Reply(raw=PACKED, cut=len(PACKED) // 2), "P102"),
    "a body shorter than the report's size": (Reply(raw=PACKED[:-9]), "P108"),
    "an error page with 200": (Reply(raw=b"<html>planted secret</html>"), "P108"),
    "an error with 500": (Reply(status=500, raw=b"planted secret"), "P102"),
    "a redirect": (Reply(status=302, raw=b"", headers={"Location": "http://127.0.0.1:9/"}), "P102"),
    "a broken connection": (Reply(reset=True), "P102"),
}


@pytest.mark.parametrize(("answer", "code"), DOWNLOADS.values(), ids=DOWNLOADS.keys())
def test_a_download_that_is_not_the_whole_file_fails_the_window(
    bench: Bench, answer: Reply, code: str
) -> None:
    reports = _serve(bench, answer)

    failed = only_failed(_pull(bench, size=len(PACKED)))

    assert failed.code == code
    assert "planted" not in failed.cause
    assert bench.platform.url not in failed.cause
    assert bench.landed() == []
    assert list((bench.folder / "spool").iterdir()) == []
    assert reports.creates == 1


@pytest.mark.parametrize("size", [len(LINES) - 1, len(LINES) + 19])
def test_a_file_of_another_size_than_the_report_states_is_refused(bench: Bench, size: int) -> None:
    """Whole lines are missing or too many: nothing but the size can tell."""
    _serve(bench, Reply(raw=LINES))

    failed = only_failed(_pull(bench, is_gzip=False, size=size))

    assert failed.code == "P108"
    assert f"{len(LINES)} bytes, announced" in failed.cause


def test_a_body_cut_without_a_length_is_found_by_its_gzip_end(bench: Bench) -> None:
    _serve(bench, Reply(raw=PACKED, cut=len(PACKED) - 30, headers={"Connection": "close"}))

    assert only_failed(_pull(bench)).code in ("P102", "P108")


def test_a_download_over_the_cap_is_stopped(bench: Bench) -> None:
    _serve(bench, Reply(raw=b"x" * 200_000))

    failed = _pull(bench, document_bytes=100_000)

    assert {getattr(window, "code", "") for window in failed} == {"P110"}
    assert bench.landed() == []


def test_a_file_packed_by_the_transport_stays_packed_once(bench: Bench) -> None:
    """The bytes are taken as they lie there: no layer unpacks what the report says is packed [sp-api issue 879]."""
    reports = Reports(bench.platform.url)

    def labelled(call: Any) -> Reply:
        reply = reports(call)
        if call.path.startswith("/files/"):
            reply.headers = {**reply.headers, "Content-Encoding": "gzip"}
        return reply

    bench.platform.default = labelled

    assert only(_pull(bench)).rows == 6


def test_rows_that_the_platform_counts_otherwise_fail_the_window(bench: Bench) -> None:
    reports = Reports(bench.platform.url)
    reports.spoil = lambda data: gzip.compress(b"".join(gzip.decompress(data).splitlines(keepends=True)[:-1]))
    bench.platform.default = reports

    failed = only_failed(_pull(bench))

    assert failed.code == "P108"
    assert "6 counted, 5 in the file" in failed.cause


def test_the_file_is_asked_for_without_the_accounts_credential(bench: Bench) -> None:
    bench.platform.default = Reports(bench.platform.url)

    only(_pull(bench))

    sent = [call.headers for call in bench.platform.calls if call.path.startswith("/files/")]
    assert len(sent) == 1
    assert "X-Key" not in sent[0]
