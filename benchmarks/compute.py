"""Compiled KPI SQL beside one hand-written statement that answers the same questions, in the same run.

A month of order lines of two shops, 13 owners; every order-line measure of the sample company's sales roles. Both run on the
same table in the same process, alternating; the median of the repeats is shown. Usage: python benchmarks/compute.py [lines ...]

With a home (`python benchmarks/compute.py var`): its days of one year as the daily step computes them, in a copy. The digests of
the stored tables tell whether a change of the engine left every figure as it was.
"""

import hashlib
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from models.definitions.load import Definitions, load_definitions  # noqa: E402
from warehouse.figures.actuals import compute_daily, compute_mtd  # noqa: E402
from warehouse.figures.plan import Span, measures_by_fact, people_to_measure  # noqa: E402
from warehouse.figures.run import read_figures  # noqa: E402
from warehouse.store.connect import WAREHOUSE, open_warehouse  # noqa: E402

REPEATS = 3  # odd: the median is then one of the runs, not a mean of two
SPAN = Span("2026-10", date(2026, 10, 1), date(2026, 10, 31))
ROLES = ("store_manager", "ops_specialist", "ecom_ops_manager", "merchandiser")

# hash() of the line's number in the place of random(): every run gets the same lines
LINES = """
insert into core_order_line by name
select
    'shopify' as platform, if(hash(i) % 3 = 0, 'export', 'uk') as shop_id, concat('l', i) as source_row_id,
    concat('o', i // 8) as order_id, concat('l', i) as line_id, 'goods' as line_type,
    if(i // 8 % 4 = 0, null, concat('b', hash(i // 8) % (? // 20))) as buyer_id,
    date '2026-10-01' - cast(hash(i // 8) % 90 as integer) as buyer_first_on,
    concat('s', hash(i) % 4000) as sku_id, concat('g', hash(i) % 4) as sku_group, 1 + hash(i) % 5 as qty,
    cast(1 + hash(i) % 900 / 10.0 as decimal(18, 4)) as paid_amount, 'GBP' as currency,
    cast(9.5 as decimal(12, 8)) as fx_rate,
    cast((1 + hash(i) % 900 / 10.0) * 9.5 as decimal(26, 12)) as paid_amount_base,
    cast((hash(i) % 400 / 10.0) as decimal(26, 12)) as cogs_base, 'GB' as country,
    timestamptz '2026-10-01 00:00:00+00' as ordered_at, timestamptz '2026-10-01 00:00:00+00' as paid_at,
    date '2026-10-01' + cast((i // 8) * 31 // (? // 8 + 1) as integer) as business_date, false as is_excluded
from range(?) as t(i)
"""

# one part for each kind of scope: a line counts for the owner of its shop and for the owner of its article group
BY_HAND = """
with owned as (
    select o.person_id, o.role_id, o.share, f.* from core_order_line as f
    join core_ownership as o on o.scope_type = 'shop' and o.scope_id = f.shop_id
        and f.business_date between o.valid_from and o.valid_to
    where f.business_date between date '2026-10-01' and date '2026-10-31' and not f.is_excluded
    union all
    select o.person_id, o.role_id, o.share, f.* from core_order_line as f
    join core_ownership as o on o.scope_type = 'sku_group' and o.scope_id = f.sku_group
        and f.business_date between o.valid_from and o.valid_to
    where f.business_date between date '2026-10-01' and date '2026-10-31' and not f.is_excluded
)
select person_id, role_id, sum(paid_amount_base * share) as gmv,
    sum(cast(paid_amount_base - cogs_base as decimal(28, 12)) * share) filter (where line_type = 'goods') as margin,
    sum(qty * share) filter (where line_type = 'goods') as units,
    count(distinct order_id) filter (where paid_amount > 0) as orders, count(distinct buyer_id) as buyers,
    count(distinct buyer_id) filter (where buyer_first_on >= date '2026-10-01') as new_buyers,
    count(distinct sku_id) as skus
from owned group by all order by all
"""


def owners() -> list[tuple[str, str, str, str, str]]:
    found = []
    for shop, n in (("uk", 1), ("export", 2)):
        found.append(("shop", shop, "store_manager", f"M{n}", "1"))
        found.append(("shop", shop, "ecom_ops_manager", "D1", "1"))
        found.extend(
            ("shop", shop, "ops_specialist", f"S{n}{half}", share) for half, share in ((1, "0.6"), (2, "0.4"))
        )
    found.extend(("sku_group", f"g{i}", "merchandiser", f"G{i}", "1") for i in range(4))
    return found


