"""Order lines per second, CPU seconds and peak memory beside dlt's rest_api source, on the same loopback API, in one run.

Both pull the same orders with nested lines page by page and merge them by their id into DuckDB, lines in a table of their own.
Ours also proves every window by the platform's total, keeps the redacted pages and validates every record.
dlt runs in an environment of its own (made on first use below .venv-dlt), because its versions differ from ours.
Usage: python benchmarks/versus_dlt.py [--latency MS ...] [--repeats N] [lines ...]
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
DLT = "dlt[duckdb]==1.31.0"  # pinned: another release is another measurement
PEER = HERE.parent / ".venv-dlt"
START = datetime(2026, 1, 1, tzinfo=UTC)
END = START + timedelta(days=10)
PAGE = 250
# dlt makes a table of nested lines by itself: the same work is asked of ours
LINES = """
create table line as
with typed as (
    select record_key as order_id, from_json_strict(payload, '{"currency": "VARCHAR",
        "lines": [{"id": "VARCHAR", "sku": "VARCHAR", "quantity": "BIGINT", "price": "DECIMAL(18,4)",
            "total": "DECIMAL(18,4)"}]}') as o
    from raw_bench_orders
)
select order_id, o.currency as currency, unnest(o.lines, recursive := true) from typed
"""


def ours(port: int, folder: Path) -> int:
    sys.path.insert(0, str(HERE.parent))
    # imported here and not above: the child of dlt runs in an environment without them
    from connectors.kit import AccountSettings, Landing, Runtime, pull
    from connectors.kit.transport.state import State
    from models.loads import PulledWindow
    from warehouse.raw.load import load_window, open_for_loads

    account = AccountSettings(
        shop_id="bench",
        zone="UTC",
        currency="GBP",
        base_url=f"http://127.0.0.1:{port}",
        secrets={"token": "bench"},
    )
    (folder / "spool").mkdir()
    results = pull(
        bench_connector(),
        "orders",
        account,
        span_from=START,
        as_of=END + timedelta(minutes=1),
        landing=Landing(folder / "landing"),
        spool=folder / "spool",
        runtime=Runtime(state=State(folder / "state.sqlite")),
    )
    with open_for_loads(folder) as con:
        for window in results:
            if not isinstance(window, PulledWindow):
                raise SystemExit(f"window failed: {window.cause}")
            load_window(con, window)
            window.records_path.unlink()
        con.execute(LINES)
        (rows,) = con.execute("select count(*) from line").fetchone() or (0,)
    return int(rows)


def bench_connector():
    from connectors.kit.contract.auth import HeaderToken
    from connectors.kit.contract.classify import usual_trouble
    from connectors.kit.contract.connector import Connector
    from connectors.kit.contract.errors import KitError
    from connectors.kit.contract.fields import Id, Instant, Money, Row
    from connectors.kit.contract.page_query import PageQuery
    from connectors.kit.contract.pagers import Token
    from connectors.kit.contract.proofs import Every, Flag, Total
    from connectors.kit.contract.request import HttpAnswer, Request
    from connectors.kit.contract.request_budget import Rate
    from connectors.kit.contract.stream import ByChange, Paged, Record, Stream
    from connectors.kit.contract.windows import iso

    class Line(Row):
        id: Id
        sku: str
        quantity: int
        price: Money
        total: Money

    class Order(Row):
        id: Id
        created_at: Instant
        updated_at: Instant
        status: str
        currency: str
        total: Money
        lines: list[Line]

    def orders(query: PageQuery) -> Request:
        params = [("from", iso(query.window.start)), ("to", iso(query.window.end)), ("limit", str(PAGE))]
        if query.token:
            params.append(("cursor", query.token))
        return Request("GET", "/orders", params=tuple(params))

    class Bench(Connector):
        name = "bench"
        platform = "bench"
        auth = HeaderToken("X-Api-Key")
        streams = (
            Stream(
                name="orders",
                feeds=("order_line",),
                windows=ByChange(
                    version=lambda order: order.updated_at,
                    lookback=timedelta(0),
                    lookback_reason="a benchmark",
                    lag=timedelta(0),
                ),
                read=Paged(request=orders, pager=Token("next"), records="orders"),
                record=Record(
                    model=Order,
                    key=lambda order: order.id,
                    day=lambda order: order.created_at,
                    payload=lambda order: order.model_dump(),
                ),
                proof=Every(Flag("more", expected=False), Total("total")),
                limit="{shop_id}",
                # never reached: waiting is not what is measured
                rate=lambda _: Rate(1_000_000, seconds=1, burst=1_000_000),
                finality_days=0,
                docs="https://example.com",
            ),
        )

        def classify(self, answer: HttpAnswer) -> KitError | None:
            return usual_trouble(answer)

    return Bench()


def peer(port: int, folder: Path) -> int:
    # nothing outside of the folder, and nothing sent to anybody while the clock runs
    os.environ.update(
        DLT_DATA_DIR=str(folder / "dlt"), RUNTIME__DLTHUB_TELEMETRY="false", RUNTIME__LOG_LEVEL="ERROR"
    )
    os.chdir(folder)
    import dlt
    from dlt.sources.rest_api import rest_api_source

    source = rest_api_source(
        {
            "client": {
                "base_url": f"http://127.0.0.1:{port}/",
                "paginator": {"type": "cursor", "cursor_path": "next", "cursor_param": "cursor"},
            },
            "resources": [
                {
                    "name": "orders",
                    "primary_key": "id",
                    "write_disposition": "merge",
                    "endpoint": {
                        "path": "orders",
                        "params": {"from": START.isoformat(), "to": END.isoformat(), "limit": PAGE},
                        "data_selector": "orders",
                    },
                }
            ],
        }
    )
    pipeline = dlt.pipeline(
        "bench", destination=dlt.destinations.duckdb(str(folder / "peer.duckdb")), dataset_name="b"
    )
    pipeline.run(source)
    with pipeline.sql_client() as client:
        ((rows,),) = client.execute_sql("select count(*) from orders__lines") or [(0,)]
    return int(rows)


def child(kind: str, port: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        began = time.perf_counter()
        rows = {"ours": ours, "dlt": peer}[kind](port, Path(name))
        wall = time.perf_counter() - began
        own = resource.getrusage(resource.RUSAGE_SELF)
        # processes that a side starts count for it too: getrusage(2), RUSAGE_CHILDREN
        below = resource.getrusage(resource.RUSAGE_CHILDREN)
        # out of the folder before it is deleted
        os.chdir("/")
    cpu = own.ru_utime + own.ru_stime + below.ru_utime + below.ru_stime
    peak = max(own.ru_maxrss, below.ru_maxrss) / 1024
    print(json.dumps({"rows": rows, "wall": wall, "cpu": cpu, "peak": peak}))


def interpreter(kind: str) -> str:
    """Python of the measured side; dlt's environment is made when it is missing."""
    if kind == "ours":
        return sys.executable
    python = PEER / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(PEER)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", DLT], check=True)
    return str(python)


