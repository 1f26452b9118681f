"""Who acts: the login that the operating system vouches for, and the person behind it on that day."""

import os
import pwd
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from connectors.file_drop import write_templates
from models.closing.access import parse_access
from models.closing.rights import Rights
from models.errors import CompanyError, MeritErrors, RightsError
from pipelines.company.access import find_access, required_access
from pipelines.company.company import Company, load_company
from pipelines.company.identity import Identity, identify
from tests.models.closing.test_rights import COMPANY, DAY


def test_a_login_is_its_person_and_two_logins_may_be_one_person() -> None:
    assert identify("li", COMPANY, DAY) == Identity("M1", "li")
    assert identify("li2", COMPANY, DAY).person_id == "M1"


def test_a_login_that_was_handed_on_belongs_to_whom_the_day_says() -> None:
    assert identify("desk", COMPANY, date(2026, 6, 30)).person_id == "S1"
    assert identify("desk", COMPANY, date(2026, 7, 1)).person_id == "S2"


@pytest.mark.parametrize(
    ("login", "code", "said"),
    [
        ("nobody", "R110", "found: nobody on 2026-07-15"),
        ("LI", "R110", "found: LI on 2026-07-15"),
        ("shared", "R111", "found: shared: S1, S2 on 2026-07-15"),
        ("old", "R101", "found: old: S9 on 2026-07-15"),
        ("ghost", "R101", "found: ghost: X1 on 2026-07-15"),
    ],
)
def test_a_login_of_nobody_of_two_or_of_a_leaver_is_refused(login: str, code: str, said: str) -> None:
    with pytest.raises(RightsError) as refusal:
        identify(login, COMPANY, DAY)

    assert refusal.value.code == code
    assert said in refusal.value.line()
    assert "access.yaml: users" in refusal.value.line()


def test_the_login_comes_from_the_system_and_not_from_the_environment() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "from pipelines.company.identity import system_login; print(system_login())"],
        env={**os.environ, "USER": "boss", "LOGNAME": "boss", "USERNAME": "boss"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout.strip() == pwd.getpwuid(os.geteuid()).pw_name != "boss"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a user without a name")
def test_a_user_id_without_a_name_is_refused() -> None:
    # after the import: the user without a name may not be able to read the program
    code = "import os; from pipelines.company.identity import system_login; os.seteuid(64999); system_login()"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert "[R110] this user id has no login" in told.stderr
    assert "uid 64999" in told.stderr


@pytest.fixture
def written(tmp_path: Path) -> Company:
    write_templates(tmp_path)
    return load_company(tmp_path)


def test_a_company_without_the_file_works_until_somebody_signs(written: Company) -> None:
    (written.folder / "access.yaml").unlink()

    assert find_access(written) is None
    with pytest.raises(CompanyError) as refusal:
        required_access(written)
    assert refusal.value.code == "C191"
    assert str(written.folder / "access.yaml") in refusal.value.line()
    assert "kpi init" in refusal.value.remedy


def test_what_init_writes_lets_hr_plan_and_lock_managers_score_and_finance_pay(written: Company) -> None:
    rights = Rights(required_access(written), COMPANY.people)

    assert rights.holders("plan", "S1", DAY) == ["HR"]
    assert rights.holders("lock", None, DAY) == ["HR"]
    assert rights.holders("score", "S1", DAY) == ["M1"]
    assert rights.holders("guide", "S1", DAY) == ["D1", "GM", "M1"]
    assert rights.holders("approve", "S1", DAY, prepared_by=["M1"]) == ["D1", "GM", "HR"]
    assert rights.holders("veto", "S1", DAY) == ["D1", "GM", "M1"]
    assert rights.holders("score", "D1", DAY) == ["GM"]
    assert rights.holders("approve", "D1", DAY, prepared_by=["GM"]) == ["HR"]
    assert rights.holders("pay", None, DAY) == ["FIN"]
    assert "S1" in rights.holders("read", "S1", DAY)
    assert "S2" not in rights.holders("read", "S1", DAY)


def test_a_link_out_of_the_folder_is_not_followed(written: Company, tmp_path: Path) -> None:
    (written.folder / "access.yaml").unlink()
    (written.folder / "access.yaml").symlink_to("/etc/hostname")

    with pytest.raises(CompanyError) as refusal:
        find_access(written)
    assert refusal.value.code == "C008"


def test_every_word_of_the_template_is_a_right(written: Company) -> None:
    text = (written.folder / "access.yaml").read_text("utf-8")

    given = {right for grant in parse_access(text).grants for right in grant.may}
    assert given == {
        "plan",
        "propose",
        "score",
        "guide",
        "dispatch",
        "veto",
        "approve",
        "lock",
        "pay",
        "read",
    }


def test_a_file_that_cannot_be_used_is_refused_with_its_line(written: Company) -> None:
    (written.folder / "access.yaml").write_text(
        "grants:\n  - {person: HR, may: [lok], over: company}\n", "utf-8"
    )

    with pytest.raises(MeritErrors) as refusal:
        required_access(written)
    assert refusal.value.errors[0].where == "access.yaml:2"
