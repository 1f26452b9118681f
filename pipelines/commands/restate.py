"""`kpi restate`: what became known after a lock is proposed, decided by somebody else, and posted once."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.commands.options import as_of_option, company_option, period_option

if TYPE_CHECKING:
    from models.closing.corrections import Outcome, Proposal
    from models.periods import Period
    from pipelines.closing.signing import Signing


@click.command("restate")
@period_option
@click.option(
    "--decide",
    nargs=2,
    type=(int, click.Choice(["approved", "rejected"])),
    metavar="NUMBER approved|rejected",
    help="Decide a proposal that somebody else prepared; with --reason.",
)
@click.option("--reason", default="", metavar="R", help="Why it is decided so; it stays in the ledger.")
@click.option("--post", "is_posting", is_flag=True, help="Post what is approved into the next open period.")
@as_of_option
@company_option
def restate(
    *,
    period: str,
    decide: "tuple[int, Outcome] | None",
    reason: str,
    is_posting: bool,
    as_of: datetime | None,
    company: Path | None,
) -> int:
    """Propose what became known of a locked period.

    Late refunds, corrected files and changed ratings become one proposal per card, under the definitions the period was locked
    with; what was signed stays as it is. --decide approves or rejects one, which takes somebody else than who proposed it; --post
    puts what is approved into the next period that is not locked, once. Exit code 1 when something was refused, or when locked,
    approved, open and rejected do not add up to what is recomputed.
    """
    from models.periods import Period
    from pipelines.closing.signing import Signing
    from pipelines.company.company import chosen_company
    from pipelines.company.home import Home

    if decide and is_posting:
        raise click.UsageError("--decide and --post are two steps: run one after the other")
    span = Period.parse(period)
    signing = Signing.open(chosen_company(company), Home.of(), as_of=as_of)
    if decide:
        return _decided(signing, span, *decide, reason)
    return _posted(signing, span) if is_posting else _proposed(signing, span)


def _proposed(signing: "Signing", period: "Period") -> int:
    from pipelines.closing.restating import restate as restated
    from pipelines.commands.decided import shown_from_now_on

    found = restated(signing, period)
    for person, refusal in sorted(found.refused.items()):
        print(f"{person}: {refusal}")
    stand = [p for _, p in sorted(found.stand.proposals.items()) if p.counts_as]
    for proposal in stand:
        for line in _told(proposal):
            print(line)
    causes = ", ".join(found.causes) or "—"
    n_open = sum(p.state == "open" for p in stand)
    print(f"{period.id}：新建议 {len(found.entered)} 条，待裁定 {n_open} 条；有变化的资料：{causes}")
    print(
        f"{period.id}: {len(found.entered)} new proposals, {n_open} to decide; inputs that changed: {causes}"
    )
    for row in found.unbalanced[:10]:
        print(f"{' '.join((*row.card, *filter(None, row.place)))}: {row.difference:f}")
    if found.unbalanced:
        n = len(found.unbalanced)
        print(f"有 {n} 个数字未守恒：还有变化没有建议；由有建议权的人运行同一命令")
        print(f"{n} figures do not add up: not all was proposed; one who may propose runs the same command")
    else:
        print("锁定 + 已批准 + 待裁定 + 已驳回 = 按现有资料重算，差异 0.00")
        print("locked + approved + open + rejected = recomputed from all that is known now, difference 0.00")
    shown_from_now_on(signing, period)
    return 1 if found.refused or found.unbalanced else 0


def _told(proposal: "Proposal") -> list[str]:
    """A proposal in a few lines: the totals first, then the lines of the card."""
    says, (person, role) = proposal.says, proposal.card
    grades = (
        ""
        if says["grade_was"] == says["grade_now"]
        else f"  {says['grade_was'] or '—'} → {says['grade_now'] or '—'}"
    )
    told = [f"{proposal.number}  {person} {role}  {proposal.state}{grades}"]
    told += [
        f"    {line.kpi or '—'} {line.measure}: {_shown(line.was)} → {_shown(line.now)}"
        f"  直接 direct {line.direct:+f}  连带 knock-on {line.knock_on:+f}"
        for line in proposal.lines
    ]
    if says["own"]:
        told.append(f"    本人变化的资料 own inputs: {', '.join(says['own'])}")
    if says["touches"]:
        told.append(f"    连带影响 also touches: {', '.join(says['touches'])}")
    return told


def _shown(value: object) -> str:
    return "—" if value is None else f"{value:f}"


def _decided(signing: "Signing", period: "Period", number: int, outcome: "Outcome", reason: str) -> int:
    from pipelines.closing.restating import decide_proposal
    from pipelines.commands.decided import shown_from_now_on

    entry = decide_proposal(signing, period, number, outcome, reason)
    zh = {"approved": "已批准", "rejected": "已驳回"}[outcome]
    again_zh, again = ("", "") if entry else ("（此前已裁定）", ", before")
    print(f"{period.id} 更正建议 {number}：{zh}{again_zh}")
    print(f"{period.id} proposal {number}: {outcome}{again}")
    if entry is not None:
        print(f"ledger: entry {entry.seq}, {entry.hash}")
        shown_from_now_on(signing, period)
    return 0


def _posted(signing: "Signing", period: "Period") -> int:
    from pipelines.closing.restating import post
    from pipelines.commands.decided import shown_from_now_on

    found = post(signing, period)
    for person, refusal in sorted(found.refused.items()):
        print(f"{person}: {refusal}")
    numbers = ", ".join(map(str, found.numbers)) or "—"
    into = found.into.id if found.into else "—"
    print(f"{period.id} 入账的更正：{numbers}，计入 {into}")
    print(f"{period.id} corrections posted: {numbers}, into {into}")
    if found.numbers:
        shown_from_now_on(signing, period)
    return 1 if found.refused else 0
