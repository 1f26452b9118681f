"""Returned workbooks of ratings: checked, written into ratings.csv, entered in the ledger.

Under the lock of the ledger first the file, then the entries: who is killed in between runs the command again and finds the file
as it should be. A workbook whose hash stands in the ledger has been taken in whole and changes nothing.

Belongs here: taking in. Not here: what a good sheet looks like (models/closing/rating_form.py), sending (ratings.py).
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors.file_drop import RatingRow, RatingRowKey, form_sheets, open_ratings, read_bytes
from models.closing.entries import Draft, Entry
from models.closing.kinds import EntryKind, require_fields
from models.closing.raters import RatingKey
from models.closing.rating_form import (
    HEAD_ROW,
    RATINGS,
    SIGNED,
    RatingAnswer,
    RatingForm,
    Returned,
    read_answers,
    read_form,
)
from models.closing.rights import Refused
from models.closing.states import standing
from models.errors import MeritError, MeritErrors, SigningError
from models.money import plain
from models.periods import Period
from models.spreadsheet_text import inert
from models.whole_file import PRIVATE, write_whole
from pipelines.closing.ratings import for_all, round_of, row_key
from pipelines.closing.signing import Signing


@dataclass(frozen=True, kw_only=True)
class TakenRatings:
    """What became of one returned workbook; `withdrawn` are ratings of an earlier return that this one leaves empty."""

    rater: str
    n_asked: int
    n_answered: int
    unanswered: Sequence[RatingKey]
    no_longer: Mapping[RatingKey, MeritError]
    withdrawn: Sequence[RatingKey] = ()
    entered: Sequence[Entry] = ()
    made_before: bool = False


@dataclass(frozen=True)
class _Return:
    """A returned workbook that is in order."""

    form: RatingForm
    returned: Returned
    file_hash: str
    was_taken: list[bool] = field(default_factory=list)
    withdrawn: list[RatingKey] = field(default_factory=list)

    @property
    def asked(self) -> set[RatingKey]:
        """The ratings of the sheet that are still this rater's."""
        return {row.key for row in self.form.rows} - self.returned.no_longer.keys()


def take_ratings(signing: Signing, period: Period, file: Path) -> TakenRatings:
    """Take one returned workbook in; of several of one rater the last one taken counts.

    An empty workbook changes nothing. Ratings that are no longer asked of the rater are left as they are and told.

    Args:
        signing: the rater, or somebody with `plan` over the company.
        period: the period it must be of.
        file: the workbook.

    Raises:
        RightsError: R103 for somebody else's workbook without the right.
        SigningError: S102 the period is locked; S160 to S168 for what is wrong with the workbook, all of it together.
        CompanyError: C101 to C110 for a file that is no harmless workbook, C195 to C197 for the company's own ratings.
    """
    back = _read(signing, period, file)
    if back.returned.answers:
        entered = signing.ledger.record(
            signing.actor.person_id,
            lambda entries: _taken(signing, period, back, entries),
            period=period.id,
        )
    else:
        entered = []
    return TakenRatings(
        rater=back.form.rater,
        n_asked=len(back.form.rows),
        n_answered=len(back.returned.answers),
        unanswered=back.returned.unanswered,
        no_longer=back.returned.no_longer,
        withdrawn=tuple(back.withdrawn),
        entered=entered,
        made_before=any(back.was_taken),
    )


