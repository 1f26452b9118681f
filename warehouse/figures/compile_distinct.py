"""Counts of distinct keys, and of keys whose rows reach a bound, as SQL.

Belongs here: count_distinct and count_groups. Not here: sums and order statistics (compile.py).
What is unknown of a key is said in fact_scan.py.
A key counts with the share of its owner; a key owned through two different shares counts with both, in both
kinds of count, so that a rate of one over the other stays a rate.
"""

from dataclasses import replace

from models.definitions.aggregates import Having
from warehouse.figures.expressions import scale
from warehouse.figures.fact_scan import KEY, FactScan, figure_column, known, named, numbered, of
from warehouse.figures.measures import PREVIOUS, Measure
from warehouse.store.sqltext import Sql, fill, identifier, listed, literal

_P = Sql("p")


def distinct(measures: tuple[Measure, ...], scan: FactScan) -> list[Sql]:
    """CTEs for the distinct keys of several conditions in one scan; the last is `result`."""
    keys = scan.keys(measures[0].keys)
    names = numbered("k", keys)
    flags = [identifier(f"w{i}") for i in range(len(measures))]
    doubts = [identifier(f"u{i}") for i in range(len(measures))]
    # bool_or over conditions that are all NULL is NULL
    is_met = Sql("coalesce(bool_or(${row}), false)")
    conditions = [fill(is_met, row=scan.counted(measure)) for measure in measures]
    conditions += [fill(is_met, row=scan.unknown(measure)) for measure in measures]
    flags_and_doubts = [*flags, *doubts]
    rows = scan.per_scope(listed([named(keys, names), named(conditions, flags_and_doubts)]))
    unique = fill(
        Sql(
            "unique_key as (\nselect ${label} as label, o.person_id, o.role_id, o.share, ${keys}, ${flags}\n"
            "from (${rows}) as p\n${owner}${span}group by all)"
        ),
        label=scan.known_label,
        keys=of(_P, names),
        flags=listed(fill(Sql("bool_or(p.${flag}) as ${flag}"), flag=flag) for flag in flags_and_doubts),
        rows=rows,
        owner=scan.owner_join,
        span=scan.later_span,
    )
    result = fill(
        Sql("result as (\nselect ${key}, ${counts} from unique_key group by all)"),
        key=KEY,
        counts=listed(_counted(i, measure, flags[i], doubts[i]) for i, measure in enumerate(measures)),
    )
    return [unique, result]


def _counted(number: int, measure: Measure, flag: Sql, doubt: Sql) -> Sql:
    """The `output_columns` of a distinct count: unknown is a key of which no row is counted and one may be."""
    counts = fill(
        Sql(
            "sum(share) filter (where ${flag}) as ${figure}, count(*) filter (where ${flag}) as ${n},"
            " count(*) filter (where ${doubt} and not ${flag}) as ${null}"
        ),
        flag=flag,
        doubt=doubt,
        figure=figure_column(number),
        n=figure_column(number, "_n"),
        null=figure_column(number, "_null"),
    )
    if not measure.range.is_snapshot:
        return counts
    return listed([counts, fill(Sql("count(*) as ${seen}"), seen=figure_column(number, "_seen"))])


def groups(measures: tuple[Measure, ...], scan: FactScan) -> list[Sql]:
    """CTEs for keys whose own rows reach a bound, or that occur in the period before, too; the last is `result`."""
    # `families` leaves a count of groups alone
    [measure] = measures
    having = measure.having or Having()
    names = listed(numbered("k", scan.keys(measure.keys)))
    held = [_held(Sql("held_key"), measure, having, scan)]
    if measure.compares_periods:
        held.append(_held(Sql("key_before"), measure, having, replace(scan, range=PREVIOUS)))
        judged = fill(
            Sql(
                "judged_key as (\nselect ${key}, ${names}, exists_before is not null as met, nulls\n"
                "from (select ${key}, ${names}, sum(nulls) as nulls from held_key group by all) as h\n"
                "left join (select distinct ${key}, ${names}, true as exists_before from key_before) as b"
                " using (${key}, ${names})\n"
                # an unknown row of the period before leaves open whether its key, or which, occurs in both
                "union all\nselect ${key}, ${names}, false as met, nulls from key_before where nulls > 0)"
            ),
            key=KEY,
            names=names,
        )
    else:
        judged = fill(
            Sql(
                "judged_key as (\nselect ${key}, ${names}, ${reached} as met, sum(nulls) as nulls\n"
                "from held_key group by all)"
            ),
            key=KEY,
            names=names,
            reached=_reached(having, scan),
        )
    result = fill(
        Sql(
            "result as (\nselect ${key}, sum(share) filter (where met) as ${figure},"
            " count(*) filter (where met) as ${n}, sum(nulls) as ${null}\nfrom judged_key\n"
            # left: an unknown row may have no key
            "left join (select ${key}, ${names}, sum(share) as share"
            " from (select distinct ${key}, share, ${names} from held_key) group by all) as credit\n"
            "using (${key}, ${names})\ngroup by all)"
        ),
        key=KEY,
        names=names,
        figure=figure_column(0),
        n=figure_column(0, "_n"),
        null=figure_column(0, "_null"),
    )
    return [*held, judged, result]


def _held(name: Sql, measure: Measure, having: Having, scan: FactScan) -> Sql:
    """Rows of a measure by owner and key, with what the bound looks at."""
    keys, inner = scan.keys(measure.keys), scan.keys(having.keys)
    names, inner_names = numbered("k", keys), numbered("j", inner)
    columns = named((*keys, *inner), (*names, *inner_names))
    return fill(
        Sql(
            "${name} as (\nselect ${label} as label, o.person_id, o.role_id, o.share, ${names},"
            " sum(p.x) as x, sum(p.nulls) as nulls\nfrom (${rows}) as p\n${owner}${span}group by all)"
        ),
        name=name,
        label=scan.known_label,
        names=of(_P, [*names, *inner_names]),
        rows=scan.per_scope(listed([columns, _bounded(measure, having, scan)]), scan.may_count(measure)),
        owner=scan.owner_join,
        span=scan.later_span,
    )


def _bounded(measure: Measure, having: Having, scan: FactScan) -> Sql:
    """What the bound looks at, by day and scope: the sum or the number of rows, and the unknown rows."""
    figure = Sql("count(*)")
    if having.agg == "sum" and having.expr is not None:
        figure = fill(
            Sql("cast(sum(${expr}) as decimal(38, ${places}))"),
            expr=scan.expr(having.expr),
            places=literal(scale(having.expr, scan.table)),
        )
    return fill(
        Sql("${figure} as x, count(*) filter (where ${unknown}) as nulls"),
        figure=figure,
        unknown=scan.unknown(measure),
    )


def _reached(having: Having, scan: FactScan) -> Sql:
    """Whether a group reaches the bound."""
    limit = having.at_least if having.above is None else having.above
    figure = Sql("coalesce(sum(x), 0)")
    if having.agg == "count_distinct":
        inner = numbered("j", scan.keys(having.keys))
        figure = fill(
            Sql("count(distinct (${keys})) filter (where ${stated})"),
            keys=listed(inner),
            stated=known(inner[: len(having.keys)]),
        )
    return fill(
        Sql("${figure} ${operator} ${limit}"),
        figure=figure,
        operator=Sql(">=") if having.above is None else Sql(">"),
        limit=literal(limit if limit is not None else 0),
    )
