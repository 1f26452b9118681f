"""What differs between two sets of definitions, and what that does to the same people.

Belongs here: definitions against definitions, scorecards against scorecards, as sentences. Not here: scoring (scorecard) or
reading folders (pipelines).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from models.appraisal.scorecard import Scorecard, ScoreLine
from models.definitions.load import LISTS, gather
from models.definitions.strict_yaml import Node, Plain, Scalar, plain
from models.money import subtract
from models.wording import Step, shown

KINDS = {
    "kpis": Step("指标", "KPI"),
    "roles": Step("岗位", "role"),
    "grade_tables": Step("等级表", "grade table"),
    "pay_plans": Step("薪酬方案", "pay plan"),
}
_NAMES = (
    "id",
    "kpi",
    "item",
    "grade",
)  # what names an entry of a list, so that it is compared with its namesake
# by these two, versions are put side by side, and the headline shows them
_SKIPPED = ("id", "effective_from")
Happened = Literal["added", "removed", "changed"]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One definition version that is new, gone or different; `parts` say what, `where` where it stands."""

    kind: str
    id: str
    effective_from: str
    what: Happened
    where: str
    parts: tuple[Step, ...] = ()

    @property
    def headline(self) -> Step:
        """`岗位 store_manager（2010-01-01 起）改动`."""
        words = {
            "added": Step("新增", "added"),
            "removed": Step("删除", "removed"),
            "changed": Step("改动", "changed"),
        }
        kind, verb = KINDS.get(self.kind, Step(self.kind, self.kind)), words[self.what]
        return Step(
            f"{kind.zh} {self.id}（{self.effective_from} 起）{verb.zh}",
            f"{kind.en} {self.id} (from {self.effective_from}) {verb.en}",
        )


@dataclass(frozen=True)
class CardChange:
    """One person in one role whose result differs; a total that one side lacks is None."""

    person_id: str
    role_id: str
    before: Scorecard | None
    after: Scorecard | None
    parts: tuple[Step, ...]

    @property
    def by(self) -> Decimal | None:
        """How much the total changes."""
        if self.before is None or self.before.total is None or self.after is None or self.after.total is None:
            return None
        return subtract(self.after.total, self.before.total)


def definition_changes(
    before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]]
) -> list[Change]:
    """Every version that differs, in the order of lists and ids.

    Args:
        before: `{"files": texts, "overlay": texts}` as `load_definitions` takes them.
        after: the same for the other side.
    """
    old, new = _versions(**before), _versions(**after)
    found = []
    # KPIs before the roles that use them, as a reader asks
    for key in sorted(old.keys() | new.keys(), key=lambda k: (LISTS.index(k[0]), k[1], k[2])):
        a, b = old.get(key), new.get(key)
        if a is None or b is None:
            one = a or b
            where = str(one.place) if one else ""
            happened: Happened = "removed" if b is None else "added"
            found.append(_change(key, happened, where))
        elif parts := tuple(_differences("", plain(a), plain(b))):
            found.append(_change(key, "changed", f"{a.place} → {b.place}", parts))
    return found


def _change(key: tuple[str, str, str], what: Happened, where: str, parts: tuple[Step, ...] = ()) -> Change:
    kind, name, effective_from = key
    return Change(kind=kind, id=name, effective_from=effective_from, what=what, where=where, parts=parts)


def _versions(files: Mapping[str, str], overlay: Mapping[str, str]) -> dict[tuple[str, str, str], Node]:
    return {
        (name, _text(node, "id"), _text(node, "effective_from")): node
        for name, nodes in gather(files, overlay).items()
        for node in nodes
    }


def _text(node: Node, key: str) -> str:
    value = getattr(node, "entries", {}).get(key)
    return value.text if isinstance(value, Scalar) else ""


def _differences(path: str, a: Plain, b: Plain) -> Iterator[Step]:
    if a == b:
        return
    a, b = _keyed(a, b)
    if not (isinstance(a, dict) and isinstance(b, dict)):
        yield Step(f"{path}：{_short(a)} → {_short(b)}", f"{path}: {_short(a)} → {_short(b)}")
        return
    # the order of the older side, then what only the newer has: a set would print another order in each run
    for key in dict.fromkeys([*a, *b]):
        if path or key not in _SKIPPED:
            yield from _differences(f"{path}.{key}" if path else key, a.get(key), b.get(key))


