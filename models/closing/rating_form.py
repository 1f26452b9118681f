"""The sheet of ratings that one person fills in: what was sent, told apart from what came back.

A hidden sheet carries what was sent: company, period, rater, a line per rating with a digest of all that the reader sees of it,
and a hash over everything. It shows rows that were added, removed or renamed, by accident or not. It is no proof of who filled
the sheet in: that is the login of whoever returns it, or the word of HR who takes it in.

Belongs here: the signed lines, the comparison, the scores. Not here: cells and styles (pipelines/render/rating_book.py), files,
who may be rated by whom (raters.py).
"""

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from models.closing.raters import AskedRating, RatingKey
from models.errors import MeritError, SigningError
from models.money import plain, round_half_up
from models.scoring.rating import RATERS
from models.values import ReadingError, read_decimal, read_text

RATINGS, SIGNED = "评分 Ratings", "meritline"  # names of the sheets
FORMAT = "meritline ratings 1"
ABSTAIN = "弃权 Abstain"
LONGEST_COMMENT = 500
# columns of the sheet of ratings: what is shown and locked, then what is filled in
SHOWN, SCORE, COMMENT = 6, 6, 7
HEAD_ROW = 3  # as a spreadsheet counts: title and note stand above it
_ABSTAIN_WORDS = frozenset({"弃权", "abstain", ABSTAIN.lower()})
_HEAD = 5  # lines of the hidden sheet before the first rating
_KEYS = ("format", "company", "period", "rater", "hash")
_LINE = 5  # cells of a line of the hidden sheet
Cells = Sequence[str | None]


@dataclass(frozen=True, kw_only=True)
class FormRow:
    """One rating that was asked for: what identifies it, and a digest of what the reader saw."""

    rater_type: str
    person_id: str
    item_id: str
    scale_max: str
    digest: str

    @property
    def key(self) -> RatingKey:
        """Who, what, by what kind of rater."""
        return self.person_id, self.item_id, self.rater_type


@dataclass(frozen=True, kw_only=True)
class RatingForm:
    """What was sent to one rater."""

    company: str
    period: str
    rater: str
    rows: tuple[FormRow, ...]

    @property
    def hash(self) -> str:
        """One text over everything that was asked."""
        said = [FORMAT, self.company, self.period, self.rater, *self._lines()]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()

    def signed(self) -> list[list[str]]:
        """The cells of the hidden sheet."""
        head = (FORMAT, self.company, self.period, self.rater, self.hash)
        return [list(pair) for pair in zip(_KEYS, head, strict=True)] + self._lines()

    def _lines(self) -> list[list[str]]:
        return [[r.rater_type, r.person_id, r.item_id, r.scale_max, r.digest] for r in self.rows]


@dataclass(frozen=True, kw_only=True)
class RatingAnswer:
    """One rating that came back; without a score the rater abstains."""

    person_id: str
    item_id: str
    rater_type: str
    score: Decimal | None
    scale_max: Decimal
    comment: str = ""

    @property
    def key(self) -> RatingKey:
        """Who, what, by what kind of rater."""
        return self.person_id, self.item_id, self.rater_type


@dataclass(frozen=True)
class Returned:
    """A returned sheet: answers, what was left empty, and what is no longer asked of this rater."""

    answers: tuple[RatingAnswer, ...]
    unanswered: tuple[RatingKey, ...]
    no_longer: Mapping[RatingKey, MeritError]


def shown_cells(rating: AskedRating) -> tuple[str, ...]:
    """What the reader sees of a rating and cannot change: relation, id, name, role, item, definition with its levels."""
    item = rating.item
    lines = [f"{item.about.zh} {item.about.en}"] if item.about else []
    lines += [f"{plain(level.score)}  {level.text.zh} {level.text.en}" for level in item.levels]
    if not item.levels:
        scale = f"{plain(item.lowest)} – {plain(item.scale_max)}"
        lines.append(f"{scale}，{plain(item.scale_max)} 为满分 {plain(item.scale_max)} is full marks")
    return (
        f"{RATERS[rating.rater_type]} {rating.rater_type}",
        rating.person_id,
        rating.name,
        " / ".join(f"{role.zh} {role.en}" for role in rating.roles),
        f"{rating.kpi.label.zh} {rating.kpi.label.en}",
        "\n".join(lines),
    )


def form_of(company: str, period: str, rater: str, asked: Sequence[AskedRating]) -> RatingForm:
    """The form that asks one rater for these ratings."""
    rows = tuple(
        FormRow(
            rater_type=rating.rater_type,
            person_id=rating.person_id,
            item_id=rating.item.item,
            scale_max=plain(rating.item.scale_max),
            digest=_digest(shown_cells(rating)),
        )
        for rating in asked
    )
    return RatingForm(company=company, period=period, rater=rater, rows=rows)