def _read(signing: Signing, period: Period, file: Path) -> _Return:
    content = read_bytes(file)
    sheets = form_sheets(content, file.name, (RATINGS, SIGNED))
    if RATINGS not in sheets or SIGNED not in sheets:
        raise SigningError("S160", "no workbook of ratings of ours", where=file.name)
    form = read_form([row.cells for row in sheets[SIGNED].rows], f"{file.name}[{SIGNED}]")
    if form.company != signing.company.id:
        raise SigningError("S160", "another company sent it", where=file.name, actual=form.company)
    if form.period != period.id:
        raise SigningError("S162", f"it was sent for {form.period}", where=file.name, actual=period.id)
    may = for_all(signing)
    if form.rater != signing.actor.person_id and isinstance(may, Refused):
        raise may.error()
    formula = next((f"{name}:{sheet.formula}" for name, sheet in sheets.items() if sheet.formula), "")
    if formula:
        raise SigningError("S164", "a cell holds a formula", where=f"{file.name}[{formula}]")
    rows = [(row.number, row.cells) for row in sheets[RATINGS].rows if row.number > HEAD_ROW]
    asked = round_of(signing, period).of(form.rater)
    returned, wrong = read_answers(form, rows, asked, f"{file.name}[{RATINGS}]")
    if wrong:
        raise wrong[0] if len(wrong) == 1 else MeritErrors(wrong)
    return _Return(form, returned, hashlib.sha256(content).hexdigest())


def _taken(signing: Signing, period: Period, back: _Return, entries: Sequence[Entry]) -> list[Draft]:
    """Write the ratings into the company's file, then say what to enter; called under the lock of the ledger."""
    if standing(entries).is_locked:
        raise SigningError("S102", "the period is locked", where=period.id)
    if any(_is_of(entry, back) for entry in entries):
        back.was_taken.append(True)
        return []
    file, rater = open_ratings(signing.company.folder), back.form.rater
    new = [_row(period, rater, answer) for answer in back.returned.answers]
    answered = {answer.key for answer in back.returned.answers}
    back.withdrawn.extend(
        key for key in sorted(back.asked - answered) if row_key(period, rater, key) in file.rows
    )
    _refuse_two_scales(file.rows, new)
    content = file.replaced([row_key(period, rater, key) for key in back.withdrawn], new)
    if content != file.content:
        mode = file.path.stat().st_mode & 0o777 if file.content else PRIVATE
        write_whole(file.path, content, mode=mode)
    return [
        Draft(kind=EntryKind.RATED, period=period.id, person=person, body=_body(signing, back, person))
        for person in dict.fromkeys(
            [*(a.person_id for a in back.returned.answers), *(k[0] for k in back.withdrawn)]
        )
    ]


def _is_of(entry: Entry, back: _Return) -> bool:
    if entry.kind != EntryKind.RATED:
        return False
    says = entry.says
    return bool(says["file_hash"] == back.file_hash and says["rater"] == back.form.rater)


def _body(signing: Signing, back: _Return, person: str) -> dict[str, Any]:
    items = [_item(answer) for answer in back.returned.answers if answer.person_id == person]
    body = {
        "file_hash": back.file_hash,
        "rater": back.form.rater,
        "items": items,
        "withdrawn": [[item, kind] for who, item, kind in back.withdrawn if who == person],
        "on": signing.on,
    }
    require_fields(EntryKind.RATED, body)
    return body


def _item(answer: RatingAnswer) -> dict[str, Any]:
    """What stands in the entry: the score, not the comment, which is for those who may read the file."""
    score = None if answer.score is None else plain(answer.score)
    return {
        "item": answer.item_id,
        "type": answer.rater_type,
        "score": score,
        "scale_max": plain(answer.scale_max),
    }


def _row(period: Period, rater: str, answer: RatingAnswer) -> RatingRow:
    return RatingRow(
        key=row_key(period, rater, answer.key),
        score=answer.score,
        scale_max=answer.scale_max,
        comment=inert(answer.comment),
    )


def _refuse_two_scales(there: Mapping[RatingRowKey, RatingRow], new: Iterable[RatingRow]) -> None:
    """Two scales of one item of one person would stop the scoring of the whole company (C161)."""
    replaced = {row.key: row for row in new}
    scales: dict[tuple[str, str, str], RatingRow] = {}
    for key, row in there.items():
        if key not in replaced:
            scales[key[:3]] = row
    for key, row in replaced.items():
        other = scales.get(key[:3])
        if other is not None and other.scale_max != row.scale_max:
            what = f"{other.key.rater_id} rated {key.person_id} {key.item_id} on a scale to {plain(other.scale_max)}"
            raise SigningError("S168", what, where="ratings.csv", actual=plain(row.scale_max))