def prepare(con: Any, lines: int) -> None:
    con.execute(LINES, [lines, lines, lines])
    for kind, scope, role, person, share in owners():
        con.execute(
            "insert into core_ownership by name select ? as scope_type, ? as scope_id, ? as role_id, ? as person_id,"
            " cast(? as decimal(7, 6)) as share, date '2026-01-01' as valid_from, date '2026-12-31' as valid_to",
            [kind, scope, role, person, share],
        )
    for role, person in sorted({(role, person) for _, _, role, person, _ in owners()}):
        con.execute(
            "insert into core_person by name select ? as person_id, ? as name, ? as role_id, date '2026-01-01' as valid_from",
            [person, person, role],
        )


def median_seconds(work: Callable[[], object], other: Callable[[], object]) -> tuple[float, float]:
    times: tuple[list[float], list[float]] = ([], [])
    # in turns: a busy moment of the machine meets both sides
    for _ in range(REPEATS):
        for place, run in enumerate((work, other)):
            began = time.perf_counter()
            run()
            times[place].append(time.perf_counter() - began)
    return statistics.median(times[0]), statistics.median(times[1])


def known_definitions() -> Definitions:
    folder = HERE.parent / "kpi_definitions"
    files = [*folder.glob("kpis/*.yaml"), *folder.glob("roles/*.yaml"), folder / "grades.yaml"]
    own = folder.glob("sample/kpi_definitions/*.yaml")  # the roles and formulas that BY_HAND spells out
    return load_definitions(
        {str(path): path.read_text("utf-8") for path in files},
        {str(path): path.read_text("utf-8") for path in own},
    )


def main(sizes: list[int]) -> None:
    definitions = known_definitions()
    print(f"{'lines':>10} {'measures':>8} {'compiled s':>11} {'by hand s':>10} {'compiled / by hand':>19}")
    for lines in sizes:
        with tempfile.TemporaryDirectory() as name, open_warehouse(Path(name)) as con:
            prepare(con, lines)
            work = people_to_measure(con, definitions, [SPAN])
            measures = {"order_line": measures_by_fact(work)["order_line"]}
            ours, hand = median_seconds(
                # bound now: a closure reads its variables when it is called (Python FAQ, Programming)
                lambda con=con, m=measures: read_figures(con, m, [SPAN], "span"),
                lambda con=con: con.execute(BY_HAND).fetchall(),
            )
            print(
                f"{lines:>10} {len(measures['order_line']):>8} {ours:>11.2f} {hand:>10.2f} {ours / hand:>19.2f}"
            )


def days_of(home: Path) -> None:
    """The first 365 days of a home, and month to date of the last 31 of them."""
    definitions = known_definitions()
    with tempfile.TemporaryDirectory() as name:
        shutil.copy(home / WAREHOUSE, name)
        with open_warehouse(Path(name)) as con:
            days = [
                day
                for (day,) in con.execute("select distinct business_date from kpi_actual_daily").fetchall()
            ]
            days = sorted(days)[:365]
            steps: dict[str, Callable[[], object]] = {
                "kpi_actual_daily": lambda: compute_daily(con, definitions, days),
                "kpi_actual_mtd": lambda: compute_mtd(con, definitions, days[-31:]),
            }
            print(f"{'table':>20} {'s':>7} {'CPU s':>7} {'peak MB':>8} {'rows':>8} digest")
            for table, step in steps.items():
                began, cpu = time.perf_counter(), time.process_time()
                step()
                seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
                rows = con.execute(f"from {table} order by all").fetchall()
                digest = hashlib.md5("\n".join(map(repr, rows)).encode(), usedforsecurity=False).hexdigest()
                print(f"{table:>20} {seconds:>7.2f} {cpu:>7.2f} {peak:>8} {len(rows):>8} {digest}")
            for finding in con.execute("from engine_finding order by all").fetchall():
                print(finding)


if __name__ == "__main__":
    if sys.argv[1:] and not sys.argv[1].isdigit():
        days_of(Path(sys.argv[1]))
    else:
        main([int(a) for a in sys.argv[1:]] or [1_000_000, 10_000_000])
