"""access.yaml as values: which login is whom, who signs without being appraised, who may do what over whom from when to when.

Belongs here: the shapes and the text of the file. Not here: what follows from them (rights.py), opening the file
(pipelines/company/access.py), names that stand in no other file (models/lint/access.py).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Literal, TypeVar, get_args

from models.definitions.reading import (
    Fields,
    Label,
    Problems,
    as_choice,
    as_date,
    as_items,
    as_text,
    refuse,
)
from models.definitions.strict_yaml import Mapping, Node, parse
from models.errors import DefinitionError, MeritErrors
from models.values import ReadingError, read_id

ACCESS = "access.yaml"
Right = Literal["plan", "propose", "score", "guide", "dispatch", "veto", "approve", "lock", "pay", "read"]
RIGHTS: tuple[Right, ...] = get_args(Right)
RIGHT_NAMES: dict[Right, Label] = {
    "plan": Label("计划权", "plan"),
    "propose": Label("建议权", "propose"),
    "score": Label("考核权", "score"),
    "guide": Label("指导权", "guide"),
    "dispatch": Label("调度权", "dispatch"),
    "veto": Label("否决权", "veto"),
    "approve": Label("批准权", "approve"),
    "lock": Label("锁定权", "lock"),
    "pay": Label("发薪权", "pay"),
    "read": Label("查看权", "read"),
}
Scope = Literal["self", "direct_reports", "all_below", "dept", "company"]
HolderKind = Literal["person", "role", "position"]
HOLDER_KINDS: tuple[HolderKind, ...] = get_args(HolderKind)
POSITIONS = ("manager", "everybody")
_WORDS: tuple[Scope, ...] = ("self", "direct_reports", "all_below", "company")  # a department needs its name
_SPAN = ("valid_from", "valid_to")
Entry = TypeVar("Entry", bound="DatedEntry")


@dataclass(frozen=True, kw_only=True)
class DatedEntry:
    """An entry of the file that holds from `valid_from` to `valid_to`, both included; without one it has no such end."""

    valid_from: date = date.min
    valid_to: date = date.max
    where: str = ACCESS  # file and line

    def holds_on(self, day: date) -> bool:
        """Whether the entry is in force on that day."""
        return self.valid_from <= day <= self.valid_to

    def meets(self, other: "DatedEntry") -> bool:
        """Whether there is a day on which both hold."""
        return self.valid_from <= other.valid_to and other.valid_from <= self.valid_to


@dataclass(frozen=True, kw_only=True)
class UserLogin(DatedEntry):
    """A login of the computer, and whose it is."""

    login: str
    person_id: str


@dataclass(frozen=True, kw_only=True)
class Signer(DatedEntry):
    """Somebody who signs and is not appraised, so that people.csv does not hold them: an owner, HR, finance."""

    person_id: str
    name: str
    is_head: bool = False  # the manager of everybody whose manager_id is empty


@dataclass(frozen=True, kw_only=True)
class AccessGrant(DatedEntry):
    """What one person, everybody in a role or everybody in a position may do over whom."""

    kind: HolderKind
    name: str  # a person_id, a role_id, or one of POSITIONS
    may: frozenset[Right]
    over: Scope
    dept: str = ""  # with `over` dept only


@dataclass(frozen=True, kw_only=True)
class Access:
    """All of access.yaml."""

    users: tuple[UserLogin, ...] = ()
    others: tuple[Signer, ...] = ()
    grants: tuple[AccessGrant, ...] = ()

    @property
    def entries(self) -> tuple[DatedEntry, ...]:
        """Everything that has a first and a last day."""
        return (*self.users, *self.others, *self.grants)

    def persons_of(self, login: str, on: date) -> frozenset[str]:
        """Whom the login belongs to on that day: one person where the file is in order."""
        return frozenset(u.person_id for u in self.users if u.login == login and u.holds_on(on))


def parse_access(text: str) -> Access:
    """The file as values.

    Raises:
        MeritErrors: D1xx for YAML that is not as it should be, C192 for what cannot be meant; all of them, with file and line.
    """
    problems = Problems()
    access = Access()
    with problems.collect():
        top = Fields(parse(text, ACCESS), ACCESS, required=("grants",), optional=("users", "others"))
        access = Access(
            users=_entries(top.get("users"), "users", _user, problems),
            others=_entries(top.get("others"), "others", _signer, problems),
            grants=_entries(top.get("grants"), "grants", _grant, problems),
        )
        _refuse_pairs(access.others, problems)
    if problems.found:
        raise MeritErrors([*problems.found])
    return access


def _entries(
    node: Node | None, what: str, read: Callable[[Node], Entry], problems: Problems
) -> tuple[Entry, ...]:
    found: list[Entry] = []
    for item in as_items(node, what) if node else ():
        with problems.collect(item.place):
            found.append(read(item))
    return tuple(found)


def _user(node: Node) -> UserLogin:
    entry = Fields(node, "a user", required=("login", "person"), optional=_SPAN)
    first, last = _span(entry)
    return UserLogin(
        login=_id(entry["login"], "login"),
        person_id=_id(entry["person"], "person"),
        valid_from=first,
        valid_to=last,
        where=str(entry.place),
    )


def _signer(node: Node) -> Signer:
    entry = Fields(node, "one of the others", required=("id", "name"), optional=("head", *_SPAN))
    first, last = _span(entry)
    return Signer(
        person_id=_id(entry["id"], "id"),
        name=as_text(entry["name"], "name"),
        is_head="head" in entry and as_choice(entry["head"], "head", ("true", "false")) == "true",
        valid_from=first,
        valid_to=last,
        where=str(entry.place),
    )


def _grant(node: Node) -> AccessGrant:
    entry = Fields(node, "a grant", required=("may", "over"), optional=(*HOLDER_KINDS, *_SPAN))
    kinds = [kind for kind in HOLDER_KINDS if kind in entry]
    if len(kinds) != 1:
        remedy = "write exactly one of person:, role:, position:"
        raise refuse(
            "C192", "a grant has one holder", entry.place, actual=", ".join(kinds) or "none", remedy=remedy
        )
    kind = kinds[0]
    holder, (over, dept), (first, last) = entry[kind], _scope(entry["over"]), _span(entry)
    may = frozenset(as_choice(right, "may", RIGHTS) for right in as_items(entry["may"], "may"))
    if not may:
        raise refuse(
            "C192", "a grant gives no right", entry.place, actual="may: []", remedy="write may: [read]"
        )
    return AccessGrant(
        kind=kind,
        name=as_choice(holder, kind, POSITIONS) if kind == "position" else _id(holder, kind),
        may=may,
        over=over,
        dept=dept,
        valid_from=first,
        valid_to=last,
        where=str(entry.place),
    )


def _scope(node: Node) -> tuple[Scope, str]:
    if isinstance(node, Mapping):
        return "dept", _id(Fields(node, "over", required=("dept",))["dept"], "dept")
    return as_choice(node, "over", _WORDS), ""


def _span(entry: Fields) -> tuple[date, date]:
    first, last = (as_date(entry[key], key) if key in entry else None for key in _SPAN)
    if first and last and last < first:
        raise refuse(
            "C192",
            "valid_to lies before valid_from",
            entry.place,
            actual=f"{last} < {first}",
            remedy="exchange or correct the days",
        )
    return first or date.min, last or date.max


def _id(node: Node, what: str) -> str:
    """An id as people.csv has it; a blank or an invisible character would make another person of it."""
    text = as_text(node, what)
    try:
        return read_id(text)
    except ReadingError as error:
        raise refuse("C192", error.cause, node.place, actual=ascii(text), remedy=error.remedy) from None


def _refuse_pairs(others: Iterable[Signer], problems: Problems) -> None:
    """Two entries of one person, or two heads, on one day: which of them counts would be chance."""
    for first, second in combinations(others, 2):
        is_twice = first.person_id == second.person_id
        if first.meets(second) and (is_twice or (first.is_head and second.is_head)):
            what = "the same person stands twice" if is_twice else "there are two heads on one day"
            remedy = f"end {first.where} the day before {second.where} begins, or remove one"
            actual = f"{first.person_id}, {second.person_id}"
            problems.found.append(
                DefinitionError("C192", what, where=second.where, actual=actual, remedy=remedy)
            )
