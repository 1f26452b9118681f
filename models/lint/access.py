"""Rules about who may do what: people nobody may review, approvals nobody else can give, names that mean nobody.

None of them is an error: access.yaml changes no figure, so that a slip in it must not stop a morning. What cannot be decided is
refused when somebody signs. Pure: the file comes as an argument. Not here: the decisions themselves (models/closing/rights.py).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from models.closing.access import ACCESS, RIGHT_NAMES, RIGHTS, AccessGrant, Right
from models.closing.reporting_line import Roster
from models.closing.rights import Rights
from models.definitions import Label
from models.lint.finding import Breach, LintedWorld, Severity, rule
from models.lint.rows import FileRow
from models.values import nearest

PEOPLE = "people.csv"
_TOPMOST = Label("没有上级的人", "people without a manager")
_KINDS = {"person": "人员", "role": "岗位", "dept": "部门"}
# without one of these a month cannot be closed and paid; the others can wait
NEEDED: frozenset[Right] = frozenset({"plan", "score", "approve", "lock", "pay", "read"})


@dataclass(frozen=True)
class Card:
    """A row of people.csv as something that has to be reviewed, on the last day that is known of it."""

    person_id: str
    manager_id: str
    day: date


@rule(
    "L120",
    "warning",
    name=Label("无人可以考核的员工", "People whom nobody may review"),
    why=Label(
        "他们的考核表停在「已计分」，关不了账", "Their cards stay scored, and the period cannot be closed"
    ),
    remedy=Label(
        "在 people.csv 写 manager_id，或在 access.yaml 授予 score",
        "give them a manager_id in people.csv, or grant score over them in access.yaml",
    ),
)
def _unreviewed(world: LintedWorld) -> Iterator[Breach]:
    rights = world.rights
    if rights is not None:
        yield from _by_manager(
            rights,
            [card for card in _unreviewable(rights) if not _is_granted_oneself(rights, card)],
            lambda whom, boss: (f"{boss.zh}：无人可以考核 {whom}", f"{boss.en}: nobody may review {whom}"),
        )


@rule(
    "L121",
    "warning",
    name=Label("只有准备者自己能批准", "Only who prepared it could approve it"),
    why=Label(
        "一个人说了算，第二个签名永远不会有",
        "One person holds everything, and a second signature cannot come",
    ),
    remedy=Label("把 approve 再授予一个人", "grant approve to one more person"),
)
def _sole_approver(world: LintedWorld) -> Iterator[Breach]:
    rights = world.rights
    if rights is None or not rights.is_held("approve", _last_day(rights)):  # L122 says so already
        return
    alone = [card for card in _cards(rights) if _is_alone(rights, "score", card.person_id, card.day)]
    yield from _by_manager(
        rights,
        alone,
        lambda whom, boss: (
            f"{boss.zh}：除考核人外无人可以批准 {whom}",
            f"{boss.en}: nobody but the reviewer may approve {whom}",
        ),
    )
    if _is_alone(rights, "lock", None, _last_day(rights)):
        [only] = rights.holders("lock", None, _last_day(rights))
        yield _in_file(
            f"除 {only} 外无人可以批准整个周期", f"nobody but {only}, who locks, may approve the period"
        )


@rule(
    "L122",
    "warning",
    name=Label("没有人持有的权限", "A right that nobody holds"),
    why=Label("需要它的一步谁也做不了", "Nobody can take the step that needs it"),
    remedy=Label("在 access.yaml 授予一个在职的人", "grant it to somebody who is here"),
)
def _unheld(world: LintedWorld) -> Iterator[Breach]:
    rights = world.rights
    if rights is None:
        return
    day = _last_day(rights)
    for right in RIGHTS:
        if not rights.is_held(right, day):
            name = RIGHT_NAMES[right].zh
            yield _in_file(
                f"{day} 无人持有{name}",
                f"nobody holds {right} on {day}",
                severity=None if right in NEEDED else "notice",
            )


@rule(
    "L123",
    "warning",
    name=Label("access.yaml 中的名称不存在", "A name in access.yaml that means nobody"),
    why=Label("写错的名称不授予任何权限", "A misspelt name grants nothing"),
    remedy=Label(
        "改成 people.csv 中的人员、岗位或部门，登录名照电脑所写",
        "use a person, role or department of people.csv, and logins as the computer has them",
    ),
)
def _unknown(world: LintedWorld) -> Iterator[Breach]:
    rights = world.rights
    if rights is None:
        return
    persons = {p.person_id for p in rights.people} | {s.person_id for s in rights.access.others}
    known = {"person": persons, "role": set(world.roles), "dept": {p.dept for p in rights.people}}
    named = [("person", user.person_id, user.where) for user in rights.access.users]
    named += [pair for grant in rights.access.grants for pair in _names(grant)]
    for kind, name, where in named:
        if name not in known[kind]:
            near = nearest(name, known[kind])
            yield _in_file(f"{_KINDS[kind]} {name} 不存在（{near}）", f"no {kind} {name} ({near})", where)
    for user in rights.access.users:
        if user.login in world.context.absent_logins:
            # a notice: the folder may be checked on another computer than the one people sign on
            zh, en = f"本机没有登录名 {user.login}", f"this computer has no login {user.login}"
            yield _in_file(zh, en, user.where, severity="notice")


def _names(grant: AccessGrant) -> Iterator[tuple[str, str, str]]:
    if grant.kind != "position":
        yield grant.kind, grant.name, grant.where
    if grant.dept:
        yield "dept", grant.dept, grant.where


@rule(
    "L124",
    "warning",
    name=Label("一个登录名属于两个人", "A login of two people"),
    why=Label("谁签的字无法证明，签字会被拒绝", "Nobody could prove who signed, and signing is refused"),
    remedy=Label("只留一个，或用日期分开", "keep one, or part them by valid_from and valid_to"),
)
def _shared_login(world: LintedWorld) -> Iterator[Breach]:
    access = world.context.access
    for first, second in combinations(access.users if access else (), 2):
        if first.login == second.login and first.meets(second):
            both = f"{first.person_id}, {second.person_id}"
            yield _in_file(f"{first.login}：{both}", f"{first.login} is of {both}", second.where)


@rule(
    "L125",
    "warning",
    name=Label("上级关系成环", "A circle of the reporting line"),
    why=Label(
        "环上无人是上级，按上级授予的权限都不成立",
        "Nobody is above in a circle: rights by the line hold for nobody",
    ),
    remedy=Label("更正 manager_id；上级离职后要换人", "correct manager_id; replace a manager who has left"),
)
def _circle(world: LintedWorld) -> Iterator[Breach]:
    rights = world.rights
    if rights is None:
        return
    told: set[frozenset[str]] = set()
    for card in _cards(rights):
        circle = _circle_above(rights.roster(card.day), card.person_id)
        # the same circle is met from each of its members, and by everybody below it
        if circle and frozenset(circle) not in told:
            told.add(frozenset(circle))
            shown = " -> ".join([*circle, circle[0]])
            yield Breach(FileRow(PEOPLE), f"{card.day} {shown}", f"{shown} on {card.day}")


def _circle_above(roster: Roster, person: str) -> list[str]:
    path = [person]
    while (manager := roster.manager(path[-1])) is not None:
        if manager in path:
            return path[path.index(manager) :]
        path.append(manager)
    return []


@rule(
    "L126",
    "warning",
    name=Label("花名册中的人又列在 others", "Somebody of people.csv among the others"),
    why=Label(
        "others 只写不参加考核的人；两处日期会不一致",
        "The others are those who are not appraised; two places disagree on dates",
    ),
    remedy=Label("从 others 中删除", "take the entry out of others"),
)
def _listed_twice(world: LintedWorld) -> Iterator[Breach]:
    rights = world.rights
    if rights is not None:
        persons = {p.person_id for p in rights.people}
        for signer in rights.access.others:
            if signer.person_id in persons:
                zh, en = f"{signer.person_id} 已在 people.csv", f"{signer.person_id} is in people.csv already"
                yield _in_file(zh, en, signer.where)


@rule(
    "L127",
    "warning",
    name=Label("只有自己能考核自己", "People whose only reviewer is themselves"),
    why=Label("任何人不得考核自己，所以无人考核他们", "Nobody scores oneself, so that nobody scores them"),
    remedy=Label(
        "把 score 再授予一个人，例如总经理", "grant score to one more person, such as the general manager"
    ),
)
def _own_reviewer(world: LintedWorld) -> Iterator[Breach]:
    rights = world.rights
    if rights is not None:
        yield from _by_manager(
            rights,
            [card for card in _unreviewable(rights) if _is_granted_oneself(rights, card)],
            lambda whom, boss: (f"{boss.zh}：{whom} 只有自己", f"{boss.en}: only themselves: {whom}"),
        )


def _unreviewable(rights: Rights) -> list[Card]:
    return [card for card in _cards(rights) if not rights.holders("score", card.person_id, card.day)]


def _is_granted_oneself(rights: Rights, card: Card) -> bool:
    return card.person_id in rights.granted("score", card.person_id, card.day)


def _is_alone(rights: Rights, prepares: Right, person: str | None, day: date) -> bool:
    """Whether nobody could approve what one of those who may prepare it has prepared."""
    by = rights.holders(prepares, person, day)
    return bool(by) and not any(rights.holders("approve", person, day, prepared_by=[name]) for name in by)


def _cards(rights: Rights) -> list[Card]:
    """One for each row that somebody might sign for: those that ended before the first grant began are past."""
    begin = min((grant.valid_from for grant in rights.access.grants), default=date.min)
    return [card for card in _rows(rights) if card.day >= begin]


def _rows(rights: Rights) -> list[Card]:
    spans = [(p.valid_from, p.valid_to) for p in rights.people]
    spans += [(entry.valid_from, entry.valid_to) for entry in rights.access.entries]
    # after the last day that stands anywhere nothing changes any more
    changes = [first for first, _ in spans]
    changes += [last + timedelta(days=1) for _, last in spans if last and last < date.max]
    return [Card(p.person_id, p.manager_id or "", p.valid_to or max(changes)) for p in rights.people]


def _last_day(rights: Rights) -> date:
    """The last day on which anybody is here."""
    return max(card.day for card in _rows(rights))


def _by_manager(
    rights: Rights, cards: Iterable[Card], told: Callable[[str, Label], tuple[str, str]]
) -> Iterator[Breach]:
    """One breach for each manager, with everybody concerned by id, name and day."""
    groups: dict[str, dict[str, Card]] = defaultdict(dict)
    for card in cards:
        groups[card.manager_id][card.person_id] = card  # of several rows of one person the last stays
    for manager, found in sorted(groups.items()):
        boss = Label(f"{manager} 的下属", f"reports of {manager}") if manager else _TOPMOST
        named = [f"{p} {rights.roster(c.day).rows[p].name} ({c.day})" for p, c in sorted(found.items())]
        zh, en = told(", ".join(named), boss)
        yield Breach(FileRow(PEOPLE), zh, en)


def _in_file(zh: str, en: str, where: str = ACCESS, severity: Severity | None = None) -> Breach:
    return Breach(FileRow(where), zh, en, where, severity)


RULES = (
    _unreviewed,
    _sole_approver,
    _unheld,
    _unknown,
    _shared_login,
    _circle,
    _listed_twice,
    _own_reviewer,
)
