"""Checks of pay plans against everything else: roles, KPIs, methods and their arguments, one plan per role.

Belongs here: what needs more than one plan, or a method, to see. Not here: what a plan shows by itself (pay_plans).
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from models.definitions.bindings import LISTS, NUMBERS, TEAMS, Ref, fill
from models.definitions.kpis import Kpi
from models.definitions.pay_plans import PayLine, PayPlan
from models.definitions.reading import Problems
from models.errors import DefinitionError
from models.pay import METHODS
from models.scoring.arguments import outputs
from models.values import nearest

_NO_METHODS_OF_PAY = ("score.", "target.", "kpi.")
# Stand-ins for figures, so that a method can be asked at load time whether it accepts everything else.
_TEAM = {
    "team_coefficients": {"someone": {"coefficient": Decimal(1), "days": Decimal(1)}},
    "team_amounts": {"someone": Decimal(1)},
    "team_scores": {"someone": Decimal(1)},
}
# the same January as _DATES: pay.prorate counts the days that a segment has inside the period
_SEGMENT = {"from": "2010-01-01", "to": "2010-01-31", "base": "1", "coefficient": "1", "score": "1"}
_DATES = {"period_start": "2010-01-01", "period_end": "2010-01-31"}
_LIST = {"earned_to_date": [Decimal(1)], "segments": [_SEGMENT]}


def check_plans(
    plans: Mapping[str, tuple[PayPlan, ...]],
    kpis: Mapping[str, tuple[Kpi, ...]],
    claimed: Mapping[str, frozenset[str]],
    problems: Problems,
) -> None:
    """Collect everything wrong between pay plans and the rest."""
    for plan in (plan for versions in plans.values() for plan in versions):
        with problems.collect():
            _check_roles(plan, claimed["roles"])
        for line in plan.lines:
            with problems.collect():
                _check_kpis(plan, line, kpis, claimed["kpis"])
            with problems.collect():
                check_method(line)
    with problems.collect():
        _check_one_per_role(plans)


def _check_roles(plan: PayPlan, known: frozenset[str]) -> None:
    for role in plan.roles:
        if role not in known:
            what = f"the plan pays an unknown role {role}"
            raise DefinitionError("D217", what, where=plan.source, remedy=nearest(role, known))


def _check_kpis(
    plan: PayPlan, line: PayLine, kpis: Mapping[str, tuple[Kpi, ...]], known: frozenset[str]
) -> None:
    # A plan that is older than its KPI would look up a figure that nobody had defined yet.
    for ref in (r for r in line.refs if r.kind in {"kpi", "target", "attainment"}):
        if ref.name not in known:
            remedy = nearest(ref.name, known) if known else "define the KPI"
            raise DefinitionError("D208", f"unknown KPI {ref.name}", where=ref.source, remedy=remedy)
        versions = kpis.get(ref.name)
        if versions and versions[0].effective_from > plan.effective_from:
            begins = versions[0].effective_from
            what = f"{ref.name} begins {begins}, after the plan's {plan.effective_from}"
            remedy = f"let {ref.name} begin no later"
            raise DefinitionError("D218", what, where=ref.source, actual=versions[0].source, remedy=remedy)


def check_method(line: PayLine) -> None:
    """Ask the method whether it accepts the line's arguments, with stand-ins for the figures.

    So that a gap in a table, a misspelt argument or an argument nobody binds is found before anybody is paid by it.
    """
    # before the unknown ones: a scoring method does exist, and "did you mean" would name some other method
    if line.method.startswith(_NO_METHODS_OF_PAY):
        what = f"{line.method[:60]} scores or measures, it does not pay"
        raise DefinitionError("D220", what, where=line.source, remedy="pay lines use pay.* methods")
    if line.method not in METHODS:
        what = f"unknown method {line.method[:60]!r}"
        raise DefinitionError("D220", what, where=line.source, remedy=nearest(line.method, METHODS))
    try:
        found = outputs(METHODS[line.method].evaluate(probe(line)))
    except DefinitionError as error:
        where = _place(line, error)
        raise DefinitionError(
            error.code, error.what, where=where, actual=error.actual, remedy=error.remedy
        ) from None
    _check_output(line, found)


def probe(line: PayLine) -> dict[str, object]:
    """The line's arguments with a stand-in for every figure."""
    return {**line.args, **{name: fill(binding, _stand_in) for name, binding in line.bindings.items()}}


def _stand_in(ref: Ref) -> object:
    if ref.kind != "input" or ref.name in NUMBERS:
        return Decimal(1)  # never 0: methods divide by targets and days
    if ref.name in TEAMS:
        return _TEAM[ref.name]
    if ref.name in LISTS:
        return _LIST[ref.name]
    return _DATES.get(ref.name, "A")  # any word does for a grade


def _check_output(line: PayLine, found: Mapping[str, object]) -> None:
    first, _, part = line.output.partition(".")
    value = found.get(first)
    names = list(value) if isinstance(value, Mapping) else []
    if first not in found:
        raise _no_output(line, f"{line.method} yields no {first[:60]}", nearest(first, found))
    if part and part not in names:
        remedy = nearest(part, names) if names else f"write output: {first}"
        raise _no_output(line, f"{first} of {line.method} holds no {part[:60]}", remedy)
    if isinstance(value, str):  # e.g. the grade of pay.coefficient: words cannot be added up
        raise _no_output(line, f"{first} of {line.method} is a word, no figure", "name another output")


def _no_output(line: PayLine, what: str, remedy: str) -> DefinitionError:
    return DefinitionError("D240", what, where=line.source, actual=line.output, remedy=remedy)


def _place(line: PayLine, error: DefinitionError) -> str:
    """The line of the argument the refusal is about, else of the pay line."""
    # a method knows its arguments and no lines: the argument is found by its name in the sentence of the refusal
    words = error.what.replace(":", " ").split()
    tables = [name for name in line.places if name in METHODS[line.method].TABLES]
    # these speak of edges and points, not of an argument
    is_about_a_table = error.code in {"bands_gap", "bands_overlap", "points_not_ascending"}
    named = [word for word in words if word in line.places] or (tables if is_about_a_table else [])
    return str(line.places[named[0]]) if named else line.source


def _check_one_per_role(plans: Mapping[str, tuple[PayPlan, ...]]) -> None:
    """On no day may two plans pay one role in one mode: nobody could say which one counts."""
    # Who is paid by what changes only on days on which a version begins.
    days = sorted({plan.effective_from for versions in plans.values() for plan in versions})
    for day in days:
        held: dict[tuple[str, str], PayPlan] = {}
        for plan in _in_force(plans.values(), day):
            for role in plan.roles:
                other = held.setdefault((role, plan.mode), plan)
                if other is not plan:
                    both = f"{other.id} at {other.source} and {plan.id} at {plan.source}"
                    what = f"two plans pay {role} in mode {plan.mode} from {day}"
                    remedy = "take the role out of one of them, or give them different modes"
                    raise DefinitionError("D243", what, where=plan.source, actual=both, remedy=remedy)


def _in_force(plans: Iterable[tuple[PayPlan, ...]], day: date) -> list[PayPlan]:
    found = []
    for versions in plans:
        begun = [plan for plan in versions if plan.effective_from <= day]
        found += begun[-1:]  # a slice: nothing is added for a plan that has not begun
    return found
