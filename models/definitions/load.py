"""From texts to checked definitions, all problems at once.

Belongs here: files -> versions -> `Definitions`. Not here: reading files from disk (pipelines) or
arithmetic (scoring).
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import TypeVar

from models.definitions.case_kpis import read_case_kpi
from models.definitions.checks import Known, Versioned, check_all
from models.definitions.grades import GradeTable, read_grade_table
from models.definitions.kpis import Kpi, declared_id, read_kpi
from models.definitions.pay_plans import PayPlan, read_pay_plan
from models.definitions.reading import Problems, as_items, refuse
from models.definitions.roles import Role, read_role
from models.definitions.strict_yaml import Mapping as YamlMapping
from models.definitions.strict_yaml import Node, parse, plain
from models.errors import DefinitionError, MeritError, MeritErrors
from models.values import nearest

LISTS = ("kpis", "roles", "grade_tables", "pay_plans")
CASE_KEYS = ("case", "examples")  # what a published case holds besides definitions, see models/cases.py
MAX_PROBLEMS = 500  # nobody reads more; a folder of rubbish must be refused quickly
V = TypeVar("V", bound=Versioned)


@dataclass(frozen=True)
class Definitions:
    """Every version of every definition, ascending by date.

    `hash` is the same for the same content in any file order.
    """

    kpi_versions: Mapping[str, tuple[Kpi, ...]]
    role_versions: Mapping[str, tuple[Role, ...]]
    grade_table_versions: Mapping[str, tuple[GradeTable, ...]]
    hash: str
    pay_plan_versions: Mapping[str, tuple[PayPlan, ...]] = field(default_factory=dict)

    @property
    def kpis(self) -> dict[str, Kpi]:
        """The newest version of every KPI."""
        return {name: versions[-1] for name, versions in self.kpi_versions.items()}

    @property
    def roles(self) -> dict[str, Role]:
        """The newest version of every role."""
        return {name: versions[-1] for name, versions in self.role_versions.items()}

    @property
    def grade_tables(self) -> dict[str, GradeTable]:
        """The newest version of every grade table."""
        return {name: versions[-1] for name, versions in self.grade_table_versions.items()}

    @cached_property
    def begins(self) -> tuple[date, ...]:
        """The days on which some version of a KPI or role begins, ascending; between two of them all stay as they are."""
        days = {kpi.effective_from for versions in self.kpi_versions.values() for kpi in versions}
        days |= {role.effective_from for versions in self.role_versions.values() for role in versions}
        return tuple(sorted(days))

    def kpi(self, name: str, on: date) -> Kpi:
        """The KPI version in force on a day."""
        return _in_force(self.kpi_versions, name, on, "KPI")

    def role(self, name: str, on: date) -> Role:
        """The role version in force on a day."""
        return _in_force(self.role_versions, name, on, "role")

    def grade_table(self, name: str, on: date) -> GradeTable:
        """The grade table version in force on a day."""
        return _in_force(self.grade_table_versions, name, on, "grade table")

    @property
    def pay_plans(self) -> dict[str, PayPlan]:
        """The newest version of every pay plan."""
        return {name: versions[-1] for name, versions in self.pay_plan_versions.items()}

    def pay_plan(self, name: str, on: date) -> PayPlan:
        """The pay plan version in force on a day."""
        return _in_force(self.pay_plan_versions, name, on, "pay plan")

    def pay_plans_of(self, role: str, on: date) -> dict[str, PayPlan]:
        """The plans that pay a role on a day, by mode; at most one of each mode."""
        plans = _all_in_force(self.pay_plan_versions, on).values()
        return {plan.mode: plan for plan in plans if role in plan.roles}

    def kpis_on(self, on: date) -> dict[str, Kpi]:
        """All KPIs in force on a day."""
        return _all_in_force(self.kpi_versions, on)

    def roles_on(self, on: date) -> dict[str, Role]:
        """All roles in force on a day."""
        return _all_in_force(self.role_versions, on)


def _in_force(versions: Mapping[str, tuple[V, ...]], name: str, on: date, kind: str) -> V:
    if name not in versions:
        raise DefinitionError("D217", f"unknown {kind} {name[:60]!r}", remedy=nearest(name, versions))
    begun = [v for v in versions[name] if v.effective_from <= on]
    # an id that nobody knows and one whose first version comes later are two mistakes with two remedies
    if not begun:
        first = versions[name][0]
        what = f"{kind} {name} is not in force on {on}"
        remedy = f"it begins {first.effective_from}; add an earlier version"
        raise DefinitionError("D218", what, where=first.source, remedy=remedy)
    return begun[-1]


def _all_in_force(versions: Mapping[str, tuple[V, ...]], on: date) -> dict[str, V]:
    begun = {name: [v for v in found if v.effective_from <= on] for name, found in versions.items()}
    return {name: found[-1] for name, found in begun.items() if found}


@dataclass
class _Entries:
    """Unread entries of all files, by list."""

    nodes: dict[str, list[Node]] = field(default_factory=lambda: {name: [] for name in LISTS})

    def claimed(self, name: str) -> frozenset[str]:
        return frozenset(i for i in map(declared_id, self.nodes[name]) if i is not None)


def load_definitions(
    files: Mapping[str, str], overlay: Mapping[str, str] | None = None, *, is_case: bool = False
) -> Definitions:
    """Checked definitions from texts; keys are the names that messages show.

    Args:
        files: the shipped definitions.
        overlay: a company's own; an id that stands here replaces every shipped version of that id.
        is_case: allow `measure: given`, a KPI whose value an example states and no source measures.

    Raises:
        MeritErrors: every problem found, each with code, file:line and remedy.
    """
    return _loaded(tuple(files.items()), tuple((overlay or {}).items()), is_case)


# A decision, a page or a month asks for the same texts again and again, and reading them takes half a second. By content: a file
# that was changed is other text. Two at a time: the company's, and those that a locked month was signed with.
@lru_cache(maxsize=2)
def _loaded(
    files: tuple[tuple[str, str], ...], overlay: tuple[tuple[str, str], ...], is_case: bool
) -> Definitions:
    problems = Problems()
    also = CASE_KEYS if is_case else ()  # never for an overlay: a company has no cases
    # replaced before anything is read: a shipped entry that the company has its own version of is never judged
    entries = _overlaid(_gather(dict(files), problems, also), _gather(dict(overlay), problems))
    known = Known(
        kpis=_read(entries.nodes["kpis"], read_case_kpi if is_case else read_kpi, problems),
        roles=_read(entries.nodes["roles"], lambda node: read_role(node, problems), problems),
        grade_tables=_read(entries.nodes["grade_tables"], read_grade_table, problems),
        pay_plans=_read(entries.nodes["pay_plans"], lambda node: read_pay_plan(node, problems), problems),
        claimed={name: entries.claimed(name) for name in LISTS},
    )
    # also where an entry could not be read: one run tells everything there is to mend
    check_all(known, problems)
    if problems.found:
        raise MeritErrors(sorted(problems.found, key=_by_place))
    hash_ = content_hash(entries.nodes)  # of what is written: reading adds defaults, which may change
    return Definitions(known.kpis, known.roles, known.grade_tables, hash_, known.pay_plans)


def gather(files: Mapping[str, str], overlay: Mapping[str, str] | None = None) -> dict[str, list[Node]]:
    """Every entry of the files as it is written, by list; an id of the overlay replaces the shipped ones.

    Raises:
        MeritErrors: files that are no definitions.
    """
    problems = Problems()
    entries = _overlaid(_gather(files, problems), _gather(overlay or {}, problems))
    if problems.found:
        raise MeritErrors(sorted(problems.found, key=_by_place))
    return entries.nodes


def _by_place(error: MeritError) -> tuple[str, int, str]:
    # a place may go on, as in `a.yaml:3, column 7 of the expression`: file and line alone sort
    file, _, line = error.where.split(" ")[0].rstrip(",").rpartition(":")
    return file, int(line) if line.isdigit() else 0, error.code


def _gather(files: Mapping[str, str], problems: Problems, also: tuple[str, ...] = ()) -> _Entries:
    """The entries of all files; keys in `also` are somebody else's."""
    entries = _Entries()
    for name in sorted(files):  # so that refusals come in one order, whatever the disk lists first
        with problems.collect():
            _add_file(entries, parse(files[name], name), also)
    return entries


