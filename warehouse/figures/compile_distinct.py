"""Counts of distinct keys, and of keys whose rows reach a bound, as SQL.

Belongs here: count_distinct and count_groups. Not here: sums and order statistics (compile.py).

A key counts once. In each role it is credited by its first row of the span (by date, then by the table's key) of all rows that
meet the condition, held or not: whoever holds a scope of that row on its day has his share of the key, the rest is unowned. So
what people of a role are credited with, and what is unowned, adds up to the number of keys. A rate of two counts of the same keys
takes both credits from the first row that its denominator counts (`Measure.credited_as`).

What is in doubt is said in compile_doubts.py, and comes on top: the figure itself is that of the rows that surely count.

Shape: rows by day and key with their first row; first rows by span and key; keys by the day and the scopes of their first rows,
which are few; then their holders.
"""

from collections.abc import Sequence
from dataclasses import replace

from models.definitions.aggregates import Having
from warehouse.figures.compile_doubts import doubts
from warehouse.figures.expressions import scale
from warehouse.figures.fact_scan import KEY, FactScan, figure_column, known, named, numbered, of
from warehouse.figures.first_rows import RANK, P, elsewhere, holders, lends_here, placed
from warehouse.figures.measures import PREVIOUS, Measure
from warehouse.store.sqltext import Sql, fill, joined, listed, literal

# in place of a measure's number: the keys of a person's own rows of a snapshot, counted or not
_SEEN = -1


def distinct(measures: tuple[Measure, ...], scan: FactScan) -> list[Sql]:
    """CTEs for the distinct keys of several conditions in one scan; the last is `result`."""
    scan = replace(scan, ranked=True)
    keys = scan.keys(measures[0].keys)
    names = numbered("k", keys)
    wheres = [scan.where(measure) for measure in measures]
    firsts = numbered("w", tuple(wheres))
    lender = lends_here(measures[0], scan)
    lent = None if lender is None else scan.where(lender)
    by_day = _by_day(scan, measures[0], [named(keys, names)], dict(zip(firsts, wheres, strict=True)), lent)
    by_key = fill(
        Sql(
            "first_row as (\nselect ${label} as label, ${names}, ${firsts}\nfrom key_day as p\n${span}group by all)"
        ),
        label=scan.known_label,
        names=of(P, names),
        firsts=listed(
            fill(Sql("min(p.${first}) as ${first}"), first=first)
            for first in (*firsts, *([Sql("lent")] if lent is not None else []))
        ),
        span=scan.span_of_rows,
    )
    entries = (
        fill(
            Sql(
                "select label, ${names}, ${number} as number, ${first} as own, ${lent} as lent, true as met"
                "\nfrom first_row where ${first} is not null"
            ),
            names=listed(names),
            number=literal(number),
            first=first,
            lent=Sql("null") if lent is None else Sql("lent"),
        )
        for number, first in enumerate(firsts)
    )
    entry = fill(Sql("entry as (\n${all})"), all=joined(Sql("\nunion all\n"), entries))
    parts = [
        by_day,
        by_key,
        entry,
        *([] if lent is None else [_lent_row(Sql("first_row"), names)]),
    ]
    return [*parts, *_credited(measures, scan, names)]


def groups(measures: tuple[Measure, ...], scan: FactScan) -> list[Sql]:
    """CTEs for keys whose rows reach a bound, or that occur in the period before, too; the last is `result`."""
    # `families` leaves a count of groups alone
    [measure] = measures
    scan = replace(scan, ranked=True)
    having = measure.having or Having()
    keys = numbered("k", scan.keys(measure.keys))
    names = listed(keys)
    parts = [
        _by_day(scan, measure, *_grouped(measure, having, scan)),
        _group_row(measure, having, scan),
    ]
    if measure.compares_periods:
        parts.append(_key_before(measure, replace(scan, range=PREVIOUS, by_span=True, ranked=False)))
        met = fill(Sql("(label, ${names}) in (select (label, ${names}) from key_before)"), names=names)
    else:
        met = _reached(having)
    parts.append(
        fill(
            Sql(
                "entry as (\nselect label, ${names}, 0 as number, own, ${lent} as lent,"
                " ${met} as met\nfrom group_row where own is not null)"
            ),
            names=names,
            lent=Sql("null") if lends_here(measure, scan) is None else Sql("lent"),
            met=met,
        )
    )
    if lends_here(measure, scan) is not None:
        parts.append(_lent_row(Sql("group_row"), keys))
    return [*parts, *_credited(measures, scan, keys)]


