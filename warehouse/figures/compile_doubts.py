"""Keys of which it is not known whether, or by which row, they count: whose figures that leaves unknown, as SQL.

Belongs here: doubtful rows of count_distinct and count_groups. Not here: the figures (compile_distinct.py), what makes a row
unknown (fact_scan.py).

Each doubtful row before the first row that surely counts may be the first itself; where no row surely counts, each doubtful row
may be. These are a key's candidates. Whoever holds every candidate with one share is credited all the same; whoever holds some of
them, or holds them while it is open whether the key counts at all, has no figure. Doubtful rows behind the first sure one change
nothing of a distinct key; a group is open with any unknown row of its key, and with one of the period before that may be the only
one there. A row without a key concerns its own holders. A denominator's rows come first (`Measure.credit`): its candidates are
the key's, and where it surely counts none, the numerator's own, too.
"""

from collections.abc import Iterable
from dataclasses import replace

from warehouse.figures.compile_gaps import lost_day, undated, undated_source
from warehouse.figures.fact_scan import FactScan, known, named
from warehouse.figures.first_rows import RANK, elsewhere, holders, lends_here, place_here, placed
from warehouse.figures.measures import PREVIOUS, Measure
from warehouse.store.sqltext import Sql, fill, identifier, joined, listed, literal

_ALL = Sql("\nunion all\n")
_LENT = Sql("u_lent")


def doubts(measures: tuple[Measure, ...], scan: FactScan, names: list[Sql]) -> tuple[list[Sql], list[Sql]]:
    """CTEs, and the selects with label, person_id, role_id, number and nulls: how many keys make a figure unknown.

    Reads `entry`, and `lent_row` where a denominator lends its credit.
    """
    first = measures[0]
    far = elsewhere(first, scan)
    near_lender = lends_here(first, scan)
    near = {
        **dict(zip(_own(measures), measures, strict=True)),
        **({_LENT: near_lender} if near_lender else {}),
    }
    parts = [_doubt(Sql("doubt"), near, scan, names)]
    if far is not None and first.lender is not None:
        parts.append(_doubt(Sql("far_doubt"), {_LENT: first.lender}, far, names))
    if first.compares_periods:
        parts.append(_before(first, replace(scan, range=PREVIOUS, ranked=False), names))
    parts += [
        fill(Sql("doubtful_row as (\n${all})"), all=joined(_ALL, _doubtful(measures, scan, names))),
        fill(Sql("possible_row as (\n${all})"), all=joined(_ALL, _possible(measures, names))),
        _candidate(first, names),
    ]
    carried = [Sql("number"), *names, Sql("settled"), Sql("candidates")]
    channels = {Sql("candidate"): scan}
    if far is not None:
        channels = {
            Sql("(from candidate where not lent)"): scan,
            Sql("(from candidate where lent)"): far,
        }
    held = []
    for number, (source, one) in enumerate(channels.items()):
        # once, and not for every kind of scope that `holders` looks at
        name = identifier(f"placed_{number}")
        where = placed(source, Sql("first"), [Sql("label"), *carried], one)
        parts.append(fill(Sql("${name} as (\n${where})"), name=name, where=where))
        held.append(holders(name, carried, one))
    parts.append(fill(Sql("doubt_held as (\n${all})"), all=joined(_ALL, held)))
    return parts, _unknown(first, scan, names)


def _own(measures: tuple[Measure, ...]) -> list[Sql]:
    return [identifier(f"u{i}") for i in range(len(measures))]


def _doubt(name: Sql, of: dict[Sql, Measure], scan: FactScan, names: list[Sql]) -> Sql:
    """The first unknown row of each day, key and scopes, for every measure."""
    scan = replace(scan, by_span=True)
    unknown = {column: scan.unknown(measure) for column, measure in of.items()}
    first = Sql("min(${row}) filter (where ${unknown}) as ${column}")
    return fill(
        Sql(
            "${name} as (\nselect ${label}${keys}, ${place}, ${firsts}\nfrom ${source}"
            "where ${bounds} and (${any})\ngroup by all)"
        ),
        name=name,
        label=scan.label,
        keys=named(scan.keys(next(iter(of.values())).keys), names),
        place=place_here(scan),
        firsts=listed(
            fill(first, row=RANK, unknown=condition, column=column) for column, condition in unknown.items()
        ),
        source=scan.source,
        bounds=scan.bounds,
        any=joined(Sql(" or "), unknown.values()),
    )


def _before(measure: Measure, scan: FactScan, names: list[Sql]) -> Sql:
    """The unknown rows of the period before."""
    scan = replace(scan, by_span=True)
    return fill(
        Sql(
            "doubt_before as (\nselect distinct ${label}${keys}, ${stated} as stated, ${place}\nfrom ${source}"
            "where ${bounds} and ${unknown})"
        ),
        label=scan.label,
        keys=named(scan.keys(measure.keys), names),
        stated=known(scan.keys(measure.keys)[: len(measure.keys)]),
        place=place_here(scan),
        source=scan.source,
        bounds=scan.bounds,
        unknown=scan.unknown(measure),
    )