def _keyed(a: Plain, b: Plain) -> tuple[Plain, Plain]:
    """Two lists as mappings: by the names of their entries, else by their places when there are as many."""
    named = _named(a), _named(b)
    if not (isinstance(a, list) and isinstance(b, list)) or isinstance(named[0], dict):
        return named
    if len(a) != len(b) or not all(isinstance(item, dict) for item in [*a, *b]):
        return a, b
    # counted from 1, as people count bands
    return {str(n): item for n, item in enumerate(a, 1)}, {str(n): item for n, item in enumerate(b, 1)}


def _named(value: Plain) -> Plain:
    """A list of named entries as a mapping by name."""
    if not isinstance(value, list) or not value:
        return value
    names = [_name(item) for item in value]
    if None in names or len(set(names)) < len(names):  # an entry without a name, or two of one name
        return value
    return dict(zip([str(n) for n in names], value, strict=True))


def _name(item: Plain) -> str | None:
    if not isinstance(item, dict):
        return None
    return next((str(item[key]) for key in _NAMES if isinstance(item.get(key), str)), None)


def _short(value: Plain) -> str:
    match value:
        case None:
            return "∅"
        case str():
            return value
        case list():
            return "[" + ", ".join(_short(v) for v in value) + "]"
        case _:
            return "{" + ", ".join(f"{k}: {_short(v)}" for k, v in value.items()) + "}"


def card_changes(before: Iterable[Scorecard], after: Iterable[Scorecard]) -> list[CardChange]:
    """People whose total, grade, coefficient, status or any KPI line differs; the largest change of total first."""
    old = {(c.person_id, c.role_id): c for c in before}
    new = {(c.person_id, c.role_id): c for c in after}
    found = [
        CardChange(*key, old.get(key), new.get(key), parts)
        for key in sorted(old.keys() | new.keys())
        if (parts := tuple(_card_parts(old.get(key), new.get(key))))
    ]
    # without two totals last; the sort is stable, so equal changes stay in the order of people
    return sorted(found, key=lambda c: (c.by is None, -abs(c.by or Decimal(0))))


def _card_parts(a: Scorecard | None, b: Scorecard | None) -> Iterator[Step]:
    if a is None or b is None:
        yield Step("仅在一方有考核", "appraised on one side only")
        return
    yield from _part(Step("总分", "total"), a.total, b.total)
    yield from _part(Step("等级", "grade"), a.grade, b.grade)
    yield from _part(Step("系数", "coefficient"), a.coefficient, b.coefficient)
    yield from _part(Step("状态", "status"), a.status, b.status)
    old, new = {x.kpi_id: x for x in a.lines}, {x.kpi_id: x for x in b.lines}
    for kpi in dict.fromkeys([*old, *new]):
        yield from _line_parts(kpi, old.get(kpi), new.get(kpi))


def _line_parts(kpi: str, a: ScoreLine | None, b: ScoreLine | None) -> Iterator[Step]:
    if a is None or b is None:
        word = Step("不再考核", "no longer measured") if b is None else Step("新增考核", "newly measured")
        yield Step(f"{kpi}：{word.zh}", f"{kpi}: {word.en}")
        return
    pairs = (
        (Step("实际", "actual"), a.value, b.value),
        (Step("目标", "target"), a.target, b.target),
        (Step("权重", "weight"), a.weight, b.weight),
        (Step("得分", "score"), a.score, b.score),
    )
    for name, old, new in pairs:
        yield from _part(Step(f"{kpi} {name.zh}", f"{kpi} {name.en}"), old, new)


def _part(name: Step, a: Decimal | str | None, b: Decimal | str | None) -> Iterator[Step]:
    if a == b:
        return
    by = ""
    if isinstance(a, Decimal) and isinstance(b, Decimal):
        change = subtract(b, a)  # not b − a: Python's operators round to 28 digits
        by = f" ({'+' if change > 0 else '−'}{shown(abs(change))})"
    yield Step(f"{name.zh} {_figure(a)} → {_figure(b)}{by}", f"{name.en} {_figure(a)} → {_figure(b)}{by}")


def _figure(value: Decimal | str | None) -> str:
    if value is None:
        return "∅"
    return shown(value) if isinstance(value, Decimal) else value