def _lent_row(source: Sql, names: list[Sql]) -> Sql:
    """The keys that the denominator counts in the same range of days, with their first row there."""
    return fill(
        Sql(
            "lent_row as (\nselect label, ${names}, min(lent) as lent from ${source}\nwhere lent is not null group by all)"
        ),
        names=listed(names),
        source=source,
    )


def _by_day(
    scan: FactScan, measure: Measure, columns: Sequence[Sql], firsts: dict[Sql, Sql], lent: Sql | None
) -> Sql:
    """Rows by day and key, with the first of them that meets each condition."""
    wanted = firsts if lent is None else {**firsts, Sql("lent"): lent}
    return fill(
        Sql(
            "key_day as (\nselect ${label}f.${day} as day, ${columns}\nfrom ${source}"
            "where ${bounds} and ${known} and (${any})\ngroup by all)"
        ),
        label=scan.label,
        day=scan.day,
        columns=listed(
            [
                *columns,
                *(
                    fill(
                        Sql("min(${row}) filter (where ${where}) as ${name}"),
                        row=RANK,
                        where=where,
                        name=name,
                    )
                    for name, where in wanted.items()
                ),
            ]
        ),
        source=scan.source,
        bounds=scan.bounds,
        # only the named keys can be empty: `keys` may add platform and shop behind them, which every row has
        known=known(scan.keys(measure.keys)[: len(measure.keys)]),
        any=joined(Sql(" or "), (fill(Sql("(${where})"), where=where) for where in wanted.values())),
    )


def _grouped(
    measure: Measure, having: Having, scan: FactScan
) -> tuple[list[Sql], dict[Sql, Sql], Sql | None]:
    """What `_by_day` needs of a count of groups: keys, the keys counted within them, and what the bound looks at."""
    keys, inner = scan.keys(measure.keys), scan.keys(having.keys)
    where = scan.where(measure)
    columns = [named((*keys, *inner), (*numbered("k", keys), *numbered("j", inner)))]
    lender = lends_here(measure, scan)
    lent = None if lender is None else scan.where(lender)
    return [*columns, _bounded(having, scan, where)], {Sql("own"): where}, lent


def _group_row(measure: Measure, having: Having, scan: FactScan) -> Sql:
    """The rows of a key in a span: what the bound looks at, and the first of them."""
    lent = Sql("") if lends_here(measure, scan) is None else Sql(", min(p.lent) as lent")
    figure = Sql("coalesce(sum(p.x), 0)")
    if having.agg == "count_distinct":
        inner = of(P, numbered("j", scan.keys(having.keys)))
        stated = known(fill(Sql("p.${j}"), j=j) for j in numbered("j", having.keys))
        figure = fill(
            Sql("count(distinct (${inner})) filter (where p.own is not null and ${stated})"),
            inner=inner,
            stated=stated,
        )
    return fill(
        Sql(
            "group_row as (\nselect ${label} as label, ${names}, ${figure} as x,"
            " min(p.own) as own${lent}\nfrom key_day as p\n${span}group by ${label}, ${names})"
        ),
        label=scan.known_label,
        names=of(P, numbered("k", scan.keys(measure.keys))),
        figure=figure,
        lent=lent,
        span=scan.span_of_rows,
    )


def _key_before(measure: Measure, scan: FactScan) -> Sql:
    """The keys of the period before."""
    keys = scan.keys(measure.keys)
    return fill(
        Sql(
            "key_before as (\nselect distinct ${label}${keys}\nfrom ${source}where ${bounds} and ${known} and ${where})"
        ),
        label=scan.label,
        keys=named(keys, numbered("k", keys)),
        source=scan.source,
        bounds=scan.bounds,
        known=known(keys[: len(measure.keys)]),
        where=scan.where(measure),
    )