def _doubtful(measures: tuple[Measure, ...], scan: FactScan, names: list[Sql]) -> Iterable[Sql]:
    """Rows that may count; without a row, where the key is in doubt for a reason that is no row of these days."""
    listing = listed(names)
    found = Sql(
        "select label, ${names}, ${number} as number, ${lent} as lent, ${column} as first\n"
        "from ${doubt} where ${column} is not null"
    )
    far = elsewhere(measures[0], scan) is not None
    for number, column in enumerate(_own(measures)):
        yield fill(
            found, names=listing, number=literal(number), lent=Sql("false"), column=column, doubt=Sql("doubt")
        )
        if measures[0].lender is not None:
            source = Sql("far_doubt") if far else Sql("doubt")
            yield fill(
                found, names=listing, number=literal(number), lent=Sql("true"), column=_LENT, doubt=source
            )
        lost = lost_day(measures[number], scan.table)
        if lost is not None:
            yield fill(
                Sql(
                    "select distinct s.label as label, ${keys}, ${number} as number, false as lent, null as first\n"
                    "from ${source}where ${undated} and ${stated}"
                ),
                keys=named(scan.keys(measures[number].keys), names),
                number=literal(number),
                source=undated_source(lost, scan),
                undated=undated(measures[number], scan),
                stated=known(scan.keys(measures[number].keys)[: len(measures[number].keys)]),
            )
    if measures[0].compares_periods:
        yield fill(
            Sql(
                "select distinct label, ${names}, 0 as number, false as lent, null as first\n"
                "from (from doubt_before where stated) as b\n"
                "semi join (select label, ${names} from entry union all select label, ${names} from doubt) as e"
                " using (label, ${names})\nanti join key_before as k using (label, ${names})"
            ),
            names=listing,
        )


def _possible(measures: tuple[Measure, ...], names: list[Sql]) -> Iterable[Sql]:
    """All rows by which a key in doubt may be credited, the sure ones too."""
    listing = listed(names)
    keys = fill(Sql("(select distinct label, ${names}, number from doubtful_row) as d"), names=listing)
    yield fill(
        Sql("select label, ${names}, number, lent, first, false as sure, false as met from doubtful_row"),
        names=listing,
    )
    yield fill(
        Sql(
            "select label, ${names}, number, false as lent, own as first, true as sure, met\n"
            "from entry semi join ${keys} using (label, ${names}, number)"
        ),
        names=listing,
        keys=keys,
    )
    if measures[0].lender is not None:
        yield fill(
            Sql(
                "select label, ${names}, number, true as lent, l.lent as first, true as sure, false as met\n"
                "from lent_row as l inner join ${keys} using (label, ${names})"
            ),
            names=listing,
            keys=keys,
        )


def _candidate(measure: Measure, names: list[Sql]) -> Sql:
    """The rows that may be the first of a key which may count, and whether it surely does."""
    # any unknown row of a group leaves it open, of a distinct key none beside a sure one that is known to be the first
    opened = Sql("first is null") if measure.having is None else Sql("not lent and not sure")
    return fill(
        Sql(
            "candidate as (\nselect label, ${names}, number, lent, settled,"
            " count(*) over (partition by label, ${names}, number) as candidates, first\nfrom (\n"
            "select *, min(first) filter (where sure and not lent) over key as own,"
            " min(first) filter (where sure and lent) over key as lender,\n"
            "own is not null and not bool_or(${opened}) over key as settled,"
            " bool_or(not lent and (met or not sure)) over key as may_count\n"
            "from possible_row window key as (partition by label, ${names}, number))\n"
            "where may_count and first is not null and case when lent then sure or lender is null or first < lender\n"
            "else lender is null and (sure or own is null or first < own) end)"
        ),
        names=listed(names),
        opened=opened,
    )


def _unknown(measure: Measure, scan: FactScan, names: list[Sql]) -> list[Sql]:
    keys = fill(
        Sql(
            "select label, person_id, role_id, number, 1 as nulls from doubt_held\n"
            "group by label, person_id, role_id, number, ${names}\n"
            "having not bool_and(settled) or count(*) < max(candidates) or min(share) < max(share)"
        ),
        names=listed(names),
    )
    if not measure.compares_periods:
        return [keys]
    unnamed = Sql("(select *, 0 as number, 1 as nulls from doubt_before where not stated)")
    before = holders(unnamed, [Sql("number"), Sql("nulls")], replace(scan, range=PREVIOUS, ranked=False))
    return [keys, fill(Sql("select * exclude (share) from (${before})"), before=before)]
