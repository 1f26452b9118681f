"""What can be entered about a period: every kind, what it must say, and which right it takes.

Belongs here: the list, and the check of a draft against it. Not here: whether a move fits the state (states.py),
who holds a right (rights.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from models.closing.access import Right
from models.definitions import Label
from models.errors import SigningError


class EntryKind(StrEnum):
    """The word that stands in the ledger. A kind keeps its meaning for ever: entries of years ago are read by it."""

    PLAN_SERVED = "plan_served"
    PLAN_CONFIRMED = "plan_confirmed"
    PLAN_REFUSED = "plan_refused"
    PLAN_TARGET_ALLOWED = "plan_target_allowed"
    SCORED = "scored"
    RATED = "rated"
    REVIEWED = "reviewed"
    ADJUSTED = "adjusted"
    CALIBRATED = "calibrated"
    PUBLISHED = "published"
    OBJECTED = "objected"
    ANSWERED = "answered"
    VETOED = "vetoed"
    APPROVED = "approved"
    LOCK_ALLOWED = "lock_allowed"
    LOCKED = "locked"
    REOPEN_ASKED = "reopen_asked"
    REOPENED = "reopened"
    ATTEMPTED = "attempted"
    RESTORED = "restored"
    PROPOSED = "proposed"
    DECIDED = "decided"
    POSTED = "posted"
    PLAN_REVIEWED = "plan_reviewed"


@dataclass(frozen=True, kw_only=True)
class KindRule:
    """What an entry of a kind says.

    `about` is whether it names a person or a whole period; `right` is what its actor needs over that person (None: the person
    alone, or the program where nobody decides); `prepares` marks acts after which one cannot approve the same card.
    """

    label: Label
    about: Literal["person", "period"]
    right: Right | None
    fields: tuple[str, ...] = ()
    prepares: bool = False
    own: bool = False


def _kind(
    zh: str, en: str, about: Literal["person", "period"], right: Right | None, *fields: str, **more: bool
) -> KindRule:
    return KindRule(label=Label(zh=zh, en=en), about=about, right=right, fields=fields, **more)


KINDS: Mapping[EntryKind, KindRule] = {
    EntryKind.PLAN_SERVED: _kind("方案已送达", "plan served", "person", "plan", "role", "plan_hash"),
    EntryKind.PLAN_CONFIRMED: _kind(
        "方案已确认", "plan confirmed", "person", None, "role", "plan_hash", own=True
    ),
    EntryKind.PLAN_REFUSED: _kind(
        "方案被拒绝", "plan refused", "person", None, "role", "plan_hash", "reason", own=True
    ),
    # a target far from the own history is served only when somebody stands for it who is not the one who serves
    EntryKind.PLAN_TARGET_ALLOWED: _kind(
        "目标已特批", "target allowed", "person", "approve", "role", "kpi", "target", "reason"
    ),
    # a computation, not a decision: entered so that every later move can say on which card it was made
    EntryKind.SCORED: _kind("已计分", "scored", "person", None, "card_hash", "status"),
    # the right is the rater's, and of a superior alone: a colleague rates by having been asked (raters.py), and HR hands it in
    EntryKind.RATED: _kind(
        "评分已收回", "ratings returned", "person", None, "file_hash", "rater", "items", prepares=True
    ),
    EntryKind.REVIEWED: _kind("上级已复核", "reviewed", "person", "score", "card_hash", prepares=True),
    EntryKind.ADJUSTED: _kind(
        "上级调整", "adjusted by the manager", "person", "score", "role", "points", "reason", prepares=True
    ),
    EntryKind.CALIBRATED: _kind(
        "校准", "calibrated", "person", "approve", "role", "points", "reason", prepares=True
    ),
    EntryKind.PUBLISHED: _kind("已公布", "published", "person", "lock", "card_hash"),
    EntryKind.OBJECTED: _kind(
        "提出异议",
        "objected",
        "person",
        None,
        "number",
        "role",
        "kpi",
        "reason",
        "card_hash",
        "why_hash",
        own=True,
    ),
    # not by the manager who scored it: that would be asking the same person twice
    EntryKind.ANSWERED: _kind("异议已答复", "answered", "person", "approve", "number", "outcome", "reason"),
    EntryKind.VETOED: _kind("否决", "vetoed", "person", "veto", "card_hash", "reason"),
    EntryKind.APPROVED: _kind("已批准", "approved", "person", "approve", "card_hash"),
    EntryKind.LOCK_ALLOWED: _kind(
        "同意带缺口锁定", "lock allowed despite gaps", "period", "approve", "gaps", "reason"
    ),
    EntryKind.LOCKED: _kind(
        "已锁定", "locked", "period", "lock", "version", "folder", "manifest_hash", "cards"
    ),
    EntryKind.REOPEN_ASKED: _kind(
        "申请重开", "reopening asked for", "period", "lock", "version", "reason", prepares=True
    ),
    EntryKind.REOPENED: _kind("已重开", "reopened", "period", "approve", "version", "reason"),
    # no decisions: what somebody tried with a locked period, and what was put right by the program
    EntryKind.ATTEMPTED: _kind("重算被拒绝", "recomputation refused", "period", None, "what", "login"),
    EntryKind.RESTORED: _kind(
        "已由快照恢复", "restored from the snapshot", "period", None, "version", "people"
    ),
    EntryKind.PROPOSED: _kind(
        "更正建议",
        "correction proposed",
        "person",
        "propose",
        "number",
        "version",
        "role",
        "stated",
        "status",
        "lines",
        prepares=True,
    ),
    EntryKind.DECIDED: _kind(
        "建议已裁定", "proposal decided", "person", "approve", "number", "outcome", "reason"
    ),
    EntryKind.POSTED: _kind("更正入账", "correction posted", "person", "lock", "number", "into"),
    EntryKind.PLAN_REVIEWED: _kind("方案复盘", "plan reviewed", "period", "plan", "decision", "reason"),
}


OUTCOMES: Mapping[str, Label] = {
    "rejected": Label("维持原结果", "rejected"),
    "data_corrected": Label("数据已更正", "data corrected"),
    "judgement_changed": Label("评价已改变", "judgement changed"),
}


def require_fields(kind: EntryKind, body: Mapping[str, Any]) -> None:
    """Refuse a body that does not say what its kind must say.

    Raises:
        SigningError: S140 with the fields that are missing or empty.
    """
    missing = [
        field for field in KINDS[kind].fields if body.get(field) is None or not str(body[field]).strip()
    ]
    if missing:
        raise SigningError("S140", f"{KINDS[kind].label.en} needs {', '.join(missing)}", where=kind.value)
