"""Workbooks of ratings go out, come back filled in, and reach the card; whatever else comes back changes nothing."""

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]

from models.closing.entries import Draft
from models.closing.kinds import EntryKind
from models.closing.rating_form import COMMENT, HEAD_ROW, RATINGS, SCORE, SIGNED
from models.errors import MeritError, RightsError, SigningError
from models.money import plain
from models.periods import Period
from pipelines.closing.rating_returns import TakenRatings, take_ratings
from pipelines.closing.ratings import rating_status, round_of, send_ratings
from pipelines.commands.rated import show_sent, show_status, take_files
from tests.pipelines.closing.conftest import ACCESS, JANUARY, PEOPLE, ROLE, Firm
from warehouse.ledger.ledger import Ledger
from warehouse.published import read
from warehouse.store.connect import open_published

ABSTAIN = "弃权 Abstain"
PEERS = "args: {weights: {superior: 60, peer: 40, self: 0}}"
HEADER = "person_id,period,item_id,rater_id,rater_type,score,scale_max,comment\n"


@pytest.fixture
def unrated(firm: Firm) -> Firm:
    """The firm before anybody rated in January."""
    (firm.folder / "ratings.csv").unlink()
    return firm


@pytest.fixture(scope="module")
def returned_once(scored_once: Firm) -> Path:
    """B1's workbook of the firm, filled in; to open costs a second that every change of it need not pay."""
    return fill(scored_once, "B1", always(4))


@pytest.fixture
def with_peers(unrated: Firm) -> Firm:
    """Four makers under B1; execution is rated by peers too, and by oneself without weight."""
    unrated.write("people.csv", PEOPLE.replace("M3,吴五,maker,workshop,B2", "M3,吴五,maker,workshop,B1")
                  + "M4,+郑六,maker,workshop,B1,2025-01-01,\n")  # fmt: skip
    unrated.write(
        "kpi_definitions/roles.yaml", PEERS.join(ROLE.rsplit("args: {weights: {superior: 100}}", 1))
    )
    return unrated


def sheet_of(path: Path) -> tuple[openpyxl.Workbook, Worksheet]:
    book = openpyxl.load_workbook(path)
    return book, book[RATINGS]


def fill(firm: Firm, rater: str, score: Callable[[str, str], object], name: str = "") -> Path:
    """The rater's workbook as a person fills it in: `score` by person and relation, None leaves a row empty."""
    sent = send_ratings(firm.sign("hr"), JANUARY, [rater]).files[rater]
    book, sheet = sheet_of(sent)
    for row in range(HEAD_ROW + 1, sheet.max_row + 1):
        person, relation = sheet.cell(row, 2).value, sheet.cell(row, 1).value
        sheet.cell(row, SCORE + 1).value = score(person, relation.split()[-1])
    return save(firm, book, name or f"{rater}-back.xlsx")


def save(firm: Firm, book: openpyxl.Workbook, name: str) -> Path:
    path = firm.folder.parent / name
    book.save(path)
    return path


def always(score: object) -> Callable[[str, str], object]:
    return lambda person, relation: score


def taken(firm: Firm, path: Path, login: str = "hr") -> TakenRatings:
    return take_ratings(firm.sign(login), JANUARY, path)


def stored(firm: Firm) -> list[str]:
    return (firm.folder / "ratings.csv").read_text(encoding="utf-8").splitlines()


def entries(firm: Firm) -> list[tuple[str, str, str]]:
    found = firm.sign("hr").ledger.entries(period=JANUARY.id, kinds=["rated"])
    return [(e.actor, e.says["rater"], e.person) for e in found]


def totals(firm: Firm) -> dict[str, str]:
    firm.score()
    with open_published(firm.home.root) as con:
        return {c.person_id: f"{c.status} {c.total and plain(c.total)}" for c in read.cards(con, JANUARY.id)}


def test_workbooks_sent_filled_in_and_taken_back_make_the_cards(unrated: Firm) -> None:
    for rater, score in {"B1": 4, "B2": 5, "HEAD": 3, "OWNER": 5}.items():
        found = taken(unrated, fill(unrated, rater, always(score)), "hr")
        assert not found.unanswered

    assert totals(unrated) == {
        "M1": "scored 80",
        "M2": "scored 80",
        "M3": "scored 100",
        "B1": "scored 60",
        "B2": "scored 60",
        "HEAD": "scored 100",
    }
    assert stored(unrated)[:2] == [HEADER.strip(), "M1,2026-01,teamwork,B1,superior,4,5,"]


