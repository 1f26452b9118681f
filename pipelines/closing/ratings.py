"""The ratings of a period: workbooks sent to those who rate, and who has not answered.

Belongs here: who is asked, the files, the state of the round. Not here: taking a returned workbook in (rating_returns.py), cells
(pipelines/render/rating_book.py).
"""

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from connectors.file_drop import RatingRowKey, given_ratings
from models.closing.raters import NotAsked, RatingRound, rating_round
from models.closing.rights import Allowed, Decision
from models.definitions import load_definitions
from models.errors import SigningError
from models.periods import Period
from models.whole_file import PRIVATE, write_whole
from pipelines.closing.signing import Signing
from pipelines.company.company import shipped_definitions
from pipelines.render.rating_book import RatingBook, rating_book_bytes

_PLAIN_NAME = re.compile(r"[\w-]{1,60}")  # no dot and no slash: an id may be any text


@dataclass(frozen=True)
class SentRatings:
    """The workbooks that were written, by rater, and what nobody could be asked for."""

    files: Mapping[str, Path]
    not_asked: Sequence[NotAsked]


@dataclass(frozen=True, kw_only=True)
class RaterStatus:
    """How far one rater is; `waiting` are the people about whom something is open."""

    rater: str
    name: str
    n_asked: int
    n_answered: int
    waiting: tuple[str, ...]


def round_of(signing: Signing, period: Period) -> RatingRound:
    """Whom the roles of the period ask for ratings today."""
    definitions = load_definitions(shipped_definitions(), signing.company.own_definitions())
    return rating_round(definitions, period, signing.rights, signing.on)


def send_ratings(signing: Signing, period: Period, raters: Collection[str] = ()) -> SentRatings:
    """Write a workbook for each rater: of those named, else of everybody whom the actor may ask.

    Args:
        signing: who sends. The right `plan` over the company sends to all; without it one's own workbook alone can be had.
        period: which period.
        raters: person_ids.

    Raises:
        RightsError: R103 for somebody else's workbook without the right.
        SigningError: S102 for a locked period, S169 when there is nothing to rate.
    """
    if signing.stands(period).is_locked:
        raise SigningError("S102", "the period is locked", where=period.id)
    about, may = round_of(signing, period), for_all(signing)
    chosen = [*raters] or ([*about.raters] if isinstance(may, Allowed) else [signing.actor.person_id])
    if not isinstance(may, Allowed) and set(chosen) - {signing.actor.person_id}:
        raise may.error()
    idle = [rater for rater in chosen if rater not in about.raters]
    if idle or not chosen:
        what = "nothing is asked of this person" if idle else "no role of the period is rated"
        raise SigningError("S169", what, where=period.id, actual=", ".join(idle))
    names = names_of(signing)
    files = {}
    for rater in dict.fromkeys(chosen):
        book = RatingBook(
            company_id=signing.company.id,
            company=signing.company.name,
            period=period,
            rater=rater,
            rater_name=names.get(rater, rater),
            asked=about.of(rater),
        )
        path = signing.home.report(period.id, f"ratings/{file_name(rater)}")
        files[rater] = write_whole(path, rating_book_bytes(book), mode=PRIVATE)
    return SentRatings(files, about.not_asked)


def rating_status(signing: Signing, period: Period) -> list[RaterStatus]:
    """How far each rater is, whoever keeps most people waiting first; without `plan` over the company oneself alone.

    What counts is ratings.csv, from which scores are computed: also what somebody typed into it.
    """
    about, names = round_of(signing, period), names_of(signing)
    given = given_ratings(signing.company.folder)
    found = []
    for rater in about.raters if isinstance(for_all(signing), Allowed) else [signing.actor.person_id]:
        asked = about.of(rater)
        open_ones = [r for r in asked if row_key(period, rater, r.key) not in given]
        if asked:
            found.append(
                RaterStatus(
                    rater=rater,
                    name=names.get(rater, rater),
                    n_asked=len(asked),
                    n_answered=len(asked) - len(open_ones),
                    waiting=tuple(dict.fromkeys(r.person_id for r in open_ones)),
                )
            )
    return sorted(found, key=lambda s: (-len(s.waiting), s.n_answered, s.rater))


def row_key(period: Period, rater: str, key: tuple[str, str, str]) -> RatingRowKey:
    """The row of ratings.csv that holds a rating."""
    person, item, rater_type = key
    return RatingRowKey(person, period.id, item, rater, rater_type)


def for_all(signing: Signing) -> Decision:
    """Whether the actor may send and take in the workbooks of others."""
    return signing.rights.decide(signing.actor.person_id, "plan", None, signing.on)


def names_of(signing: Signing) -> dict[str, str]:
    """What everybody is called, those who are not appraised too."""
    others = {signer.person_id: signer.name for signer in signing.rights.access.others}
    return others | {row.person_id: row.name for row in signing.rights.people}


def file_name(rater: str) -> str:
    """The name of a rater's workbook: the id, made harmless where it is no plain word.

    >>> file_name("P001")
    'P001.xlsx'
    >>> file_name("../x")
    '___x-9a217ab6.xlsx'
    """
    if _PLAIN_NAME.fullmatch(rater):
        return f"{rater}.xlsx"
    clean = re.sub(r"[^\w-]", "_", rater)[:40]
    return f"{clean}-{hashlib.sha256(rater.encode()).hexdigest()[:8]}.xlsx"