def measure(kind: str, port: int, lines: int) -> dict[str, float]:
    # not check=True: its error would leave out what the child said
    done = subprocess.run(
        [interpreter(kind), __file__, "--child", kind, str(port)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{kind} failed:\n{done.stderr[-2000:]}")
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    if result["rows"] != lines:
        raise SystemExit(f"{kind} loaded {result['rows']} of {lines} lines")
    return result


def main(sizes: list[int], latencies: list[int], repeats: int) -> None:
    head = ("lines", "ms", "path", "lines/s", "cpu s", "lines/cpu s", "peak MiB", "x dlt")
    print("{:>9} {:>4} {:>5} {:>9} {:>8} {:>11} {:>9} {:>6}".format(*head))
    for lines in sizes:
        for latency in latencies:
            command = [sys.executable, str(HERE / "rest_load.py"), str(lines), str(latency / 1000)]
            server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            try:
                port = int(server.stdout.readline()) if server.stdout else 0
                runs: dict[str, list[dict[str, float]]] = {"ours": [], "dlt": []}
                for _ in range(repeats):
                    for kind, results in runs.items():
                        results.append(measure(kind, port, lines))
            finally:
                server.kill()
                server.wait()
            show(lines, latency, runs)


def show(lines: int, latency: int, runs: dict[str, list[dict[str, float]]]) -> None:
    """Medians of the repeats; the last column is lines per CPU second as a multiple of dlt's."""
    middle = {
        kind: {name: statistics.median(r[name] for r in results) for name in ("wall", "cpu", "peak")}
        for kind, results in runs.items()
    }
    for kind, found in middle.items():
        ratio = middle["dlt"]["cpu"] / found["cpu"]
        print(
            f"{lines:>9} {latency:>4} {kind:>5} {lines / found['wall']:>9,.0f} {found['cpu']:>8.2f}"
            f" {lines / found['cpu']:>11,.0f} {found['peak']:>9.0f} {ratio:>6.2f}",
            flush=True,
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], int(sys.argv[3]))
    else:
        parser = argparse.ArgumentParser(description=__doc__)
        parser.add_argument("lines", nargs="*", type=int)
        parser.add_argument("--latency", nargs="*", type=int, default=[0, 50])
        parser.add_argument("--repeats", type=int, default=3)
        chosen = parser.parse_args()
        main(chosen.lines or [20_000, 200_000, 1_000_000], chosen.latency, chosen.repeats)