def test_a_rater_sees_levels_and_can_change_two_columns_only(with_peers: Firm) -> None:
    path = send_ratings(with_peers.sign("hr"), JANUARY, ["B1"]).files["B1"]
    book, sheet = sheet_of(path)
    first = HEAD_ROW + 1
    definition = sheet.cell(first, 6).value

    assert book.sheetnames[0] == "说明 Instructions"
    assert book[SIGNED].sheet_state == "veryHidden"
    assert all(s.protection.sheet and not s.protection.password for s in book.worksheets)
    unlocked = {cell.column for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    assert unlocked == {SCORE + 1, COMMENT + 1}
    assert "1  " in definition
    assert "5  让整个团队做得更好" in definition
    lists = {v.formula1 for v in sheet.data_validations.dataValidation if v.type == "list"}
    assert lists == {f'"1,2,3,4,5,{ABSTAIN}"'}
    told = " ".join(str(c.value) for row in book["说明 Instructions"].iter_rows() for c in row)
    assert "同级满 3 人评分才计入" in told
    assert "自评 0" in told
    assert oct(path.stat().st_mode & 0o777) == "0o600"


def test_names_that_begin_like_formulas_stay_text(with_peers: Firm) -> None:
    path = send_ratings(with_peers.sign("hr"), JANUARY, ["B1"]).files["B1"]
    _, sheet = sheet_of(path)
    cells = [c for row in sheet.iter_rows() for c in row if c.value == "+郑六"]

    assert len(cells) == 2
    assert {c.data_type for c in cells} == {"s"}
    assert {c.quotePrefix for c in cells} == {True}
    assert not taken(with_peers, fill(with_peers, "B1", always(4))).unanswered


def test_the_same_ratings_give_the_same_bytes(unrated: Firm) -> None:
    first = send_ratings(unrated.sign("hr", "2026-02-03"), JANUARY).files
    before = {rater: path.read_bytes() for rater, path in first.items()}

    again = send_ratings(unrated.sign("hr", "2026-02-05"), JANUARY).files

    assert {rater: path.read_bytes() for rater, path in again.items()} == before
    assert sorted(before) == ["B1", "B2", "HEAD", "OWNER"]


def changed_signature(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    book[SIGNED].cell(6, 2).value = "M3"


def renamed(column: int, text: str) -> Callable[[openpyxl.Workbook, Worksheet], None]:
    def change(book: openpyxl.Workbook, sheet: Worksheet) -> None:
        sheet.cell(HEAD_ROW + 1, column).value = text

    return change


def added_row(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    for column in range(1, COMMENT + 2):
        sheet.cell(sheet.max_row + (column == 1), column).value = sheet.cell(HEAD_ROW + 1, column).value


def removed_row(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    sheet.delete_rows(HEAD_ROW + 2)


def swapped_rows(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    for column in range(1, SCORE + 1):
        one, other = sheet.cell(HEAD_ROW + 1, column), sheet.cell(HEAD_ROW + 3, column)
        one.value, other.value = other.value, one.value


def without_signature(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    del book[SIGNED]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (changed_signature, "S161"),
        (without_signature, "S160"),
        (renamed(2, "M3"), "S163"),
        (renamed(3, "王二"), "S163"),
        (renamed(6, "5 以下都算优秀"), "S163"),
        (added_row, "S163"),
        (removed_row, "S163"),
        (swapped_rows, "S163"),
        (renamed(SCORE + 1, "6"), "S165"),
        (renamed(SCORE + 1, "0"), "S165"),
        (renamed(SCORE + 1, "4.5"), "S165"),
        (renamed(SCORE + 1, "优"), "S165"),
        (renamed(COMMENT + 1, "好" * 501), "S166"),
        (renamed(SCORE + 1, "=2+2"), "C110"),
    ],
)
def test_a_workbook_that_was_changed_is_refused_and_changes_nothing(
    unrated: Firm, returned_once: Path, change: Callable[[openpyxl.Workbook, Worksheet], None], code: str
) -> None:
    book, sheet = sheet_of(returned_once)
    change(book, sheet)

    with pytest.raises(MeritError) as refusal:
        taken(unrated, save(unrated, book, "changed.xlsx"))

    assert refusal.value.code == code
    assert not (unrated.folder / "ratings.csv").exists()
    assert entries(unrated) == []


def test_a_formula_with_a_stored_result_is_refused_too(unrated: Firm) -> None:
    path = fill(unrated, "B1", always(4))
    target = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            text = old.read(part)
            if part.filename.endswith("sheet2.xml"):
                text = re.sub(rb'(<c r="G4"[^>]*>)<v>4</v>', rb"\1<f>2+2</f><v>4</v>", text)
                assert b"<f>" in text
            new.writestr(part, text)
    path.write_bytes(target.getvalue())

    with pytest.raises(SigningError) as refusal:
        taken(unrated, path)

    assert refusal.value.code == "S164"
    assert "4:7" in refusal.value.where


def test_every_wrong_score_of_a_workbook_is_named_at_once(unrated: Firm) -> None:
    with pytest.raises(MeritError) as refusal:
        taken(unrated, fill(unrated, "B1", lambda person, _: 9 if person == "M1" else 4))

    assert str(refusal.value).count("[S165]") == 2
    assert f"[{RATINGS}]:{HEAD_ROW + 1}" in str(refusal.value)


def test_another_period_another_company_and_any_other_workbook_are_refused(unrated: Firm) -> None:
    path = fill(unrated, "B1", always(4))

    with pytest.raises(SigningError) as refusal:
        take_ratings(unrated.sign("hr"), Period.parse("2026-02"), path)
    assert refusal.value.code == "S162"

    unrated.write("company.yaml", (unrated.folder / "company.yaml").read_text().replace("lantern", "kite"))
    with pytest.raises(SigningError) as refusal:
        taken(unrated, path)
    assert refusal.value.code == "S160"

    with pytest.raises(SigningError) as refusal:
        taken(unrated, save(unrated, openpyxl.Workbook(), "other.xlsx"))
    assert refusal.value.code == "S160"


def test_a_manager_takes_in_the_own_workbook_and_nobody_elses(unrated: Firm) -> None:
    own, other = fill(unrated, "B1", always(4)), fill(unrated, "B2", always(5))

    assert taken(unrated, own, "b1").n_answered == 4
    with pytest.raises(RightsError) as refusal:
        taken(unrated, other, "b1")

    assert refusal.value.code == "R103"
    assert entries(unrated) == [("B1", "B1", "M1"), ("B1", "B1", "M2")]


def test_hr_takes_in_for_all_and_both_had_a_part_in_the_card(unrated: Firm) -> None:
    taken(unrated, fill(unrated, "OWNER", always(4)), "hr")

    signing = unrated.sign("hr")
    assert entries(unrated) == [("HR", "OWNER", "HEAD")]
    assert signing.stands(JANUARY).of("HEAD").prepared_by == {"HR", "OWNER"}
    [entry] = signing.ledger.entries(period=JANUARY.id, kinds=["rated"])
    assert entry.says["items"][0] == {"item": "teamwork", "scale_max": "5", "score": "4", "type": "superior"}


def test_a_manager_gets_the_own_workbook_and_no_other(unrated: Firm) -> None:
    assert list(send_ratings(unrated.sign("b1"), JANUARY).files) == ["B1"]
    with pytest.raises(RightsError, match="R103"):
        send_ratings(unrated.sign("b1"), JANUARY, ["B2"])
    with pytest.raises(SigningError, match="S169"):
        send_ratings(unrated.sign("m1"), JANUARY)


def test_the_same_file_twice_is_one_return(unrated: Firm) -> None:
    path = fill(unrated, "B1", always(4))
    taken(unrated, path)
    before = (unrated.folder / "ratings.csv").read_bytes()

    again = taken(unrated, path)

    assert again.made_before
    assert (unrated.folder / "ratings.csv").read_bytes() == before
    assert len(entries(unrated)) == 2


def test_a_second_version_replaces_the_first_and_no_other_row(unrated: Firm) -> None:
    others = (
        "M3,2026-01,teamwork,B2,superior,5.00,5,手工\r\n"
        '"M1",2025-12,teamwork,B1,superior,2,5,"a, b"\r\n'
        "# a remark\r\n"
        "M1,2026-01,skill_level,B1,superior,77,100,test\r\n"
    )
    unrated.write("ratings.csv", HEADER.replace("\n", "\r\n") + others)
    taken(unrated, fill(unrated, "B1", always(4)))
    found = taken(unrated, fill(unrated, "B1", lambda p, _: 2 if p == "M1" else None, "second.xlsx"))

    text = (unrated.folder / "ratings.csv").read_bytes().decode()
    assert text == HEADER.replace("\n", "\r\n") + others + (
        "M1,2026-01,teamwork,B1,superior,2,5,\r\nM1,2026-01,execution,B1,superior,2,5,\r\n"
    )
    assert found.withdrawn == (("M2", "execution", "superior"), ("M2", "teamwork", "superior"))
    assert entries(unrated)[2:] == [("HR", "B1", "M1"), ("HR", "B1", "M2")]


def test_a_workbook_that_nobody_filled_in_withdraws_nothing(unrated: Firm) -> None:
    taken(unrated, fill(unrated, "B1", always(4)))
    before = stored(unrated)

    found = taken(unrated, fill(unrated, "B1", always(None), "empty.xlsx"))

    assert (found.n_answered, found.entered) == (0, [])
    assert stored(unrated) == before


def test_part_of_the_answers_is_taken_and_the_rest_listed(unrated: Firm) -> None:
    found = taken(unrated, fill(unrated, "B1", lambda p, _: ABSTAIN if p == "M1" else None))

    assert (found.n_answered, found.n_asked) == (2, 4)
    assert found.unanswered == (("M2", "teamwork", "superior"), ("M2", "execution", "superior"))
    assert stored(unrated)[1] == "M1,2026-01,teamwork,B1,superior,,5,"
    assert totals(unrated)["M1"] == "provisional None"  # an abstention is no 0


def test_a_kill_between_file_and_entry_is_mended_by_the_second_run(unrated: Firm) -> None:
    path = fill(unrated, "B1", always(4))

    def killed() -> datetime:
        raise KeyboardInterrupt

    signing = replace(unrated.sign("hr"), ledger=Ledger.of(unrated.home.root, now=killed))
    with pytest.raises(KeyboardInterrupt):
        take_ratings(signing, JANUARY, path)
    half = (unrated.folder / "ratings.csv").read_bytes()
    assert entries(unrated) == []

    found = taken(unrated, path)

    assert len(found.entered) == 2
    assert (unrated.folder / "ratings.csv").read_bytes() == half
    assert not list(unrated.folder.glob(".ratings.csv.*"))


def test_who_is_no_longer_a_report_is_told_and_left_alone(unrated: Firm) -> None:
    taken(unrated, fill(unrated, "B1", always(4)))
    late = fill(unrated, "B1", always(2), "late.xlsx")
    moved = PEOPLE.replace(
        "M2,周四,maker,workshop,B1,2025-01-01,", "M2,周四,maker,workshop,B1,2025-01-01,2026-01-31"
    )
    unrated.write("people.csv", moved + "M2,周四,maker,workshop,B2,2026-02-01,\n")

    found = taken(unrated, late)

    assert {error.code for error in found.no_longer.values()} == {"S167"}
    assert {key[0] for key in found.no_longer} == {"M2"}
    assert [line for line in stored(unrated) if ",teamwork," in line] == [
        "M1,2026-01,teamwork,B1,superior,2,5,",
        "M2,2026-01,teamwork,B1,superior,4,5,",
    ]
    # the present manager is asked instead
    assert {r.person_id for r in round_of(unrated.sign("hr"), JANUARY).of("B2")} == {"M2", "M3"}


def test_a_scale_that_another_rater_did_not_use_is_refused_before_it_stops_the_scoring(unrated: Firm) -> None:
    unrated.write("ratings.csv", HEADER + "M1,2026-01,teamwork,X,customer,80,100,\n")

    with pytest.raises(SigningError, match="S168"):
        taken(unrated, fill(unrated, "B1", always(4)))


def test_a_locked_period_is_neither_sent_nor_taken(unrated: Firm) -> None:
    path = fill(unrated, "B1", always(4))
    says = {"version": 1, "manifest_hash": "0" * 64, "cards": 0}
    unrated.sign("hr").ledger.record(
        "HR", lambda _: [Draft(kind=EntryKind.LOCKED, period=JANUARY.id, body=says)]
    )

    with pytest.raises(SigningError, match="S102"):
        taken(unrated, path)
    with pytest.raises(SigningError, match="S102"):
        send_ratings(unrated.sign("hr"), JANUARY)
    assert not (unrated.folder / "ratings.csv").exists()


def test_ratings_kept_in_a_workbook_are_not_written_to(unrated: Firm) -> None:
    path = fill(unrated, "B1", always(4))
    book = openpyxl.Workbook()
    book.active.title = "ratings"
    book.active.append(HEADER.strip().split(","))
    book.save(unrated.folder / "ratings.xlsx")
    before = (unrated.folder / "ratings.xlsx").read_bytes()

    with pytest.raises(MeritError) as refusal:
        taken(unrated, path)

    assert refusal.value.code == "C195"
    assert (unrated.folder / "ratings.xlsx").read_bytes() == before


def test_comments_are_kept_on_one_line_and_run_in_no_spreadsheet(unrated: Firm) -> None:
    book, sheet = sheet_of(fill(unrated, "B1", always(4)))
    sheet.cell(HEAD_ROW + 1, COMMENT + 1).value = "很好，\n继续"
    sheet.cell(HEAD_ROW + 2, COMMENT + 1).value = "-2 天迟到"
    sheet.cell(HEAD_ROW + 2, COMMENT + 1).data_type = "s"

    taken(unrated, save(unrated, book, "comments.xlsx"))

    assert [line.split(",")[-1] for line in stored(unrated)[1:3]] == ["很好， 继续", "'-2 天迟到"]


def test_peers_and_oneself_are_asked_where_the_role_weighs_them(with_peers: Firm) -> None:
    found = send_ratings(with_peers.sign("hr"), JANUARY)
    assert sorted(found.files) == ["B1", "B2", "HEAD", "M1", "M2", "M3", "M4", "OWNER"]
    # two benches: neither could ever have three peers
    assert {(n.person_id, n.rater_type) for n in found.not_asked} == {
        ("B1", "peer"),
        ("B2", "peer"),
        ("HEAD", "peer"),
    }

    taken(with_peers, fill(with_peers, "B1", always(5)))
    for peer in ("M2", "M3"):
        taken(with_peers, fill(with_peers, peer, lambda p, kind: 1 if p == "M1" and kind == "peer" else None))
    # two of three needed: only the superior counts
    assert totals(with_peers)["M1"] == "scored 100"

    taken(with_peers, fill(with_peers, "M4", lambda p, kind: 1 if p == "M1" and kind == "peer" else None))
    taken(with_peers, fill(with_peers, "M1", lambda p, kind: 5 if kind == "self" else None), "m1")
    # teamwork 100 x 60 %, execution (60 x 5 + 40 x 1) / 100 / 5 = 68 x 40 %; the own 5 has no weight
    assert totals(with_peers)["M1"] == "scored 87.2"


def test_the_state_of_the_round_names_who_keeps_whom_waiting(
    unrated: Firm, capsys: pytest.CaptureFixture[str]
) -> None:
    taken(unrated, fill(unrated, "B1", lambda p, _: 4 if p == "M1" else None))
    taken(unrated, fill(unrated, "B2", always(4)))
    found = rating_status(unrated.sign("hr"), JANUARY)

    assert [(s.rater, s.n_answered, s.n_asked, s.waiting) for s in found] == [
        ("HEAD", 0, 4, ("B1", "B2")),
        ("OWNER", 0, 2, ("HEAD",)),
        ("B1", 2, 4, ("M2",)),
        ("B2", 2, 2, ()),
    ]
    assert show_status(found) == 1
    told = capsys.readouterr().out
    assert "HEAD   许师傅  未回 no answer" in told
    assert "未答完 3 人，等待评分 4 人" in told
    assert [s.rater for s in rating_status(unrated.sign("b1"), JANUARY)] == ["B1"]


def test_what_kpi_ratings_prints(unrated: Firm, capsys: pytest.CaptureFixture[str]) -> None:
    show_sent(send_ratings(unrated.sign("hr"), JANUARY))
    assert "workbooks written: 4" in capsys.readouterr().out

    good, bad = fill(unrated, "B1", always(4)), fill(unrated, "B2", always(9))
    assert take_files(unrated.sign("hr"), JANUARY, [bad, good]) == 1
    told = capsys.readouterr().out
    assert "B2-back.xlsx: [S165]" in told
    assert "B1-back.xlsx: B1 4/4 项已收 taken" in told
    assert take_files(unrated.sign("hr"), JANUARY, [good]) == 0
    assert "taken before" in capsys.readouterr().out


def test_an_id_that_is_no_file_name_stays_in_the_folder(unrated: Firm) -> None:
    unrated.write("access.yaml", ACCESS.replace("OWNER", "../OWNER"))

    paths = send_ratings(unrated.sign("hr"), JANUARY).files

    assert {path.parent.name for path in paths.values()} == {"ratings"}
    assert paths["../OWNER"].name.startswith("___OWNER-")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_workbook_that_libreoffice_saved_again_is_taken(unrated: Firm, tmp_path: Path) -> None:
    path = fill(unrated, "B1", always(4))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", tmp_path / "again", path],
        check=True,
        capture_output=True,
        timeout=120,
    )

    assert taken(unrated, tmp_path / "again" / path.name).n_answered == 4
