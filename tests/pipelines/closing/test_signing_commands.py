"""The commands that sign, as they are typed: by the login of this process, with every refusal an exit code."""

import pytest

from pipelines.closing.publication import publish_cards
from pipelines.commands.cli import main
from pipelines.company.identity import system_login
from pipelines.render.sheets_page import render_sheets
from tests.pipelines.closing.conftest import ACCESS, JANUARY, Firm
from warehouse.store.connect import open_published

AT = ["--as-of", "2026-02-05T09:00:00+08:00"]
AFTER = ["--as-of", "2026-02-16T09:00:00+08:00"]


@pytest.fixture
def typed(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> Firm:
    """The firm at the command line."""
    monkeypatch.setenv("KPI_HOME", str(firm.home.root))
    monkeypatch.setenv("KPI_COMPANY", str(firm.folder))
    return firm


def sit_down(firm: Firm, person: str) -> None:
    """The login of this process is that of the person from now on."""
    others = ACCESS.replace(f"{{login: {person.lower()}, person: {person}}}", "{login: nobody, person: HR}")
    firm.write(
        "access.yaml",
        others.replace("users:\n", f"users:\n  - {{login: {system_login()}, person: {person}}}\n"),
    )


def kpi(*words: str, at: list[str] = AT) -> int:
    return main([*words, "--period", "2026-01", *at])


def test_a_month_goes_its_way_by_commands(typed: Firm, capsys: pytest.CaptureFixture[str]) -> None:
    sit_down(typed, "B1")
    assert kpi("adjust", "M1", "maker", "-2", "--reason", "迟到三次") == 0
    assert "M1 maker: total 80.00 B -> 78.00 C" in capsys.readouterr().out
    typed.score()
    assert kpi("review") == 0
    publish_cards(typed.sign("hr", "2026-02-04"), JANUARY, ["M1", "M2"])

    sit_down(typed, "M1")
    assert kpi("object", "maker", "执行力", "--reason", "只迟到一次") == 0
    assert "objection 1; the answer is due on 2026-02-12, by working days Monday to Friday" in (
        capsys.readouterr().out
    )

    sit_down(typed, "HEAD")
    assert kpi("approve", at=AFTER) == 0
    told = capsys.readouterr().out
    assert "等待 waiting 1: M1" in told
    assert "approved: 1" in told
    assert kpi("answer", "M1", "1", "--outcome", "rejected", "--reason", "考勤记录三次") == 0
    assert kpi("approve", "M1", at=AFTER) == 0

    sit_down(typed, "OWNER")
    assert kpi("approve", "--veto", "M1", "--reason", "考勤记录有误", at=AFTER) == 0
    assert typed.sign("hr").stands(JANUARY).of("M1").state == "scored"


def test_what_is_refused_is_printed_with_its_code_and_ends_with_1(
    typed: Firm, capsys: pytest.CaptureFixture[str]
) -> None:
    sit_down(typed, "M1")

    assert kpi("adjust", "M1", "maker", "5", "--reason", "x") == 1
    assert "[R102]" in capsys.readouterr().out
    assert kpi("object", "maker", "teamwork", "--reason", "x") == 1
    assert "[S104]" in capsys.readouterr().out
    assert kpi("answer", "B1", "1", "--outcome", "rejected", "--reason", "x") == 1
    assert "[R103]" in capsys.readouterr().out
    assert kpi("approve", "M2") == 1
    assert "[R103]" in capsys.readouterr().out
    assert kpi("approve", "--veto", "M2", "--reason", "") == 1
    assert kpi("adjust", "M1", "maker", "many", "--reason", "x") == 1
    assert "[S125]" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["approve", "M1", "--veto", "M2", "--reason", "x"],
        ["approve", "M1", "--reason", "x"],
        ["answer", "M1", "0", "--outcome", "rejected", "--reason", "x"],
        ["answer", "M1", "1", "--outcome", "perhaps", "--reason", "x"],
        ["adjust", "M1", "maker", "1"],
    ],
)
def test_words_that_do_not_fit_are_a_wrong_use(typed: Firm, words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        kpi(*words)

    assert ended.value.code == 2


def test_verify_and_rebuild_compute_with_the_same_adjustments(
    typed: Firm, capsys: pytest.CaptureFixture[str]
) -> None:
    sit_down(typed, "B1")
    kpi("adjust", "M1", "maker", "3", "--reason", "带新人")
    capsys.readouterr()

    assert main(["verify"]) == 1
    told = capsys.readouterr().out
    assert "2026-01: changed since it was computed: adjustments M1; `kpi score --period 2026-01`" in told

    typed.score()
    assert main(["verify"]) == 0
    before = typed.sign("hr").cards(JANUARY)
    assert main(["rebuild"]) == 0
    assert typed.sign("hr").cards(JANUARY) == before


def test_why_tells_the_adjustment_to_whoever_asks(typed: Firm, capsys: pytest.CaptureFixture[str]) -> None:
    sit_down(typed, "B1")
    kpi("adjust", "M1", "maker", "3", "--reason", "带新人")
    typed.score()
    capsys.readouterr()

    assert main(["why", "M1", "teamwork", "2026-01", "--lang", "zh"]) == 0

    assert "主管调整 3 → 3 (±5)（B1: 带新人）" in capsys.readouterr().out


def test_the_sheet_of_the_person_names_who_and_why(typed: Firm) -> None:
    sit_down(typed, "B1")
    kpi("adjust", "M1", "maker", "3", "--reason", "带新人")
    typed.score()

    with open_published(typed.home.root) as con:
        text = render_sheets(con, JANUARY.id)

    assert "主管调整 3 → 3 (±5)（B1: 带新人）" in text
    # on no other sheet
    assert text.count("主管调整") == text.count("（B1: 带新人）")
