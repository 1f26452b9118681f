"""Every closing command x every login x everybody in the firm: allowed, or refused with the code of the table."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from models.closing.kinds import EntryKind
from pipelines.closing.adjusting import AdjustmentAsked, adjust
from pipelines.closing.objections import object_to
from pipelines.closing.signing import Decisions, Signing
from tests.pipelines.closing.conftest import JANUARY, Firm
from tests.pipelines.closing.stations import published, reviewed

K = EntryKind
TABLE = yaml.safe_load(Path(__file__).with_name("rights_matrix.yaml").read_text(encoding="utf-8"))
PEOPLE, LOGINS = TABLE["people"], TABLE["logins"]
WORKDAY, AFTER = "2026-02-05", "2026-02-13"


def everybody_objected(firm: Firm) -> Firm:
    """All six published, and each of them has an open objection."""
    access = (firm.folder / "access.yaml").read_text(encoding="utf-8")
    firm.write("access.yaml", access.replace("users:\n", "users:\n  - {login: m2, person: M2}\n"))
    published(firm)
    for person in PEOPLE:
        object_to(firm.sign(person.lower(), WORKDAY), JANUARY, "maker", "teamwork", "不对")
    return firm


def as_is(firm: Firm) -> Firm:
    return firm


# where the cards stand when the command is tried, on which day, and what it says
CASES: dict[str, tuple[Callable[[Firm], Firm], str, EntryKind, dict[str, object]]] = {
    "review": (as_is, WORKDAY, K.REVIEWED, {}),
    "adjust": (as_is, WORKDAY, K.ADJUSTED, {}),
    "calibrate": (as_is, WORKDAY, K.CALIBRATED, {}),
    "publish": (reviewed, WORKDAY, K.PUBLISHED, {"objections_until": "2026-02-16"}),
    "object": (
        published,
        WORKDAY,
        K.OBJECTED,
        {"number": 1, "role": "maker", "kpi": "teamwork", "reason": "x", "why_hash": "w"},
    ),
    "answer": (everybody_objected, WORKDAY, K.ANSWERED, {"number": 1, "outcome": "rejected", "reason": "x"}),
    "approve": (published, AFTER, K.APPROVED, {}),
    "veto": (published, AFTER, K.VETOED, {"reason": "x"}),
}


def tried(signing: Signing, command: str, person: str) -> Decisions:
    _, _, kind, says = CASES[command]
    if command in ("adjust", "calibrate"):
        asked = AdjustmentAsked(person, "maker", Decimal(1), "x")
        return adjust(signing, JANUARY, kind, asked, preview=True).decisions  # type: ignore[arg-type]
    body = {"card_hash": signing.cards(JANUARY)[person].hash, **says}
    return signing.decide(JANUARY, kind, {person: body}, preview=True)


def outcomes(firm: Firm, command: str) -> dict[str, list[str]]:
    station, day, *_ = CASES[command]
    station(firm)
    found: dict[str, list[str]] = {}
    for login in LOGINS:
        signing = firm.sign(login, day)
        results = [tried(signing, command, person).refused for person in PEOPLE]
        found[login] = [next(iter(r.values())).code if r else "ok" for r in results]
    return found


@pytest.mark.parametrize("command", CASES)
def test_a_command_is_allowed_or_refused_as_the_table_says(firm: Firm, command: str) -> None:
    assert outcomes(firm, command) == TABLE["commands"][command]


def test_the_table_has_every_command_and_nobody_decides_about_oneself() -> None:
    assert set(TABLE["commands"]) == set(CASES)
    for command, rows in TABLE["commands"].items():
        for login, results in rows.items():
            if login.upper() in PEOPLE and command != "object":
                assert results[PEOPLE.index(login.upper())] != "ok"