def _add_file(entries: _Entries, root: YamlMapping, also: tuple[str, ...]) -> None:
    for key, place in root.key_places.items():
        if key in also:
            continue
        if key not in LISTS:
            raise refuse(
                "D110", f"a definition file has no key {key[:60]!r}", place, remedy=nearest(key, LISTS)
            )
        entries.nodes[key].extend(as_items(root.entries[key], key))


def _overlaid(shipped: _Entries, own: _Entries) -> _Entries:
    result = _Entries()
    for name in LISTS:
        # claimed: a broken entry of the company never lets the shipped one through
        replaced = own.claimed(name)
        kept = [node for node in shipped.nodes[name] if declared_id(node) not in replaced]
        result.nodes[name] = kept + own.nodes[name]
    return result


def _read(nodes: list[Node], reader: Callable[[Node], V], problems: Problems) -> dict[str, tuple[V, ...]]:
    found: dict[tuple[str, date], V] = {}
    for node in nodes:
        if len(problems.found) >= MAX_PROBLEMS:
            break
        with problems.collect(node.place):
            item = reader(node)
            _add_version(found, item)
    by_id: dict[str, tuple[V, ...]] = {}
    # by id and then by day: the newest version of an id is the last, on which every look-up relies
    for name, begin in sorted(found):
        by_id[name] = (*by_id.get(name, ()), found[name, begin])
    return by_id


def _add_version(found: dict[tuple[str, date], V], item: V) -> None:
    key = (item.id, item.effective_from)
    if key in found:
        both = f"{found[key].source} and {item.source}"
        what = f"{item.id} has two versions from {item.effective_from}"
        remedy = "give the new version a later effective_from, or remove one"
        raise DefinitionError("D215", what, where=item.source, actual=both, remedy=remedy)
    found[key] = item


def content_hash(nodes: Mapping[str, list[Node]]) -> str:
    """sha256 over what the definitions say: file names, order of entries and keys, and comments do not count.

    >>> from models.definitions.strict_yaml import parse
    >>> texts = ("kpis: [{id: a}, {id: b}]", "kpis: [{id: b}, {id: a}] # c")
    >>> a, b = (parse(text, "x").entries["kpis"].items for text in texts)
    >>> content_hash({"kpis": list(a)}) == content_hash({"kpis": list(b)})
    True
    """
    # numbers are texts here, so 0.1 and 0.10 differ: the hash says what was written, not what it means
    dump = {
        name: sorted(json.dumps(plain(n), sort_keys=True) for n in items) for name, items in nodes.items()
    }
    return hashlib.sha256(json.dumps(dump, sort_keys=True).encode()).hexdigest()
