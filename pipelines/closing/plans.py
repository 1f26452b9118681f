"""Plans are served, confirmed, refused, and a blind target is allowed: the entries about plans.

Belongs here: who is asked for what, the refusals, the entries, the pages on their way. Not here: what a plan is
(models/closing/plan.py), the files and figures behind it (plan_book.py), how it looks (pipelines/render/plan_page.py).
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.closing.blind_targets import BlindTarget
from models.closing.entries import Draft, Entry
from models.closing.kinds import EntryKind, require_fields
from models.closing.plan import AgreedPlan, PlanKey, PlanStanding
from models.closing.plan_record import (
    AllowanceKey,
    AllowedTarget,
    PlanAnswer,
    PlanRecord,
    allowed_targets,
    plan_records,
)
from models.closing.rights import Refused
from models.closing.states import check_move, standing
from models.errors import MeritError, MeritErrors, SigningError
from models.periods import Period
from models.whole_file import PRIVATE, write_whole
from pipelines.closing.plan_book import PlanBook
from pipelines.closing.signing import Decisions, Signing
from pipelines.render.plan_index import plan_index
from pipelines.render.plan_page import PlanLetterhead, PlanSection, ServedPage, page_name, plan_page

INDEX = "index.html"
Allowed = Mapping[AllowanceKey, AllowedTarget]
_ANSWERED: Mapping[PlanAnswer, EntryKind] = {
    "confirmed": EntryKind.PLAN_CONFIRMED,
    "refused": EntryKind.PLAN_REFUSED,
}


@dataclass(frozen=True)
class PlanService:
    """What became of serving plans; `blind` are targets for which nobody stands yet, of people who are refused for them."""

    decisions: Decisions
    index: Path
    blind: list[BlindTarget] = field(default_factory=list)


@dataclass(frozen=True)
class _Said:
    """One entry to be made about one plan, and whether it is new: False when it was made, or a SigningError."""

    plan: AgreedPlan
    body: Mapping[str, Any]
    is_new: Callable[[Mapping[PlanKey, PlanRecord], Allowed], bool]


def serve(signing: Signing, period: Period, people: Collection[str] = ()) -> PlanService:
    """Render the plans of the people named, else of everybody whom the actor may plan for, and enter that they were served.

    Who has a target that is blind or not stated is left out with all roles: half a plan is none. Pages come first: an entry says
    what was there to be read.

    Raises:
        SigningError: S157 when nobody has a plan in the period.
    """
    book = PlanBook.of(signing.company, signing.home, period)
    everyone = sorted({person for person, _ in book.plans})
    if not everyone:
        raise SigningError("S157", "nobody has a plan", where=period.id)
    chosen = list(people) or signing.may(EntryKind.PLAN_SERVED, everyone)
    entries = signing.ledger.entries(period=period.id)
    stands, records, allowed = standing(entries), plan_records(entries), allowed_targets(entries)
    said: list[_Said] = []
    blind: list[BlindTarget] = []
    refused: dict[str, MeritError] = {}
    for person in chosen:
        try:
            signing.allow(EntryKind.PLAN_SERVED, person, stands, {})
            plans = book.of_person(person)
            found = [target for plan in plans for target in book.blind(plan) if _key(target) not in allowed]
            blind += found
            _refuse([*filter(None, map(book.unstated, plans)), *map(_blind_error, found)])
            for plan in plans:
                _serving(signing, book, plan)(records, allowed)
            page = _paged(signing, book, plans, records, allowed)
            said += [_Said(plan, _served_body(plan, page), _serving(signing, book, plan)) for plan in plans]
        except MeritError as refusal:
            refused[person] = refusal
    decisions = _enter(signing, period, EntryKind.PLAN_SERVED, said)
    decisions.refused.update(refused)
    return PlanService(decisions, _write_index(signing, book), blind)


def _refuse(errors: Sequence[MeritError]) -> None:
    if errors:
        raise errors[0] if len(errors) == 1 else MeritErrors([*errors])


def _key(target: BlindTarget) -> AllowanceKey:
    return target.person, target.role, target.kpi, target.target_text


def _blind_error(target: BlindTarget) -> SigningError:
    return SigningError(
        "S150",
        f"the target of {target.kpi} is blind: {target.why.en} ({target.why.zh})",
        where=f"{target.person} {target.role}",
        actual=f"target {target.target_text}; own history {target.shown_history}",
    )


def _served_body(plan: AgreedPlan, page: ServedPage) -> dict[str, Any]:
    return {
        "role": plan.role.id,
        "plan_hash": plan.hash,
        "begins": plan.begins,
        "page": page.name,
        "page_hash": hashlib.sha256(page.content).hexdigest(),
    }


def _serving(
    signing: Signing, book: PlanBook, plan: AgreedPlan
) -> Callable[[Mapping[PlanKey, PlanRecord], Allowed], bool]:
    def is_new(records: Mapping[PlanKey, PlanRecord], allowed: Allowed) -> bool:
        me = signing.actor.person_id
        # the targets of a plan are judged only where the actor allowed any: it happens under the ledger's lock
        if any(found.by == me for found in allowed.values()):
            mine = ", ".join(target.kpi for target in book.blind(plan) if _by(allowed, target) == me)
            if mine:
                raise SigningError("S154", f"{me} allowed the target of {mine}", where=plan.person)
        return records.get(plan.key, PlanRecord()).needs_serving(plan.hash)

    return is_new


def _by(allowed: Allowed, target: BlindTarget) -> str:
    found = allowed.get(_key(target))
    return found.by if found else ""


def _paged(
    signing: Signing,
    book: PlanBook,
    plans: Sequence[AgreedPlan],
    records: Mapping[PlanKey, PlanRecord],
    allowed: Allowed,
) -> ServedPage:
    """The page of one person, put in place; one that was served stays as it was, as long as it is there."""
    name = page_name(plans)
    path = _folder(signing, book.period) / name
    served = all(not records.get(plan.key, PlanRecord()).needs_serving(plan.hash) for plan in plans)
    if served and path.exists():
        return ServedPage(name, path.read_bytes())
    sections = [_section(book, plan, allowed) for plan in plans]
    content = plan_page(_letterhead(signing), book.name(plans[0].person), sections, signing.on)
    write_whole(path, content, mode=PRIVATE)
    return ServedPage(name, content)


def _section(book: PlanBook, plan: AgreedPlan, allowed: Allowed) -> PlanSection:
    last = book.period.previous
    return PlanSection(
        plan=plan,
        grades=book.definitions.grade_table(plan.role.grade_table, book.period.end).bands,
        history=book.history.get(plan.key, {}),
        allowed={target.kpi: found for target in book.blind(plan) if (found := allowed.get(_key(target)))},
        example=book.examples.get(plan.key),
        last=last,
        last_days=book.days_in_role(plan.key, last),
    )


def _letterhead(signing: Signing) -> PlanLetterhead:
    company = signing.company
    return PlanLetterhead(company.name, company.currency, company.languages)


def _folder(signing: Signing, period: Period) -> Path:
    return signing.home.report(period.id, "plans")


def answer(
    signing: Signing, period: Period, given: PlanAnswer, *, role: str = "", reason: str = ""
) -> Decisions:
    """Confirm or refuse the own plans, or that of one role.

    Raises:
        SigningError: S157 when the actor has no plan, or none in that role.
    """
    book = PlanBook.of(signing.company, signing.home, period)
    person = signing.actor.person_id
    plans = [plan for plan in book.of_person(person) if role in ("", plan.role.id)]
    if not plans:
        raise SigningError("S157", f"{person} has no plan as {role}", where=period.id)
    said = [_Said(plan, _answer_body(plan, reason), _answering(plan, given)) for plan in plans]
    return _enter(signing, period, _ANSWERED[given], said)


def _answer_body(plan: AgreedPlan, reason: str) -> dict[str, Any]:
    body = {"role": plan.role.id, "plan_hash": plan.hash}
    return {**body, "reason": reason} if reason else body


def _answering(
    plan: AgreedPlan, given: PlanAnswer
) -> Callable[[Mapping[PlanKey, PlanRecord], Allowed], bool]:
    def is_new(records: Mapping[PlanKey, PlanRecord], _: Allowed) -> bool:
        where = f"{plan.person} {plan.role.id} {plan.period.id}"
        return records.get(plan.key, PlanRecord()).check_answer(plan.hash, given, where)

    return is_new


def allow(signing: Signing, period: Period, person: str, kpi: str, reason: str) -> Decisions:
    """Stand for a blind target of one person, with a reason; the plan can then be served, by somebody else.

    Raises:
        SigningError: S157 when the person has no plan, S155 when the target is not blind.
    """
    book = PlanBook.of(signing.company, signing.home, period)
    found = [(plan, t) for plan in book.of_person(person) for t in book.blind(plan) if t.kpi == kpi]
    if not found:
        known = ", ".join(t.kpi for plan in book.of_person(person) for t in book.blind(plan))
        raise SigningError(
            "S155", f"{kpi} of {person} is no blind target", where=period.id, actual=known or "none"
        )
    said = [
        _Said(
            plan,
            {"role": t.role, "kpi": t.kpi, "target": t.target_text, "reason": reason},
            _allowing(signing, t),
        )
        for plan, t in found
    ]
    return _enter(signing, period, EntryKind.PLAN_TARGET_ALLOWED, said)


def _allowing(
    signing: Signing, target: BlindTarget
) -> Callable[[Mapping[PlanKey, PlanRecord], Allowed], bool]:
    def is_new(_: Mapping[PlanKey, PlanRecord], allowed: Allowed) -> bool:
        # a second approver may take the place of the first, who can then serve the plan
        return _by(allowed, target) != signing.actor.person_id

    return is_new


def _enter(signing: Signing, period: Period, kind: EntryKind, said: Sequence[_Said]) -> Decisions:
    """Enter what fits under the ledger's lock; a plan that is refused keeps no other back."""
    found = Decisions()

    def checked(entries: Sequence[Entry]) -> list[Draft]:
        stands, records, allowed = standing(entries), plan_records(entries), allowed_targets(entries)
        drafts = []
        for one in said:
            person, body = one.plan.person, {**one.body, "on": signing.on}
            try:
                signing.allow(kind, person, stands, body)
                require_fields(kind, body)
                if check_move(stands, kind, person, body, signing.on) and one.is_new(records, allowed):
                    drafts.append(Draft(kind=kind, period=period.id, person=person, body=body))
                else:
                    found.made_before.append(person)
            except MeritError as refusal:
                found.refused[person] = refusal
        return drafts

    found.entered.extend(signing.ledger.record(signing.actor.person_id, checked, period=period.id))
    return found


def plan_standings(signing: Signing, period: Period) -> list[PlanStanding]:
    """How the plans stand of everybody whom the actor may read about, by person and role."""
    return [
        stands
        for stands in _standings(signing, PlanBook.of(signing.company, signing.home, period))
        if _may_read(signing, stands.plan.person)
    ]


def _standings(signing: Signing, book: PlanBook) -> list[PlanStanding]:
    records = plan_records(signing.ledger.entries(period=book.period.id))
    return [
        PlanStanding(plan, book.name(plan.person), records.get(key, PlanRecord()))
        for key, plan in sorted(book.plans.items())
    ]


def _may_read(signing: Signing, person: str) -> bool:
    me = signing.actor.person_id
    return person == me or not isinstance(signing.rights.decide(me, "read", person, signing.on), Refused)


def _write_index(signing: Signing, book: PlanBook) -> Path:
    path = _folder(signing, book.period) / INDEX
    page = plan_index(_letterhead(signing), book.period, _standings(signing, book), signing.on)
    write_whole(path, page, mode=PRIVATE)
    return path
