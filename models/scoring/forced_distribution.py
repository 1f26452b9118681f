"""`score.forced_distribution`: grades by quota inside one calibration group."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from itertools import accumulate

from models.errors import DefinitionError
from models.money import CONTEXT, exact, plain, total
from models.scoring.arguments import Arguments, mapping, required_number
from models.scoring.method import Inputs, ScoringMethod, Steps
from models.wording import Step, shown

NAME = "score.forced_distribution"
ARGUMENTS = ("scores", "quotas", "ties", "min_group")
TIES = ("up", "by_id")
ONE = Decimal(1)


@dataclass(frozen=True)
class Distribution:
    """Skipped below the smallest group, missing while a score is: both leave everybody ungraded."""

    status: str
    grades: dict[str, str]


@dataclass(frozen=True)
class Quota:
    """A grade and the share of people it may hold; best grade first."""

    grade: str
    share: Decimal


@dataclass(frozen=True)
class Quotas:
    """The whole rule."""

    quotas: tuple[Quota, ...]
    ties: str = "up"
    # in a group of four a quota of 20 % is less than one person
    min_group: int = 5

    @exact
    def places(self, n: int) -> list[int]:
        """Places per grade by largest remainder; equal remainders favour the better grade.

        >>> rule = Quotas((Quota("A", Decimal("0.2")), Quota("B", Decimal("0.7")), Quota("C", Decimal("0.1"))))
        >>> rule.places(7)
        [1, 5, 1]
        """
        ideal = [n * quota.share for quota in self.quotas]
        whole = [x.to_integral_value(ROUND_FLOOR, CONTEXT) for x in ideal]
        # the shares sum to exactly 1, so fewer places are left than there are grades: one more each is enough
        left = n - int(total(whole))
        # floor − ideal is the negative remainder: the largest comes first, and of equal ones the better grade
        by_remainder = sorted(range(len(ideal)), key=lambda i: (whole[i] - ideal[i], i))
        return [int(w) + (i in by_remainder[:left]) for i, w in enumerate(whole)]

    def distribute(self, scores: dict[str, Decimal]) -> dict[str, str]:
        """Everybody's grade, by score and then by id."""
        # copy_negate: a minus sign would round to the 28 digits of Python's default context (Python documentation, "decimal")
        order = sorted(scores, key=lambda key: (scores[key].copy_negate(), key))
        grades: dict[str, str] = {}
        for quota, end in zip(self.quotas, accumulate(self.places(len(order))), strict=True):
            # how many hold a grade already: ties of the grade above may have used places of this one
            start = len(grades)
            for key in order[start : self._end(order, scores, start, end)]:
                grades[key] = quota.grade
        return grades

    def _end(self, order: Sequence[str], scores: dict[str, Decimal], start: int, end: int) -> int:
        """Where a grade ends: with ties up, equals of its last person join and use the next grade's places."""
        while self.ties == "up" and start < end < len(order) and scores[order[end]] == scores[order[end - 1]]:
            end += 1
        return end


def _read(inputs: Inputs) -> tuple[Quotas, dict[str, Decimal | None]]:
    a = Arguments(NAME, inputs, ARGUMENTS)
    quotas = tuple(_quota(a, item) for item in a.items("quotas"))
    shares = total([q.share for q in quotas])
    # exact decimals: three times 0.3333 is refused, and not rounded to 1
    if shares != ONE:
        actual = f"{' + '.join(plain(q.share) for q in quotas) or '0'} = {plain(shares)}"
        what = "the shares of the quotas must sum to exactly 1"
        raise DefinitionError("weights_sum", what, actual=actual, remedy="give every person a place")
    if len({q.grade for q in quotas}) < len(quotas):
        raise a.invalid("quotas", "name one grade twice")
    rule = Quotas(quotas, a.choice("ties", TIES, "up"), a.whole("min_group", 5))
    return rule, a.figures("scores")


def _quota(a: Arguments, value: object) -> Quota:
    entry = mapping(NAME, "quotas", value)
    Arguments(f"{NAME} quotas", entry, ("grade", "share"))
    share = required_number(NAME, "quotas share", entry.get("share"))
    if share < 0 or entry.get("grade") is None:
        raise a.invalid("quotas", "need a grade and a share of 0 or more")
    return Quota(str(entry["grade"]), share)


def evaluate(inputs: Inputs) -> Distribution:
    """`score.forced_distribution` on golden inputs.

    >>> quotas = [{"grade": "A", "share": "0.5"}, {"grade": "B", "share": "0.5"}]
    >>> scores = {"a": "90", "b": "80", "c": "80", "d": "70"}
    >>> evaluate({"scores": scores, "quotas": quotas, "min_group": "4"}).grades
    {'a': 'A', 'b': 'A', 'c': 'A', 'd': 'B'}
    """
    rule, scores = _read(inputs)
    if len(scores) < rule.min_group:
        return Distribution("skipped", {})
    known = {key: score for key, score in scores.items() if score is not None}
    # nobody is graded while a score is open: its owner would move everybody below
    if len(known) < len(scores) or not known:
        return Distribution("missing", {})
    return Distribution("scored", rule.distribute(known))


@exact
def explain(inputs: Inputs) -> Steps:
    """Places per grade, then who holds them."""
    rule, scores = _read(inputs)
    found, n = evaluate(inputs), len(scores)
    if found.status == "skipped":
        text = f"{n} < {rule.min_group}"
        return (Step(f"人数 {text}：不强制分布", f"people {text}: no forced distribution"),)
    if found.status == "missing":
        return (Step("有人缺少最终得分：不分布", "somebody lacks a final score: nothing is distributed"),)
    steps = []
    for quota, places in zip(rule.quotas, rule.places(n), strict=True):
        share = f"{n} × {shown(quota.share)} = {shown(n * quota.share)} → {places}"
        held = [key for key, grade in found.grades.items() if grade == quota.grade]
        names = ", ".join(f"{key} ({shown(scores[key] or Decimal(0))})" for key in held) or "–"
        steps.append(Step(f"{quota.grade} 名额 {share}：{names}", f"{quota.grade} places {share}: {names}"))
    if rule.ties == "up":
        zh, en = "与本档末位同分者并入本档，占用下一档名额", "equals of a grade's last person join it"
        steps.append(Step(zh, f"{en} and use the next grade's places"))
    return tuple(steps)


METHOD = ScoringMethod(
    name=NAME,
    kind="group",
    zh="强制分布",
    evaluate=evaluate,
    explain=explain,
    used="by name only, on the final totals of one calibration group in place of the grade table; never by a line",
)
