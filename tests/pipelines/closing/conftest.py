"""A firm that is appraised by ratings alone: scored in a second, with everybody who signs."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from models.periods import Period
from pipelines.closing.signing import Signing
from pipelines.company import clock
from pipelines.company.company import load_company
from pipelines.company.home import Home
from pipelines.company.run_scope import RunScope
from pipelines.steps.facts import build_facts
from pipelines.steps.files import load_files
from pipelines.steps.publish import publish_all
from pipelines.steps.score import compute_period, score_people

JANUARY = Period.parse("2026-01")
COMPANY = """\
id: lantern
name: {zh: 灯笼铺, en: The lantern shop}
zone: Asia/Shanghai
currency: CNY
languages: [zh, en]
clock: replay
first_day: 2026-01-01
last_day: 2026-12-31
accountable_roles: {}
sla_hours: {urgent: 8, high: 24, normal: 72, low: 120}
"""
ROLE = """\
roles:
  - id: maker
    effective_from: 2025-01-01
    label: {zh: 匠人, en: Lantern maker}
    duties:
      - {id: make, zh: 做好灯笼, en: Make lanterns well}
    cycle: M
    missing: pending
    grade_table: standard
    manager_limit: 5
    dimensions:
      - id: behaviour
        label: {zh: 工作行为, en: Behaviour}
        weight: 100
        kpis:
          - {kpi: teamwork, duty: make, weight: 60, target: 100, method: score.rating, args: {weights: {superior: 100}}}
          - {kpi: execution, duty: make, weight: 40, target: 100, method: score.rating, args: {weights: {superior: 100}}}
"""
# two benches under one head of the workshop; HR and the owner are not appraised
PEOPLE = """\
person_id,name,role_id,dept,manager_id,valid_from,valid_to
HEAD,许师傅,maker,workshop,,2025-01-01,
B1,钱一,maker,workshop,HEAD,2025-01-01,
B2,孙二,maker,workshop,HEAD,2025-01-01,
M1,李三,maker,workshop,B1,2025-01-01,
M2,周四,maker,workshop,B1,2025-01-01,
M3,吴五,maker,workshop,B2,2025-01-01,
"""
ACCESS = """\
users:
  - {login: head, person: HEAD}
  - {login: b1, person: B1}
  - {login: b2, person: B2}
  - {login: m1, person: M1}
  - {login: m3, person: M3}
  - {login: hr, person: HR}
  - {login: owner, person: OWNER}
others:
  - {id: OWNER, name: 东家, head: true}
  - {id: HR, name: 人事}
grants:
  - {position: everybody, may: [read], over: self}
  - {position: manager, may: [score, guide, propose, read], over: direct_reports}
  - {position: manager, may: [approve, veto, read], over: all_below}
  - {person: HR, may: [plan, propose, lock, read], over: company}
  - {person: OWNER, may: [score, approve, veto, read], over: company}
"""
APPRAISED = ("B1", "B2", "HEAD", "M1", "M2", "M3")


@dataclass(frozen=True)
class Firm:
    """Its folder and home."""

    folder: Path
    home: Home

    def write(self, name: str, text: str) -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text, encoding="utf-8")

    def rate(self, scores: Mapping[str, int], period: Period = JANUARY) -> None:
        """What every superior gives: points of five, the same for both items; without a score the card is provisional."""
        rows = [
            f"{person},{period.id},{item},{'OWNER' if person == 'HEAD' else 'BOSS'},superior,{score},5\n"
            for person, score in scores.items()
            for item in ("teamwork", "execution")
        ]
        self.write(
            "ratings.csv", "person_id,period,item_id,rater_id,rater_type,score,scale_max\n" + "".join(rows)
        )

    def score(self, period: Period = JANUARY) -> None:
        """Every step of `kpi score`, without Dagster."""
        company = load_company(self.folder)
        work = RunScope(company, self.home, period.start, period.end, clock.as_of(company, period.end))
        load_files(work)
        build_facts(work)
        compute_period(work, period)
        score_people(work, period)
        publish_all(work, period.id)

    def sign(self, login: str, day: str = "2026-02-03") -> Signing:
        """Somebody at the ledger, at nine in the morning."""
        as_of = datetime.fromisoformat(f"{day}T09:00:00+08:00")
        return Signing.open(load_company(self.folder), self.home, as_of=as_of, login=login)


@pytest.fixture(scope="session")
def scored_once(tmp_path_factory: pytest.TempPathFactory) -> Firm:
    """The firm after January was scored; tests work on copies."""
    place = tmp_path_factory.mktemp("lantern")
    firm = Firm(place / "company", Home.at(place / "home"))
    firm.write("company.yaml", COMPANY)
    firm.write("kpi_definitions/roles.yaml", ROLE)
    firm.write("people.csv", PEOPLE)
    firm.write("access.yaml", ACCESS)
    firm.write("ownership.csv", "scope_type,scope_id,role_id,person_id,share,valid_from,valid_to\n")
    firm.write("facts.yaml", "drops: []\n")
    firm.rate(dict.fromkeys(APPRAISED, 4))
    firm.score()
    return firm


@pytest.fixture
def firm(scored_once: Firm, tmp_path: Path) -> Firm:
    """The firm after January was scored, before anybody signs."""
    return copied(scored_once, tmp_path)


@pytest.fixture(scope="session")
def approved_once(scored_once: Firm, tmp_path_factory: pytest.TempPathFactory) -> Firm:
    """The firm after everybody has signed January, before the lock; tests work on copies."""
    from tests.pipelines.closing.locking import approve_all

    firm = copied(scored_once, tmp_path_factory.mktemp("approved"))
    approve_all(firm)
    return firm


@pytest.fixture
def approved(approved_once: Firm, tmp_path: Path) -> Firm:
    """The firm after everybody has signed January, before the lock."""
    return copied(approved_once, tmp_path)


def copied(firm: Firm, place: Path) -> Firm:
    """A firm like it, of its own."""
    shutil.copytree(firm.folder, place / "company")
    shutil.copytree(firm.home.root, place / "home")
    return Firm(place / "company", Home.at(place / "home"))
