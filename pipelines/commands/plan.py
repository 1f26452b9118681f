"""`kpi plan`: what people are measured by is told them beforehand, and they answer.

Not here: what a plan is (models/closing/plan.py), serving and answering (pipelines/closing/plans.py).
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.commands.options import (
    InOrder,
    as_of_option,
    company_option,
    people_argument,
    period_option,
    reason_option,
)

if TYPE_CHECKING:
    from models.closing.blind_targets import BlindTarget
    from models.closing.plan import PlanStanding
    from models.closing.plan_record import PlanAnswer, ServedPlan
    from pipelines.closing.signing import Signing


@click.group("plan", cls=InOrder)
def plan() -> None:
    """Agree on plans beforehand: serve them, take the answers."""


@plan.command("serve")
@people_argument
@period_option
@as_of_option
@company_option
def serve(*, people: tuple[str, ...], period: str, as_of: datetime | None, company: Path | None) -> int:
    """Serve the plans of PEOPLE, without PEOPLE of everybody.

    Of all you may plan for. One page a person below reports/P/plans/, and an index. Served again is what has changed since. A
    plan with a target that is not stated, or blind, is left out and listed: an approver says `kpi plan allow`. Exit code 1 when
    one was left out.
    """
    from models.closing.kinds import EntryKind
    from models.periods import Period
    from pipelines.closing.plans import serve as enter
    from pipelines.commands.decided import told

    found = enter(_signing(company, as_of), Period.parse(period), people)
    print(found.index)
    code = told(EntryKind.PLAN_SERVED, found.decisions)
    _tell_blind(found.blind, period)
    return code


@plan.command("confirm")
@click.option("--refuse", is_flag=True, help="Say no; takes --reason.")
@click.option("--reason", default="", metavar="R", help="Why you refuse.")
@click.option("--role", default="", metavar="ROLE", help="Only the plan of this role, for who has two.")
@period_option
@as_of_option
@company_option
def confirm(
    *, refuse: bool, reason: str, role: str, period: str, as_of: datetime | None, company: Path | None
) -> int:
    """Agree to the own plan, or refuse it with a reason.

    As it was served. Only the own login answers. A plan that has changed since asks again. Exit code 1 when the answer does not
    fit.
    """
    from models.closing.kinds import EntryKind
    from models.periods import Period
    from pipelines.closing.plans import answer
    from pipelines.commands.decided import told

    given: PlanAnswer = "refused" if refuse else "confirmed"
    kind = EntryKind.PLAN_REFUSED if refuse else EntryKind.PLAN_CONFIRMED
    found = answer(_signing(company, as_of), Period.parse(period), given, role=role, reason=reason)
    for entry in found.entered:
        print(f"{entry.says['role']}: {entry.says['plan_hash'][:8]}")
    return told(kind, found)


@plan.command("allow")
@click.argument("person", metavar="PERSON")
@click.argument("kpi", metavar="KPI")
@reason_option
@period_option
@as_of_option
@company_option
def allow(
    *, person: str, kpi: str, reason: str, period: str, as_of: datetime | None, company: Path | None
) -> int:
    """Stand for a blind target of PERSON.

    Its plan can then be served by somebody else. Takes the right to approve over PERSON. The person reads name and reason on
    the plan. It holds for this value of the target.
    """
    from models.closing.kinds import EntryKind
    from models.periods import Period
    from pipelines.closing.plans import allow as enter
    from pipelines.commands.decided import told

    found = enter(_signing(company, as_of), Period.parse(period), person, kpi, reason)
    return told(EntryKind.PLAN_TARGET_ALLOWED, found)


@plan.command("status")
@period_option
@as_of_option
@company_option
def status(*, period: str, as_of: datetime | None, company: Path | None) -> int:
    """List how the plans stand of everybody you may read about.

    Not served, changed since, refused with the reason, served without an answer since when, confirmed; and whom the close waits
    for, by `plan_confirmation` of company.yaml. Exit code 0.
    """
    from models.closing.plan import plan_gaps
    from models.closing.plan_record import PLAN_STATES
    from models.periods import Period
    from pipelines.closing.plans import plan_standings
    from pipelines.commands.table import table

    signing = _signing(company, as_of)
    found = plan_standings(signing, Period.parse(period))
    for state, label in PLAN_STATES.items():
        own = [stands for stands in found if stands.state == state]
        if own:
            print(f"{label.zh} {label.en}: {len(own)}")
            print(table(["person", "name", "role", "plan", "served and answered"], _rows(own)))
            print()
    mode = signing.company.plan_confirmation
    records = {stands.plan.key: stands.record for stands in found}
    gaps = plan_gaps({stands.plan.key: stands.plan.hash for stands in found}, records, mode)
    n = len({gap.person for gap in gaps})
    print(f"plan_confirmation: {mode}，月结等待 {n} 人 the close waits for {n}")
    return 0


def _rows(found: Iterable["PlanStanding"]) -> list[list[str]]:
    return [
        [
            stands.plan.person,
            stands.name,
            stands.plan.role.id,
            f"{stands.plan.hash[:8]} {stands.plan.begins}",
            "; ".join(map(_served, stands.record.served)) or "—",
        ]
        for stands in found
    ]


def _served(one: "ServedPlan") -> str:
    """`2026-01-02 a1b2c3d4 (from 2026-01-01) confirmed 2026-01-03`: a plan that changed has two of them."""
    first = f"{one.on} {one.plan_hash[:8]} (自 from {one.begins})"
    if one.answer is None:
        return f"{first} 未答复 no answer"
    words = {"confirmed": "确认 confirmed", "refused": "拒绝 refused"}[one.answer]
    return f"{first} {words} {one.answered_on}" + (f": {one.reason}" if one.reason else "")


def _tell_blind(blind: Iterable["BlindTarget"], period: str) -> None:
    for target in blind:
        print(f'kpi plan allow {target.person} {target.kpi} --period {period} --reason "…"')


def _signing(company: Path | None, as_of: datetime | None) -> "Signing":
    from pipelines.closing.signing import Signing
    from pipelines.company.company import chosen_company
    from pipelines.company.home import Home

    return Signing.open(chosen_company(company), Home.of(), as_of=as_of)
