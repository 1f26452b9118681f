"""Turn the public sets into the files bundled with the sandbox.

Belongs here: column and row choice, types, `?` to null. Not here: any mapping to a platform (online_retail.py,
incident_log.py) or to fact files
(`prepare_facts`). By hand: `python -m connectors.sandbox.prepare TRANSACTIONS EVENTS POSTS ABSENCES OUTPUT_FOLDER`.
"""

import argparse
from pathlib import Path

import duckdb

# Every row is kept, in the order of the source; money becomes exact (the source has at most three decimals).
ONLINE_RETAIL = """
copy (
    select InvoiceNo, StockCode, Description, Quantity, InvoiceDate,
           cast(UnitPrice as decimal(12, 3)) as UnitPrice, CustomerID, Country
    from read_parquet($source)
) to '{target}' (format parquet, compression zstd, compression_level 19)
"""
INCIDENTS = """
copy (
    select cast(number as integer) as number, incident_state,
           cast(reassignment_count as integer) as reassignment_count,
           cast(reopen_count as integer) as reopen_count, cast(sys_mod_count as integer) as sys_mod_count,
           made_sla = 'true' as made_sla, cast(nullif(caller_id, '?') as integer) as caller_id,
           nullif(contact_type, '?') as contact_type, cast(nullif(priority, '?') as integer) as priority,
           cast(nullif(assignment_group, '?') as integer) as assignment_group,
           cast(nullif(assigned_to, '?') as integer) as assigned_to,
           cast(nullif(resolved_by, '?') as integer) as resolved_by,
           strptime(opened_at, '%d/%m/%Y %H:%M') as opened_at,
           strptime(sys_updated_at, '%d/%m/%Y %H:%M') as sys_updated_at,
           strptime(nullif(resolved_at, '?'), '%d/%m/%Y %H:%M') as resolved_at,
           strptime(nullif(closed_at, '?'), '%d/%m/%Y %H:%M') as closed_at
    from read_parquet($source)
) to '{target}' (format parquet, compression zstd, compression_level 19)
"""
# Broadcasts of October and November 2017; the source writes years with four or two digits.
LIVE_POSTS = """
copy (
    select status_id, strftime(published, '%Y-%m-%d %H:%M') as published, num_reactions, num_comments, num_shares
    from (
        select *, coalesce(
            try_strptime(status_published, '%m/%d/%Y %H:%M'), try_strptime(status_published, '%m/%d/%y %H:%M')
        ) as published
        from read_parquet($source)
    )
    where status_type = 'video' and published >= timestamp '2017-10-01' and published < timestamp '2017-12-01'
    order by status_id
) to '{target}' (format csv, header true)
"""
ABSENCES = """
copy (
    select "ID" as id, "Month of absence" as month, "Day of the week" as weekday, "Absenteeism time in hours" as hours
    from read_parquet($source)
    where "Month of absence" in (10, 11)
) to '{target}' (format csv, header true)
"""
SETS = {
    "online_retail.parquet": ONLINE_RETAIL,
    "incidents.parquet": INCIDENTS,
    "live_posts.csv": LIVE_POSTS,
    "absences.csv": ABSENCES,
}


def prepare(transactions: Path, events: Path, posts: Path, absences: Path, output: Path) -> list[Path]:
    """The bundled files, written into `output`.

    Args:
        transactions: UCI 352 Online Retail as Parquet.
        events: UCI 498 incident event log as Parquet.
        posts: UCI 488 posts of live sellers as Parquet.
        absences: UCI 445 absence hours as Parquet.
        output: folder to write into.
    """
    output.mkdir(parents=True, exist_ok=True)
    written = []
    for (name, sql), source in zip(SETS.items(), (transactions, events, posts, absences), strict=True):
        target = output / name
        quoted = str(target).replace("'", "''")  # COPY takes no parameter for its target
        with duckdb.connect(config={"memory_limit": "1GB"}) as con:
            con.execute("set threads = 1")  # one thread: equal bytes on every machine
            con.execute(sql.format(target=quoted), {"source": str(source)})
        written.append(target)
    return written


def main() -> None:
    """Command line entry."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("transactions", "events", "posts", "absences", "output"):
        parser.add_argument(name, type=Path)
    arguments = parser.parse_args()
    prepare(arguments.transactions, arguments.events, arguments.posts, arguments.absences, arguments.output)


if __name__ == "__main__":
    main()
