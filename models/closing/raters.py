"""Who is asked to rate whom on what, as the roles say it, and who cannot be asked.

Superior: the manager of the period while that person still holds `score` over the report, else the nearest above who does: a
rating is given by somebody who may. Peers are those with the same direct manager, reports those who had the person as theirs;
both are asked only where enough of them could answer for any of it to count.

Belongs here: the choice of raters. Not here: how ratings count (models/scoring/rating), the sheet (rating_form.py).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from models.closing.rights import Allowed, Rights
from models.definitions import Definitions, Kpi, Label, RatedItem
from models.definitions.rules import rating_rule_of
from models.inputs import RATER_TYPES, Person, RaterType, assignments
from models.periods import Period
from models.scoring.rating import RATERS, RatingRule
from models.wording import Step

# what one rating is about: who is rated, on which item, by what kind of rater
RatingKey = tuple[str, str, str]
_LENGTH = "DMQHY"  # kinds of periods, from the shortest to the longest


@dataclass(frozen=True, kw_only=True)
class AskedRating:
    """One rating that somebody is asked for; `counts` says how it counts, once per role of the person that reads it."""

    rater: str
    rater_type: RaterType
    person_id: str
    name: str
    roles: tuple[Label, ...]
    kpi: Kpi
    item: RatedItem
    counts: tuple[Step, ...]

    @property
    def key(self) -> RatingKey:
        """Who, what, by what kind of rater."""
        return self.person_id, self.item.item, self.rater_type


@dataclass(frozen=True, kw_only=True)
class NotAsked:
    """Ratings of one kind that a role weighs and nobody is asked for, and why."""

    person_id: str
    item: str
    rater_type: str
    why: Label


@dataclass(frozen=True)
class RatingRound:
    """All ratings of a period: asked for, sorted by rater, and not asked for."""

    asked: tuple[AskedRating, ...]
    not_asked: tuple[NotAsked, ...]

    def of(self, rater: str) -> tuple[AskedRating, ...]:
        """What one rater is asked for, in the order of the sheet."""
        return tuple(rating for rating in self.asked if rating.rater == rater)

    @property
    def raters(self) -> tuple[str, ...]:
        """Everybody who is asked."""
        return tuple(dict.fromkeys(rating.rater for rating in self.asked))


@dataclass(frozen=True)
class _Company:
    """Who can be asked on the day of the round."""

    rows: tuple[Person, ...]
    rights: Rights
    on: date

    def raters(self, row: Person, rater_type: str) -> list[str]:
        """Everybody who could give this kind of rating and is here to do so."""
        match rater_type:
            case "superior":
                found: Iterable[str] = self._superior(row)
            case "peer":
                found = (
                    other.person_id
                    for other in self.rows
                    if other.manager_id == row.manager_id and other.person_id != row.person_id
                )
            case "report":
                found = (other.person_id for other in self.rows if other.manager_id == row.person_id)
            case _:
                found = [row.person_id] if rater_type == "self" else ()
        return sorted(set(found) & self.rights.roster(self.on).here)

    def _superior(self, row: Person) -> list[str]:
        above = self.rights.roster(self.on).above(row.person_id) or ()
        for name in ([row.manager_id] if row.manager_id else []) + list(above):
            if isinstance(self.rights.decide(name, "score", row.person_id, self.on), Allowed):
                return [name]
        return []


def rating_round(definitions: Definitions, period: Period, rights: Rights, on: date) -> RatingRound:
    """Whom to ask for the ratings of a period.

    Args:
        definitions: those of the last day of the period count.
        period: roles that are settled by a longer one are not rated in it.
        rights: people and who may score them.
        on: the day of the round, whose reporting line and rights count.

    Raises:
        DefinitionError: D217 when a person holds a role that is not defined.
    """
    rows = tuple(assignments(rights.people, period))
    company = _Company(rows, rights, on)
    asked: dict[tuple[str, RatingKey], AskedRating] = {}
    not_asked: dict[RatingKey, NotAsked] = {}
    for row in rows:
        for role, kpi, item, rule in _rated_lines(definitions, period, row):
            for rater_type in rule.weights:
                raters = company.raters(row, rater_type)
                why = _why_not(rule, rater_type, len(raters))
                if why is not None:
                    key = (row.person_id, item.item, rater_type)
                    not_asked[key] = NotAsked(
                        person_id=row.person_id, item=item.item, rater_type=rater_type, why=why
                    )
                    continue
                for rater in raters:
                    new = AskedRating(
                        rater=rater,
                        rater_type=_as_type(rater_type),
                        person_id=row.person_id,
                        name=row.name,
                        roles=(role,),
                        kpi=kpi,
                        item=item,
                        counts=(rule.describe(),),
                    )
                    asked[rater, new.key] = _joined(asked.get((rater, new.key)), new)
    # of a person with two roles one may ask what the other cannot: what is asked for is not missing
    open_keys = {key for _, key in asked}
    return RatingRound(
        # stable: within a person the items stay in the order of the role
        tuple(sorted(asked.values(), key=lambda a: (a.rater, RATER_TYPES.index(a.rater_type), a.person_id))),
        tuple(found for key, found in not_asked.items() if key not in open_keys),
    )


def _rated_lines(
    definitions: Definitions, period: Period, row: Person
) -> Iterator[tuple[Label, Kpi, RatedItem, RatingRule]]:
    role = definitions.role(row.role_id, period.end)
    if _LENGTH.index(role.cycle) > _LENGTH.index(period.kind):
        return
    for line in role.lines:
        kpi = definitions.kpi(line.kpi, period.end)
        if isinstance(kpi.measure, RatedItem):
            yield role.label, kpi, kpi.measure, rating_rule_of(line, kpi)


def _as_type(word: str) -> RaterType:
    return next(rater_type for rater_type in RATER_TYPES if rater_type == word)


def _joined(before: AskedRating | None, new: AskedRating) -> AskedRating:
    """One rating serves every role of the person that reads the item."""
    if before is None:
        return new
    roles = tuple(dict.fromkeys((*before.roles, *new.roles)))
    return replace(before, roles=roles, counts=tuple(dict.fromkeys((*before.counts, *new.counts))))


def _why_not(rule: RatingRule, rater_type: str, could: int) -> Label | None:
    """Why nobody is asked for this kind of rating; None where somebody is."""
    if rater_type not in RATER_TYPES:
        return Label(f"{rater_type} 不是评分人类型", f"{rater_type} is no kind of rater")
    if rater_type == "customer":
        return Label(
            "客户不由公司内的人代填，直接写入 ratings.csv",
            "customers are outside of the company: write theirs into ratings.csv",
        )
    if not could:
        return _NOBODY[rater_type]
    need = rule.min_raters.get(rater_type, 1)
    if could < need:
        zh = f"可评分的{RATERS[rater_type]}只有 {could} 人，至少需 {need} 人才计入"
        return Label(zh, f"{could} could rate, {need} are needed for any of it to count")
    return None


_NOBODY: Mapping[str, Label] = {
    "superior": Label("没有在职的上级拥有考核权", "nobody above who is here may score"),
    "peer": Label("没有同一上级的同事", "nobody else has the same manager"),
    "report": Label("没有在职的下属", "nobody reports to the person"),
    "self": Label("本人当天不在公司", "the person is not here on that day"),
}