def read_form(cells: Sequence[Cells], where: str) -> RatingForm:
    """What was sent, out of the hidden sheet.

    Raises:
        SigningError: S160 when it is no such sheet, S161 when it was changed.
    """
    texts = [[(cell or "").strip() for cell in row] for row in cells]
    head = {row[0]: row[1] for row in texts[:_HEAD] if len(row) > 1}
    if head.get("format") != FORMAT or not all(head.get(key) for key in _KEYS):
        raise SigningError("S160", "no workbook of ratings of ours", where=where)
    lines = texts[_HEAD:]
    if any(len(line) < _LINE for line in lines):
        raise SigningError("S161", "the hidden sheet was changed", where=where)
    rows = tuple(
        FormRow(rater_type=line[0], person_id=line[1], item_id=line[2], scale_max=line[3], digest=line[4])
        for line in lines
    )
    form = RatingForm(company=head["company"], period=head["period"], rater=head["rater"], rows=rows)
    if form.hash != head["hash"]:
        raise SigningError("S161", "the hidden sheet was changed", where=where)
    return form


def read_answers(
    form: RatingForm, rows: Sequence[tuple[int, Cells]], asked: Sequence[AskedRating], where: str
) -> tuple[Returned, list[MeritError]]:
    """What the rater filled in, and everything that is wrong with it.

    Args:
        form: what was sent.
        rows: the rows below the header, with the number that a spreadsheet shows beside each.
        asked: what the rater is asked for by now: who is no longer a report is not rated.
        where: the file and sheet, for messages.
    """
    changed = _changed_rows(form, rows, where)
    if changed:
        return Returned((), (), {}), changed
    now = {rating.key: rating for rating in asked}
    answers: list[RatingAnswer] = []
    unanswered: list[RatingKey] = []
    no_longer: dict[RatingKey, MeritError] = {}
    wrong: list[MeritError] = []
    for row, (number, cells) in zip(form.rows, rows, strict=True):
        place = f"{where}:{number}"
        if row.key not in now:
            no_longer[row.key] = SigningError(
                "S167", f"{form.rater} is not asked to rate this any more", where=place, actual=_told(row.key)
            )
            continue
        try:
            answer = _answer(row, cells, now[row.key], place)
        except MeritError as error:
            wrong.append(error)
            continue
        if answer is None:
            unanswered.append(row.key)
        else:
            answers.append(answer)
    return Returned(tuple(answers), tuple(unanswered), no_longer), wrong


def _changed_rows(form: RatingForm, rows: Sequence[tuple[int, Cells]], where: str) -> list[MeritError]:
    """Rows that are not those that were sent, in their order."""
    if len(form.rows) != len(rows):
        what = f"the sheet has {len(rows)} rows, {len(form.rows)} were sent"
        return [SigningError("S163", what, where=where)]
    found: list[MeritError] = []
    for sent, (number, cells) in zip(form.rows, rows, strict=True):
        shown = [cell or "" for cell in cells[:SHOWN]]
        if _digest(shown) != sent.digest:
            actual = " ".join(text for text in shown[1:3] if text)[:60]
            found.append(
                SigningError(
                    "S163",
                    f"this row was sent for {_told(sent.key)}",
                    where=f"{where}:{number}",
                    actual=actual,
                )
            )
    return found


def _answer(row: FormRow, cells: Cells, asked: AskedRating, place: str) -> RatingAnswer | None:
    """What was filled into a row; None for a row without a score.

    Raises:
        SigningError: S165 no score of the scale, S166 a comment that cannot be kept, S168 another scale by now.
    """
    item = asked.item
    if plain(item.scale_max) != row.scale_max:
        what = f"it was sent with a scale to {row.scale_max}, by now it is {plain(item.scale_max)}"
        raise SigningError("S168", what, where=place, actual=_told(row.key))
    comment = _comment(_cell(cells, COMMENT), place)
    given = _cell(cells, SCORE)
    if not given:
        return None
    score = None if given.lower() in _ABSTAIN_WORDS else _score(given, asked, place)
    return RatingAnswer(
        person_id=row.person_id,
        item_id=row.item_id,
        rater_type=row.rater_type,
        score=score,
        scale_max=item.scale_max,
        comment=comment,
    )


def _score(text: str, asked: AskedRating, place: str) -> Decimal:
    item = asked.item
    scale = f"{plain(item.lowest)} to {plain(item.scale_max)}"
    remedy = f"choose one of the list, {scale}, or {ABSTAIN}"
    try:
        score = read_decimal(text)
    except ReadingError:
        raise SigningError(
            "S165", "this is no score", where=place, actual=repr(text[:40]), remedy=remedy
        ) from None
    if not item.takes(score) or score != round_half_up(score, 4):
        what = f"the score is none of the scale {scale}"
        raise SigningError("S165", what, where=place, actual=plain(score), remedy=remedy)
    return score


def _cell(cells: Cells, column: int) -> str:
    """The text of a cell on one line: whoever reads ratings.csv sees one row per rating."""
    return " ".join((cells[column] or "").split()) if column < len(cells) else ""


def _comment(text: str, place: str) -> str:
    if len(text) > LONGEST_COMMENT:
        what = f"the comment has {len(text)} characters"
        raise SigningError("S166", what, where=place, remedy=f"keep it to {LONGEST_COMMENT}")
    try:
        return read_text(text)
    except ReadingError as error:
        raise SigningError("S166", error.cause, where=place, remedy=error.remedy) from None


def _digest(shown: Sequence[str]) -> str:
    """A digest of texts as a reader sees them: spreadsheet programs rewrite line ends and blanks."""
    words = [" ".join("".join(c for c in text if _prints(c)).split()) for text in shown]
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()[:16]


def _prints(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) != "Cc"


def _told(key: RatingKey) -> str:
    person, item, rater_type = key
    return f"{person} {item} ({rater_type})"
