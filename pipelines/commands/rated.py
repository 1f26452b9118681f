"""What `kpi ratings` says: files sent, workbooks taken, who is open. Not here: the options (ratings.py), the work."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from models.closing.raters import NotAsked, RatingKey
from models.errors import MeritError
from models.periods import Period
from pipelines.closing.rating_returns import TakenRatings, take_ratings
from pipelines.closing.ratings import RaterStatus, SentRatings
from pipelines.closing.signing import Signing
from pipelines.commands.table import table

_NAMED = 8  # people on one line


def show_sent(found: SentRatings) -> int:
    """Print where the workbooks lie, and what nobody was asked for; returns 0."""
    for path in found.files.values():
        print(path)
    print(f"已写出评分表 {len(found.files)} 份")
    print(f"workbooks written: {len(found.files)}")
    for line in _not_asked(found.not_asked):
        print(line)
    return 0


def take_files(signing: Signing, period: Period, files: Iterable[Path]) -> int:
    """Take every file in and print what became of it; returns 1 when one was refused."""
    is_refused = False
    for file in files:
        try:
            found = take_ratings(signing, period, file)
        except MeritError as refusal:
            is_refused = True
            print(f"{file.name}: {refusal.render()}")
            continue
        is_refused = _show_taken(file.name, found) or is_refused
    return 1 if is_refused else 0


def show_status(found: Sequence[RaterStatus]) -> int:
    """Print how far each rater is; returns 1 while something is open."""
    rows = [
        [s.rater, s.name, _state(s), f"{s.n_answered}/{s.n_asked}", str(len(s.waiting)), _some(s.waiting)]
        for s in found
    ]
    print(table(["rater", "name", "state", "answered", "waiting", "people"], rows))
    open_ones = [s for s in found if s.waiting]
    people = {person for s in open_ones for person in s.waiting}
    print(f"未答完 {len(open_ones)} 人，等待评分 {len(people)} 人")
    print(f"raters open: {len(open_ones)}, people waiting: {len(people)}")
    return 1 if open_ones else 0


def _show_taken(name: str, found: TakenRatings) -> bool:
    """Print one workbook; returns whether part of it was refused."""
    if found.made_before:
        print(f"{name}: {found.rater} 此前已收 taken before")
        return False
    if not found.n_answered:
        print(f"{name}: {found.rater} 没有填写，未改动 nothing filled in, nothing changed")
    else:
        print(f"{name}: {found.rater} {found.n_answered}/{found.n_asked} 项已收 taken")
    for what, keys in (("未答 not answered", found.unanswered), ("撤回 withdrawn", found.withdrawn)):
        if keys:
            print(f"  {what}: {_some([_key(key) for key in keys])}")
    for refusal in found.no_longer.values():
        print(f"  {refusal.render()}")
    if found.entered:
        print(f"ledger: entry {found.entered[-1].seq}, {found.entered[-1].hash}")
    return bool(found.no_longer)


def _state(status: RaterStatus) -> str:
    if not status.waiting:
        return "已回 answered"
    return "部分 partial" if status.n_answered else "未回 no answer"


def _not_asked(found: Iterable[NotAsked]) -> list[str]:
    """One line per kind of rater and reason, with whom it is about."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for one in found:
        groups.setdefault((one.rater_type, one.why.zh, one.why.en), []).append(f"{one.person_id} {one.item}")
    return [
        f"未发 not asked: {kind}: {zh} {en}: {_some(people)}" for (kind, zh, en), people in groups.items()
    ]


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (f", … (+{len(names) - _NAMED})" if len(names) > _NAMED else "")


def _key(key: RatingKey) -> str:
    person, item, rater_type = key
    return f"{person} {item} {rater_type}"
