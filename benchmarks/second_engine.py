"""The second engine beside the first, over the same facts in the same run: seconds, CPU seconds and peak memory.

A month of order lines as in compute.py, every order-line KPI of the sample's sales roles. Each engine has a process of its own,
so that its peak memory is its own. Usage: python benchmarks/second_engine.py [lines ...]
"""

import multiprocessing
import resource
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

from compute import SPAN, prepare

from models.definitions.composites import parts_of
from models.definitions.load import load_definitions
from warehouse.figures.plan import measures_by_fact, people_to_measure, roles_by_measure
from warehouse.figures.run import read_figures
from warehouse.figures.second.engine import Asked, SpanRows, asked_of
from warehouse.store.connect import open_warehouse

HERE = Path(__file__).resolve().parent


def measured(lines: int, *, is_second: bool, out: Connection) -> None:
    """Seconds, CPU seconds and peak megabytes of one engine; the second one needs the holdings that the first leaves behind."""
    folder = HERE.parent / "kpi_definitions"
    files = [*folder.glob("kpis/*.yaml"), *folder.glob("roles/*.yaml"), folder / "grades.yaml"]
    own = folder.glob("sample/kpi_definitions/*.yaml")
    definitions = load_definitions(
        {str(path): path.read_text("utf-8") for path in files},
        {str(path): path.read_text("utf-8") for path in own},
    )
    with tempfile.TemporaryDirectory() as name, open_warehouse(Path(name)) as con:
        con.execute("set enable_progress_bar = false")
        prepare(con, lines)
        work = people_to_measure(con, definitions, [SPAN])
        measures, roles = {"order_line": measures_by_fact(work)["order_line"]}, roles_by_measure(work)
        began, cpu = time.perf_counter(), time.process_time()
        if is_second:
            # no measure: the holdings alone are put in place
            read_figures(con, {"order_line": ()}, [SPAN], "span", roles)
            asked: dict[Asked, set[str]] = {}
            for duty in work:
                for kpi in duty.kpis:
                    parts = parts_of(kpi.kpi, lambda kpi_id: definitions.kpi(kpi_id, SPAN.end))
                    for one in (one for side in asked_of(parts.numerator, parts.denominator) for one in side):
                        if one.measure.fact == "order_line":
                            asked.setdefault(one, set()).add(duty.role_id)
            rows = SpanRows(con, (SPAN.start, SPAN.end))
            began, cpu = time.perf_counter(), time.process_time()
            for group in rows.groups(asked):
                rows.measured({one: asked[one] for one in group})
        else:
            read_figures(con, measures, [SPAN], "span", roles)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        out.send((time.perf_counter() - began, time.process_time() - cpu, peak))


def main(sizes: list[int]) -> None:
    """One line per size and engine."""
    print(f"{'lines':>10} {'engine':>8} {'s':>8} {'CPU s':>8} {'peak MB':>8}")
    for lines in sizes:
        for is_second in (False, True):
            here, there = multiprocessing.Pipe()
            process = multiprocessing.get_context("spawn").Process(
                target=measured, args=(lines,), kwargs={"is_second": is_second, "out": there}
            )
            process.start()
            seconds, cpu, peak = here.recv()
            process.join()
            print(
                f"{lines:>10} {'second' if is_second else 'first':>8} {seconds:>8.2f} {cpu:>8.2f} {peak:>8}"
            )


if __name__ == "__main__":
    main([int(a) for a in sys.argv[1:]] or [1_000_000])
