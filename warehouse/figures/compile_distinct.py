"""Counts of distinct keys, and of keys whose rows reach a bound, as SQL.

Belongs here: count_distinct and count_groups. Not here: sums and order statistics (compile.py).
A key counts with the share of its owner; a key owned through two different shares counts with both, in both
kinds of count, so that a rate of one over the other stays a rate.
"""

from dataclasses import replace

from models.definitions.aggregates import Having
from warehouse.figures.expressions import scale
from warehouse.figures.fact_scan import KEY, Pass, known, named, numbered, of
from warehouse.figures.measures import PREVIOUS, Measure
from warehouse.store.sqltext import fill, literal


def distinct(number: int, group: list[tuple[int, Measure]], scan: Pass) -> list[str]:
    """Distinct keys of several conditions in one pass."""
    keys = scan.keys(group[0][1].keys)
    names = numbered("k", keys)
    flags = ", ".join(f"coalesce(bool_or({scan.where(m)}), false) as w{i}" for i, m in group)
    rows = scan.per_scope(f"{named(keys, names)}, {flags}", known(keys, len(group[0][1].keys)))
    unique = fill(
        "unique_${n} as (\nselect ${label} as label, o.person_id, o.role_id, o.share, ${keys}, ${flags}\n"
        "from (${rows}) as p\n${owner}${span}group by all)",
        n=str(number),
        label=scan.known_label,
        keys=of("p", names),
        flags=", ".join(f"bool_or(p.w{i}) as w{i}" for i, _ in group),
        rows=rows,
        owner=scan.owner_join,
        span=scan.later_span,
    )
    shown = [column for i, m in group for column in _counted(i, m)]
    result = fill(
        "result_${n} as (\nselect ${key}, ${shown} from unique_${n} group by all)",
        n=str(number),
        key=KEY,
        shown=", ".join(shown),
    )
    return [unique, result]


def _counted(i: int, measure: Measure) -> list[str]:
    found = [
        f"sum(share) filter (where w{i}) as a{i}",
        f"count(*) filter (where w{i}) as a{i}_n",
        f"0 as a{i}_null",
    ]
    return [*found, f"count(*) as a{i}_seen"] if measure.range.is_snapshot else found


def groups(number: int, group: list[tuple[int, Measure]], scan: Pass) -> list[str]:
    """Keys whose own rows reach a bound, or that occur in the period before, too."""
    [(i, measure)] = group
    having = measure.having or Having()
    names = numbered("k", scan.keys(measure.keys))
    parts = {"n": str(number), "i": str(i), "key": KEY, "names": ", ".join(names)}
    held = [_held(f"held_{number}", measure, having, scan)]
    if measure.compares_periods:
        held.append(_held(f"before_{number}", measure, having, replace(scan, reach=PREVIOUS)))
        judged = (
            "judged_${n} as (\nselect ${key}, ${names}, exists_before is not null as met, 0 as nulls\n"
            "from (select distinct ${key}, ${names} from held_${n}) as h\n"
            "left join (select distinct ${key}, ${names}, true as exists_before from before_${n}) as b"
            " using (${key}, ${names}))"
        )
    else:
        judged = (
            "judged_${n} as (\nselect ${key}, ${names}, ${reached} as met, sum(nulls) as nulls\n"
            "from held_${n} group by all)"
        )
        parts["reached"] = _reached(having, scan)
    result = (
        "result_${n} as (\nselect ${key}, sum(share) filter (where met) as a${i},"
        " count(*) filter (where met) as a${i}_n, sum(nulls) as a${i}_null\nfrom judged_${n}\n"
        "inner join (select ${key}, ${names}, sum(share) as share"
        " from (select distinct ${key}, share, ${names} from held_${n}) group by all) as credit\n"
        "using (${key}, ${names})\ngroup by all)"
    )
    return [*held, fill(judged, **parts), fill(result, **parts)]


def _held(name: str, measure: Measure, having: Having, scan: Pass) -> str:
    """Rows of a measure by owner and key, with what the bound looks at."""
    keys, inner = scan.keys(measure.keys), scan.keys(having.keys)
    names, inner_names = numbered("k", keys), numbered("j", inner)
    figures, totals = _figures(having, scan)
    return fill(
        "${name} as (\nselect ${label} as label, o.person_id, o.role_id, o.share, ${names}, ${totals}\n"
        "from (${rows}) as p\n${owner}${span}group by all)",
        name=name,
        label=scan.known_label,
        names=of("p", [*names, *inner_names]),
        totals=totals,
        rows=scan.per_scope(
            f"{named((*keys, *inner), [*names, *inner_names])}, {figures}",
            f"{known(keys, len(measure.keys))} and {scan.where(measure)}",
        ),
        owner=scan.owner_join,
        span=scan.later_span,
    )


def _figures(having: Having, scan: Pass) -> tuple[str, str]:
    """Columns per scope, and their totals per owner."""
    totals = "sum(p.x) as x, sum(p.nulls) as nulls"
    if having.agg == "sum" and having.expr is not None:
        expr, places = scan.expr(having.expr), scale(having.expr, scan.table)
        summed = f"cast(sum({expr}) as decimal(38, {places})) as x"
        return f"{summed}, count(*) filter (where {expr} is null) as nulls", totals
    return "count(*) as x, 0 as nulls", totals


def _reached(having: Having, scan: Pass) -> str:
    """Whether a group reaches the bound."""
    limit = having.at_least if having.above is None else having.above
    operator = ">=" if having.above is None else ">"
    figure = "coalesce(sum(x), 0)"
    if having.agg == "count_distinct":
        inner = numbered("j", scan.keys(having.keys))
        stated = known(tuple(inner), len(having.keys))
        figure = f"count(distinct ({', '.join(inner)})) filter (where {stated})"
    return f"{figure} {operator} {literal(limit if limit is not None else 0)}"