def _credited(measures: tuple[Measure, ...], scan: FactScan, names: list[Sql]) -> list[Sql]:
    """From `entry`, every key with the rows it may be credited by, to `result`: one statement of holders and shares."""
    far = elsewhere(measures[0], scan)
    counted = [Sql("number"), Sql("n")]
    held = [holders(Sql("credited_key"), counted, scan)]
    if far is None:
        source, parts = Sql("(select label, number, coalesce(lent, own) as own, met from entry)"), []
    else:
        parts = _lent_elsewhere(measures[0], far, names)
        source = Sql("(select label, number, own, met from near_key)")
        held.append(holders(Sql("far_credited_key"), counted, far))
        parts.append(_tallied(Sql("far_credited_key"), Sql("far_key"), far))
    parts.append(_tallied(Sql("credited_key"), source, scan))
    if measures[0].range.is_snapshot:
        held.append(_seen(measures[0], scan))
    doubtful, unknown = doubts(measures, scan, names)
    outputs = listed(_output(number, measure) for number, measure in enumerate(measures))
    all_held = fill(
        # by name: what a branch does not say adds nothing
        Sql("held_key as (\n${all})"),
        all=joined(Sql("\nunion all by name\n"), [*held, *unknown]),
    )
    result = fill(
        Sql("result as (\nselect ${key}, ${outputs} from held_key group by all)"), key=KEY, outputs=outputs
    )
    return [*parts, *doubtful, all_held, result]


def _lent_elsewhere(measure: Measure, far: FactScan, names: list[Sql]) -> list[Sql]:
    """Keys that the denominator counts in another range of days, with their first row there; and all others."""
    keys = far.keys(measure.keys)
    lent = Sql(
        "lent_row as (\nselect ${label}${keys}, min(${row}) as lent\nfrom ${source}"
        "where ${bounds} and ${known} and ${where}\ngroup by all)"
    )
    same = Sql("from entry as e\n${join} join lent_row as l using (label, ${names})")
    return [
        fill(
            lent,
            label=far.label,
            keys=named(keys, numbered("k", keys)),
            row=RANK,
            source=far.source,
            bounds=far.bounds,
            known=known(keys[: len(measure.keys)]),
            where=far.where(measure.lender or measure),
        ),
        fill(
            Sql("far_key as (\nselect e.label, e.number, l.lent as own, e.met ${same})"),
            same=fill(same, join=Sql("inner"), names=listed(names)),
        ),
        fill(
            Sql("near_key as (\nselect e.label, e.number, e.own, e.met ${same})"),
            same=fill(same, join=Sql("anti"), names=listed(names)),
        ),
    ]


def _tallied(name: Sql, source: Sql, scan: FactScan) -> Sql:
    """How many keys have a first row of the same day and scopes: few rows, whatever the number of keys."""
    carried = [Sql("label"), Sql("number"), Sql("met")]
    return fill(
        Sql(
            "${name} as (\nselect * exclude (met), count(*) filter (where met) as n from (${placed})\ngroup by all)"
        ),
        name=name,
        placed=placed(source, Sql("own"), carried, scan),
    )


def _seen(measure: Measure, scan: FactScan) -> Sql:
    """The keys of a person's own rows on a snapshot's day, whether they count or not: without one nothing was counted there."""
    keys = scan.keys(measure.keys)
    return fill(
        Sql(
            "select ${label} as label, o.person_id, o.role_id, ${seen} as number, count(*) as n\n"
            "from (${rows}) as p\n${owner}${span}group by all"
        ),
        label=scan.known_label,
        seen=literal(_SEEN),
        rows=scan.per_scope(named(keys, numbered("k", keys))),
        owner=scan.owner_join,
        span=scan.later_span,
    )


def _output(number: int, measure: Measure) -> Sql:
    """The `output_columns` of a count of keys; a key without a value is no key."""
    column = Sql("sum(${what}) filter (where number = ${number}) as ${name}")
    columns = [("", Sql("share * n"), number), ("_n", Sql("n"), number), ("_null", Sql("nulls"), number)]
    if measure.range.is_snapshot:
        columns.append(("_seen", Sql("n"), _SEEN))
    return listed(
        fill(column, what=what, number=literal(at), name=figure_column(number, suffix))
        for suffix, what, at in columns
    )


def _bounded(having: Having, scan: FactScan, where: Sql) -> Sql:
    """What the bound looks at, by day: the sum or the number of rows that count."""
    if having.agg != "sum" or having.expr is None:
        return fill(Sql("count(*) filter (where ${where}) as x"), where=where)
    return fill(
        Sql("cast(sum(${expr}) filter (where ${where}) as decimal(38, ${places})) as x"),
        expr=scan.expr(having.expr),
        where=where,
        places=literal(scale(having.expr, scan.table)),
    )


def _reached(having: Having) -> Sql:
    """Whether a group reaches the bound."""
    limit = having.at_least if having.above is None else having.above
    return fill(
        Sql("x ${operator} ${limit}"),
        operator=Sql(">=") if having.above is None else Sql(">"),
        limit=literal(limit if limit is not None else 0),
    )
