"""Rows per second and peak memory of the Shopify path beside a hand-written floor, in the same run.

Ours: pull through the kit (limits, proof, redaction, landing, validation) and load with merge, state and proof in one
transaction per window.
Floor: requests, json, one NDJSON file, one `read_json` insert; no proof, no landing, no validation, no merge.
Each measurement is a process of its own; the median of the repeats is shown. Usage: python benchmarks/ingest.py [lines ...]
"""

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
sys.path.insert(0, str(HERE.parent))
# the same as in shopify_load.py, which invents orders of these days alone
START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 10
REPEATS = 3


def ours(port: int, folder: Path) -> int:
    # imported here and not above: the peak memory of the other child must not hold them
    from connectors.kit import AccountSettings, Landing, Runtime, pull
    from connectors.registry import get
    from models.loads import PulledWindow
    from warehouse.raw.load import load_window, open_for_loads

    account = AccountSettings(
        shop_id="bench",
        zone="UTC",
        currency="GBP",
        base_url=f"http://127.0.0.1:{port}",
        secrets={"token": "bench"},
        settings={"page_size": "100"},
    )
    (folder / "spool").mkdir()
    results = pull(
        get("shopify"),
        "orders",
        account,
        # orders are read again for two hours before the span, and so from START on
        span_from=START + timedelta(hours=2),
        # more than the minute before now that orders are not asked for
        as_of=START + timedelta(days=DAYS, minutes=5),
        landing=Landing(folder / "landing"),
        spool=folder / "spool",
        runtime=Runtime(),
    )
    rows = 0
    with open_for_loads(folder) as con:
        for window in results:
            if not isinstance(window, PulledWindow):
                raise SystemExit(f"window failed: {window.cause}")
            rows += load_window(con, window).new_rows
    return rows


def floor(port: int, folder: Path) -> int:
    import duckdb
    import requests

    session, path = requests.Session(), folder / "orders.ndjson"
    url = f"http://127.0.0.1:{port}/admin/api/2026-10/graphql.json"
    span = f"updated_at:>='{START.isoformat()}' updated_at:<'{(START + timedelta(days=DAYS)).isoformat()}'"
    with path.open("w") as out:
        after = None
        while True:
            body = {
                "operationName": "Orders",
                "query": "",
                "variables": {"query": span, "first": 100, "after": after},
            }
            orders = session.post(url, json=body, timeout=30).json()["data"]["orders"]
            for node in orders["nodes"]:
                out.write(json.dumps(node) + "\n")
            if not orders["pageInfo"]["hasNextPage"]:
                break
            after = orders["pageInfo"]["endCursor"]
    con = duckdb.connect(str(folder / "floor.duckdb"))
    con.execute(
        "create table orders as select * from read_json(?, format = 'newline_delimited')", [str(path)]
    )
    (rows,) = con.execute("select count(*) from orders").fetchone() or (0,)
    con.close()
    return int(rows)


def child(kind: str, port: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        began = time.perf_counter()
        rows = {"ours": ours, "floor": floor}[kind](port, Path(name))
        wall = time.perf_counter() - began
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                "rows": rows,
                "wall": wall,
                "cpu": usage.ru_utime + usage.ru_stime,
                "peak": usage.ru_maxrss / 1024,  # kilobytes on Linux: getrusage(2)
            }
        )
    )


def measure(kind: str, port: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, __file__, "--child", kind, str(port)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ,
    )
    # the child's last word: a library may have printed before
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def main(sizes: list[int]) -> None:
    print(f"{'lines':>9} {'path':>6} {'lines/s':>10} {'cpu s':>7} {'peak MiB':>9} {'of floor':>9}")
    for lines in sizes:
        server = subprocess.Popen(
            [sys.executable, str(HERE / "shopify_load.py"), str(lines)], stdout=subprocess.PIPE, text=True
        )
        try:
            # the server prints its port once it listens, so that nobody asks too early
            port = int(server.stdout.readline()) if server.stdout else 0
            runs: dict[str, list[dict[str, float]]] = {"ours": [], "floor": []}
            for _ in range(REPEATS):
                for kind, results in runs.items():
                    results.append(measure(kind, port))
        finally:
            server.kill()
        walls = {kind: statistics.median(r["wall"] for r in results) for kind, results in runs.items()}
        for kind, results in runs.items():
            cpu = statistics.median(r["cpu"] for r in results)
            peak = statistics.median(r["peak"] for r in results)
            ratio = walls["floor"] / walls[kind]
            print(
                f"{lines:>9} {kind:>6} {lines / walls[kind]:>10,.0f} {cpu:>7.2f} {peak:>9.0f} {ratio:>9.2f}"
            )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], int(sys.argv[3]))
    else:
        main([int(a) for a in sys.argv[1:]] or [20_000, 200_000])
